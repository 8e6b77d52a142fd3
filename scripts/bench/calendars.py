"""What does a question about working time cost, inside a transaction that has better things to do?

Deadlines and working times of the salon (intervals, holidays) and of the desk that never closes,
over the ten years ahead, each beside an empty plpgsql function with the same arguments: what any
call costs here, and what a loaded machine makes of it. And what it takes to change a calendar.
"""

import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from uuid import UUID

import asyncpg

from scripts.bench.findings import Finding, Goal, p50
from scripts.bench.ground import Ground
from scripts.bench.rounds import interleaved

CALLS = 5_000
GOAL_MICROSECONDS = 200
SALON, VIP_DESK = (UUID(f"00000000-0000-4000-8000-0000000000c{n}") for n in (1, 2))

# A promise of up to four days from a moment of the next ten years.
MOMENTS = """
    create temporary table moments as
    select
        now() + random() * interval '3650 days' as at,
        now() + random() * interval '3650 days' as until,
        (random() * 345600)::bigint as seconds
    from generate_series(1, $1)
"""
EMPTY_FUNCTION = """
    create function pg_temp.do_nothing(p_calendar_id uuid, p_from timestamptz, p_seconds bigint)
    returns timestamptz
    language plpgsql
    stable
    strict
    set search_path = ''
    as $$ begin return p_from; end $$
"""
EMPTY = "empty function"
CONTESTANTS = {
    EMPTY: ("select count(pg_temp.do_nothing($1, at, seconds)) from moments", SALON),
    "a deadline": (
        "select count(private.add_working_seconds($1, at, seconds)) from moments",
        SALON,
    ),
    "a deadline, 24/7": (
        "select count(private.add_working_seconds($1, at, seconds)) from moments",
        VIP_DESK,
    ),
    "working time between": (
        "select count(private.working_seconds_between($1, at, until)) from moments",
        SALON,
    ),
}
CHANGE = "select private.lay_out_calendar($1)"


async def measure(ground: Ground) -> list[Finding]:
    """Microseconds a call, and milliseconds a change."""
    owner = await asyncpg.connect(ground.state.db_url)
    try:
        count = ground.scaled(CALLS)
        await owner.execute(MOMENTS.replace("$1", str(count)))
        await owner.execute(EMPTY_FUNCTION)
        await owner.execute("analyze moments")
        times = await interleaved(_calls(owner), 2 * ground.rounds + 1, ground.note)
        change = await _seconds(owner, CHANGE, SALON)
    finally:
        await owner.close()
    # The first round warms plans and caches.
    costs = {what: p50(each[1:]) / count * 1e6 for what, each in times.items()}
    return [*_findings(costs), _line("a changed calendar, laid out anew", change * 1e3, "ms")]


def _calls(owner: asyncpg.Connection) -> Mapping[str, Callable[[], Awaitable[float]]]:
    return {what: partial(_seconds, owner, *call) for what, call in CONTESTANTS.items()}


def _findings(costs: dict[str, float]) -> list[Finding]:
    empty = costs.pop(EMPTY)
    lines = [_line(EMPTY, empty, "µs")]
    for what, cost in costs.items():
        lines.append(_line(what, cost, "µs", goal=Goal("at most", GOAL_MICROSECONDS)))
        lines.append(_line(what, cost, "µs", beside=EMPTY, ratio=cost / empty))
    return lines


def _line(
    what: str,
    value: float,
    unit: str,
    *,
    beside: str = "",
    ratio: float | None = None,
    goal: Goal | None = None,
) -> Finding:
    return Finding(
        question="calendars",
        what=what,
        value=value,
        unit=unit,
        beside=beside,
        ratio=ratio,
        goal=goal,
    )


async def _seconds(connection: asyncpg.Connection, statement: str, calendar_id: UUID) -> float:
    started = time.perf_counter()
    await connection.fetchval(statement, calendar_id)
    return time.perf_counter() - started
