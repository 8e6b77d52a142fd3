"""Waiting for a condition instead of sleeping."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

Found = TypeVar("Found")
PAUSE_SECONDS = 0.02


def eventually(check: Callable[[], Found], seconds: float = 10) -> Found:
    """The first truthy answer of `check`; fails with its last answer after the time."""
    deadline = time.monotonic() + seconds
    while not (found := check()):
        assert time.monotonic() < deadline, f"not within {seconds} s; last answer: {found!r}"
        time.sleep(PAUSE_SECONDS)
    return found


async def eventually_async(check: Callable[[], Awaitable[Found]], seconds: float = 10) -> Found:
    """The same for a coroutine function."""
    deadline = time.monotonic() + seconds
    while not (found := await check()):
        assert time.monotonic() < deadline, f"not within {seconds} s; last answer: {found!r}"
        await asyncio.sleep(PAUSE_SECONDS)
    return found
