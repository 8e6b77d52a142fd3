"""A load that nobody hears of and that no index slows down; they are built once, at the end."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg
from psycopg import sql

SETTINGS = (
    "set time zone 'UTC'",
    "set session_replication_role = replica",  # neither triggers nor foreign keys
    "set synchronous_commit = off",
    "set statement_timeout = 0",
    "set maintenance_work_mem = '1GB'",
    "set max_parallel_maintenance_workers = 2",
)
# A server that is only being filled need not be able to start again in a second.
ROOM = (
    "alter system set max_wal_size = '16GB'",
    "alter system set checkpoint_timeout = '30min'",
    "alter system set autovacuum = off",  # all of it is vacuumed once, at the end
    "select pg_reload_conf()",
)
RESET = (
    "alter system reset max_wal_size",
    "alter system reset checkpoint_timeout",
    "alter system reset autovacuum",
    "select pg_reload_conf()",
)
# Superuser only. reindex makes them ready again, whatever they are: primary keys too.
REST = """
update pg_catalog.pg_index set indisready = false where indrelid = any (%s::regclass[])
"""

# Guards that fire even for replicas: services begin as requested, yet these are over.
GUARDS = """
select format('alter table %%s %%s trigger %%I', tgrelid::regclass, %s::text, tgname)
from pg_catalog.pg_trigger
where tgrelid = any (%s::regclass[]) and tgenabled in ('A', 'D') and not tgisinternal
order by tgrelid, tgname
"""


@contextmanager
def writing(admin_db_url: str) -> Iterator[psycopg.Connection]:
    """A superuser's connection on which rows are only written."""
    with psycopg.connect(admin_db_url, autocommit=True) as db:
        for statement in SETTINGS:
            db.execute(statement)
        yield db


@contextmanager
def filling(admin_db_url: str) -> Iterator[psycopg.Connection]:
    """The same, on a server that has nothing else to do meanwhile."""
    with writing(admin_db_url) as db:
        for statement in ROOM:
            db.execute(statement)
        try:
            yield db
        finally:
            for statement in RESET:
                db.execute(statement)


@contextmanager
def without_guards(db: psycopg.Connection, tables: Sequence[str]) -> Iterator[None]:
    """Triggers that always fire do not fire on these tables; for their owner."""
    _guard(db, "disable", tables)
    yield
    _guard(db, "enable always", tables)


def _guard(db: psycopg.Connection, how: str, tables: Sequence[str]) -> None:
    for (statement,) in db.execute(GUARDS, [how, list(tables)]).fetchall():
        db.execute(statement)


def rest_indexes(db: psycopg.Connection, tables: list[str]) -> None:
    """Lets these tables grow without their indexes, which hold nothing until rebuilt."""
    db.execute(REST, [tables])


def rebuild_indexes(db: psycopg.Connection, table: str) -> None:
    """All of a table's indexes, ready again; fails where a unique one cannot be."""
    db.execute(sql.SQL("reindex table {}").format(_name(table)))
    db.execute(sql.SQL("vacuum (analyze) {}").format(_name(table)))


def _name(table: str) -> sql.Identifier:
    return sql.Identifier(*table.split("."))
