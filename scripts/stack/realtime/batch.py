"""Checks the messages of an HTTP broadcast (pure): one object of problems for each."""

import uuid
from typing import Any

from scripts.stack.realtime import jsontext

BLANK, INVALID, TOO_LARGE = "can't be blank", "is invalid", "Payload size exceeds tenant limit"
_KINDS = {"topic": str, "event": str, "payload": dict}


def problems(messages: Any, max_payload_bytes: int) -> list[Any]:
    """What is wrong, in the order of the messages; empty if all is well."""
    if messages is None or messages == []:
        return [BLANK]
    if not isinstance(messages, list) or not all(isinstance(each, dict) for each in messages):
        return [INVALID]
    found = [_of_message(message, max_payload_bytes) for message in messages]
    return found if any(found) else []


def _of_message(message: dict[str, Any], max_payload_bytes: int) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, kind in _KINDS.items():
        value = message.get(name)
        if value is None or value == "":
            found[name] = [BLANK]
        elif not isinstance(value, kind):
            found[name] = [INVALID]
    if not isinstance(message.get("private"), bool | None):
        found["private"] = [INVALID]
    if "payload" not in found and _size(message["payload"]) > max_payload_bytes:
        found["payload"] = [TOO_LARGE]
    if message.get("id") is not None and not _is_uuid(message["id"]):
        found["id"] = [INVALID]
    return found


def _size(payload: dict[str, Any]) -> int:
    return len(jsontext.dumps(payload).encode())


def _is_uuid(value: Any) -> bool:
    try:
        uuid.UUID(value)
    except (ValueError, AttributeError, TypeError):
        return False
    return True
