"""What keeping the months of samples reads (`worker.metric_months`) and decides."""

from dataclasses import dataclass
from datetime import date, datetime

from pydantic import BaseModel, ConfigDict


class MetricMonths(BaseModel):
    """The months that have a partition, each by its first day (UTC)."""

    model_config = ConfigDict(frozen=True)

    read_at: datetime
    months: tuple[date, ...]


@dataclass(frozen=True, kw_only=True)
class MonthPlan:
    """Months to make and to drop, oldest first."""

    made: tuple[date, ...]
    dropped: tuple[date, ...]
