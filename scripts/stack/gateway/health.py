"""/healthz: whether everything behind the one URL answers."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from scripts.stack.gateway.connection import UpstreamError
from scripts.stack.gateway.upstream import Upstream

Check = Callable[[], Awaitable[None]]

CHECK_SECONDS = 2


async def states_of(checks: Mapping[str, Check]) -> dict[str, str]:
    """`ok` or `down` for each component."""
    states = await asyncio.gather(*(_state_of(check) for check in checks.values()))
    return dict(zip(checks, states, strict=True))


def answers_ok(port: int, path: bytes) -> Check:
    """A check that GET `path` on a local port answers 200."""
    upstream = Upstream(port)

    async def check() -> None:
        connection = await upstream.acquire()
        try:
            connection.start(b"GET %s HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n" % path)
            if await connection.read_head() != 200:
                raise UpstreamError(f"{path!r} is not ready")
        finally:
            connection.close()

    return check


async def _state_of(check: Check) -> str:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await check()
    except Exception:  # whatever it is, the component does not answer
        return "down"
    return "ok"
