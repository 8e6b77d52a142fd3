"""Everything that can go wrong with a running stack, done on purpose."""

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress

import psycopg

from scripts.play.replicas import Replica
from scripts.stack.state import StackState

KINDS = (
    "worker killed",
    "gateway killed",
    "replication cut",
    "PostgREST killed",
    "Postgres restarted",
)
"""A killed gateway cuts every Realtime socket; a cut replication makes Realtime deaf a while."""


class Faults:
    """Breaks things and counts them. The stack's supervisor restarts its parts, we the workers."""

    def __init__(self, stack: StackState, replicas: Sequence[Replica], draw: random.Random) -> None:
        self._stack = stack
        self._replicas = replicas
        self._draw = draw
        self._turns = {replica.name: asyncio.Lock() for replica in replicas}
        self.counts: Counter[str] = Counter()

    async def strike(self, kind: str) -> None:
        """Lets one of KINDS happen."""
        match kind:
            case "worker killed":
                await self._kill_worker()
            case "gateway killed":
                self._signal("gateway", signal.SIGKILL)
            case "replication cut":
                await self._cut_replication()
            case "PostgREST killed":
                self._signal("postgrest", signal.SIGKILL)
            case "Postgres restarted":
                self._signal("postgres", signal.SIGQUIT)  # immediate mode: no farewell, recovery
        self.counts[kind] += 1

    async def _kill_worker(self) -> None:
        replica = self._draw.choice(self._replicas)
        async with self._turns[replica.name]:  # killed twice at once, it must not start twice
            replica.kill()
            await replica.wait()
            await replica.start()

    async def _cut_replication(self) -> None:
        # With the database just restarting there is nothing to cut.
        with suppress(psycopg.OperationalError):
            async with await psycopg.AsyncConnection.connect(self._stack.admin_db_url) as db:
                await db.execute("select pg_terminate_backend(pid) from pg_stat_replication")

    def _signal(self, part: str, number: signal.Signals) -> None:
        pid_file = self._stack.folder / f"{part}.pid"
        # It may be dead already, and not yet restarted.
        with suppress(FileNotFoundError, ValueError, ProcessLookupError):
            os.kill(int(pid_file.read_text()), number)


def schedule(draw: random.Random, events: int, strikes: int) -> list[tuple[int, Sequence[str]]]:
    """When (after how many effects) what happens: every kind several times, some at once."""
    kinds = [
        *draw.choices(KINDS, weights=(55, 12, 12, 14, 7), k=strikes - 3 * len(KINDS)),
        *(kind for kind in KINDS for _ in range(3)),
    ]
    draw.shuffle(kinds)
    plan: list[tuple[int, Sequence[str]]] = []
    while kinds:
        size = draw.choice((1, 1, 1, 2, 3))
        plan.append(
            (draw.randrange(1, events), [kinds.pop() for _ in range(min(size, len(kinds)))])
        )
    return sorted(plan)


async def strike_all(faults: Faults, kinds: Sequence[str]) -> None:
    """Several faults at the same time."""
    await asyncio.gather(*(faults.strike(kind) for kind in kinds))
