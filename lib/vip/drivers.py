"""What a wellness score is made of: each driver measures one thing against its reference.

A share is between 0 (as bad as it gets) and 1 (nothing to wish for); None means that too little is
known to say. Every driver is monotone: more of what is good never lowers its share.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import fmean, median
from uuid import UUID
from zoneinfo import ZoneInfo

from lib.vip.models.wellness import Membership, Visit, WellnessContext

EVIDENCE = 5
DAY = timedelta(days=1)
WARSAW = ZoneInfo("Europe/Warsaw")


@dataclass(frozen=True, slots=True)
class Measure:
    """What a driver found; `value` and `reference` are in `unit`."""

    unit: str
    value: float | None = None
    reference: float | None = None
    share: float | None = None
    evidence_ids: tuple[UUID, ...] = ()


def between(value: float, best: float, worst: float) -> float:
    """Return 1 at `best` and beyond, 0 at `worst` and beyond, and the straight line between."""
    return min(1.0, max(0.0, (value - worst) / (best - worst)))


def visit_rhythm(context: WellnessContext, now: datetime) -> Measure:
    """Days since the last visit, against the client's own usual gap; a booking ahead counts."""
    done = sorted(_done(context.visits, now), key=lambda visit: visit.starts_at)
    since = (now - done[-1].starts_at) / DAY if done else None
    evidence = _ids(reversed(done))
    days = sorted({visit.starts_at.astimezone(WARSAW).date() for visit in done})
    if since is None or len(days) < 3:
        return Measure("days", _round(since), None, None, evidence)
    gaps = [(later - earlier).days for earlier, later in pairwise(days)]
    cadence = max(7.0, float(median(gaps)))
    share = between(since / cadence, 1.25, 3.0)
    if any(visit.status == "booked" and visit.starts_at > now for visit in context.visits):
        share = max(share, 0.8)
    return Measure("days", _round(since), cadence, share, evidence)


def cancellations(context: WellnessContext, now: datetime) -> Measure:
    """Share of visits within 180 days that were missed or called off too late."""
    ended = [
        visit
        for visit in context.visits
        if now - 180 * DAY < visit.starts_at <= now and visit.status != "booked"
    ]
    bad = [visit for visit in ended if visit.status != "completed"]
    if len(ended) < 2:
        return Measure("share", None, 0.1, None, _ids(bad))
    value = len(bad) / len(ended)
    return Measure("share", _round(value), 0.1, between(value, 0.1, 0.5), _ids(bad))


def promises(context: WellnessContext, now: datetime) -> Measure:
    """Promises of ours that were broken within 90 days."""
    broken = [promise for promise in context.promises if promise.is_broken]
    if not context.promises:
        return Measure("count", None, 0.0)
    return Measure(
        "count",
        len(broken),
        0.0,
        between(len(broken), 0, 3),
        tuple(p.id for p in broken[:EVIDENCE]),
    )


def sentiment(context: WellnessContext, now: datetime) -> Measure:
    """How the client's messages of 60 days sound on average, from -1 to 1."""
    if len(context.judgements) < 2:
        return Measure("mean", None, 0.0)
    value = fmean(judged.sentiment for judged in context.judgements)
    worst = sorted(context.judgements, key=lambda judged: judged.sentiment)[:EVIDENCE]
    evidence = tuple(judged.id for judged in worst)
    return Measure("mean", _round(value), 0.0, between(value, 0.4, -0.6), evidence)


def surveys(context: WellnessContext, now: datetime) -> Measure:
    """The mean answer of 180 days, against the house's goal of 4.7 of 5."""
    if not context.surveys:
        return Measure("mean", None, 4.7)
    value = fmean(survey.csat for survey in context.surveys)
    evidence = tuple(survey.id for survey in context.surveys[:EVIDENCE])
    return Measure("mean", _round(value), 4.7, between(value, 4.7, 2.0), evidence)


def troubles(context: WellnessContext, now: datetime) -> Measure:
    """Complaints and recovery cases of 90 days; what is made good counts half or less."""
    weights = {
        ("complaint", True): 1.0,
        ("complaint", False): 0.5,
        ("recovery", True): 1.5,
        ("recovery", False): 0.5,
    }
    value = sum(weights[trouble.kind, trouble.is_open] for trouble in context.troubles)
    evidence = tuple(trouble.id for trouble in context.troubles[:EVIDENCE])
    return Measure("weight", value, 0.0, between(value, 0, 3), evidence)


def spending(context: WellnessContext, now: datetime) -> Measure:
    """What was spent in 90 days, against 90 days of the time before, in grosze."""
    if not context.purchases:
        return Measure("minor")
    first = min(bought.purchased_at for bought in context.purchases)
    recent = [bought for bought in context.purchases if bought.purchased_at > now - 90 * DAY]
    value = sum(bought.net_minor for bought in recent)
    evidence = tuple(bought.id for bought in recent[:EVIDENCE])
    before = sum(bought.net_minor for bought in context.purchases) - value
    days = (now - first) / DAY - 90
    if days < 90 or before <= 0:
        return Measure("minor", value, None, None, evidence)
    reference = before * 90 / days
    return Measure(
        "minor", value, round(reference), between(value / reference, 0.9, 0.25), evidence
    )


def membership(context: WellnessContext, now: datetime) -> Measure:
    """Days until the membership ends unrenewed; below zero: since one ended."""
    today = now.astimezone(WARSAW).date()
    if not context.memberships:
        return Measure("days", None, 30.0)
    last = max(context.memberships, key=lambda member: (member.ends_on, str(member.id)))
    days = (last.ends_on - today).days
    share = _membership_share(last, days, today)
    return Measure("days", days, 30.0, share, (last.id,))


def _membership_share(last: Membership, days: int, today: date) -> float | None:
    if days < -365:
        return None
    if last.is_renewed or last.starts_on > today:
        return 1.0
    if days < 0 or last.status in ("lapsed", "cancelled"):
        return 0.0
    return 0.4 + 0.6 * between(days, 30, 0)


DRIVERS: dict[str, Callable[[WellnessContext, datetime], Measure]] = {
    "visit_rhythm": visit_rhythm,
    "cancellations": cancellations,
    "promises": promises,
    "sentiment": sentiment,
    "surveys": surveys,
    "troubles": troubles,
    "spending": spending,
    "membership": membership,
}


def _done(visits: Iterable[Visit], now: datetime) -> list[Visit]:
    return [v for v in visits if v.status == "completed" and v.starts_at <= now]


def _ids(visits: Iterable[Visit]) -> tuple[UUID, ...]:
    return tuple(visit.id for visit in list(visits)[:EVIDENCE])


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
