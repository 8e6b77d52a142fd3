"""When a failure opens a recovery case, and how a case goes on. Pure: time comes with the contexts.

What is decided follows from the rows of the case alone, whatever event led here and however often.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from lib.vip.models.recovery import (
    CasePlan,
    Delay,
    RecoveryCase,
    RecoveryContexts,
    RecoveryPlan,
    Tell,
    TriggerDecision,
    TriggerFacts,
    Verdict,
)
from lib.vip.recovery_owners import Choice, choose_manager, choose_owner

if TYPE_CHECKING:
    from uuid import UUID

KINDS: Mapping[Delay, str] = {
    "unowned": "recovery_case_escalated",
    "silence": "recovery_case_escalated",
    "callback": "recovery_callback_missed",
    "resolution": "recovery_case_overdue",
}


@dataclass(frozen=True, kw_only=True)
class RecoveryPolicy:
    """Thresholds, and how long is long. Seconds of the clock on the wall."""

    version: str = "recovery-1"
    low_score: int = 3
    """A survey of this or less is a failure."""
    owner_seconds: int = 300
    """Until somebody must own a case; then a manager does, at work or not."""
    act_seconds: int = 900
    """Until the owner must have done something; then the next is asked."""
    resolve_seconds: int = 2 * 86400
    """Until it must be resolved; then managers hear of it."""
    close_seconds: int = 14 * 86400
    """A resolved case whose client says nothing is closed after that."""

    def __post_init__(self) -> None:
        times = (self.owner_seconds, self.act_seconds, self.resolve_seconds, self.close_seconds)
        if min(times) <= 0 or not 1 <= self.low_score <= 5:
            raise ValueError("times are positive, a score is 1 to 5")


def decide(contexts: RecoveryContexts, policy: RecoveryPolicy) -> RecoveryPlan:
    """Decide on every possible failure and every case of the batch."""
    judged = {facts.job_id: judge_trigger(facts, policy) for facts in contexts.triggers}
    plans: defaultdict[UUID, tuple[CasePlan, ...]] = defaultdict(tuple)
    for case in contexts.cases:
        plans[min(case.subject_ids)] += (follow(case, contexts.read_at, policy),)
    return RecoveryPlan({job: made for job, made in judged.items() if made}, dict(plans))


def judge_trigger(facts: TriggerFacts, policy: RecoveryPolicy) -> TriggerDecision | None:
    """Return what follows from the event; None: it is no failure to make good."""
    verdict = _verdict(facts, policy)
    if verdict is None or facts.client_id is None:
        return None
    return TriggerDecision(
        verdict,
        facts.trigger,
        facts.subject_id,
        facts.client_id,
        facts.ticket_id,
        facts.case_id,
        facts.details,
    )


def _verdict(facts: TriggerFacts, policy: RecoveryPolicy) -> Verdict | None:
    if facts.trigger == "promise":
        return "open" if facts.is_vip and facts.is_owed else None
    if facts.trigger != "survey":
        return "open"
    if facts.score is None:
        return None
    is_low = facts.score <= policy.low_score
    if facts.case_id is not None:
        return "not_recovered" if is_low else "recovered"
    return "open" if is_low else None


def follow(case: RecoveryCase, now: datetime, policy: RecoveryPolicy) -> CasePlan:
    """Return all that is to be done about the case now, and when to look again."""
    if case.state == "resolved":
        closes_at = (case.resolved_at or now) + timedelta(seconds=policy.close_seconds)
        is_over = now >= closes_at
        return CasePlan(
            case_id=case.case_id,
            version=case.version,
            told=case.told,
            look_again_at=None if is_over else closes_at,
            is_closed=is_over,
        )
    choice = _choice(case, now, policy)
    late = _late(case, choice, now, policy)
    told = tuple(delay for delay in case.told if delay != "silence" or choice.owner is None)
    fresh = tuple(delay for delay in late if delay not in case.told)
    moments = tuple(at for at in _moments(case, choice, now, policy).values() if at > now)
    return CasePlan(
        case_id=case.case_id,
        version=case.version,
        owner_id=choice.owner.staff_id if choice.owner else None,
        owner_stage=choice.owner.stage if choice.owner else None,
        reason=choice.reason,
        candidates=choice.considered if choice.owner else (),
        policy_version=policy.version,
        told=tuple(dict.fromkeys((*told, *fresh))),
        tells=tuple(_tell(case, choice, delay) for delay in fresh),
        due_at=min(moments, default=_resolve_by(case, policy)),
        look_again_at=min(moments, default=None),
    )


def _choice(case: RecoveryCase, now: datetime, policy: RecoveryPolicy) -> Choice:
    if case.owner_id is not None and case.can_owner_stay and not _is_silent(case, now, policy):
        return Choice(None, None, ())
    choice = choose_owner(case)
    if choice.owner is not None or (case.owner_id is not None and case.can_owner_stay):
        return choice
    if now >= case.began_at + timedelta(seconds=policy.owner_seconds):
        return choose_manager(case)
    return choice


def _is_silent(case: RecoveryCase, now: datetime, policy: RecoveryPolicy) -> bool:
    return (
        case.taken_at is None
        and case.assigned_at is not None
        and now >= case.assigned_at + timedelta(seconds=policy.act_seconds)
    )


def _late(
    case: RecoveryCase, choice: Choice, now: datetime, policy: RecoveryPolicy
) -> tuple[Delay, ...]:
    is_kept = case.owner_id is not None and case.can_owner_stay
    is_waiting = now >= case.began_at + timedelta(seconds=policy.owner_seconds)
    found: dict[Delay, bool] = {
        "unowned": not is_kept and is_waiting and choice.reason != "at_work",
        "silence": is_kept and choice.owner is None and _is_silent(case, now, policy),
        "callback": _is_owed_a_call(case) and now >= (case.callback_due_at or now),
        "resolution": now >= _resolve_by(case, policy),
    }
    return tuple(delay for delay, is_so in found.items() if is_so)


def _moments(
    case: RecoveryCase, choice: Choice, now: datetime, policy: RecoveryPolicy
) -> dict[str, datetime]:
    moments = {"resolution": _resolve_by(case, policy)}
    if choice.owner is not None:
        moments["act"] = now + timedelta(seconds=policy.act_seconds)
    elif case.owner_id is None or not case.can_owner_stay:
        moments["owner"] = case.began_at + timedelta(seconds=policy.owner_seconds)
    elif case.taken_at is None and case.assigned_at is not None:
        moments["act"] = case.assigned_at + timedelta(seconds=policy.act_seconds)
    if _is_owed_a_call(case) and case.callback_due_at is not None:
        moments["callback"] = case.callback_due_at
    return moments


def _is_owed_a_call(case: RecoveryCase) -> bool:
    return case.callback_due_at is not None and case.called_back_at is None


def _resolve_by(case: RecoveryCase, policy: RecoveryPolicy) -> datetime:
    return case.began_at + timedelta(seconds=policy.resolve_seconds)


def _tell(case: RecoveryCase, choice: Choice, delay: Delay) -> Tell:
    managers = [one.staff_id for one in case.candidates if one.stage == "manager"]
    owner_id = choice.owner.staff_id if choice.owner else case.owner_id
    owed_by = [owner_id] if owner_id is not None and delay in ("callback", "resolution") else []
    return Tell(KINDS[delay], delay, tuple(dict.fromkeys((*owed_by, *managers))))
