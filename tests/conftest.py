"""The real stack for every test that needs it: one fresh instance a run."""

import os
from collections.abc import Iterator

import psycopg
import pytest

from scripts.stack import control
from scripts.stack.state import StackState

INSTANCE = "test"


@pytest.fixture(scope="session")
def stack() -> Iterator[StackState]:
    """A stack of our own on free ports, started afresh and stopped at the end."""
    os.environ |= {"STACK_API_PORT": "0", "STACK_DB_PORT": "0"}
    control.stop(INSTANCE)
    control.forget(INSTANCE)
    yield control.start_detached(INSTANCE)
    control.stop(INSTANCE)


@pytest.fixture(scope="session")
def database_url(request: pytest.FixtureRequest) -> str:
    """Postgres as the project's owner; TEST_DATABASE_URL names another server."""
    other = os.environ.get("TEST_DATABASE_URL")
    return other or request.getfixturevalue("stack").db_url


@pytest.fixture
def db(database_url: str) -> Iterator[psycopg.Connection]:
    """A connection whose work is rolled back after the test."""
    with psycopg.connect(database_url) as connection:
        yield connection
        connection.rollback()
