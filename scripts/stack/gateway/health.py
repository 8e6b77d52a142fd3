"""/healthz: whether everything behind the one URL answers."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import aiohttp

Check = Callable[[], Awaitable[None]]

CHECK_SECONDS = 2


async def states_of(checks: Mapping[str, Check]) -> dict[str, str]:
    """`ok` or `down` for each component."""
    states = await asyncio.gather(*(_state_of(check) for check in checks.values()))
    return dict(zip(checks, states, strict=True))


def answers_ok(url: str) -> Check:
    """A check that GET `url` succeeds."""

    async def check() -> None:
        async with aiohttp.request("GET", url, raise_for_status=True):
            pass

    return check


async def _state_of(check: Check) -> str:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await check()
    except Exception:  # whatever it is, the component does not answer
        return "down"
    return "ok"
