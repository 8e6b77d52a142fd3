"""What the wellness worker reads and what it decides.

Contexts come from `worker.wellness_contexts`, one snapshot; judgements go to
`worker.record_wellness`. All instants are the database's own: no worker's clock is asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

Risk = Literal["low", "medium", "high"]


class _Context(BaseModel):
    model_config = ConfigDict(frozen=True)


class Visit(_Context):
    """An appointment that was not called off in time."""

    id: UUID
    status: Literal["booked", "completed", "missed", "cancelled_late"]
    starts_at: datetime


class Purchase(_Context):
    """What was paid, less what was given back, in grosze."""

    id: UUID
    net_minor: int
    purchased_at: datetime


class Membership(_Context):
    """A period of belonging; `ends_on` is its last day in Warsaw."""

    id: UUID
    status: Literal["active", "renewed", "lapsed", "cancelled"]
    starts_on: date
    ends_on: date
    is_renewed: bool


class Promise(_Context):
    """A promise that was kept or broken at `at`."""

    id: UUID
    is_broken: bool
    at: datetime


class Judgement(_Context):
    """How a message of the client sounded, from -1 to 1."""

    id: UUID
    sentiment: float
    at: datetime


class Survey(_Context):
    """An answer, 1 to 5."""

    id: UUID
    csat: int
    at: datetime


class Trouble(_Context):
    """A complaint or a recovery case."""

    id: UUID
    kind: Literal["complaint", "recovery"]
    is_open: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """One part of the score: what was measured, against what, and what it gives."""

    driver: str
    value: float | None
    """None: nothing is known."""
    reference: float | None
    unit: str
    points: int
    max_points: int
    is_neutral: bool
    """Too little is known: the points are those of a client nothing is known of."""
    evidence_ids: tuple[UUID, ...]


class Report(_Context):
    """A report as it was written."""

    score: int
    risk_status: Risk
    drivers: tuple[Driver, ...]
    fell_below: int | None
    policy_version: str


class Settings(_Context):
    """The lines of public.wellness_settings."""

    high_risk_below: int
    medium_risk_below: int
    hysteresis_points: int
    fall_points: int


class WellnessContext(_Context):
    """A VIP client and every fact their score is made of."""

    client_id: UUID
    subject_ids: frozenset[UUID]
    """Which of the subjects asked about led to this client."""
    risk_status: Literal["unknown", "low", "medium", "high"]
    visits: tuple[Visit, ...]
    purchases: tuple[Purchase, ...]
    memberships: tuple[Membership, ...]
    promises: tuple[Promise, ...]
    judgements: tuple[Judgement, ...]
    surveys: tuple[Survey, ...]
    troubles: tuple[Trouble, ...]
    last: Report | None
    score_30_days_ago: int | None
    score_90_days_ago: int | None
    best_recent_score: int | None
    """The best of the last days, by the setting fall_days."""


class WellnessContexts(_Context):
    """Everything the worker looks at, as it was at one moment."""

    read_at: datetime
    settings: Settings
    clients: tuple[WellnessContext, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WellnessReport:
    """What is to be written, by the columns of public.vip_wellness_reports."""

    score: int
    risk_status: Risk
    drivers: tuple[Driver, ...]
    trend_30_points: int | None
    trend_90_points: int | None
    fell_below: int | None
    is_fall: bool
    policy_version: str


@dataclass(frozen=True, slots=True)
class WellnessJudgement:
    """How one client is; without a report nothing changed since the last one."""

    client_id: UUID
    read_at: datetime
    report: WellnessReport | None


@dataclass(frozen=True, slots=True)
class WellnessPlan:
    """The judgements of one batch, by subject; each client once."""

    judgements: Mapping[UUID, WellnessJudgement]
