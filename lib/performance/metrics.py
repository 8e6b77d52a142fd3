"""Which monitored metrics are due for a sample? Pure: the time comes with the contexts.

Samples are of whole minutes, so that those of different metrics, desks and replicas line up.
"""

from datetime import timedelta

from lib.performance.models.metrics import DueSample, MetricContexts, Monitor


def choose_due(contexts: MetricContexts) -> list[DueSample]:
    """Return the metrics whose interval has passed, each with the minute to sample it for."""
    minute = contexts.read_at.replace(second=0, microsecond=0)
    return [
        DueSample(metric=watched.metric, measured_at=minute)
        for watched in contexts.monitors
        if watched.sampled_at is None or minute - watched.sampled_at >= _interval(watched)
    ]


def _interval(watched: Monitor) -> timedelta:
    return timedelta(seconds=watched.interval_seconds)
