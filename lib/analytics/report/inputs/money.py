"""What service earns and costs, who stays, and what was found. Money is in minor units of PLN."""

from datetime import date

from lib.analytics.report.inputs.base import Exact, Part


class RoiInterval(Part):
    """Holds the true return with this probability."""

    low: Exact
    high: Exact
    level: Exact
    day_count: int
    method: str


class RevenueModel(Part):
    """Revenue after resolved tickets by one way of crediting it, and the return it makes."""

    model: str
    label: str
    metric: str
    window_days: int | None
    revenue: Exact
    roi: Exact | None
    description: str


class CostPart(Part):
    """agents, overhead, channels, partners or recovery."""

    kind: str
    metric: str
    cost: Exact


class Sensitivity(Part):
    """The return if this share of the revenue is owed to service and rates are so much other."""

    revenue_share: Exact
    rate_change: Exact
    roi: Exact | None


class Retained(Part):
    """Revenue kept by retention plays, measured against those left alone."""

    verdict: str
    treated_count: int | None = None
    revenue_minor: Exact | None = None
    low_minor: Exact | None = None
    high_minor: Exact | None = None


class Roi(Part):
    """The return on service, in percent."""

    roi: Exact | None
    revenue: Exact | None
    costs: Exact | None
    formula: str
    headline_model: str
    interval: RoiInterval | None = None
    by_model: tuple[RevenueModel, ...] = ()
    components: tuple[CostPart, ...] = ()
    sensitivity: tuple[Sensitivity, ...] = ()
    retained: Retained | None = None


class CohortAge(Part):
    """Who of a cohort came again so many months after; suppressed: too few to tell."""

    months: int
    client_count: int | None
    share: Exact | None
    is_suppressed: bool
    is_complete: bool = True


class Cohort(Part):
    """Clients by the month of their first visit or purchase."""

    cohort_on: date
    client_count: int | None
    is_suppressed: bool
    ages: tuple[CohortAge, ...]


class Retention(Part):
    """Of those due again, how many stayed: percent; the interval in shares."""

    tier: str
    due_count: int | None
    retention: Exact | None
    interval: tuple[Exact, Exact] | None = None
    is_suppressed: bool = False


class TierValue(Part):
    """What clients of a tier have brought so far, over all time."""

    tier: str
    client_count: int | None
    revenue_minor: Exact | None
    support_cost_minor: Exact | None
    margin_minor: Exact | None
    mean_margin_minor: Exact | None
    interval_minor: tuple[Exact, Exact] | None = None
    is_suppressed: bool = False


class Insight(Part):
    """A group that surely differs from the rest."""

    metric: str
    label: str
    dimension: str
    group_value: str
    group_label: str | None = None
    direction: str
    difference: Exact
    interval_low: Exact
    interval_high: Exact
    unit: str
    effect_size: Exact | None = None
    q_value: Exact | None = None
    group_mean: Exact
    rest_mean: Exact
    group_count: int
    rest_count: int
    recommendation_pl: str | None = None
    recommendation_en: str | None = None
