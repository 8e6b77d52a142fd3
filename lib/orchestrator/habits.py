"""What a client's visits tell: their rhythm, what and whom they like, a course left unfinished."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from lib.orchestrator.models.journeys import Insight, VisitFact

WARSAW = ZoneInfo("Europe/Warsaw")
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class HabitPolicy:
    """From when on a habit is one, and from when on it is broken."""

    least_visits: int = 5
    """Fewer make no habit."""
    late_factor: float = 1.8
    """A gap this many times the usual one is a falling rhythm; at least `late_days` longer too."""
    late_days: int = 7
    alarming_factor: float = 3.0
    favourite_share: float = 0.5
    """Of the visits known, to be a favourite."""
    favourite_window: timedelta = timedelta(days=365)
    course_late_factor: float = 1.5
    course_given_up_factor: float = 6.0
    """Of the gap between sessions: between the two a course is unfinished, later it is given up."""


def find_habits(
    visits: Sequence[VisitFact], now: datetime, policy: HabitPolicy
) -> Iterator[Insight]:
    """Yield what the visits tell; nothing below the least number of visits."""
    came = sorted((v for v in visits if v.status == "completed"), key=lambda v: v.starts_at)
    ahead = [v for v in visits if v.status == "booked" and v.starts_at > now]
    yield from _rhythm(came, ahead, now, policy)
    recent = [v for v in came if now - v.starts_at <= policy.favourite_window]
    yield from _favourites(recent, policy)
    yield from _courses(came, ahead, now, policy)


def days_pl(days: int) -> str:
    """Return a number of days in Polish: 1 dzień, 5 dni."""
    return "1 dzień" if days == 1 else f"{days} dni"


def days_en(days: int) -> str:
    """Return a number of days in English."""
    return "1 day" if days == 1 else f"{days} days"


def reason(table: str, ids: Sequence[object], numbers: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what an insight follows from: at most 20 rows of one table, and figures."""
    return {
        "evidence": [{"table": table, "id": str(row_id)} for row_id in ids[-20:]],
        "numbers": dict(numbers),
    }


def usual_gap_days(came: Sequence[VisitFact]) -> float | None:
    """Return the median gap between days with a visit, oldest first; None below two such days."""
    days = sorted({v.starts_at.astimezone(WARSAW).date() for v in came})
    gaps = [(later - earlier).days for earlier, later in pairwise(days)]
    return median(gaps) if gaps else None


def _rhythm(
    came: Sequence[VisitFact], ahead: Sequence[VisitFact], now: datetime, policy: HabitPolicy
) -> Iterator[Insight]:
    usual = usual_gap_days(came)
    if ahead or usual is None or len(came) < policy.least_visits:
        return
    since = (now - came[-1].starts_at) // _DAY
    if since <= max(usual * policy.late_factor, usual + policy.late_days):
        return
    usual_days = max(round(usual), 1)
    yield Insight(
        kind="rhythm_falling",
        priority=1 if since > usual * policy.alarming_factor else 2,
        sentence_pl=f"Ostatnia wizyta: {days_pl(since)} temu, zwykle co {days_pl(usual_days)}; "
        "następnej nie ma w kalendarzu.",
        sentence_en=f"The last visit was {days_en(since)} ago, usually one comes every "
        f"{days_en(usual_days)}; none is booked.",
        reason=reason(
            "visits",
            [v.id for v in came],
            {"days_since": since, "usual_gap_days": usual, "visits": len(came)},
        ),
    )


def _favourites(recent: Sequence[VisitFact], policy: HabitPolicy) -> Iterator[Insight]:
    names = {v.treatment_id: (v.name_pl, v.name_en) for v in recent}
    treatments = [(v, v.treatment_id) for v in recent]
    providers = [(v, v.provider) for v in recent if v.provider]
    hours = [(v, str(v.starts_at.astimezone(WARSAW).hour)) for v in recent]
    for kind, chosen, pl, en in (
        ("favourite_treatment", treatments, "Najczęściej wybiera", "Most often chosen"),
        ("favourite_provider", providers, "Najchętniej u", "Prefers to be looked after by"),
        ("favourite_hour", hours, "Najchętniej o godzinie", "Prefers the hour of"),
    ):
        found = _most_common(chosen, policy)
        if found is None:
            continue
        value, ids, share = found
        name_pl, name_en = names.get(value, (value, value))
        if kind == "favourite_hour":
            name_pl = name_en = f"{value}:00"
        yield Insight(
            kind=kind,
            priority=3,
            sentence_pl=f"{pl}: {name_pl} ({len(ids)} z {len(chosen)} wizyt w roku).",
            sentence_en=f"{en}: {name_en} ({len(ids)} of {len(chosen)} visits in a year).",
            reason=reason("visits", ids, {"value": value, "share": share, "visits": len(chosen)}),
        )


def _most_common(
    chosen: Sequence[tuple[VisitFact, str]], policy: HabitPolicy
) -> tuple[str, list[object], float] | None:
    """Return the value, its visits and its share; None when nothing is clearly the first."""
    if len(chosen) < policy.least_visits:
        return None
    counted = Counter(value for _, value in chosen).most_common(2)
    value, times = counted[0]
    is_tied = len(counted) > 1 and counted[1][1] == times
    share = times / len(chosen)
    if is_tied or share < policy.favourite_share:
        return None
    return value, [visit.id for visit, of in chosen if of == value], round(share, 4)


def _courses(
    came: Sequence[VisitFact], ahead: Sequence[VisitFact], now: datetime, policy: HabitPolicy
) -> Iterator[Insight]:
    for treatment_id in sorted({v.treatment_id for v in came}):
        sessions = [v for v in came if v.treatment_id == treatment_id]
        last = sessions[-1]
        if last.course_sessions is None or last.course_gap_days is None:
            continue
        begun = _begun_sessions(sessions, last.course_gap_days, policy) % last.course_sessions
        since = (now - last.starts_at) // _DAY
        is_late = (
            last.course_gap_days * policy.course_late_factor
            < since
            <= last.course_gap_days * policy.course_given_up_factor
        )
        if not begun or not is_late or any(v.treatment_id == treatment_id for v in ahead):
            continue
        done = f"{begun}/{last.course_sessions}"
        yield Insight(
            kind="course_unfinished",
            topic=treatment_id,
            priority=2,
            sentence_pl=f"Niedokończona seria: {last.name_pl} ({done}), ostatni raz "
            f"{days_pl(since)} temu, zalecany odstęp: {days_pl(last.course_gap_days)}.",
            sentence_en=f"A course is unfinished: {last.name_en} ({done}), last "
            f"{days_en(since)} ago, advised every {days_en(last.course_gap_days)}.",
            reason=reason(
                "visits",
                [v.id for v in sessions[-begun:]],
                {"sessions": begun, "of": last.course_sessions, "days_since": since},
            ),
        )


def _begun_sessions(sessions: Sequence[VisitFact], gap_days: int, policy: HabitPolicy) -> int:
    """Return how many sessions hang together up to the last one."""
    longest = gap_days * policy.course_given_up_factor * _DAY
    count = 1
    for later, earlier in pairwise(reversed(sessions)):
        if later.starts_at - earlier.starts_at > longest:
            break
        count += 1
    return count
