"""Deadlines."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


async def with_deadline(work: Awaitable[T], seconds: float) -> T:
    """Await, but give up with TimeoutError after so many seconds."""
    async with asyncio.timeout(seconds):
        return await work
