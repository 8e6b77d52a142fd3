"""The official Realtime client on one private channel, behind the few words the listener needs."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Protocol

from realtime import AsyncRealtimeChannel, AsyncRealtimeClient, RealtimeSubscribeStates
from realtime.types import BroadcastPayload

TOPIC = "jobs"
_CLOSE_SECONDS = 2.0

Heard = Callable[[str, Mapping[str, Any]], None]
"""Called with a broadcast's event and payload; must not raise."""

Trouble = Callable[[str], None]
"""Called with a word about what ended the subscription; must not raise."""


class Socket(Protocol):
    """One subscription, used once: opened, watched, closed."""

    async def open(self, heard: Heard, trouble: Trouble) -> None:
        """Connect and subscribe; return when subscribed, or after `trouble` was called."""

    @property
    def is_alive(self) -> bool:
        """False when the socket or its reader is gone, which the client does not always tell."""

    async def close(self) -> None:
        """Close everything, also after a failed `open`."""


class RealtimeSocket:
    """Socket over `realtime`; a new client each time.

    A client that lost its channel cannot be trusted to join the same topic again on the same
    connection: the server's late close of the old one would end the new one. Its own attempts to
    reconnect stop silently after a while, so they are off: the listener is the one who tries again.
    """

    def __init__(self, url: str, key: str, timeout_seconds: int = 10) -> None:
        self._client = AsyncRealtimeClient(
            f"{url}/realtime/v1",
            token=key,
            auto_reconnect=False,
            max_retries=1,
            timeout=timeout_seconds,
        )
        self._channel: AsyncRealtimeChannel | None = None

    async def open(self, heard: Heard, trouble: Trouble) -> None:
        """See Socket."""

        def on_broadcast(message: BroadcastPayload) -> None:
            with suppress(Exception):
                heard(message["event"], message.get("payload") or {})

        def on_state(state: RealtimeSubscribeStates, error: Exception | None) -> None:
            if state is not RealtimeSubscribeStates.SUBSCRIBED:
                trouble(state.value.lower())

        self._channel = self._client.channel(
            TOPIC,
            {
                "config": {
                    "broadcast": {"ack": False, "self": False},
                    "presence": {"key": "", "enabled": False},
                    "private": True,
                }
            },
        )
        self._channel.on_broadcast("*", on_broadcast)
        await self._client.connect()
        await self._channel.subscribe(on_state)

    @property
    def is_alive(self) -> bool:
        """See Socket."""
        reader: asyncio.Task[None] | None = self._client._listen_task
        return self._client.is_connected and reader is not None and not reader.done()

    async def close(self) -> None:
        """See Socket."""
        tasks = [self._client._listen_task, self._client._heartbeat_task]
        if self._channel is not None:
            self._channel.subscribe_callback = None
            self._channel.rejoin_timer.reset()
            self._channel.join_push.destroy()
        with suppress(Exception):
            async with asyncio.timeout(_CLOSE_SECONDS):
                await self._client.close()
        running = [task for task in tasks if task is not None]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
