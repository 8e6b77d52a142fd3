"""Which conversations are judged, by whom, and what that says of all of them. Pure: no clock.

Conversations at risk are worth more of a reviewer's time than their number, so they are a stratum
of their own and drawn more densely. Each item keeps the probability with which it was drawn, and
the score of the team is the sum of scores over probabilities (Horvitz and Thompson): looking for
trouble makes nobody's score worse.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, variance
from uuid import UUID

from numpy.random import Generator, default_rng
from scipy.special import stdtrit

from lib.quality.models.audits import (
    AuditContext,
    Candidate,
    Draw,
    Estimate,
    Judged,
    Plan,
    Reviewer,
    Sample,
    Stratum,
)

STRATA: tuple[Stratum, ...] = ("ordinary", "risk")
FEWEST = 2
"""Of one alone there is no spread, so no interval."""
LOWEST, HIGHEST = 0.0, 100.0


@dataclass(frozen=True, kw_only=True)
class AuditPolicy:
    """How sure an interval has to be."""

    version: str = "audits-1"
    confidence: float = 0.95

    def __post_init__(self) -> None:
        if not 0 < self.confidence < 1:
            raise ValueError("confidence lies between 0 and 1")


def plan(audits: Sequence[AuditContext], policy: AuditPolicy) -> list[Plan]:
    """Return what becomes of each audit: its draw, or its score as far as it is judged."""
    return [
        draw(audit, policy) if audit.status == "requested" else estimate(audit, policy)
        for audit in audits
    ]


def draw(audit: AuditContext, policy: AuditPolicy) -> Draw:
    """Return the sample: without replacement within each stratum, by the audit's own seed."""
    lot = default_rng(audit.seed)
    parts = {name: [c for c in audit.frame if bool(c.risks) is (name == "risk")] for name in STRATA}
    sizes = allocate(len(parts["ordinary"]), len(parts["risk"]), audit)
    drawn = [
        (name, parts[name][place])
        for name, size in zip(STRATA, sizes, strict=True)
        for place in lot.permutation(len(parts[name]))[:size]
    ]
    # In the order of the list the strata would show.
    drawn = [drawn[place] for place in lot.permutation(len(drawn))]
    reviewers = assign([candidate for _, candidate in drawn], audit.reviewers, lot)
    sizes_of = dict(zip(STRATA, sizes, strict=True))
    return Draw(
        audit_id=audit.audit_id,
        fingerprint=audit.fingerprint,
        policy_version=policy.version,
        population_count=len(audit.frame),
        samples=tuple(
            Sample(
                position=position,
                ticket_id=candidate.ticket_id,
                cycle=candidate.cycle,
                agent_id=candidate.agent_id,
                stratum=name,
                stratum_count=len(parts[name]),
                inclusion_probability=sizes_of[name] / len(parts[name]),
                risks=candidate.risks,
                reviewer_id=reviewers[position - 1],
            )
            for position, (name, candidate) in enumerate(drawn, 1)
        ),
    )


def allocate(ordinary: int, risk: int, audit: AuditContext) -> tuple[int, int]:
    """Return how many of each stratum are drawn: no stratum is left unseen, none overdrawn."""
    size = min(audit.sample_size, ordinary + risk)
    wanted = max(round(size * audit.risk_share), FEWEST)
    of_risk = min(wanted, risk, max(size - min(FEWEST, ordinary), 0))
    of_ordinary = min(size - of_risk, ordinary)
    return of_ordinary, min(size - of_ordinary, risk)


def assign(
    drawn: Sequence[Candidate], reviewers: Sequence[Reviewer], lot: Generator
) -> list[UUID | None]:
    """Return who judges each: nobody who had part in it, those of the lowest rank, evenly."""
    loads = dict.fromkeys((reviewer.id for reviewer in reviewers), 0)
    chosen: list[UUID | None] = []
    for candidate in drawn:
        free = [
            (reviewer.rank, loads[reviewer.id], lot.random(), reviewer.id)
            for reviewer in reviewers
            if reviewer.id != candidate.agent_id and reviewer.id not in candidate.involved_ids
        ]
        best = min(free)[3] if free else None
        if best is not None:
            loads[best] += 1
        chosen.append(best)
    return chosen


def estimate(audit: AuditContext, policy: AuditPolicy) -> Estimate:
    """Return the score of all conversations, as far as each stratum is judged enough for it."""
    judged_count = sum(sample.is_judged for sample in audit.samples)
    whole = Estimate(
        audit_id=audit.audit_id,
        fingerprint=audit.fingerprint,
        judged_count=judged_count,
        is_complete=0 < judged_count == len(audit.samples),
    )
    strata = [s for name in STRATA if (s := _Stratum.of(audit.samples, name)) is not None]
    if not strata or not all(stratum.speaks for stratum in strata):
        return whole
    population = sum(stratum.count for stratum in strata)
    shares = [stratum.count / population for stratum in strata]
    score = sum(share * s.mean for share, s in zip(shares, strata, strict=True))
    parts = [share**2 * s.variance_of_mean for share, s in zip(shares, strata, strict=True)]
    half = _half_width(parts, [len(s.scores) - 1 for s in strata], policy.confidence)
    return Estimate(
        audit_id=audit.audit_id,
        fingerprint=audit.fingerprint,
        judged_count=judged_count,
        is_complete=whole.is_complete,
        score=score,
        low=max(LOWEST, score - half),
        high=min(HIGHEST, score + half),
    )


@dataclass(frozen=True)
class _Stratum:
    count: int
    scores: list[float]

    @classmethod
    def of(cls, samples: Sequence[Judged], name: Stratum) -> "_Stratum | None":
        own = [sample for sample in samples if sample.stratum == name]
        scores = [s.score for s in own if s.is_judged and s.score is not None]
        return cls(own[0].stratum_count, scores) if own else None

    @property
    def speaks(self) -> bool:
        return len(self.scores) >= min(FEWEST, self.count)

    @property
    def mean(self) -> float:
        return fmean(self.scores)

    @property
    def variance_of_mean(self) -> float:
        """Of a draw without replacement: a stratum judged whole leaves nothing open.

        One failed critical standard takes a score to the bottom of the scale, which a small sample
        easily misses. So the spread is taken with one more score imagined, at the end of the scale
        that is farther away: wider than the truth rather than too narrow.
        """
        if len(self.scores) >= self.count:
            return 0.0
        farther = LOWEST if self.mean >= (LOWEST + HIGHEST) / 2 else HIGHEST
        spread = variance([*self.scores, farther])
        return (1 - len(self.scores) / self.count) * spread / len(self.scores)


def _half_width(parts: Sequence[float], degrees: Sequence[int], confidence: float) -> float:
    """Return half of Student's interval; degrees of freedom after Satterthwaite."""
    total = sum(parts)
    if total == 0:
        return 0.0
    spread = sum(part**2 / max(free, 1) for part, free in zip(parts, degrees, strict=True))
    return float(stdtrit(total**2 / spread, (1 + confidence) / 2)) * math.sqrt(total)
