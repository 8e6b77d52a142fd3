"""One WebSocket connection: reads its frames in order, writes without ever waiting for it."""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Mapping
from typing import Literal

from starlette.websockets import WebSocket, WebSocketDisconnect

from scripts.stack.realtime import frames
from scripts.stack.realtime.channel import Channel
from scripts.stack.realtime.frames import MalformedFrameError, Message, Version
from scripts.stack.realtime.handlers import handle
from scripts.stack.realtime.joining import answer_join
from scripts.stack.realtime.rooms import TOPIC_PREFIX
from scripts.stack.realtime.services import Services
from scripts.stack.realtime.tokens import Token
from scripts.stack.realtime.websocket_protocol import ABORT

_log = logging.getLogger(__name__)
_UNMATCHED = '{"reason":"unmatched topic"}'
_CRASHED = '{"reason":"channel_crash"}'
_ABNORMAL = 1011


class Socket:
    """A client's connection with the channels it joined."""

    def __init__(
        self,
        server: Services,
        websocket: WebSocket,
        version: Version,
        token: Token,
        headers: Mapping[str, str],
    ) -> None:
        self.version, self.token, self.headers = version, token, headers
        self.channels: dict[str, Channel] = {}
        self._server, self._websocket = server, websocket
        self._queue: deque[str | bytes] = deque()
        self._queued_bytes = 0
        self._has_work = asyncio.Event()
        self._close_code: int | None = None

    def send(self, frame: str | bytes) -> None:
        """Queue a frame; a client that leaves too many unread loses its connection."""
        settings = self._server.settings
        self._queue.append(frame)
        self._queued_bytes += len(frame)
        self._has_work.set()
        if (
            len(self._queue) > settings.max_queued_frames
            or self._queued_bytes > settings.max_queued_bytes
        ):
            self._abort()

    def _abort(self) -> None:
        """Hang up at once: a closing handshake would wait behind what is not read."""
        self._queue.clear()
        self._queued_bytes = 0
        if extension := self._websocket.scope["extensions"].get(ABORT):
            extension["abort"]()
        else:
            self.close(_ABNORMAL)

    def reply(self, to: Message, status: Literal["ok", "error"], response: str = "{}") -> None:
        """Answer a message."""
        self.send(frames.text_frame(self.version, *frames.reply(to, status, response)))

    def close(self, code: int) -> None:
        """Close the connection once what is queued is written."""
        self._close_code = code
        self._has_work.set()

    def forget(self, channel: Channel) -> None:
        """Drop a channel that left."""
        if self.channels.get(channel.topic) is channel:
            del self.channels[channel.topic]

    async def serve(self) -> None:
        """Talk until either side hangs up."""
        writer = asyncio.create_task(self._write())
        reader = asyncio.create_task(self._read())
        watch = asyncio.create_task(self._watch_channels())
        tasks = (writer, reader, watch)
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for channel in list(self.channels.values()):
                channel.leave()

    async def _write(self) -> None:
        with contextlib.suppress(WebSocketDisconnect):
            while True:
                await self._has_work.wait()
                while self._queue:
                    frame = self._queue.popleft()
                    self._queued_bytes -= len(frame)
                    key = "text" if isinstance(frame, str) else "bytes"
                    await self._websocket.send({"type": "websocket.send", key: frame})
                self._has_work.clear()
                if self._close_code is not None:
                    await self._websocket.close(self._close_code)
                    return

    async def _read(self) -> None:
        while True:
            event = await self._websocket.receive()
            if event["type"] == "websocket.disconnect":
                return
            data = event.get("text")
            try:
                message = frames.decode(self.version, event["bytes"] if data is None else data)
            except MalformedFrameError:
                _log.debug("ignored a malformed frame")
                continue
            await self._take(message)

    async def _watch_channels(self) -> None:
        """Hang up on clients that keep a connection without any channel."""
        while True:
            await asyncio.sleep(self._server.settings.no_channel_seconds)
            if not self.channels:
                return

    async def _take(self, message: Message) -> None:
        channel = self.channels.get(message.topic)
        if message.topic == "phoenix" and message.event == "heartbeat":
            self.reply(Message(None, message.ref, "phoenix", "heartbeat"), "ok")
        elif message.event == "phx_join" and message.topic.startswith(TOPIC_PREFIX):
            await answer_join(self._server, self, message)
        elif message.event == "phx_leave":
            self._leave(channel, message)
        elif channel is None:
            to = Message(None, message.ref, message.topic, message.event)
            self.reply(to, "error", _UNMATCHED)
        else:
            await self._handle(channel, message)

    def _leave(self, channel: Channel | None, message: Message) -> None:
        if channel is None:
            self.reply(message, "ok")
        elif message.join_ref in (None, channel.join_ref):
            self.reply(Message(channel.join_ref, message.ref, message.topic, ""), "ok")
            channel.close()

    async def _handle(self, channel: Channel, message: Message) -> None:
        """A failure ends the channel it happened in, never the socket."""
        to = Message(channel.join_ref, message.ref, message.topic, message.event, message.payload)
        try:
            await handle(channel, to)
        except Exception:
            _log.exception("a channel crashed")
            channel.leave()
            channel.send_end("phx_error", _CRASHED)
