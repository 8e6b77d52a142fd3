"""What the worker of audits reads, and what it decides.

Contexts come from `worker.quality_audit_contexts`; plans go to `worker.record_quality_audits`.
"""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

Stratum = Literal["ordinary", "risk"]


class _Context(BaseModel):
    model_config = ConfigDict(frozen=True)


class Candidate(_Context):
    """A conversation that may be drawn."""

    ticket_id: UUID
    cycle: int
    agent_id: UUID | None
    risks: tuple[str, ...]
    """Why somebody should look at it; none: an ordinary one."""
    involved_ids: frozenset[UUID]
    """Everybody who wrote in it: none of them judges it."""


class Reviewer(_Context):
    """Somebody who may judge; those of the lowest rank are asked first."""

    id: UUID
    rank: int


class Judged(_Context):
    """A conversation that was drawn, and what became of it."""

    stratum: Stratum
    stratum_count: int
    """How many it was drawn from."""
    is_judged: bool
    score: float | None
    """0 to 100; None: not judged yet, or no standard applied."""


class AuditContext(_Context):
    """An audit to be drawn or to be scored."""

    audit_id: UUID
    status: Literal["requested", "in_progress", "completed"]
    seed: int
    sample_size: int
    risk_share: float
    frame: tuple[Candidate, ...]
    reviewers: tuple[Reviewer, ...]
    samples: tuple[Judged, ...]
    fingerprint: str
    """Stands for all of the above: the write compares it with the rows under lock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A conversation drawn, with the probability with which it was."""

    position: int
    ticket_id: UUID
    cycle: int
    agent_id: UUID | None
    stratum: Stratum
    stratum_count: int
    inclusion_probability: float
    risks: tuple[str, ...]
    reviewer_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """The sample of an audit; empty if there was nothing to draw from."""

    audit_id: UUID
    fingerprint: str
    policy_version: str
    population_count: int
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """The score of the whole population, 0 to 100, and its 95 % interval."""

    audit_id: UUID
    fingerprint: str
    judged_count: int
    is_complete: bool
    score: float | None = None
    """None: too few of a stratum are judged to speak for it."""
    low: float | None = None
    high: float | None = None


Plan = Draw | Estimate
