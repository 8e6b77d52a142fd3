"""The real stack for every test that needs it: one fresh instance for each test process."""

import os
from collections.abc import AsyncIterator, Iterator

import psycopg
import pytest

from scripts.stack import control
from scripts.stack.state import StackState
from tests.support.people import Reception, open_reception

INSTANCE = f"test-{os.getpid()}"  # two runs at once must not share a database


@pytest.fixture(scope="session")
def stack() -> Iterator[StackState]:
    """A stack of our own on free ports, started afresh and stopped at the end."""
    os.environ |= {"STACK_API_PORT": "0", "STACK_DB_PORT": "0"}
    try:
        yield control.start_detached(INSTANCE)
    finally:
        control.stop(INSTANCE)
        control.forget(INSTANCE)


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


@pytest.fixture
async def reception(stack: StackState) -> AsyncIterator[Reception]:
    """Signs people up on the running stack."""
    async with open_reception(stack) as reception:
        yield reception
