"""When each rule wants something done for a client. Pure; only facts are asked, no clock.

A moment may be long past: whether it is still worth anything is decided in occasions.py.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import attrgetter

from lib.vip.models.occasions import (
    DayOfYear,
    Moment,
    Occasion,
    OccasionCase,
    OccasionRule,
    PurchaseFact,
    VisitFact,
)
from lib.vip.occasion_dates import (
    customary_name_day,
    day_in_year,
    local_day,
    morning_of,
    runs_out,
    sessions_so_far,
    years_around,
)

Find = Callable[[OccasionCase, OccasionRule, datetime], Iterator[Moment]]


def moments_of(case: OccasionCase, rule: OccasionRule, now: datetime) -> Iterator[Moment]:
    """Yield the moments of one rule; of what comes each year, those of the years around now."""
    yield from _FIND[rule.occasion](case, rule, now)


def _post_treatment(case: OccasionCase, rule: OccasionRule, _: datetime) -> Iterator[Moment]:
    for visit in case.visits:
        if visit.status == "completed" and visit.ended_at and visit.check_after_hours:
            hours = visit.check_after_hours + rule.offset_hours
            yield Moment(visit.id, visit.ended_at + timedelta(hours=hours), _treatment(case, visit))


def _missed(case: OccasionCase, rule: OccasionRule, _: datetime) -> Iterator[Moment]:
    """A later visit for the same treatment says enough: nobody asks after the missed one."""
    for visit in case.visits:
        if visit.status == "missed" and not _is_followed(case, visit, ("booked", "completed")):
            due_at = visit.starts_at + timedelta(hours=rule.offset_hours)
            yield Moment(visit.id, due_at, _treatment(case, visit))


def _course(case: OccasionCase, rule: OccasionRule, _: datetime) -> Iterator[Moment]:
    done = [visit for visit in case.visits if visit.status == "completed"]
    by_treatment = attrgetter("treatment_id")
    for _id, visits in groupby(sorted(done, key=by_treatment), by_treatment):
        sessions = list(visits)
        last = sessions[-1]
        if last.course_sessions is None or last.course_gap_days is None:
            continue
        days = [local_day(visit.starts_at, case.time_zone) for visit in sessions]
        so_far = sessions_so_far(days, last.course_gap_days) % last.course_sessions
        if so_far and not _is_followed(case, last, ("booked",)):
            next_on = days[-1] + timedelta(days=last.course_gap_days)
            about = {**_treatment(case, last), "date": _written(next_on, case)}
            yield Moment(last.id, _morning(case, rule, next_on), about)


def _refill(case: OccasionCase, rule: OccasionRule, _: datetime) -> Iterator[Moment]:
    by_product = attrgetter("product_id")
    for _id, group in groupby(sorted(case.purchases, key=by_product), by_product):
        bought: list[PurchaseFact] = list(group)
        last = bought[-1]
        stock = (
            (local_day(one.purchased_at, case.time_zone), one.lasts_days * one.quantity)
            for one in bought
        )
        empty_on = runs_out(stock)
        if empty_on:
            about = {"product": _named(case, last), "date": _written(empty_on, case)}
            yield Moment(last.id, _morning(case, rule, empty_on), about)


def _renewal(case: OccasionCase, rule: OccasionRule, _: datetime) -> Iterator[Moment]:
    for held in case.memberships:
        about = {"plan": _named(case, held), "date": _written(held.ends_on, case)}
        yield Moment(held.id, _morning(case, rule, held.ends_on), about)


def _birthday(case: OccasionCase, rule: OccasionRule, now: datetime) -> Iterator[Moment]:
    if case.birth_on:
        yield from _yearly(case, rule, now, (case.birth_on.month, case.birth_on.day))


def _name_day(case: OccasionCase, rule: OccasionRule, now: datetime) -> Iterator[Moment]:
    birthday = (case.birth_on.month, case.birth_on.day) if case.birth_on else None
    day = case.chosen_name_day or customary_name_day(birthday, case.name_days)
    if day:
        yield from _yearly(case, rule, now, day)


def _anniversary(case: OccasionCase, rule: OccasionRule, now: datetime) -> Iterator[Moment]:
    if case.first_visit_at:
        first_on = local_day(case.first_visit_at, case.time_zone)
        for moment in _yearly(case, rule, now, (first_on.month, first_on.day)):
            if moment.occurrence > first_on.year:
                yield moment


_FIND: Mapping[Occasion, Find] = {
    "post_treatment_check": _post_treatment,
    "missed_visit": _missed,
    "course_step": _course,
    "refill": _refill,
    "membership_renewal": _renewal,
    "birthday": _birthday,
    "name_day": _name_day,
    "first_visit_anniversary": _anniversary,
}


def _yearly(
    case: OccasionCase, rule: OccasionRule, now: datetime, day: DayOfYear
) -> Iterator[Moment]:
    for year in years_around(local_day(now, case.time_zone)):
        falls_on = day_in_year(year, day)
        about = {"date": _written(falls_on, case)}
        yield Moment(case.client_id, _morning(case, rule, falls_on), about, year)


def _is_followed(case: OccasionCase, visit: VisitFact, statuses: tuple[str, ...]) -> bool:
    return any(
        other.treatment_id == visit.treatment_id
        and other.starts_at > visit.starts_at
        and other.status in statuses
        for other in case.visits
    )


def _morning(case: OccasionCase, rule: OccasionRule, day: date) -> datetime:
    return morning_of(day + timedelta(days=rule.offset_hours // 24), case.time_zone)


def _treatment(case: OccasionCase, visit: VisitFact) -> Mapping[str, str]:
    return {"treatment": _named(case, visit)}


def _named(case: OccasionCase, thing: object) -> str:
    name: str = getattr(thing, "name_pl" if case.locale.startswith("pl") else "name_en")
    return name


def _written(day: date, case: OccasionCase) -> str:
    return day.strftime("%d.%m.%Y") if case.locale.startswith("pl") else day.isoformat()
