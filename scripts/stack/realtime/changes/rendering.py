"""What every channel is sent of a change, once it is known who may see it (pure)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scripts.stack.realtime.changes import records
from scripts.stack.realtime.changes.catalog import Table
from scripts.stack.realtime.changes.records import RowChange
from scripts.stack.realtime.changes.subscriptions import Subscription
from scripts.stack.realtime.changes.values import Wanted
from scripts.stack.realtime.changes.visibility import Reader, Visible

if TYPE_CHECKING:
    from scripts.stack.realtime.channel import Channel

Seen = Mapping[tuple[int, Reader], Visible]  # by table and reader


@dataclass(frozen=True, slots=True)
class Delivery:
    """One frame for one channel: the bindings it answers and its `data`."""

    channel: "Channel"
    binding_ids: tuple[int, ...]
    kind: str
    data: str


@dataclass(slots=True)
class Work:
    """A change somebody subscribed to; `passed` are those whose filters let it pass.

    `cells` is the row the filters judge, as Postgres wrote it: the new one, or the deleted one.
    """

    change: RowChange
    cells: Mapping[str, Wanted | None]
    table: Table
    subscriptions: list[Subscription]
    passed: list[Subscription] = field(default_factory=list)


def render(work: Work, seen: Seen, limit: int) -> Iterator[Delivery]:
    """The frames of a change, by role and selection; beyond `limit` bytes only small values."""
    for role in sorted({subscription.reader.role for subscription in work.subscriptions}):
        error = _error(work, role)
        if error is None:
            yield from _render_visible(work, role, seen, limit)
        else:
            of_role = [each for each in work.subscriptions if each.reader.role == role]
            yield from _deliver(work.change, records.render_error(work.change, error), of_role)


def _render_visible(work: Work, role: str, seen: Seen, limit: int) -> Iterator[Delivery]:
    change, table = work.change, work.table
    groups: defaultdict[tuple[str, ...] | None, list[Subscription]] = defaultdict(list)
    failed = []
    for subscription in work.passed:
        if subscription.reader.role != role:
            continue
        answer = seen.get((table.oid, subscription.reader), Visible())
        key = change.key(table) if is_checked(work) else None
        if key is None or key in answer.seen:
            groups[subscription.selected].append(subscription)
        elif key in answer.failed:
            failed.append(subscription)
    for selected in sorted(groups, key=lambda names: ",".join(names or ())):
        data = records.render(change, table, role, selected, limit)
        yield from _deliver(change, data, groups[selected])
    if failed:
        data = records.render_error(change, records.POLICY_FAILED)
        yield from _deliver(change, data, failed)


def _error(work: Work, role: str) -> str | None:
    """Why nobody of the role may see the change, whatever it is."""
    if work.change.kind == "DELETE":
        return None
    if not work.table.keys:
        return records.NO_PRIMARY_KEY
    is_readable = work.table.keys <= work.table.readable(role)
    return None if is_readable else records.UNAUTHORIZED


def is_checked(work: Work) -> bool:
    """Whether the policies have a say: they cannot judge a row that is gone."""
    return work.table.has_row_security and work.change.kind != "DELETE"


def _deliver(
    change: RowChange, data: str, subscriptions: Iterable[Subscription]
) -> Iterator[Delivery]:
    """One frame per channel, naming all its bindings that match."""
    ids: defaultdict[Channel, dict[int, None]] = defaultdict(dict)
    for subscription in subscriptions:
        ids[subscription.channel][subscription.binding_id] = None
    for channel, bindings in ids.items():
        yield Delivery(channel, tuple(bindings), change.kind, data)
