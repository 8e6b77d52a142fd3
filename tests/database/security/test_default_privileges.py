"""Hosted projects, older projects and `supabase start` give new objects different privileges.

Migrations must not notice: every privilege is written down, and nothing is left to a default.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg.sql import SQL, Identifier, Literal

from scripts.commands.catalogue import difference
from scripts.stack.catalogue import describe
from scripts.stack.postgres import BASELINE
from scripts.stack.supabase_cli import migration_names
from tests.support.servers import at

REGIMES = {"open": "on", "closed": "off"}


@pytest.mark.parametrize("regime", REGIMES)
def test_migrations_give_the_same_privileges_under_either_regime(
    regime: str, database_url: str, tmp_path: Path
) -> None:
    with migrated_database(database_url, f"regime_{regime}", REGIMES[regime]) as url:
        running = tmp_path / "running stack"
        running.write_text(describe(database_url))
        changes = difference(running, describe(url))
    assert not changes, f"with baseline.auto_expose {REGIMES[regime]}:\n{changes}"


def test_the_two_regimes_differ_before_the_migrations(database_url: str) -> None:
    given = {}
    for regime, auto_expose in REGIMES.items():
        with (
            fresh_database(database_url, f"bare_{regime}", auto_expose) as url,
            psycopg.connect(url) as connection,
        ):
            connection.execute("create table public.probe (id int)")
            row = connection.execute(
                "select has_table_privilege('anon', 'public.probe', 'select')"
            ).fetchone()
            given[regime] = row and row[0]
    assert given == {"open": True, "closed": False}


@contextmanager
def migrated_database(database_url: str, name: str, auto_expose: str) -> Iterator[str]:
    """A database beside the running one, with every migration applied as role postgres."""
    with fresh_database(database_url, name, auto_expose) as url:
        for path in migration_names():
            with psycopg.connect(url) as connection:
                connection.execute(path.read_bytes())
        yield url


@contextmanager
def fresh_database(database_url: str, name: str, auto_expose: str) -> Iterator[str]:
    """A database with the baseline alone; roles belong to the cluster and stay as they are."""
    admin_url = at(database_url, user="supabase_admin")
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(SQL("drop database if exists {} with (force)").format(Identifier(name)))
        admin.execute(SQL("create database {} template template0").format(Identifier(name)))
        try:
            with psycopg.connect(at(admin_url, path=name), autocommit=True) as connection:
                value = Literal(auto_expose)
                connection.execute(SQL("set baseline.auto_expose = {}").format(value))
                connection.execute(BASELINE.read_bytes())
            yield at(database_url, path=name)
        finally:
            admin.execute(SQL("drop database {} with (force)").format(Identifier(name)))
