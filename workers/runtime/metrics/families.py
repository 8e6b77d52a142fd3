"""Families of samples, as the Prometheus client writes them."""

from collections.abc import Mapping, Sequence
from itertools import accumulate

from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from workers.runtime.meters import Histogram

Labelled = Mapping[tuple[str, ...], float]
"""Values by their labels' values."""


def counter(name: str, text: str, value: float) -> Metric:
    """Return one growing number, named without its `_total`."""
    return CounterMetricFamily(name, text, value)


def gauge(name: str, text: str, value: float) -> Metric:
    """Return one number."""
    return GaugeMetricFamily(name, text, value)


def counters(name: str, text: str, labels: Sequence[str], values: Labelled) -> Metric:
    """Return growing numbers by label."""
    family = CounterMetricFamily(name, text, labels=labels)
    for key, value in values.items():
        family.add_metric(key, value)
    return family


def gauges(name: str, text: str, labels: Sequence[str], values: Labelled) -> Metric:
    """Return numbers by label."""
    family = GaugeMetricFamily(name, text, labels=labels)
    for key, value in values.items():
        family.add_metric(key, value)
    return family


def histograms(name: str, text: str, values: Mapping[str, Histogram]) -> Metric:
    """Return histograms by worker; Prometheus' buckets count what is at or below their bound."""
    family = HistogramMetricFamily(name, text, labels=["worker"])
    for worker, histogram in values.items():
        bounds = (*map(str, histogram.bounds), "+Inf")
        counted = accumulate(histogram.counts)
        family.add_metric([worker], list(zip(bounds, counted, strict=True)), histogram.sum)
    return family
