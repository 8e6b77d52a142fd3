"""Passes on what commits say: row changes to their subscribers, messages to their rooms.

Everything comes from one stream and leaves in the order of the commits.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Iterable, Iterator

import psycopg

from scripts.stack.realtime import frames
from scripts.stack.realtime.changes.pipeline import Pipeline
from scripts.stack.realtime.changes.rendering import Delivery
from scripts.stack.realtime.channel import Channel
from scripts.stack.realtime.database import DatabaseUnavailableError
from scripts.stack.realtime.frames import UserBroadcast
from scripts.stack.realtime.jsontext import dumps
from scripts.stack.realtime.pgoutput import RawChange, Relation, Transaction, decode_change
from scripts.stack.realtime.rooms import Broadcast, from_server
from scripts.stack.realtime.services import Services

_log = logging.getLogger(__name__)
_BATCH_CHANGES = 500
_PUBLISHED_TABLES = """
    select c.oid, t.schemaname, t.tablename
    from pg_publication_tables t
    join pg_namespace n on n.nspname = t.schemaname
    join pg_class c on c.relnamespace = n.oid and c.relname = t.tablename
    where t.pubname = 'supabase_realtime'
"""
# The stream tells of a commit as soon as it is in the log, a moment before others can see it. An id
# far above the newest belongs to the 32-bit round before.
_ARE_VISIBLE = """
    select bool_and(pg_visible_in_snapshot(
        ((((top >> 32) - (xid - (top & 4294967295) > 2147483648)::int) << 32) | xid)::text::xid8,
        snapshot
    ))
    from (
        select pg_current_snapshot() as snapshot,
            pg_snapshot_xmax(pg_current_snapshot())::text::bigint as top
    ) now
    cross join unnest(%(xids)s::bigint[]) as xid
"""
_VISIBILITY_PAUSE_SECONDS = 0.001
Item = tuple[Transaction, RawChange]


class Feed:
    """Takes transactions from the stream and works them off."""

    def __init__(self, server: Services) -> None:
        self._server = server
        self._pipeline = Pipeline(
            server.database, server.subscriptions, server.settings.max_change_bytes
        )
        self._waiting: deque[Transaction] = deque()
        self._has_work = asyncio.Event()
        self._tables: frozenset[tuple[object, ...]] = frozenset()
        self._unmatched = 0

    def wants(self, relation: Relation) -> bool:
        """Whether somebody may care for the table; while tables are matched anew, all count."""
        return (
            _is_message(relation)
            or self._unmatched > 0
            or self._server.subscriptions.has(relation.oid)
        )

    def push(self, transaction: Transaction) -> None:
        """Take a committed transaction."""
        if not transaction.changes and not transaction.notes:
            return
        self._unmatched += bool(transaction.notes)
        self._waiting.append(transaction)
        self._has_work.set()

    async def begin(self) -> None:
        """Start afresh with a new stream: what the old one left is lost, all register anew."""
        self._waiting.clear()
        self._unmatched = 0
        self._tables = await self._published()
        for channel in list(self._channels()):
            channel.registration.start()

    async def run(self) -> None:
        """Work for ever."""
        while True:
            await self._has_work.wait()
            self._has_work.clear()
            while self._waiting:
                try:
                    await self._work(list(self._take()))
                except Exception:
                    _log.exception("changes were lost")

    def _take(self) -> Iterator[Transaction]:
        """As many transactions as make a batch; a change of the publication ends it."""
        size = 0
        while self._waiting and size < _BATCH_CHANGES:
            transaction = self._waiting.popleft()
            size += len(transaction.changes)
            yield transaction
            if transaction.notes:
                return

    async def _work(self, transactions: list[Transaction]) -> None:
        await self._until_visible(transactions)
        items = [(each, change) for each in transactions for change in each.changes]
        for start in range(0, len(items), _BATCH_CHANGES):
            await self._pass_on(items[start : start + _BATCH_CHANGES])
        if transactions[-1].notes:
            await self._match_anew(transactions[-1].commit_lsn)
            self._unmatched = max(0, self._unmatched - 1)

    async def _until_visible(self, transactions: list[Transaction]) -> None:
        """Policies and the list of published tables must be asked after the commit, not before."""
        xids = [
            each.xid
            for each in transactions
            if each.notes or not all(_is_message(change.relation) for change in each.changes)
        ]
        asked = {"xids": xids}
        try:
            while xids and (await self._server.database.rows(_ARE_VISIBLE, asked))[0][0] is False:
                await asyncio.sleep(_VISIBILITY_PAUSE_SECONDS)
        except DatabaseUnavailableError:
            # Evaluating them comes next and asks the same database.
            _log.warning("the database is not reachable: changes just committed may be lost")

    async def _pass_on(self, items: list[Item]) -> None:
        deliveries = await self._deliveries(items)
        for (_, raw), of_item in zip(items, deliveries, strict=True):
            if _is_message(raw.relation):
                self._broadcast(raw)
            for delivery in of_item:
                ids, kind, data = delivery.binding_ids, delivery.kind, delivery.data
                delivery.channel.hear_change(ids, kind, data)

    async def _deliveries(self, items: list[Item]) -> list[list[Delivery]]:
        """A batch whose evaluation fails is lost, as in the original; messages still go out."""
        try:
            return await self._pipeline.deliveries(items)
        except DatabaseUnavailableError:
            _log.warning("changes were lost: the database is not reachable")
        except psycopg.Error:
            _log.exception("changes were lost")
        return [[] for _ in items]

    def _broadcast(self, raw: RawChange) -> None:
        change = decode_change(raw)
        names = (column.name for column in change.relation.columns)
        row = dict(zip(names, change.new or (), strict=True))
        topic, event, private = row["topic"], row["event"], row["private"]
        if not isinstance(topic, str) or not isinstance(event, str) or private is None:
            return
        message_id, payload, binary = str(row["id"]), row["payload"], row.get("binary_payload")
        if isinstance(binary, str):
            meta = dumps({"id": message_id}).encode()
            content: str | UserBroadcast = UserBroadcast(
                event, frames.RAW, bytes.fromhex(binary.removeprefix("\\x")), meta
            )
        elif isinstance(payload, str):
            content = from_server(event, payload, message_id)
        else:
            return
        broadcast = Broadcast(topic, content, message_id)
        self._server.rooms.publish((private == "t", topic), broadcast)

    async def _match_anew(self, commit_lsn: int) -> None:
        """Register everybody again if other tables are published now."""
        try:
            tables = await self._published()
        except DatabaseUnavailableError:
            return
        if tables != self._tables:
            self._tables = tables
            channels = list(self._channels())
            await asyncio.gather(
                *(channel.registration.match_anew(commit_lsn) for channel in channels)
            )

    async def _published(self) -> frozenset[tuple[object, ...]]:
        return frozenset(await self._server.database.rows(_PUBLISHED_TABLES))

    def _channels(self) -> Iterable[Channel]:
        return self._server.registered


def _is_message(relation: Relation) -> bool:
    return relation.schema == "realtime" and relation.table.startswith("messages")
