"""How big the house is, until when its past reaches, and the shares it is made of."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

DAYS = 730
TIERS = ("standard", "premium", "vip_gold", "vip_platinum")
TIER_SHARES = (0.80, 0.15, 0.04, 0.01)
TIER_APPETITES = (1.0, 2.0, 4.0, 6.0)
"""How much more often somebody of the tier writes, comes and buys."""
LIVE_SECONDS = (900, 300, 60, 30)
"""First responses promised on live channels, by tier; the others follow."""
PATIENT_SECONDS = (86_400, 28_800, 7_200, 3_600)
LIVE_RESOLUTION_SECONDS = (39_600, 28_800, 7_200, 3_600)
PATIENT_RESOLUTION_SECONDS = (118_800, 79_200, 28_800, 14_400)
NEXT_SECONDS = (900, 300, 120, 60)
CHANNELS = ("chat", "whatsapp", "instagram", "phone", "email", "phone_note")
CHANNEL_SHARES = (0.28, 0.18, 0.08, 0.14, 0.26, 0.06)
LIVE_CHANNELS = 4
LOADS = (2, 2, 2, 5, 1, 1)
LANGUAGES = ("pl", "en", "uk", "de")
LANGUAGE_SHARES = (0.82, 0.10, 0.05, 0.03)
DESKS = ("Warszawa", "Kraków", "Gdańsk")
DESK_SHARES = (0.60, 0.25, 0.15)
AGENTS = (24, 10, 6)
"""Agents of each desk, in a house of any size: what differs is how much has happened."""
SOURCE = "house"
"""The booking system that visits, purchases and memberships say they come from."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A house of so many tickets whose past ends at `until`; the same seed, the same rows."""

    tickets: int
    until: datetime
    seed: int = 7
    chunk: int = 50_000
    """Rows of tickets in memory at once; everything else grows with it."""

    def __post_init__(self) -> None:
        """Moments are counted in UTC."""
        if self.until.tzinfo is not UTC:
            raise ValueError("until must be in UTC")

    @property
    def since(self) -> datetime:
        """When the past begins."""
        return self.until - timedelta(days=DAYS)

    @property
    def clients(self) -> int:
        """Twenty tickets a client in two years, on average."""
        return max(40, self.tickets // 20)

    @property
    def rows(self) -> int:
        """About how many rows there will be, for whoever watches them come."""
        return 18 * self.tickets + 6_800_000

    @property
    def end(self) -> np.datetime64:
        """`until` for numpy: UTC without saying so."""
        return moment(self.until)

    def rng(self, *place: int) -> np.random.Generator:
        """Dice of one place in the plan: what is thrown elsewhere changes nothing here."""
        return np.random.default_rng([self.seed, *place])


def moment(at: datetime) -> np.datetime64:
    """A moment in UTC for numpy."""
    return np.datetime64(at.astimezone(UTC).replace(tzinfo=None), "us")
