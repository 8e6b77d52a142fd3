"""When corrective actions open, close and open again. Pure: no clock.

Of the newest samples of the standard in the scope, all drawn alike, the share that passed is known
up to its interval (Wilson, 95 %). An action closes when there are enough of them and the lower end
lies above the target; a closed one opens again when the upper end lies below it; in between nothing
is sure and nothing changes. So a fault that is not mended hardly ever closes by luck, one unlucky
sample opens nothing, and one more that passed never takes back what the others have shown.
"""

import math
from collections.abc import Sequence

from lib.quality.models.improvements import (
    Fault,
    ImprovementContext,
    ImprovementPlan,
    ImprovementSample,
    Opening,
    Tally,
    Verdict,
    WatchedAction,
)

Z = 1.959963984540054
"""Two-sided 95 %; as in `private.find_share_interval`, which judges the write again."""


def improve(contexts: Sequence[ImprovementContext]) -> list[ImprovementPlan]:
    """Return what changes at each desk."""
    return [
        ImprovementPlan(
            subject_id=context.subject_id,
            desk_id=context.desk_id,
            fingerprint=context.fingerprint,
            decisions=tuple(
                made
                for made in (
                    *(judge_action(action) for action in context.actions),
                    *(judge_fault(fault) for fault in context.faults),
                )
                if made is not None
            ),
        )
        for context in contexts
    ]


def judge_action(action: WatchedAction) -> Verdict | None:
    """Return the change of an action, or None while the samples leave it open."""
    seen = tally(action.samples, action.window_count)
    low, high = wilson(seen.passed, seen.count)
    if action.state == "open":
        is_sure = seen.count >= action.closing_count and 100 * low > action.target_percent
    else:
        is_sure = seen.count >= action.reopening_count and 100 * high < action.target_percent
    if not is_sure:
        return None
    return Verdict(
        kind="close" if action.state == "open" else "reopen",
        action_id=action.action_id,
        passed=seen.passed,
        count=seen.count,
        target_percent=action.target_percent,
        sample_ids=seen.sample_ids,
    )


def judge_fault(fault: Fault) -> Opening | None:
    """Return the action that the house opens, or None while the fault may be chance."""
    seen = tally(fault.samples, fault.window_count)
    _, high = wilson(seen.passed, seen.count)
    if seen.count < fault.opening_count or 100 * high >= fault.standard_percent:
        return None
    return Opening(
        standard=fault.standard,
        scope=fault.scope,
        agent_id=fault.agent_id,
        channel=fault.channel,
        audit_id=fault.audit_id,
        due_days=fault.due_days,
        passed=seen.passed,
        count=seen.count,
        target_percent=fault.standard_percent,
        sample_ids=tuple(s.id for s in fault.samples if not s.is_pass),
    )


def tally(samples: Sequence[ImprovementSample], window: int) -> Tally:
    """Count the newest; of those that ended together the failed ones are the newer."""
    newest = sorted(samples, key=lambda s: (-s.happened_at.timestamp(), s.is_pass, s.id))[:window]
    return Tally(
        passed=sum(sample.is_pass for sample in newest),
        count=len(newest),
        sample_ids=tuple(sample.id for sample in newest),
    )


def wilson(passed: int, count: int) -> tuple[float, float]:
    """Return the 95 % interval of a share; of nothing, all that is possible."""
    if count == 0:
        return 0.0, 1.0
    share = passed / count
    middle = share + Z**2 / (2 * count)
    half = Z * math.sqrt(share * (1 - share) / count + Z**2 / (4 * count**2))
    scale = 1 + Z**2 / count
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)
