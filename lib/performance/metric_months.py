"""Which months of samples must there be, and which are past their retention? Pure: no clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from lib.performance.models.metric_months import MetricMonths, MonthPlan


@dataclass(frozen=True, kw_only=True)
class MonthPolicy:
    """How many months are made ahead, and how many whole ones are kept behind the present."""

    ahead: int = 2
    kept: int = 25
    """Two years and the month they are compared with; the database keeps 13 at least."""


def plan_months(known: MetricMonths, policy: MonthPolicy) -> MonthPlan:
    """Return the months missing from now on, and those older than what is kept."""
    wanted = _months_from(known.read_at, policy.ahead + 1)
    oldest = _shifted(_first_day(known.read_at), -policy.kept)
    return MonthPlan(
        made=tuple(month for month in wanted if month not in known.months),
        dropped=tuple(sorted(month for month in known.months if month < oldest)),
    )


def _months_from(now: datetime, count: int) -> Iterator[date]:
    return (_shifted(_first_day(now), number) for number in range(count))


def _first_day(now: datetime) -> date:
    return now.astimezone(UTC).date().replace(day=1)


def _shifted(month: date, count: int) -> date:
    years, index = divmod(month.month - 1 + count, 12)
    return date(month.year + years, index + 1, 1)
