"""Counts events per second the way the limits do: the average of at most the last minute (pure)."""

from collections import deque

_TICK_SECONDS = 5
_TICKS = 12


class Rate:
    """A counter with a limit in events per second; None never triggers."""

    def __init__(self, limit: int | None) -> None:
        self.limit = limit
        self._ticks: deque[list[int]] = deque()  # [tick number, count]

    def count(self, now: float, events: int = 1) -> None:
        """Count events at `now` (seconds of any steady clock)."""
        if self.limit is None:
            return
        tick = int(now // _TICK_SECONDS)
        if not self._ticks or self._ticks[-1][0] != tick:
            self._ticks.append([tick, 0])
        self._ticks[-1][1] += events

    def average(self, now: float) -> float:
        """Events per second at `now`."""
        newest = int(now // _TICK_SECONDS)
        while self._ticks and self._ticks[0][0] <= newest - _TICKS:
            self._ticks.popleft()
        if not self._ticks:
            return 0.0
        ticks = newest - self._ticks[0][0] + 1
        return sum(count for _, count in self._ticks) / (ticks * _TICK_SECONDS)

    def is_exceeded(self, now: float, extra: int = 0) -> bool:
        """Whether the limit is passed at `now`, or would be with `extra` more."""
        return self.limit is not None and self.average(now) + extra > self.limit
