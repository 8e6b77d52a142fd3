"""Registers what channels want to hear of, and finds the subscriptions a change concerns."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psycopg

from scripts.stack.realtime import jsontext
from scripts.stack.realtime.changes.filters import CheckedFilter, checked_filter
from scripts.stack.realtime.changes.params import Params
from scripts.stack.realtime.changes.visibility import Reader
from scripts.stack.realtime.database import Database

if TYPE_CHECKING:
    from scripts.stack.realtime.channel import Channel

_UNABLE = "Unable to subscribe to changes with given parameters."
_TABLES = """
    select c.oid, pg_current_wal_insert_lsn() - '0/0'::pg_lsn
    from pg_publication_tables t
    join pg_namespace n on n.nspname = t.schemaname
    join pg_class c on c.relnamespace = n.oid and c.relname = t.tablename
    where t.pubname = 'supabase_realtime'
      and t.schemaname like (case %(schema)s when '*' then '%%' else %(schema)s end) escape ''
      and t.tablename like (case %(table)s when '*' then '%%' else %(table)s end) escape ''
"""
_CHECK = """
    select _realtime.check_subscription(t, %(role)s, %(filters)s::jsonb, %(selected)s::text[])::text
    from unnest(%(tables)s::oid[]) t
"""


class RegistrationError(Exception):
    """Postgres refuses a binding for good; the text goes to the client."""


@dataclass(slots=True, eq=False)
class Subscription:
    """One binding of a channel on one table; commits before `since_lsn` do not concern it."""

    channel: "Channel"
    binding_id: int
    params: Params
    reader: Reader
    since_lsn: int
    table_oid: int
    filters: tuple[CheckedFilter, ...]
    selected: tuple[str, ...] | None = field(init=False)

    def __post_init__(self) -> None:
        selected = self.params.selected
        self.selected = tuple(sorted(set(selected))) if selected else None

    def wants(self, kind: str) -> bool:
        """Whether changes of this kind (INSERT, UPDATE, DELETE) were asked for."""
        return self.params.action in ("*", kind)


class Subscriptions:
    """All subscriptions, by table."""

    def __init__(self) -> None:
        self._by_table: dict[int, list[Subscription]] = {}
        self._by_channel: dict[Channel, list[Subscription]] = {}

    def replace(self, channel: "Channel", subscriptions: list[Subscription]) -> None:
        """Let these be all the channel has; what it heard of before, it hears of without a gap."""
        known = {each.table_oid: each.since_lsn for each in self._by_channel.get(channel, ())}
        self.remove(channel)
        for subscription in subscriptions:
            fresh = subscription.since_lsn
            subscription.since_lsn = known.get(subscription.table_oid, fresh)
        self._by_channel[channel] = subscriptions
        for subscription in subscriptions:
            self._by_table.setdefault(subscription.table_oid, []).append(subscription)

    def remove(self, channel: "Channel") -> None:
        """Forget all subscriptions of a channel."""
        for subscription in self._by_channel.pop(channel, []):
            of_table = self._by_table[subscription.table_oid]
            of_table.remove(subscription)
            if not of_table:
                del self._by_table[subscription.table_oid]

    def tables_of(self, channel: "Channel") -> set[int]:
        """The tables the channel hears of."""
        return {each.table_oid for each in self._by_channel.get(channel, ())}

    def has(self, table_oid: int) -> bool:
        """Whether anybody subscribed to the table."""
        return table_oid in self._by_table

    def of(self, table_oid: int, kind: str, commit_lsn: int) -> list[Subscription]:
        """Those that want this kind of change, committed at `commit_lsn`, of the table."""
        return [
            subscription
            for subscription in self._by_table.get(table_oid, ())
            if subscription.wants(kind) and subscription.since_lsn <= commit_lsn
        ]


async def register(
    database: Database,
    channel: "Channel",
    bindings: Iterable[tuple[int, Params]],
    claims: dict[str, Any],
    role: str,
) -> list[Subscription]:
    """The subscriptions of all bindings; RegistrationError if a single one is refused."""
    subscriptions = []
    reader = Reader(role, jsontext.dumps(claims))
    for binding_id, params in bindings:
        checked, lsn = await _check(database, params, role)
        subscriptions += [
            Subscription(
                channel=channel,
                binding_id=binding_id,
                params=params,
                reader=reader,
                since_lsn=lsn,
                table_oid=oid,
                filters=filters,
            )
            for oid, filters in checked.items()
        ]
    return subscriptions


async def _check(
    database: Database, params: Params, role: str
) -> tuple[dict[int, tuple[CheckedFilter, ...]], int]:
    """The matching tables with the filters checked against each, and the log's position."""
    place = {"schema": params.schema, "table": params.table}
    try:
        tables = await database.rows(_TABLES, place)
        if not tables:
            raise RegistrationError(
                f"{_UNABLE} Please check Realtime is enabled for the given connect parameters:"
                f" [{params.described()}]"
            )
        oids = [oid for oid, _ in tables]
        asked: dict[str, Any] = {"tables": oids, "role": role, "selected": None}
        asked["filters"] = jsontext.dumps([given.as_list() for given in params.filters])
        if params.selected:
            asked["selected"] = list(params.selected)
        answers = await database.rows(_CHECK, asked)
    except psycopg.Error as error:
        raise RegistrationError(
            f"{_UNABLE} An exception happened so please check your connect parameters:"
            f" [{params.described()}]. Exception: {described(error)}"
        ) from error
    checks = (jsontext.loads(answer) for (answer,) in answers)
    filters = {
        oid: tuple(
            checked_filter(given, found["type"], found["operand"])
            for given, found in zip(params.filters, check, strict=True)
        )
        for oid, check in zip(oids, checks, strict=True)
    }
    return filters, int(tables[0][1])


def described(error: psycopg.Error) -> str:
    """An error of Postgres the way the original server prints it."""
    name = type(error).__name__
    snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
    return f"ERROR {error.sqlstate} ({snake.lstrip('_')}) {error.diag.message_primary}"
