"""Pauses that grow while nothing helps, with jitter so that replicas do not move in step."""

import random


class Backoff:
    """Doubles from `floor` to `ceiling` seconds; each pause is spread by `jitter` both ways."""

    def __init__(self, floor: float, ceiling: float, jitter: float = 0.2) -> None:
        self._floor = floor
        self._ceiling = ceiling
        self._jitter = jitter
        self._next = floor

    def pause(self) -> float:
        """Return the seconds to wait now, and double the next pause."""
        seconds = self._next
        self._next = min(seconds * 2, self._ceiling)
        return seconds * random.uniform(1 - self._jitter, 1 + self._jitter)  # noqa: S311

    def reset(self) -> None:
        """Begin again at the floor."""
        self._next = self._floor
