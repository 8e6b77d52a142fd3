"""The figures of the screen and of the summary."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import quantiles

from scripts.play.story import TIERS, Story, Told


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something took, in milliseconds."""

    count: int
    p50: float
    p95: float
    longest: float

    def __str__(self) -> str:
        return "p50 {}, p95 {}, longest {}".format(*self.cells()) if self.count else "-"

    def cells(self) -> tuple[str, str, str]:
        """The three figures, for a table."""
        values = (self.p50, self.p95, self.longest) if self.count else ()
        words = [f"{value:,.0f} ms" for value in values] or ["-"] * 3
        return words[0], words[1], words[2]


def spread(values: Iterable[float | None]) -> Spread:
    """Percentiles of the values there are."""
    known = sorted(value for value in values if value is not None)
    if not known:
        return Spread(0, 0, 0, 0)
    if len(known) == 1:
        return Spread(1, known[0], known[0], known[0])
    cuts = quantiles(known, n=20, method="inclusive")
    return Spread(len(known), cuts[9], cuts[18], known[-1])


@dataclass(frozen=True, slots=True)
class TierFigures:
    """One line of the table by tier. Promises are times to a person's first answer, in seconds:
    that of live channels, then that of e-mail."""

    tier: str
    promises: tuple[int, ...]
    opened: int
    answered: int
    kept: int
    seen: Spread

    @property
    def promise(self) -> str:
        """Such as `30 s / 1 h`."""
        return " / ".join(duration(seconds) for seconds in self.promises) or "-"


def duration(seconds: int) -> str:
    """Such as `30 s`, `5 min` or `2 h`."""
    if seconds <= 60:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 3600 else f"{seconds // 3600} h"


def by_tier(story: Story) -> list[TierFigures]:
    """The figures of each tier, the highest first."""
    return [_figures(tier, [t for t in story.tickets.values() if t.tier == tier]) for tier in TIERS]


def _figures(tier: str, tickets: list[Told]) -> TierFigures:
    promises = {round((t.due_at - t.opened_at).total_seconds()) for t in tickets}
    return TierFigures(
        tier=tier,
        promises=tuple(sorted(promises)),
        opened=len(tickets),
        answered=sum(ticket.responded_at is not None for ticket in tickets),
        kept=sum(ticket.is_kept is True for ticket in tickets),
        seen=spread(ticket.seen_ms for ticket in tickets),
    )
