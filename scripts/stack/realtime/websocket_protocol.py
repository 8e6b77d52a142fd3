"""How uvicorn must speak WebSocket for Realtime: no compression, no pings, an idle limit."""

import asyncio
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

IDLE_SECONDS = 60.0
MAX_FRAME_BYTES = 5_000_000
_PROTOCOL_ERROR = 1002
_QUIET_SECONDS, _LINGER_SECONDS = 0.3, 10.0
ABORT = "realtime.abort"  # lets the application drop a client that does not read


class RealtimeWebSocketProtocol(WebSocketsSansIOProtocol):
    """Closes a connection on which nothing, not even a ping, arrived for `idle_seconds`.

    The application never sees pings, so only the protocol can tell a silent client from a dead one.
    """

    idle_seconds = IDLE_SECONDS
    _idle_timer: asyncio.TimerHandle | None = None
    _heard_at = 0.0
    _refused_at: float | None = None

    def data_received(self, data: bytes) -> None:
        self._heard_at = self.loop.time()
        if self._refused_at is None:
            super().data_received(data)

    def handle_parser_exception(self) -> None:
        """Refuse a frame, and read on until the client stops sending.

        Closing with unread bytes resets the connection, and the client never learns the reason.
        """
        failure = self.conn.close_sent
        code = failure.code if failure else _PROTOCOL_ERROR
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": ""})
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self._refused_at = self.loop.time()
        self.transport.resume_reading()
        self._linger()

    def _linger(self) -> None:
        last = max(self._heard_at, self._refused_at or 0)
        left = min(last + _QUIET_SECONDS, (self._refused_at or 0) + _LINGER_SECONDS)
        if left > self.loop.time():
            self.close_timer = self.loop.call_at(left, self._linger)
        else:
            self.transport.close()

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if hasattr(self, "scope"):
            self.scope["extensions"][ABORT] = {"abort": self.transport.abort}
            self._watch()

    async def send(self, message: Any) -> None:
        """Send for the application; a handshake it refused is complete, not forgotten."""
        await super().send(message)
        if self.initial_response is not None and self.close_sent:
            self.handshake_complete = True

    def connection_lost(self, exc: Exception | None) -> None:
        if self._idle_timer is not None:
            self._idle_timer.cancel()
        super().connection_lost(exc)

    def _watch(self) -> None:
        left = self._heard_at + self.idle_seconds - self.loop.time()
        if left > 0:
            self._idle_timer = self.loop.call_later(left, self._watch)
        elif self.handshake_complete and not self.close_sent and not self.transport.is_closing():
            self._close_idle()

    def _close_idle(self) -> None:
        self.queue.put_nowait({"type": "websocket.disconnect", "code": 1000, "reason": ""})
        self.conn.send_close(1000)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.transport.close()


def websocket_protocol(idle_seconds: float) -> type[RealtimeWebSocketProtocol]:
    """The protocol with another idle limit."""
    return type("_Protocol", (RealtimeWebSocketProtocol,), {"idle_seconds": idle_seconds})


# Beside these choose log_level warning: at info uvicorn logs every address with its key.
UVICORN_OPTIONS: dict[str, Any] = {
    "ws": RealtimeWebSocketProtocol,
    "ws_max_size": MAX_FRAME_BYTES,
    "ws_ping_interval": None,
    "ws_ping_timeout": None,
    "ws_per_message_deflate": False,
}
