"""What sampling of metrics reads and what it decides.

Contexts come from `worker.metric_contexts`; what is due goes to `worker.record_samples`.
"""

from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict


class _Context(BaseModel):
    model_config = ConfigDict(frozen=True)


class Monitor(_Context):
    """A metric that is sampled."""

    metric: str
    interval_seconds: int
    sampled_at: datetime | None
    """The moment its newest sample is of; None: there is none yet."""


class MetricContexts(_Context):
    """Every monitor, at one moment of the database's clock."""

    read_at: datetime
    monitors: tuple[Monitor, ...]


@dataclass(frozen=True, kw_only=True)
class DueSample:
    """A metric to sample, and the whole minute the sample is of."""

    metric: str
    measured_at: datetime
