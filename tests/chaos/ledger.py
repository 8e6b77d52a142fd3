"""What happened and what came of it, counted; announces events and never gives up."""

from dataclasses import dataclass
from pathlib import Path

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
    """Asks and writes over connections of its own; a restarted database only makes it wait."""

    def __init__(self, stack: StackState) -> None:
        self._url = stack.db_url

    async def set_up(self) -> None:
        """Makes the test's worker known, and makes its event kind countable quickly."""
        async with await psycopg.AsyncConnection.connect(self._url) as db:
            await db.execute(SETUP.read_bytes())
            await db.execute(
                "create index events_chaos_key_idx on public.events using gin (payload)"
                " where kind = 'chaos.happened'"
            )

    async def clear(self) -> None:
        """Forgets earlier experiments."""
        async with await psycopg.AsyncConnection.connect(self._url) as db:
            await db.execute("delete from private.jobs where worker = 'chaos.effects'")
            await db.execute("delete from public.events where kind = 'chaos.happened'")
            await db.execute("truncate private.chaos_effects")

    async def announce(self, first: int, last: int) -> None:
        """Events for the keys from `first` to `last`, each once, whatever it takes."""
        values = {"subjects": SUBJECTS, "first": first, "last": last}

        async def announced() -> bool:
            try:
                async with await psycopg.AsyncConnection.connect(self._url) as db:
                    await db.execute(ANNOUNCE, values)
            except psycopg.OperationalError:
                return False
            return True

        await eventually_async(announced, RECOVERY_SECONDS)

    async def count(self) -> Count:
        """The present state; waits while the database restarts."""
        found: list[Count] = []

        async def counted() -> bool:
            try:
                async with await psycopg.AsyncConnection.connect(self._url) as db:
                    row = await (await db.execute(COUNT)).fetchone()
            except psycopg.OperationalError:
                return False
            assert row is not None
            found.append(Count(*row))
            return True

        await eventually_async(counted, RECOVERY_SECONDS)
        return found[0]

    async def until_effects(self, wanted: int, seconds: float) -> Count:
        """Waits for the effects of `wanted` events."""

        async def reached() -> Count | None:
            count = await self.count()
            return count if count.affected >= wanted else None

        reached_count = await eventually_async(reached, seconds)
        assert reached_count is not None
        return reached_count

    async def count_out_of_order(self) -> int:
        """Effects that came before an earlier event's of the same subject."""
        async with await psycopg.AsyncConnection.connect(self._url) as db:
            row = await (await db.execute(OUT_OF_ORDER)).fetchone()
        return int(row[0]) if row else 0
