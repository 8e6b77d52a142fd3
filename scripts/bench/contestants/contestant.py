"""What a queue must offer to be measured."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

OnJob = Callable[[int], None]
"""Called by the handler, first thing, with the key of the job."""


class Contestant(Protocol):
    """One queue in one configuration, with a database of its own."""

    name: str
    drain_count: int
    """Jobs that make a drain last a second or more."""

    async def open(self) -> None:
        """Connect, and install the queue where it is missing."""
        ...

    async def close(self) -> None:
        """Give the connections back."""
        ...

    async def fill(self, count: int) -> None:
        """Put `count` jobs into the queue while no worker runs."""
        ...

    async def announce(self, key: int) -> None:
        """Put one job into the queue; it is committed when this returns."""
        ...

    async def is_empty(self) -> bool:
        """Whether every job is done and gone."""
        ...

    def working(self, on_job: OnJob) -> AbstractAsyncContextManager[None]:
        """A worker runs inside this block."""
        ...
