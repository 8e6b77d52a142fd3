"""From committed changes to what each channel receives: read, filter, check, render.

A batch costs a handful of statements however many changes and subscribers it has: a look at the
catalogue, a cast per unusual type, one for all filters, one per table for the policies.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scripts.stack.realtime.changes import filters, generated, records
from scripts.stack.realtime.changes.catalog import Table, look_up
from scripts.stack.realtime.changes.filters import Question, as_text
from scripts.stack.realtime.changes.records import RowChange
from scripts.stack.realtime.changes.subscriptions import Subscription, Subscriptions
from scripts.stack.realtime.changes.values import Values, Wanted
from scripts.stack.realtime.changes.visibility import Key, Reader, Visible, see
from scripts.stack.realtime.database import Database
from scripts.stack.realtime.pgoutput import RawChange, Transaction, decode_change

if TYPE_CHECKING:
    from scripts.stack.realtime.channel import Channel


@dataclass(frozen=True, slots=True)
class Delivery:
    """One frame for one channel: the bindings it answers and its `data`."""

    channel: "Channel"
    binding_ids: tuple[int, ...]
    kind: str
    data: str


@dataclass(slots=True)
class _Work:
    """A change somebody subscribed to, on its way through the pipeline."""

    change: RowChange
    table: Table
    subscriptions: list[Subscription]
    passed: list[Subscription] = field(default_factory=list)


class Pipeline:
    """Turns changes into deliveries, in order."""

    def __init__(
        self, database: Database, subscriptions: Subscriptions, max_change_bytes: int
    ) -> None:
        self._database, self._subscriptions = database, subscriptions
        self._values, self._limit = Values(database), max_change_bytes

    async def deliveries(
        self, changes: Sequence[tuple[Transaction, RawChange]]
    ) -> list[list[Delivery]]:
        """For each change what is to be sent, in the order of roles and selections."""
        wanted = [
            self._subscriptions.of(raw.relation.oid, raw.kind, transaction.commit_lsn)
            for transaction, raw in changes
        ]
        if not any(wanted):
            return [[] for _ in changes]
        works = await self._read(changes, wanted)
        present = [work for work in works if work is not None]
        await self._filter(present)
        seen = await self._see(present)
        return [list(self._render(work, seen)) if work else [] for work in works]

    async def _read(
        self,
        changes: Sequence[tuple[Transaction, RawChange]],
        wanted: Sequence[list[Subscription]],
    ) -> list[_Work | None]:
        oids = {raw.relation.oid for (_, raw), of in zip(changes, wanted, strict=True) if of}
        roles = {subscription.reader.role for of in wanted for subscription in of}
        tables = await look_up(self._database, oids, roles)
        rows = [
            records.cells(decode_change(raw)) if of and raw.relation.oid in tables else None
            for (_, raw), of in zip(changes, wanted, strict=True)
        ]
        cells = (cell for pair in rows if pair for row in pair for cell in row.values())
        values = await self._values.convert(cell for cell in cells if cell)
        works: list[_Work | None] = []
        for (transaction, raw), of, pair in zip(changes, wanted, rows, strict=True):
            if pair is None:
                works.append(None)
                continue
            table = tables[raw.relation.oid]
            new, old = [await self._record(table, row, values) for row in pair]
            place = raw.relation.schema, raw.relation.table
            change = RowChange(raw.kind, *place, transaction.committed_at, new, old)
            works.append(_Work(change, table, of))
        return works

    async def _record(
        self, table: Table, row: dict[str, Wanted | None], values: dict[Wanted, str | None]
    ) -> dict[str, str | None]:
        known = {name: cell and values[cell] for name, cell in row.items()}
        return known | await generated.generate(self._database, table, row)

    async def _filter(self, works: Iterable[_Work]) -> None:
        """Fill in which subscriptions' filters let each change pass."""
        undecided: list[tuple[_Work, Subscription, list[Question]]] = []
        for work in works:
            texts = _texts(work)
            for subscription in work.subscriptions:
                verdicts = [filters.judge(each, texts) for each in subscription.filters]
                questions = [verdict for verdict in verdicts if isinstance(verdict, Question)]
                if False not in verdicts:
                    undecided.append((work, subscription, questions))
        yes = await filters.ask(self._database, (q for *_, of in undecided for q in of))
        for work, subscription, questions in undecided:
            if all(question in yes for question in questions):
                work.passed.append(subscription)

    async def _see(self, works: Iterable[_Work]) -> dict[tuple[int, Reader], Visible]:
        """Ask the policies of each table about all rows and readers in question, at once."""
        places: dict[int, tuple[tuple[str, str], Table]] = {}
        keys: defaultdict[int, defaultdict[Reader, dict[Key, None]]]
        keys = defaultdict(lambda: defaultdict(dict))
        for work in filter(_is_checked, works):
            change, oid = work.change, work.table.oid
            places[oid] = (change.schema, change.table), work.table
            key = change.key(work.table)
            for subscription in work.passed:
                if work.table.keys <= work.table.readable(subscription.reader.role):
                    keys[oid][subscription.reader][key] = None
        found: dict[tuple[int, Reader], Visible] = {}
        for oid, wanted in keys.items():
            asked = {reader: list(of_reader) for reader, of_reader in wanted.items()}
            answers = await see(self._database, *places[oid], asked)
            found |= {(oid, reader): visible for reader, visible in answers.items()}
        return found

    def _render(self, work: _Work, seen: dict[tuple[int, Reader], Visible]) -> Iterator[Delivery]:
        for role in sorted({subscription.reader.role for subscription in work.subscriptions}):
            error = _error(work, role)
            if error is None:
                yield from self._render_visible(work, role, seen)
            else:
                of_role = [each for each in work.subscriptions if each.reader.role == role]
                yield from _deliver(work.change, records.render_error(work.change, error), of_role)

    def _render_visible(
        self, work: _Work, role: str, seen: dict[tuple[int, Reader], Visible]
    ) -> Iterator[Delivery]:
        change, table = work.change, work.table
        groups: defaultdict[tuple[str, ...] | None, list[Subscription]] = defaultdict(list)
        failed = []
        for subscription in work.passed:
            if subscription.reader.role != role:
                continue
            answer = seen.get((table.oid, subscription.reader), Visible())
            key = change.key(table) if _is_checked(work) else None
            if key is None or key in answer.seen:
                groups[subscription.selected].append(subscription)
            elif key in answer.failed:
                failed.append(subscription)
        for selected in sorted(groups, key=lambda names: ",".join(names or ())):
            data = records.render(change, table, role, selected, self._limit)
            yield from _deliver(change, data, groups[selected])
        if failed:
            data = records.render_error(change, records.POLICY_FAILED)
            yield from _deliver(change, data, failed)


def _error(work: _Work, role: str) -> str | None:
    """Why nobody of the role may see the change, whatever it is."""
    if work.change.kind == "DELETE":
        return None
    if not work.table.keys:
        return records.NO_PRIMARY_KEY
    is_readable = work.table.keys <= work.table.readable(role)
    return None if is_readable else records.UNAUTHORIZED


def _texts(work: _Work) -> dict[str, str | None]:
    """The values some filter asks for: of the new row, or of the one that was deleted."""
    record = work.change.old if work.change.kind == "DELETE" else work.change.new
    wanted = {each.given.column for of in work.subscriptions for each in of.filters}
    return {name: as_text(record[name]) for name in wanted & record.keys()}


def _is_checked(work: _Work) -> bool:
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
