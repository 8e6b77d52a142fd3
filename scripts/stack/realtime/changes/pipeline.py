"""From committed changes to what each channel receives: read, filter, check, render.

A batch costs a handful of statements however many changes and subscribers it has: a look at the
catalogue, a cast per unusual type, one for all filters, one per table for the policies.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from scripts.stack.realtime.changes import filters, generated, records
from scripts.stack.realtime.changes.catalog import Table, look_up
from scripts.stack.realtime.changes.filters import Question, as_text
from scripts.stack.realtime.changes.records import RowChange
from scripts.stack.realtime.changes.rendering import Delivery, Work, is_checked, render
from scripts.stack.realtime.changes.subscriptions import Subscription, Subscriptions
from scripts.stack.realtime.changes.values import JSON_TYPES, Values, Wanted
from scripts.stack.realtime.changes.visibility import Key, Reader, Visible, see
from scripts.stack.realtime.database import Database
from scripts.stack.realtime.pgoutput import RawChange, Transaction, decode_change


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
        return [list(render(work, seen, self._limit)) if work else [] for work in works]

    async def _read(
        self,
        changes: Sequence[tuple[Transaction, RawChange]],
        wanted: Sequence[list[Subscription]],
    ) -> list[Work | None]:
        oids = {raw.relation.oid for (_, raw), of in zip(changes, wanted, strict=True) if of}
        roles = {subscription.reader.role for of in wanted for subscription in of}
        tables = await look_up(self._database, oids, roles)
        rows = [
            records.cells(decode_change(raw)) if of and raw.relation.oid in tables else None
            for (_, raw), of in zip(changes, wanted, strict=True)
        ]
        cells = (cell for pair in rows if pair for row in pair for cell in row.values())
        values = await self._values.convert(cell for cell in cells if cell)
        works: list[Work | None] = []
        for (transaction, raw), of, pair in zip(changes, wanted, rows, strict=True):
            if pair is None:
                works.append(None)
                continue
            table = tables[raw.relation.oid]
            new, old = [await self._record(table, row, values) for row in pair]
            place = raw.relation.schema, raw.relation.table
            change = RowChange(raw.kind, *place, transaction.committed_at, new, old)
            works.append(Work(change, pair[raw.kind == "DELETE"], table, of))
        return works

    async def _record(
        self, table: Table, row: dict[str, Wanted | None], values: dict[Wanted, str | None]
    ) -> dict[str, str | None]:
        known = {name: cell and values[cell] for name, cell in row.items()}
        return known | await generated.generate(self._database, table, row)

    async def _filter(self, works: Iterable[Work]) -> None:
        """Fill in which subscriptions' filters let each change pass."""
        undecided: list[tuple[Work, Subscription, list[Question]]] = []
        for work in works:
            texts = _texts(work)
            for subscription in work.subscriptions:
                questions = _questions(subscription, texts)
                if questions:
                    undecided.append((work, subscription, questions))
                elif questions is not None:
                    work.passed.append(subscription)
            await asyncio.sleep(0)  # many changes times many filters must not stall the sockets
        yes = await filters.ask(self._database, (q for *_, of in undecided for q in of))
        for work, subscription, questions in undecided:
            if all(question in yes for question in questions):
                work.passed.append(subscription)

    async def _see(self, works: Iterable[Work]) -> dict[tuple[int, Reader], Visible]:
        """Ask the policies of each table about all rows and readers in question, at once."""
        places: dict[int, tuple[tuple[str, str], Table]] = {}
        keys: defaultdict[int, defaultdict[Reader, dict[Key, None]]]
        keys = defaultdict(lambda: defaultdict(dict))
        for work in filter(is_checked, works):
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


def _questions(
    subscription: Subscription, texts: Mapping[str, str | None]
) -> list[Question] | None:
    """What the database must say before the row passes; None if it does not pass anyway."""
    questions = []
    for checked in subscription.filters:
        verdict = filters.judge(checked, texts)
        if verdict is False:
            return None
        if verdict is not True:
            questions.append(verdict)
    return questions


def _texts(work: Work) -> dict[str, str | None]:
    """The values some filter asks for: of the new row, or of the one that was deleted."""
    record = work.change.old if work.change.kind == "DELETE" else work.change.new
    wanted = {each.given.column for of in work.subscriptions for each in of.filters}
    return {name: _text(record[name], work.cells.get(name)) for name in wanted & record.keys()}


def _text(value: str | None, cell: Wanted | None) -> str | None:
    """A value's text; of arrays and rows, which their JSON cannot be read back as, Postgres's."""
    is_nested = value is not None and value[:1] in ("[", "{")
    return cell[1] if is_nested and cell and cell[0] not in JSON_TYPES else as_text(value)
