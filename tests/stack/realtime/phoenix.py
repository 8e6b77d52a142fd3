"""A raw client of the Phoenix protocol, for tests that look at single frames."""

import itertools
import json
import time
from dataclasses import dataclass
from typing import Any

import jwt
from websockets.sync.client import connect

from scripts.stack.realtime.frames import UserBroadcast

SECRET = "a-secret-for-the-tests-of-realtime-as-long-as-even-sha-512-asks-for"
WAIT_SECONDS = 5.0


def token(role: str = "anon", *, lasts: float = 3600, secret: str = SECRET, **claims: Any) -> str:
    """A signed token of a role."""
    expires = int(time.time() + lasts)
    return jwt.encode({"role": role, "exp": expires, **claims}, secret)


def binary_push(join_ref: str | None, ref: str | None, topic: str, push: UserBroadcast) -> bytes:
    """A broadcast as clients of version 2 send it, kind 3."""
    texts = (join_ref or "", ref or "", topic, push.event)
    fields = (*(text.encode() for text in texts), push.meta)
    head = bytes([3, *map(len, fields), push.encoding])
    return b"".join((head, *fields, push.payload))


@dataclass(frozen=True)
class Frame:
    """A frame from the server; version 1 has no join_ref."""

    join_ref: Any
    ref: Any
    topic: str
    event: str
    payload: Any


class Phoenix:
    """A connection whose frames are read one by one, none of them skipped unless asked."""

    def __init__(self, url: str, key: str, vsn: int = 2, **headers: str) -> None:
        address = f"{url}/socket/websocket?apikey={key}&vsn={vsn}.0.0"
        self.vsn, self._refs = vsn, map(str, itertools.count(1))
        self.join_refs: dict[str, str] = {}
        self.socket = connect(
            address,
            compression=None,
            max_size=None,
            ping_interval=None,
            close_timeout=1,
            additional_headers=headers,
            proxy=None,
        )

    def close(self) -> None:
        self.socket.close()

    def push(self, topic: str, event: str, payload: Any, ref: str | None = None) -> str:
        """Send a message on `realtime:<topic>`; its ref."""
        ref = next(self._refs) if ref is None else ref
        join_ref = ref if event == "phx_join" else self.join_refs.get(topic)
        self.send([join_ref, ref, f"realtime:{topic}", event, payload])
        return ref

    def send(self, frame: list[Any]) -> None:
        """Send the five parts of a message in the connection's version."""
        names = ("join_ref", "ref", "topic", "event", "payload")
        named = dict(zip(names, frame, strict=True))
        self.socket.send(json.dumps(frame if self.vsn == 2 else named))

    def join(self, topic: str, config: Any = None, **extra: Any) -> dict[str, Any]:
        """Join and return the payload of the reply, the very next frame."""
        ref = self.push(topic, "phx_join", {"config": config or {}, **extra})
        reply = self.next()
        assert (reply.event, reply.ref) == ("phx_reply", ref), reply
        if reply.payload["status"] == "ok":
            self.join_refs[topic] = ref
        return dict(reply.payload)

    def subscribe(self, topic: str, *bindings: Any, **extra: Any) -> list[int]:
        """Join with postgres_changes and wait until they flow; the ids of the bindings."""
        reply = self.join(topic, {"postgres_changes": list(bindings)}, **extra)
        assert reply["status"] == "ok", reply
        told = self.next()
        assert told.payload["message"] == "Subscribed to PostgreSQL", told
        return [binding["id"] for binding in reply["response"]["postgres_changes"]]

    def next(self, seconds: float = WAIT_SECONDS) -> Frame:
        """The next frame."""
        raw = self.socket.recv(timeout=seconds)
        if isinstance(raw, bytes):
            return Frame(None, None, "", "binary", raw)
        frame = json.loads(raw, parse_float=str)
        if self.vsn == 2:
            return Frame(*frame)
        assert set(frame) == {"ref", "event", "topic", "payload"}, frame
        return Frame(None, **frame)

    def until(self, event: str) -> Frame:
        """The next frame of that event; others are dropped."""
        while (frame := self.next()).event != event:
            pass
        return frame

    def change(self) -> dict[str, Any]:
        """The data of the next frame, which must be a change."""
        frame = self.next()
        assert frame.event == "postgres_changes", frame
        return dict(frame.payload["data"])

    def is_quiet(self) -> bool:
        """Whether nothing arrived before the answer to a heartbeat."""
        ref = next(self._refs)
        self.send([None, ref, "phoenix", "heartbeat", {}])
        return self.next() == Frame(
            None, ref, "phoenix", "phx_reply", {"status": "ok", "response": {}}
        )
