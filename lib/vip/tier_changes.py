"""When a tier ends, and when its end is near. Pure: time comes with the contexts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from lib.vip.models.tier_changes import TierChangeContexts, TierPeriod, TierVerdict


@dataclass(frozen=True, kw_only=True)
class TierPolicy:
    """How long before the end of a tier somebody is told. Seconds."""

    warning_seconds: int = 14 * 86400

    def __post_init__(self) -> None:
        if self.warning_seconds <= 0:
            raise ValueError("a warning comes before the end")


def judge_periods(contexts: TierChangeContexts, policy: TierPolicy) -> Mapping[UUID, TierVerdict]:
    """Return the verdict on each period there is, by its id."""
    return {
        period.period_id: judge_period(period, contexts.read_at, policy)
        for period in contexts.periods
    }


def judge_period(period: TierPeriod, now: datetime, policy: TierPolicy) -> TierVerdict:
    """Return what to do now. Who missed the warning is not warned of what has ended."""
    if now >= period.valid_until:
        return TierVerdict("end", None)
    warn_at = period.valid_until - timedelta(seconds=policy.warning_seconds)
    if period.is_warned:
        return TierVerdict(None, period.valid_until)
    if now >= warn_at:
        return TierVerdict("warn", period.valid_until)
    return TierVerdict(None, warn_at)
