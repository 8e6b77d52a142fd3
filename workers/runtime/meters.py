"""What this process did since its start, in numbers: what /metrics tells Prometheus.

Plain integers and floats, for they are counted on the hot path, and the event loop alone writes and
reads them. Names are those of workers and words of this code, never anything out of a payload.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection

BATCH_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0)
AGE_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0, 3600.0)


class Histogram:
    """How long things took, in seconds: a count per bucket (the last: above all bounds), a sum."""

    __slots__ = ("bounds", "counts", "sum")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.sum = 0.0

    def observe(self, seconds: float, times: int = 1) -> None:
        """Count one, or as many alike."""
        self.counts[bisect_left(self.bounds, seconds)] += times
        self.sum += seconds * times


class Meters:
    """Counts that only grow: the process's own, and those of each of its workers."""

    def __init__(self, workers: Collection[str] = ()) -> None:
        self.process: Counter[str] = Counter()
        self.claimed: Counter[str] = Counter(dict.fromkeys(workers, 0))
        self.ended: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.batch_seconds: defaultdict[str, Histogram] = defaultdict(
            lambda: Histogram(BATCH_SECONDS)
        )
        self.age_seconds: defaultdict[str, Histogram] = defaultdict(lambda: Histogram(AGE_SECONDS))
