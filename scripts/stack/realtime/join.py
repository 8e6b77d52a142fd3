"""Reads the payload of a join (pure): lenient, whatever is invalid falls back to its default."""

import uuid
from dataclasses import dataclass
from typing import Any

from scripts.stack.realtime import erlang, jsontext

_MAX_WAIT_SECONDS = 20.0
_DEFAULT_WAIT_MS = 15_000
MAX_REPLAYED = 25


class ReplayError(ValueError):
    """Replay parameters nobody can follow."""


@dataclass(frozen=True, slots=True)
class Replay:
    """Which stored broadcasts to repeat: since when (Unix ms) and at most how many."""

    since_ms: int
    limit: int


@dataclass(frozen=True, slots=True)
class JoinConfig:
    """What a client wants of a channel.

    `bindings` are echoed as sent; `is_legacy`: no `config` at all, the topic names the table.
    """

    is_private: bool = False
    has_ack: bool = False
    hears_itself: bool = False
    wants_replication_ready: bool = False
    presence_key: str = ""
    is_presence_enabled: bool = False
    bindings: tuple[dict[str, Any], ...] = ()
    is_legacy: bool = False
    wait_seconds: float | None = None
    wants_replay: bool = False
    replay: Any = None


def _flag(value: Any) -> bool:
    return value is True or (isinstance(value, str) and value.lower() == "true")


def _part(value: Any, name: str) -> dict[str, Any]:
    part = value.get(name) if isinstance(value, dict) else None
    return part if isinstance(part, dict) else {}


def parse(payload: Any, sub_topic: str) -> JoinConfig:
    """The config a join asks for."""
    if not isinstance(payload, dict) or "config" not in payload:
        return JoinConfig(
            is_legacy=True,
            bindings=(_from_topic(sub_topic),),
            presence_key=str(uuid.uuid1()),
        )
    config = _part(payload, "config")
    broadcast, presence = _part(config, "broadcast"), _part(config, "presence")
    return JoinConfig(
        is_private=_flag(config.get("private")),
        has_ack=_flag(broadcast.get("ack")),
        hears_itself=_flag(broadcast.get("self")),
        wants_replication_ready=_flag(broadcast.get("replication_ready")),
        presence_key=_presence_key(presence.get("key")),
        is_presence_enabled=_flag(presence.get("enabled")),
        bindings=_bindings(config.get("postgres_changes")),
        wait_seconds=_wait_seconds(_part(config, "postgres_changes_options")),
        wants_replay="replay" in broadcast,
        replay=broadcast.get("replay"),
    )


def _presence_key(key: Any) -> str:
    if isinstance(key, str) and key:
        return key
    if isinstance(key, bool) or jsontext.is_number(key):
        return jsontext.dumps(key)
    return str(uuid.uuid1())


def _bindings(given: Any) -> tuple[dict[str, Any], ...]:
    bindings = given if isinstance(given, list) else []
    return tuple(binding for binding in bindings if isinstance(binding, dict))


def _from_topic(sub_topic: str) -> dict[str, str]:
    return dict(zip(("schema", "table", "filter"), sub_topic.split(":", 2), strict=False))


def _wait_seconds(options: dict[str, Any]) -> float | None:
    if not _flag(options.get("wait")):
        return None
    timeout: Any = options.get("timeout")
    is_usable = jsontext.is_number(timeout) and timeout > 0
    return min((timeout if is_usable else _DEFAULT_WAIT_MS) / 1000, _MAX_WAIT_SECONDS)


def parse_replay(given: Any) -> Replay | None:
    """The replay asked for, if any; ReplayError if its numbers are none."""
    if not isinstance(given, dict):
        return None
    since = given.get("since")
    limit = given.get("limit")
    since, limit = 0 if since is None else since, MAX_REPLAYED if limit is None else limit
    for number in (since, limit):
        if not isinstance(number, int) or isinstance(number, bool):
            raise ReplayError("Replay params are not valid")
    return Replay(since, max(1, min(limit, MAX_REPLAYED)))


def chosen_token(payload: Any, connection_token: str) -> str:
    """The token a join brings, or the one of its connection."""
    given = payload if isinstance(payload, dict) else {}
    first = given.get("access_token") or given.get("user_token")
    if isinstance(first, str) and first.startswith("sb_"):
        return connection_token
    for name in ("user_token", "access_token"):
        if isinstance(given.get(name), str):
            return str(given[name])
    return connection_token


def binding_id(binding: Any) -> int:
    """A number from 1 below 2**27, the same for the same binding."""
    if isinstance(binding, dict) and all(isinstance(value, str) for value in binding.values()):
        return erlang.phash2(binding) or 1  # clients take 0 for no id
    digest = uuid.uuid5(uuid.NAMESPACE_OID, jsontext.dumps(_sorted(binding)))
    return digest.int % (2**27 - 1) + 1


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return value
