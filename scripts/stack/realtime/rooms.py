"""Rooms: who hears what is said on a topic. A public and a private room may share a name."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scripts.stack.realtime import frames, jsontext
from scripts.stack.realtime.frames import Message, UserBroadcast, Version
from scripts.stack.realtime.presence import Diff, Presence

if TYPE_CHECKING:
    from scripts.stack.realtime.channel import Channel

TOPIC_PREFIX = "realtime:"
RoomKey = tuple[bool, str]  # is private, topic without prefix


@dataclass(slots=True)
class Broadcast:
    """A message to a room, encoded once per protocol version however many hear it.

    `content` is the JSON text of the whole payload, or a broadcast that travels untouched.
    """

    topic: str
    content: str | UserBroadcast
    message_id: str | None = None
    event: str = "broadcast"
    _frames: dict[Version, str | bytes | None] = field(default_factory=dict)

    def frame(self, version: Version) -> str | bytes | None:
        """The frame for a version; None if that version cannot carry it."""
        if version not in self._frames:
            self._frames[version] = self._encode(version)
        return self._frames[version]

    def _encode(self, version: Version) -> str | bytes | None:
        topic, content = TOPIC_PREFIX + self.topic, self.content
        if isinstance(content, UserBroadcast):
            if version == 2:
                try:
                    return frames.user_broadcast_frame(topic, content)
                except ValueError:  # a name longer than its size byte can say
                    return None
            if content.encoding == frames.RAW:
                return None
            try:
                content = as_text(content)
            except ValueError:  # not the JSON it claims to be
                return None
        return frames.text_frame(version, Message(None, None, topic, self.event), content)


def as_text(push: UserBroadcast) -> str:
    """A broadcast as the payload of a text frame; ValueError if its payload is not JSON."""
    meta = f',"meta":{push.meta.decode()}' if push.meta else ""
    event, payload = jsontext.dumps(push.event), push.payload.decode()
    jsontext.loads(payload)
    return f'{{"type":"broadcast","event":{event},"payload":{payload}{meta}}}'


def from_server(event: str, payload: str, message_id: str | None) -> str:
    """The payload of a broadcast that came over HTTP or from the database."""
    meta = "" if message_id is None else f',"meta":{jsontext.dumps({"id": message_id})}'
    return f'{{"payload":{payload},"event":{jsontext.dumps(event)},"type":"broadcast"{meta}}}'


class Room:
    """The channels joined to a topic, in the order they came, and who of them is present."""

    def __init__(self, topic: str) -> None:
        self.topic = topic
        self.members: dict[Channel, None] = {}
        self.presence = Presence()


class Rooms:
    """All rooms that somebody is in."""

    def __init__(self) -> None:
        self._rooms: dict[RoomKey, Room] = {}

    def enter(self, key: RoomKey, channel: "Channel") -> Room:
        """Enter a room, which is made for the first who comes."""
        room = self._rooms.setdefault(key, Room(key[1]))
        room.members[channel] = None
        return room

    def leave(self, key: RoomKey, channel: "Channel") -> None:
        """Leave; whoever stays hears that the channel is no longer present."""
        room = self._rooms.get(key)
        if room is None or channel not in room.members:
            return
        del room.members[channel]
        self.tell(room, room.presence.untrack(channel))
        if not room.members:
            del self._rooms[key]

    def publish(self, key: RoomKey, broadcast: Broadcast, sender: "Channel | None" = None) -> None:
        """Send to everybody in the room but `sender`."""
        room = self._rooms.get(key)
        for channel in list(room.members) if room else ():
            if channel is not sender:
                channel.hear(broadcast)

    def tell(self, room: Room, diff: Diff | None) -> None:
        """Tell the room who came and went."""
        if diff is None:
            return
        news = Broadcast(room.topic, jsontext.dumps(diff.as_json()), event="presence_diff")
        for channel in list(room.members):
            channel.hear_presence(news)
