"""A Realtime subscription in memory, which can go deaf, break and refuse."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workers.runtime.socket import Heard, Trouble


@dataclass(eq=False)
class FakeSocket:
    """One subscription; the house `FakeRealtime` makes them and speaks to the open ones."""

    house: "FakeRealtime"
    is_alive: bool = False
    is_closed: bool = False
    heard: Heard | None = None
    trouble: Trouble | None = None

    async def open(self, heard: Heard, trouble: Trouble) -> None:
        await asyncio.sleep(0)
        if self.house.refusal is not None:
            raise self.house.refusal
        self.heard, self.trouble, self.is_alive = heard, trouble, True

    async def close(self) -> None:
        self.is_alive, self.is_closed = False, True


@dataclass
class FakeRealtime:
    """`is_deaf` swallows broadcasts while sockets look healthy; `refusal` fails every open."""

    is_deaf: bool = False
    refusal: Exception | None = None
    sockets: list[FakeSocket] = field(default_factory=list)

    def make_socket(self) -> FakeSocket:
        self.sockets.append(FakeSocket(self))
        return self.sockets[-1]

    @property
    def open_sockets(self) -> list[FakeSocket]:
        return [socket for socket in self.sockets if socket.is_alive]

    def broadcast(self, event: str, payload: Mapping[str, Any]) -> None:
        for socket in self.open_sockets:
            if not self.is_deaf and socket.heard is not None:
                socket.heard(event, payload)

    def break_all(self, reason: str = "channel_error") -> None:
        for socket in self.open_sockets:
            if socket.trouble is not None:
                socket.trouble(reason)
