"""The period, its key figures and how clients were served."""

from datetime import date, datetime
from decimal import Decimal

from lib.analytics.report.inputs.base import Exact, Measure, Part


class Period(Part):
    """From `since_at` until before `until_at`."""

    since_at: datetime
    until_at: datetime
    is_preliminary: bool
    previous_since_at: datetime
    previous_until_at: datetime
    starts_on: date
    ends_on: date


class Trend(Part):
    """better, worse, no_clear_trend or too_few."""

    verdict: str
    is_significant: bool | None = None


class Kpi(Part):
    """One of the registry."""

    key: str
    label_pl: str
    label_en: str
    metric: str
    unit: str
    direction: str
    target: Exact | None
    version: int
    value: Exact | None
    sample_count: int | None
    previous_value: Exact | None
    status: str
    """on_target, warning, off_target, no_data or tracked (it has no target)."""
    trend: Trend | None
    description: str
    drill_down: str
    metric_version: int = 1

    @property
    def known(self) -> Decimal | None:
        """Its value; a sum of nothing is no value."""
        return None if self.status == "no_data" else self.value


class Metric(Part):
    """A measure of service, now and before."""

    metric: str
    label: str
    unit: str
    direction: str
    version: int
    description: str
    drill_down: str
    value: Exact | None
    sample_count: int
    previous_value: Exact | None
    previous_count: int
    target: Exact | None


class Day(Part):
    """A value of a day in Warsaw."""

    day: date
    value: Exact
    sample_count: int


class TicketDay(Part):
    """What began and what was resolved on a day in Warsaw."""

    day: date
    opened_count: int
    resolved_count: int


class Promises(Measure):
    """Those kept, and of how many."""

    total: int


class Answers(Part):
    """Seconds to the first answer on live channels."""

    count: int
    median: Exact | None
    p90: Exact | None


class Tier(Part):
    """How one tier was served."""

    tier: str
    client_count: int
    cycle_count: int
    answers: Answers
    satisfaction: Measure
    promises: Promises
