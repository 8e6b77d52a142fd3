"""How clients fare: goals, surveys, promises, quality, brand, journeys."""

from datetime import date, datetime

from lib.analytics.report.inputs.base import Exact, Measure, Part


class Forecast(Part):
    """Where a goal is likely to end; on_course, likely, at_risk, will_miss or unknown."""

    value: Exact | None = None
    low: Exact | None = None
    high: Exact | None = None
    verdict: str = "unknown"


class Goal(Part):
    """What somebody set out to reach; progress in percent of the way from the baseline."""

    title: str
    measure: str | None = None
    unit: str
    baseline: Exact | None
    target: Exact
    current: Exact | None
    progress: Exact | None
    due_on: date
    state: str
    forecast: Forecast | None = None


class Surveys(Part):
    """Surveys sent in the period, in total (tier None) or of a tier."""

    tier: str | None
    asked_count: int
    answered_count: int
    response_rate: Measure
    csat: Measure
    effort: Measure
    nps: Measure


class KindPromises(Measure):
    """Promises of a tier and kind that came due; the value is the share kept."""

    tier: str
    kind: str
    kept_count: int
    broken_count: int


class QualityScore(Part):
    """Mean score of automatic, human or mystery_visit judgements."""

    source: str
    key: str | None = None
    count: int
    score: Exact | None
    failed_count: int


class Audit(Part):
    """A completed audit of a desk, with its 95 % interval."""

    audit_type: str
    starts_at: datetime
    ends_at: datetime
    population_count: int | None
    judged_count: int
    score: Exact | None
    low: Exact | None
    high: Exact | None


class Quality(Part):
    """How service kept to the standards."""

    total: tuple[QualityScore, ...] = ()
    by_tier: tuple[QualityScore, ...] = ()
    audits: tuple[Audit, ...] = ()


class Brand(Part):
    """How the house's answers kept to its style: in total, by channel or by tier."""

    part: str
    key: str | None
    count: int
    score: Measure
    passed: Measure
    warned: Measure
    overridden: Measure


class Journey(Part):
    """Whole journeys of a tier's present clients."""

    tier: str
    client_count: int
    touchpoints_mean: Exact | None
    wait_median_seconds: Exact | None
    messages_per_resolution: Exact | None
    reopening_count: int
    transfer_count: int
    recovery_count: int
    recovered_count: int
