"""How well the house and a VIP client are doing. Pure: time comes with the contexts.

The score is the sum of its drivers' points. What is not known neither helps nor harms: it gives the
points of a client about whom nothing is known, and says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from lib.vip.drivers import DRIVERS, Measure
from lib.vip.models.wellness import (
    Driver,
    Risk,
    Settings,
    WellnessContext,
    WellnessContexts,
    WellnessJudgement,
    WellnessPlan,
    WellnessReport,
)

WEIGHTS = {
    "visit_rhythm": 22,
    "cancellations": 10,
    "promises": 14,
    "sentiment": 12,
    "surveys": 14,
    "troubles": 12,
    "spending": 10,
    "membership": 6,
}


@dataclass(frozen=True, kw_only=True)
class WellnessPolicy:
    """How much each driver weighs; the lines of risk and fall are settings of the database."""

    version: str = "wellness-1"
    weights: Mapping[str, int] = field(default_factory=lambda: WEIGHTS)
    """Points at best, 100 together."""
    neutral_share: float = 0.7
    """What an unknown driver gives of its weight."""

    def __post_init__(self) -> None:
        if self.weights.keys() != DRIVERS.keys() or sum(self.weights.values()) != 100:
            raise ValueError("every driver has a weight, and they are 100 together")
        if min(self.weights.values()) < 1 or not 0 <= self.neutral_share <= 1:
            raise ValueError("weights are positive, the neutral share is a share")

    def weigh(self, name: str, measure: Measure) -> Driver:
        """Return the driver's part of the score, in whole points."""
        share = self.neutral_share if measure.share is None else measure.share
        return Driver(
            driver=name,
            value=measure.value,
            reference=measure.reference,
            unit=measure.unit,
            points=int(self.weights[name] * share + 0.5),
            max_points=self.weights[name],
            is_neutral=measure.share is None,
            evidence_ids=measure.evidence_ids,
        )


def judge(contexts: WellnessContexts, policy: WellnessPolicy) -> WellnessPlan:
    """Judge each client once, under one of the subjects that led to them."""
    return WellnessPlan(
        {
            min(context.subject_ids): WellnessJudgement(
                context.client_id,
                contexts.read_at,
                report(context, contexts.settings, contexts.read_at, policy),
            )
            for context in contexts.clients
        }
    )


def report(
    context: WellnessContext, settings: Settings, now: datetime, policy: WellnessPolicy
) -> WellnessReport | None:
    """Return the report to write; None: nothing but the day changed since the last one."""
    drivers = measure(context, now, policy)
    score = sum(driver.points for driver in drivers)
    fell_below, is_fall = find_fall(context, settings, score)
    found = WellnessReport(
        score=score,
        risk_status=find_risk(context.risk_status, settings, score),
        drivers=drivers,
        trend_30_points=_difference(score, context.score_30_days_ago),
        trend_90_points=_difference(score, context.score_90_days_ago),
        fell_below=fell_below,
        is_fall=is_fall,
        policy_version=policy.version,
    )
    return found if is_news(context, found) else None


def measure(context: WellnessContext, now: datetime, policy: WellnessPolicy) -> tuple[Driver, ...]:
    """Return the parts of the score."""
    return tuple(policy.weigh(name, look(context, now)) for name, look in DRIVERS.items())


def find_risk(present: str, settings: Settings, score: int) -> Risk:
    """Return the risk; a higher one is left only some points above its line."""
    margin = settings.hysteresis_points
    if score < settings.high_risk_below + (margin if present == "high" else 0):
        return "high"
    is_risky = present in ("medium", "high")
    return "medium" if score < settings.medium_risk_below + (margin if is_risky else 0) else "low"


def find_fall(context: WellnessContext, settings: Settings, score: int) -> tuple[int | None, bool]:
    """Return the line the client is below, and whether they fell below it just now.

    A fall is a high risk, or so many points less than the best of the last days. It goes on until
    the score is some points above the line, and until then there is no other.
    """
    line = context.last.fell_below if context.last else None
    if line is not None and score < line + settings.hysteresis_points:
        return line, False
    lines = [settings.high_risk_below]
    if context.best_recent_score is not None:
        lines.append(context.best_recent_score - settings.fall_points + 1)
    crossed = [each for each in lines if score < each]
    return (max(crossed), True) if crossed else (None, False)


def is_news(context: WellnessContext, found: WellnessReport) -> bool:
    """Whether it says anything else than the last report and the VIP profile do."""
    last = context.last
    if last is None or last.policy_version != found.policy_version:
        return True
    before = [(driver.driver, driver.points, driver.is_neutral) for driver in last.drivers]
    after = [(driver.driver, driver.points, driver.is_neutral) for driver in found.drivers]
    return (before, last.fell_below, context.risk_status) != (
        after,
        found.fell_below,
        found.risk_status,
    )


def _difference(score: int, before: int | None) -> int | None:
    return None if before is None else score - before
