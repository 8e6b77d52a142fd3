"""The house's own workers and tickets through the same faults: each ticket is assigned once."""

import random
import time
from uuid import UUID

import psycopg
import pytest

from scripts.stack.state import StackState
from tests.chaos.conftest import Report
from tests.chaos.faults import KINDS, Faults, strike_all
from tests.factories import a_client, an_agent
from tests.support.waiting import eventually, eventually_async

AGENTS, CAPACITY = 12, 50
WAVES, TICKETS_A_WAVE = 10, 40
TICKETS = WAVES * TICKETS_A_WAVE
PATIENCE_SECONDS = 120

OPEN = """
    insert into public.support_tickets
        (client_id, channel, subject, tier, language, first_response_due_at)
    select %(client)s, 'email', 'wave ' || %(wave)s, 'standard', 'pl', now() + interval '15 min'
    from generate_series(1, %(count)s)
    where not exists (
        select from public.support_tickets known where known.subject = 'wave ' || %(wave)s
    )
"""
VERDICT = """
    with mine as (select * from public.support_tickets where subject like 'wave %')
    select
        (select count(*) from mine where assignee_id is not null) as assigned,
        (
            select count(*) from public.ticket_events event
            join mine on mine.id = event.ticket_id and event.kind = 'assigned'
        ) as assignments,
        (
            select count(*) from public.routing_decisions decision
            join mine on mine.id = decision.ticket_id and decision.outcome = 'assigned'
        ) as decisions,
        (
            select count(*) from public.staff_members agent
            where agent.capacity_units < (
                select count(*) from mine where mine.assignee_id = agent.id
            )
        ) as overloaded,
        (select count(*) from private.dead_jobs) as dead
"""


@pytest.fixture
def client_id(stack: StackState) -> UUID:
    """A client, and agents with room for all their tickets."""
    with psycopg.connect(stack.db_url) as db:
        for _ in range(AGENTS):
            an_agent(db, capacity_units=CAPACITY)
        return a_client(db)


async def test_each_ticket_is_assigned_once_whatever_is_killed(
    stack: StackState, client_id: UUID, real_faults: Faults, report: Report
) -> None:
    draw = random.Random(2026)
    started = time.monotonic()
    for wave in range(1, WAVES + 1):
        open_wave(stack, client_id, wave)
        await strike_all(real_faults, [draw.choice(KINDS), "worker killed"])

    async def is_everybody_served() -> bool:
        return verdict(stack)[0] == TICKETS

    await eventually_async(is_everybody_served, PATIENCE_SECONDS)
    struck = sum(real_faults.counts.values())
    report(
        f"{TICKETS} tickets assigned once each through {struck} faults, "
        f"in {time.monotonic() - started:.0f} s"
    )
    assert verdict(stack) == (TICKETS, TICKETS, TICKETS, 0, 0)


def open_wave(stack: StackState, client_id: UUID, wave: int) -> None:
    """Opens a wave of tickets once, however often the database goes away meanwhile."""
    values = {"client": client_id, "wave": wave, "count": TICKETS_A_WAVE}

    def is_open() -> bool:
        try:
            with psycopg.connect(stack.db_url) as db:
                db.execute(OPEN, values)
        except psycopg.OperationalError:
            return False
        return True

    assert eventually(is_open, PATIENCE_SECONDS)


def verdict(stack: StackState) -> tuple[int, ...]:
    """Assigned, assignments, decisions, overloaded agents, dead jobs; waits for the database."""
    rows: list[tuple[int, ...]] = []

    def is_answered() -> bool:
        try:
            with psycopg.connect(stack.db_url) as db:
                rows.extend(db.execute(VERDICT).fetchall())
        except psycopg.OperationalError:
            return False
        return True

    assert eventually(is_answered, PATIENCE_SECONDS)
    return rows[0]
