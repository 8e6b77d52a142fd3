"""An instance and replicas of their own: what happens here must not disturb other tests."""

import asyncio
import os
import random
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from scripts.play.replicas import Replica
from scripts.stack import control
from scripts.stack.state import StackState
from tests.chaos.faults import Faults
from tests.chaos.ledger import Ledger

INSTANCE = f"chaos-{os.getpid()}"
REPLICAS = 3
SETTINGS = {"WORKER_LEASE_SECONDS": "3", "WORKER_BEAT_SECONDS": "2"}

LINES: pytest.StashKey[list[str]] = pytest.StashKey()
Report = Callable[..., None]


@pytest.fixture
def report(pytestconfig: pytest.Config) -> Report:
    """Lines for the end of the run."""
    return lambda *lines: pytestconfig.stash.setdefault(LINES, []).extend(lines)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Prints the counts, passed or failed."""
    if lines := config.stash.get(LINES, []):
        terminalreporter.section("chaos")
        for line in lines:
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def stack() -> Iterator[StackState]:
    """A stack whose supervisor restarts what the tests kill."""
    os.environ |= {"STACK_API_PORT": "0", "STACK_DB_PORT": "0"}
    try:
        yield control.start_detached(INSTANCE)
    finally:
        control.stop(INSTANCE)
        control.forget(INSTANCE)


@pytest.fixture(scope="session")
def chaos_worker(stack: StackState) -> None:
    """The test's own worker, known to the database."""
    asyncio.run(_introduce_worker(stack))


async def _introduce_worker(stack: StackState) -> None:
    ledger = Ledger(stack)
    await ledger.set_up()
    await ledger.close()


@pytest.fixture
async def ledger(stack: StackState, chaos_worker: None) -> AsyncIterator[Ledger]:
    """An empty ledger."""
    ledger = Ledger(stack)
    await ledger.clear()
    yield ledger
    await ledger.close()


@pytest.fixture
async def replicas(stack: StackState, tmp_path: Path) -> AsyncIterator[list[Replica]]:
    """Three replicas of the test's worker, started."""
    async for started in _started(stack, tmp_path, "tests.chaos.replica"):
        yield started


@pytest.fixture
async def real_replicas(stack: StackState, tmp_path: Path) -> AsyncIterator[list[Replica]]:
    """Three replicas of the house's own workers, started."""
    async for started in _started(stack, tmp_path, "workers"):
        yield started


async def _started(stack: StackState, folder: Path, module: str) -> AsyncIterator[list[Replica]]:
    environment = {"SUPABASE_URL": stack.url, "SUPABASE_SECRET_KEY": stack.secret_key, **SETTINGS}
    async with AsyncExitStack() as ending:
        replicas = []
        for number in range(1, REPLICAS + 1):
            name = f"replica-{number}"
            replica = Replica(name, environment, folder / f"{name}.log", module)
            await replica.start()
            ending.push_async_callback(replica.stop)
            replicas.append(replica)
        yield replicas


@pytest.fixture
def faults(stack: StackState, replicas: list[Replica]) -> Faults:
    """What can happen to the stack and the test's replicas."""
    return Faults(stack, replicas, random.Random(7))


@pytest.fixture
def real_faults(stack: StackState, real_replicas: list[Replica]) -> Faults:
    """What can happen to the stack and the house's replicas."""
    return Faults(stack, real_replicas, random.Random(11))
