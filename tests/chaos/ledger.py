"""What happened and what came of it, counted; announces events and never gives up."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString

import psycopg

from scripts.stack.state import StackState
from tests.support.waiting import eventually_async

SETUP = Path(__file__).with_name("effects.sql")
SUBJECTS = 500
RECOVERY_SECONDS = 30

# Keys make the announcement repeatable: an insert whose answer was lost may have been committed.
ANNOUNCE = """
    insert into public.events (kind, subject_id, payload)
    select 'chaos.happened', md5('subject ' || key %% %(subjects)s)::uuid,
        jsonb_build_object('key', key)
    from generate_series(%(first)s::integer, %(last)s::integer) key
    where not exists (
        select from public.events known
        where known.kind = 'chaos.happened' and known.payload @> jsonb_build_object('key', key)
    )
"""
CLEAR = """
    delete from private.jobs where worker = 'chaos.effects';
    delete from public.events where kind = 'chaos.happened';
    truncate private.chaos_effects;
"""
COUNT = """
    select
        (select count(*) from public.events where kind = 'chaos.happened'),
        (select count(*) from private.chaos_effects),
        (select count(distinct event_id) from private.chaos_effects),
        (select coalesce(sum(attempt), 0) from private.chaos_effects),
        (select count(*) from private.jobs where worker = 'chaos.effects'),
        (select count(*) from private.dead_jobs where worker = 'chaos.effects')
"""
# The effects of one subject, in the order they were written, must follow its events.
OUT_OF_ORDER = """
    select count(*) from (
        select effect.event_id < lag(effect.event_id) over (
            partition by event.subject_id order by effect.id
        ) as is_late
        from private.chaos_effects effect
        join public.events event on event.id = effect.event_id
    ) step
    where is_late
"""


@dataclass(frozen=True)
class Count:
    """The state of the experiment. `attempts` is the sum over all effects."""

    events: int
    effects: int
    affected: int
    attempts: int
    open_jobs: int
    dead_jobs: int

    @property
    def duplicates(self) -> int:
        """Effects beyond the first of each event."""
        return self.effects - self.affected

    @property
    def missing(self) -> int:
        """Events without effect."""
        return self.events - self.affected


class Ledger:
    """Asks and writes on one connection; a restarted database only makes it wait."""

    def __init__(self, stack: StackState) -> None:
        self._url = stack.db_url
        self._kept: psycopg.AsyncConnection | None = None
        self._turn = asyncio.Lock()

    async def set_up(self) -> None:
        """Makes the test's worker known."""
        await self._run(SETUP.read_bytes())

    async def clear(self) -> None:
        """Forgets earlier experiments."""
        await self._run(CLEAR)

    async def close(self) -> None:
        """Ends the connection."""
        if self._kept is not None:
            await self._kept.close()
            self._kept = None

    async def announce(self, first: int, last: int) -> None:
        """Events for the keys from `first` to `last`, each once, whatever it takes."""
        await self._run(ANNOUNCE, {"subjects": SUBJECTS, "first": first, "last": last})

    async def count(self) -> Count:
        """The present state."""
        return Count(*(await self._run(COUNT))[0])

    async def until_effects(self, wanted: int, seconds: float) -> Count:
        """Waits for the effects of `wanted` events."""
        seen = [await self.count()]

        async def is_reached() -> bool:
            seen.append(await self.count())
            return seen[-1].affected >= wanted

        try:
            await eventually_async(is_reached, seconds)
        except AssertionError:
            raise AssertionError(
                f"{wanted} were to have effects in {seconds} s: {seen[-1]}"
            ) from None
        return seen[-1]

    async def count_out_of_order(self) -> int:
        """Effects that came before an earlier event's of the same subject."""
        return int((await self._run(OUT_OF_ORDER))[0][0])

    async def _run(
        self, query: LiteralString | bytes, values: Mapping[str, Any] | None = None
    ) -> list[Any]:
        """Runs a statement that may be repeated, until it has answered."""
        answers: list[list[Any]] = []

        async def is_answered() -> bool:
            async with self._turn:
                try:
                    cursor = await (await self._connection()).execute(query, values)
                    answers.append(await cursor.fetchall() if cursor.description else [])
                except psycopg.OperationalError:
                    await self.close()
                    return False
            return True

        await eventually_async(is_answered, RECOVERY_SECONDS)
        return answers[0]

    async def _connection(self) -> psycopg.AsyncConnection:
        if self._kept is None:
            self._kept = await psycopg.AsyncConnection.connect(self._url, autocommit=True)
        return self._kept
