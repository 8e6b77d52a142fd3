"""Frames of the two protocol versions, in and out (pure).

Version 1 is one JSON object a frame; version 2 a JSON array, and binary frames for broadcasts.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

from scripts.stack.realtime import jsontext

Version = Literal[1, 2]
PUSH, USER_BROADCAST_PUSH, USER_BROADCAST = 0, 3, 4
RAW, JSON = 0, 1
_V1_KEYS = ("topic", "event", "payload", "ref")


class MalformedFrameError(ValueError):
    """The frame is none of the protocol; the server ignores it."""


@dataclass(frozen=True, slots=True)
class UserBroadcast:
    """A broadcast whose payload travels untouched: JSON text or raw bytes."""

    event: str
    encoding: int
    payload: bytes
    meta: bytes = b""


@dataclass(frozen=True, slots=True)
class Message:
    """One frame from a client; the refs are echoed as they came."""

    join_ref: Any
    ref: Any
    topic: str
    event: str
    payload: Any = field(default_factory=dict)


def parse_version(vsn: str | None) -> Version | None:
    """The version a `vsn` parameter asks for; None if it is not served."""
    parts = (vsn or "1.0.0").split(".")
    if len(parts) == 3 and parts[1] == "0" and parts[2].isascii() and parts[2].isdigit():
        return {"1": 1, "2": 2}.get(parts[0])  # type: ignore[return-value]
    return None


def decode(version: Version, data: str | bytes) -> Message:
    """Read one frame; MalformedFrameError if it is not of this version."""
    try:
        if isinstance(data, bytes):
            message = _decode_binary(data) if version == 2 else _decode_object(data.decode())
        else:
            message = _decode_object(data) if version == 1 else _decode_array(data)
    except ValueError as error:
        raise MalformedFrameError(str(error)) from error
    if not isinstance(message.topic, str) or not isinstance(message.event, str):
        raise MalformedFrameError("topic and event must be strings")
    return message


def _decode_object(text: str) -> Message:
    frame = jsontext.loads(text)
    if not isinstance(frame, dict) or any(key not in frame for key in _V1_KEYS):
        raise MalformedFrameError("expected an object with topic, event, payload and ref")
    topic, event, payload, ref = (frame[key] for key in _V1_KEYS)
    return Message(frame.get("join_ref"), ref, topic, event, payload)


def _decode_array(text: str) -> Message:
    frame = jsontext.loads(text)
    if not isinstance(frame, list) or len(frame) < 5:
        raise MalformedFrameError("expected an array of five")
    return Message(*frame[:5])


def _decode_binary(data: bytes) -> Message:
    kind = data[0] if data else None
    if kind == PUSH:
        (join_ref, ref, topic, event), payload = _split(data, 1, data[1:5])
        return Message(join_ref or None, ref or None, topic, event, payload)
    if kind == USER_BROADCAST_PUSH and len(data) > 6:
        (join_ref, ref, topic, event, meta), payload = _split(data, 2, data[1:6])
        if data[6] not in (RAW, JSON):
            raise MalformedFrameError("unknown payload encoding")
        push = UserBroadcast(event, data[6], payload, meta.encode())
        return Message(join_ref or None, ref or None, topic, "broadcast", push)
    raise MalformedFrameError("unknown kind of binary frame")


def _split(data: bytes, header: int, sizes: bytes) -> tuple[list[str], bytes]:
    """Cut the strings of the given sizes off behind the header; the rest is the payload."""
    position, texts = header + len(sizes), []
    for size in sizes:
        texts.append(data[position : position + size].decode())
        position += size
    if position > len(data):
        raise MalformedFrameError("shorter than its header says")
    return texts, data[position:]


def text_frame(version: Version, message: Message, payload: str) -> str:
    """A text frame to a client; `payload` is JSON text, `message.payload` is not looked at."""
    ref, topic, event = map(jsontext.dumps, (message.ref, message.topic, message.event))
    if version == 1:
        return f'{{"ref":{ref},"event":{event},"payload":{payload},"topic":{topic}}}'
    return f"[{jsontext.dumps(message.join_ref)},{ref},{topic},{event},{payload}]"


def user_broadcast_frame(topic: str, push: UserBroadcast) -> bytes:
    """A broadcast as version 2 clients get it, kind 4; ValueError if a field exceeds 255 bytes."""
    fields = (topic.encode(), push.event.encode(), push.meta)
    head = bytes([USER_BROADCAST, *map(len, fields), push.encoding])
    return b"".join((head, *fields, push.payload))


def reply(to: Message, status: Literal["ok", "error"], response: str = "{}") -> tuple[Message, str]:
    """The `phx_reply` to a message and its payload."""
    payload = f'{{"status":"{status}","response":{response}}}'
    return Message(to.join_ref, to.ref, to.topic, "phx_reply"), payload
