"""What a replica did: since its last heartbeat, and (see meters) since its start."""

from collections import Counter, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from lib.events import Job
from workers.runtime.meters import Meters

_SAMPLES = 2000
_AGES = 10


class Tally:
    """Counts since the last `report`, a bounded sample of durations, and the growing `meters`."""

    def __init__(self, workers: Collection[str] = ()) -> None:
        self.meters = Meters(workers)
        self._counts: Counter[str] = Counter()
        self._handler_ms: deque[float] = deque(maxlen=_SAMPLES)
        self._latency_ms: deque[float] = deque(maxlen=_SAMPLES)

    def count(self, what: str, n: int = 1) -> None:
        """Add `n` to a count of the process: claims, timers, lost (finished without a lease)."""
        if n:
            self._counts[what] += n
            self.meters.process[what] += n

    def claimed(self, worker: str, jobs: Sequence[Job], now: datetime) -> None:
        """Note jobs that came with a claim (one at least), and the ages of their events."""
        self._counts["claimed"] += len(jobs)
        self.meters.claimed[worker] += len(jobs)
        # Of a large claim one job stands for its neighbours, which come by age: half the cost of
        # counting would be the subtraction of moments.
        histogram, step = self.meters.age_seconds[worker], -(-len(jobs) // _AGES)
        for start in range(0, len(jobs), step):
            age = (now - jobs[start].occurred_at).total_seconds()
            # The event's moment is the database's, whose clock may be ahead of ours.
            histogram.observe(max(age, 0.0), min(step, len(jobs) - start))

    def ended(self, worker: str, states: Mapping[str, int]) -> None:
        """Note jobs that are no longer held, by what became of them: the states of a verdict."""
        counts, ended = self._counts, self.meters.ended[worker]
        for state, n in states.items():
            if n:
                counts[state] += n
                ended[state] += n

    def handled(self, worker: str, seconds: float, latencies_ms: Iterable[float]) -> None:
        """Note one call of a handler, and the ages of its jobs' events at its end."""
        self.meters.batch_seconds[worker].observe(seconds)
        self._handler_ms.append(seconds * 1000)
        self._latency_ms.extend(latencies_ms)

    def report(self) -> dict[str, Any]:
        """Return the numbers since the last report, and begin anew."""
        report: dict[str, Any] = {
            **self._counts,
            "handler_ms": _percentiles(self._handler_ms),
            "latency_ms": _percentiles(self._latency_ms),
        }
        self._counts.clear()
        self._handler_ms.clear()
        self._latency_ms.clear()
        return report


def _percentiles(values: Iterable[float]) -> dict[str, float] | None:
    ordered = sorted(values)
    if not ordered:
        return None
    last = len(ordered) - 1
    return {"p50": round(ordered[last // 2], 1), "p95": round(ordered[last * 95 // 100], 1)}
