"""Which months of samples are made and dropped."""

from datetime import UTC, date, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from lib.performance.metric_months import MonthPolicy, plan_months
from lib.performance.models.metric_months import MetricMonths

NOON = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)


def test_this_month_and_the_next_two_are_made_across_the_year() -> None:
    plan = plan_months(MetricMonths(read_at=NOON, months=()), MonthPolicy())
    assert plan.made == (date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1))
    assert plan.dropped == ()


def test_only_what_is_missing_is_made() -> None:
    known = MetricMonths(read_at=NOON, months=(date(2026, 11, 1), date(2027, 1, 1)))
    assert plan_months(known, MonthPolicy()).made == (date(2026, 12, 1),)


def test_months_past_their_retention_are_dropped_oldest_first() -> None:
    months = (date(2024, 10, 1), date(2024, 9, 1), date(2024, 8, 1))
    plan = plan_months(MetricMonths(read_at=NOON, months=months), MonthPolicy(kept=25))
    assert plan.dropped == (date(2024, 8, 1), date(2024, 9, 1))


def test_months_are_those_of_utc() -> None:
    warsaw = timezone(timedelta(hours=1))
    first_hour = datetime(2026, 12, 1, 0, 30, tzinfo=warsaw)
    plan = plan_months(MetricMonths(read_at=first_hour, months=()), MonthPolicy(ahead=0))
    assert plan.made == (date(2026, 11, 1),)


@given(
    hours=st.integers(0, 10 * 8766),
    kept=st.integers(13, 60),
)
def test_what_was_planned_needs_no_plan_and_keeps_what_is_asked(hours: int, kept: int) -> None:
    now = NOON + timedelta(hours=hours)
    policy = MonthPolicy(kept=kept)
    made = plan_months(MetricMonths(read_at=now, months=()), policy).made
    assert len(made) == policy.ahead + 1
    again = plan_months(MetricMonths(read_at=now, months=made), policy)
    assert (again.made, again.dropped) == ((), ())
