"""What a rule can judge of a conversation that ended: pure, from the context alone, no clock.

What cannot be judged fairly is not judged at all, and it is said why: a conversation needs a word
of both sides, and ten words. What assistants wrote is nobody's work and counts for neither.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from lib.quality.checks import CHECKS
from lib.quality.models.standards import (
    QualityCase,
    QualityCheck,
    SkipReason,
    Standard,
    StandardAnswer,
    Verdict,
)

MOST_EVIDENCE = 50


@dataclass(frozen=True, kw_only=True)
class QualityPolicy:
    """What makes a conversation one that can be judged."""

    version: str = "quality-1"
    fewest_words: int = 10
    excluded_categories: frozenset[str] = frozenset({"spam"})

    def __post_init__(self) -> None:
        if self.fewest_words < 1:
            raise ValueError("a conversation has words")

    def skips(self, case: QualityCase) -> SkipReason | None:
        """Return why the conversation is not judged; None: it is."""
        if case.category in self.excluded_categories:
            return "spam"
        if not case.said or not case.asked:
            return "one_sided"
        if sum(len(said.body.split()) for said in (*case.said, *case.asked)) < self.fewest_words:
            return "few_words"
        return None if case.agent_id else "nobody_credited"


def judge(cases: Sequence[QualityCase], policy: QualityPolicy) -> list[QualityCheck]:
    """Return the check of each cycle."""
    return [check(case, policy) for case in cases]


def check(case: QualityCase, policy: QualityPolicy) -> QualityCheck:
    """Return the answers to all automatic standards of the cycle, or why there are none."""
    reason = policy.skips(case)
    return QualityCheck(
        ticket_id=case.ticket_id,
        cycle=case.cycle,
        agent_id=case.agent_id,
        skip_reason=reason,
        policy_version=policy.version,
        answers=() if reason else tuple(answer(case, asked) for asked in case.standards),
    )


def answer(case: QualityCase, asked: Standard) -> StandardAnswer:
    """Return the answer to one standard; a rule this release does not know applies to nothing."""
    rule = CHECKS.get(asked.check_name)
    verdict = rule(case, asked.parameters) if rule else Verdict("not_applicable")
    return StandardAnswer(
        standard=asked.standard,
        standard_version=asked.version,
        answer=verdict.answer,
        evidence=verdict.evidence[:MOST_EVIDENCE],
    )
