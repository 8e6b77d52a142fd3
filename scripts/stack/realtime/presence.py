"""Who is present in a room (pure): entries by key, one per channel, and what changed."""

import itertools
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any

Meta = dict[str, Any]
_refs = itertools.count(1)


def _next_ref() -> str:
    return f"F{next(_refs):015x}"


def _listed(entries: Iterable[tuple[str, Meta]]) -> dict[str, Any]:
    """Entries in the shape of `presence_state`."""
    shown: dict[str, Any] = {}
    for key, meta in entries:
        shown.setdefault(key, {"metas": []})["metas"].append(meta)
    return shown


@dataclass(frozen=True, slots=True)
class Diff:
    """What a change added and took away."""

    joins: dict[str, Any] = field(default_factory=dict)
    leaves: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The payload of `presence_diff`."""
        return {"joins": self.joins, "leaves": self.leaves}


class Presence:
    """The entries of one room; each channel has at most one."""

    def __init__(self) -> None:
        self._entries: dict[Hashable, tuple[str, Meta]] = {}

    def state(self) -> dict[str, Any]:
        """All entries: `{key: {"metas": [...]}}`."""
        return _listed(self._entries.values())

    def track(self, channel: Hashable, key: str, payload: Meta) -> Diff | None:
        """Enter or update; None if nothing changed."""
        before = self._entries.get(channel)
        meta = {**payload, "phx_ref": _next_ref()}
        if before is None:
            self._entries[channel] = key, meta
            return Diff(joins=_listed([(key, meta)]))
        if _without_refs(before[1]) == payload:
            return None
        meta["phx_ref_prev"] = before[1]["phx_ref"]
        self._entries[channel] = key, meta
        return Diff(joins=_listed([(key, meta)]), leaves=_listed([before]))

    def untrack(self, channel: Hashable) -> Diff | None:
        """Take the channel's entry away; None if it has none."""
        before = self._entries.pop(channel, None)
        return Diff(leaves=_listed([before])) if before else None


def _without_refs(meta: Meta) -> Meta:
    return {name: value for name, value in meta.items() if name not in ("phx_ref", "phx_ref_prev")}
