"""When something is worth offering, and how a client's file is looked at for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from lib.vip.models.recommendations import (
    Catalogue,
    HadVisit,
    Kind,
    Offer,
    Prospect,
    Reason,
    Treatment,
)

DAY = timedelta(days=1)
WARSAW = ZoneInfo("Europe/Warsaw")


@dataclass(frozen=True, kw_only=True)
class OfferPolicy:
    """When something is worth offering. Days, shares, counts."""

    version: str = "recommendations-1"
    early_days: int = 7
    """A course step or a refill is offered so long before it is due."""
    late_days: int = 60
    """A refill that late is no refill any more."""
    fresh_days: int = 180
    """Had within these days: not offered as something new."""
    pair_clients: int = 5
    pair_confidence: float = 0.15
    pair_lift: float = 1.2
    upgrade_visits: float = 4.0
    """Visits in 30 days from which a larger membership is worth it."""
    offer_days: int = 30

    def __post_init__(self) -> None:
        if self.pair_clients < 5:
            raise ValueError("fewer clients would say more of them than of the things")
        if min(self.early_days, self.late_days, self.fresh_days, self.offer_days) < 1:
            raise ValueError("days are positive")

    def make(
        self, kind: Kind, target_id: str, score: float, reasons: list[Reason], until: datetime
    ) -> Offer:
        """Return the offer with a score between 0 and 100."""
        return Offer(
            kind=kind,
            target_id=target_id,
            score=round(min(100.0, max(0.0, score))),
            reasons=tuple(reasons),
            expires_at=until,
            policy_version=self.version,
        )


@dataclass(frozen=True, slots=True)
class Look:
    """A client, what is on offer, and when it is."""

    client: Prospect
    catalogue: Catalogue
    now: datetime
    policy: OfferPolicy

    @property
    def done(self) -> list[HadVisit]:
        """The client's visits, the oldest first."""
        return [
            v for v in self.client.visits if v.status == "completed" and v.starts_at <= self.now
        ]

    def is_booked(self, treatment_id: str) -> bool:
        """Whether the client comes for it anyway."""
        return any(
            visit.status == "booked" and visit.treatment_id == treatment_id
            for visit in self.client.visits
        )

    def can_do(self, treatment: Treatment) -> bool:
        """Whether somebody of the client's desk may do it."""
        return treatment.required_skill is None or treatment.required_skill in self.client.skills

    def until(self, days: float) -> datetime:
        """Return the end of that day, so that looking again the same day says the same."""
        day = (self.now + days * DAY).astimezone(WARSAW)
        return day.replace(hour=23, minute=59, second=59, microsecond=0)
