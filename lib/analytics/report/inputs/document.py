"""The frozen document a report is made of, as `private.gather_report_inputs` writes it.

Whole parts may be missing or empty: their section says so. Shares lie between 0 and 1, percentages
and scores between 0 and 100.
"""

from datetime import datetime

from lib.analytics.report.inputs.base import Part
from lib.analytics.report.inputs.money import Cohort, Insight, Retention, Roi, TierValue
from lib.analytics.report.inputs.service import Day, Kpi, Metric, Period, TicketDay, Tier
from lib.analytics.report.inputs.success import (
    Brand,
    Goal,
    Journey,
    KindPromises,
    Quality,
    Surveys,
)


class Inputs(Part):
    """All of it."""

    kind: str
    read_at: datetime
    period: Period
    desk: str | None = None
    kpis: tuple[Kpi, ...] = ()
    metrics: tuple[Metric, ...] = ()
    satisfaction_days: tuple[Day, ...] = ()
    response_days: tuple[Day, ...] = ()
    ticket_days: tuple[TicketDay, ...] = ()
    tiers: tuple[Tier, ...] = ()
    goals: tuple[Goal, ...] = ()
    surveys: tuple[Surveys, ...] = ()
    previous_surveys: tuple[Surveys, ...] = ()
    promises: tuple[KindPromises, ...] = ()
    quality: Quality = Quality()
    brand: tuple[Brand, ...] = ()
    journeys: tuple[Journey, ...] = ()
    roi: Roi | None = None
    cohorts: tuple[Cohort, ...] = ()
    retention: tuple[Retention, ...] = ()
    tier_values: tuple[TierValue, ...] = ()
    insights: tuple[Insight, ...] = ()
