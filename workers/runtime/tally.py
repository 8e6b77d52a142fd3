"""What a replica did since its last heartbeat, in numbers."""

from collections import Counter, deque
from collections.abc import Iterable
from typing import Any

_SAMPLES = 2000


class Tally:
    """Counts since the last `report`, and a bounded sample of durations."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._handler_ms: deque[float] = deque(maxlen=_SAMPLES)
        self._latency_ms: deque[float] = deque(maxlen=_SAMPLES)

    def count(self, what: str, n: int = 1) -> None:
        """Add `n` to a count: claims, claimed, recorded, stale, gone, failed, dead, lost, ..."""
        if n:
            self._counts[what] += n

    def handled(self, handler_ms: float, latencies_ms: Iterable[float]) -> None:
        """Note one call of a handler, and the ages of its jobs' events at its end."""
        self._handler_ms.append(handler_ms)
        self._latency_ms.extend(latencies_ms)

    def report(self) -> dict[str, Any]:
        """Return the numbers and begin anew."""
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
