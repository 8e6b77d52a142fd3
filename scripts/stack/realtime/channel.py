"""A joined channel: what one client does and hears on one topic."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from scripts.stack.realtime import frames, jsontext, tokens
from scripts.stack.realtime.access import Access
from scripts.stack.realtime.frames import Message, UserBroadcast
from scripts.stack.realtime.join import JoinConfig
from scripts.stack.realtime.registration import Registration
from scripts.stack.realtime.rooms import Broadcast, Room, RoomKey
from scripts.stack.realtime.services import Services, now

if TYPE_CHECKING:
    from scripts.stack.realtime.socket import Socket


class Channel:
    """One membership of a room, with its own token, rights and subscriptions."""

    def __init__(
        self,
        server: Services,
        socket: "Socket",
        join: Message,
        config: JoinConfig,
        access: Access,
    ) -> None:
        self.server, self.socket, self.config, self.access = server, socket, config, access
        self.topic, self.join_ref = join.topic, join.join_ref
        self.sub_topic = access.topic
        self.is_presence_enabled = config.is_presence_enabled or server.settings.is_presence_forced
        self.replayed: frozenset[str] = frozenset()
        self.registration = Registration(server, self)
        self.is_closed = False
        self._presence_calls, self._presence_window_ends = 0, 0.0
        self._early: list[tuple[Sequence[int], str, str]] = []
        self._room: Room | None = None
        self._expiry: asyncio.TimerHandle | None = None

    @property
    def room_key(self) -> RoomKey:
        """Public and private channels of one name are different rooms."""
        return self.config.is_private, self.sub_topic

    @property
    def room(self) -> Room:
        """The room it has entered."""
        if self._room is None:
            raise RuntimeError("the channel has not entered its room")
        return self._room

    def enter(self) -> None:
        """Start to hear the room, and to watch the token's end."""
        self._room = self.server.rooms.enter(self.room_key, self)
        self.watch_token()

    def catch_up(self) -> None:
        """Pass on the changes that came before the join was answered."""
        for change in self._early:
            self.hear_change(*change)
        self._early.clear()

    def watch_token(self) -> None:
        """Look at the token again when it ends, and regularly before."""
        if self._expiry:
            self._expiry.cancel()
        left = self.access.token.expires_at - now()
        delay = max(0.0, min(left, self.server.settings.token_check_seconds))
        self._expiry = asyncio.get_running_loop().call_later(delay, self._check_token)

    def _check_token(self) -> None:
        secret = self.server.settings.jwt_secret
        try:
            tokens.verify(self.access.token.text, secret, now())
        except tokens.TokenError as error:
            self.shut_down(error.channel_text)
        else:
            self.watch_token()

    def push(self, event: str, payload: str) -> None:
        """Send a frame of this channel alone; `payload` is JSON text."""
        message = Message(self.join_ref, None, self.topic, event)
        self.socket.send(frames.text_frame(self.socket.version, message, payload))

    def push_system(self, extension: str, status: str, text: str) -> None:
        """Tell the client about its channel."""
        told = {
            "extension": extension,
            "status": status,
            "message": text,
            "channel": self.sub_topic,
        }
        self.push("system", jsontext.dumps(told))

    def hear(self, broadcast: Broadcast) -> None:
        """Pass a broadcast on, unless the policies or a replay say no."""
        if self.is_closed or (self.config.is_private and not self.access.reads.get("broadcast")):
            return
        if broadcast.message_id is not None and broadcast.message_id in self.replayed:
            return
        self.count()
        if not self.is_closed:
            self._pass_on(broadcast)

    def hear_presence(self, news: Broadcast) -> None:
        """Pass on who came and went; on public channels everybody hears it."""
        if not self.config.is_private or self.access.reads.get("presence"):
            self._pass_on(news)

    def _pass_on(self, broadcast: Broadcast) -> None:
        frame = broadcast.frame(self.socket.version)
        if frame is not None:
            self.socket.send(frame)

    def hear_change(self, binding_ids: Sequence[int], kind: str, data: str) -> None:
        """Pass on a change of the database; what comes before the join's reply waits for it."""
        if self.is_closed:
            return
        if self._room is None:
            self._early.append((binding_ids, kind, data))
            return
        event, payload = "postgres_changes", f'{{"ids":{list(binding_ids)},"data":{data}}}'
        if self.config.is_legacy:
            event, payload = kind, data
        message = Message(None, None, self.topic, event)
        self.socket.send(frames.text_frame(self.socket.version, message, payload))

    def repeat(self, broadcast: Broadcast) -> None:
        """Send a stored broadcast to this channel alone."""
        if isinstance(broadcast.content, UserBroadcast):
            self._pass_on(broadcast)
        else:
            self.push("broadcast", broadcast.content)

    def push_presence(self) -> None:
        """Tell this channel who is here, if it may know."""
        if not self.config.is_private or self.access.reads.get("presence"):
            self.push("presence_state", jsontext.dumps(self.room.presence.state()))

    def may_call_presence(self, moment: float) -> bool:
        """Count a presence call at `moment`; False if they come too often."""
        limit = self.server.settings.max_presence_calls
        if moment >= self._presence_window_ends:
            self._presence_calls = 0
            self._presence_window_ends = moment + self.server.settings.presence_window_seconds
        self._presence_calls += 1
        return limit is None or self._presence_calls <= limit

    def count(self) -> None:
        """Count a message, and close the channel if there are too many."""
        messages = self.server.limits.messages
        messages.count(now())
        if messages.is_exceeded(now()):
            self.shut_down("Too many messages per second")

    def shut_down(self, text: str) -> None:
        """Close the channel from this side, saying why; the socket stays."""
        if not self.is_closed:
            self.push_system("system", "error", text)
            self.close()

    def close(self) -> None:
        """Leave, and tell the client that the channel is closed."""
        if self.is_closed:
            return
        self.leave()
        self.send_end("phx_close", "{}")

    def send_end(self, event: str, payload: str) -> None:
        """The last frame of a channel: its ref is the join's."""
        message = Message(self.join_ref, self.join_ref, self.topic, event)
        self.socket.send(frames.text_frame(self.socket.version, message, payload))

    def leave(self) -> None:
        """Forget the channel everywhere, silently."""
        self.is_closed = True
        if self._expiry:
            self._expiry.cancel()
        self.registration.stop()
        self.server.rooms.leave(self.room_key, self)
        self.socket.forget(self)

    def reply(
        self, to: Message, status: Literal["ok", "error"] = "ok", response: str = "{}"
    ) -> None:
        """Answer a message."""
        self.socket.reply(to, status, response)
