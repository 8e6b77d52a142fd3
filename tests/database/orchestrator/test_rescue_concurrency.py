"""Rescuers, routers, agents and clients at the same moment, on connections of their own."""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import Any, LiteralString
from uuid import UUID

import psycopg
import pytest

from lib.events import Job
from tests.database.orchestrator import router
from tests.database.orchestrator.rescuer import (
    RESCUE,
    assignee,
    call_as,
    decisions,
    fire,
    plan,
    presence,
    record,
)
from tests.database.orchestrator.router import call, claim
from tests.factories import a_client, a_message, a_ticket, an_agent
from tests.support.acting import acting_as
from tests.support.parallel import lasting_desk
from tests.support.waiting import eventually

REPLY: LiteralString = "select public.reply_to_ticket(%s, 'Jestem, już odpisuję')"
MEANWHILE = {"PT403", "PT404", "PT409"}


@pytest.fixture
def place(database_url: str) -> Iterator[tuple[psycopg.Connection, UUID]]:
    """A desk whose people and tickets are committed, and gone afterwards; no grace."""
    with lasting_desk(database_url) as (db, desk):
        setting = "update public.presence_settings set value = %s where setting = %s"
        db.execute(setting, [0, "absence_grace_seconds"])
        try:
            yield db, desk
        finally:
            db.execute(setting, [10, "absence_grace_seconds"])
            db.execute(
                "delete from private.timers where subject_id in"
                " (select id from public.support_tickets where desk_id = %(desk)s"
                "  union select id from public.staff_members where desk_id = %(desk)s)",
                {"desk": desk},
            )


@contextmanager
def waiting_for_a_lock(db: psycopg.Connection, act: Callable[[], Any]) -> Iterator["Future[Any]"]:
    """Begins `act` in a thread; the block runs once its connection waits for somebody's lock."""
    with ThreadPoolExecutor(1) as pool:
        doing = pool.submit(act)
        assert eventually(
            lambda: db.execute(
                "select 1 from pg_locks where not granted and locktype in"
                " ('transactionid', 'tuple')"
            ).fetchall()
        )
        yield doing


def doubted(db: psycopg.Connection, *subjects: UUID) -> list[Job]:
    """The rescue jobs about these subjects, as a worker leases them."""
    fire_now(db)
    return [job for job in claim_now(db) if job.subject_id in subjects]


def fire_now(db: psycopg.Connection) -> None:
    with db.transaction():
        fire(db)


def claim_now(db: psycopg.Connection, worker: str = RESCUE, limit: int = 200) -> list[Job]:
    with db.transaction():
        return claim(db, worker, limit)


def test_an_agent_who_answers_while_the_rescue_waits_keeps_the_chat(
    place: tuple[psycopg.Connection, UUID], database_url: str
) -> None:
    db, desk = place
    agent = an_agent(db, desk_id=desk)
    chat = a_ticket(db, a_client(db, desk_id=desk), assignee_id=agent)
    with db.transaction():
        presence(db, agent, "offline")
    jobs = doubted(db, agent)
    with psycopg.connect(database_url) as rescuer, psycopg.connect(database_url) as theirs:
        made = plan(rescuer, jobs)
        rescuer.commit()
        call_as(theirs, agent, REPLY, chat)
        with waiting_for_a_lock(db, lambda: record(rescuer, jobs, made)) as rescued:
            theirs.commit()
            assert rescued.result(10) == {agent: "stale"}
        rescuer.commit()
        assert record(rescuer, jobs, plan(rescuer, jobs)) == {agent: "recorded"}
    assert assignee(db, chat) == agent
    assert decisions(db, chat) == [("offline", "kept", "agent_acts")]


def test_an_agent_who_answers_after_the_rescue_is_told_so(
    place: tuple[psycopg.Connection, UUID], database_url: str
) -> None:
    db, desk = place
    agent = an_agent(db, desk_id=desk)
    chat = a_ticket(db, a_client(db, desk_id=desk), assignee_id=agent)
    with db.transaction():
        presence(db, agent, "offline")
    jobs = doubted(db, agent)
    with psycopg.connect(database_url) as rescuer, psycopg.connect(database_url) as theirs:
        assert record(rescuer, jobs, plan(rescuer, jobs)) == {agent: "recorded"}
        with waiting_for_a_lock(db, lambda: refusal_of(theirs, agent, chat)) as answered:
            rescuer.commit()
            assert answered.result(10) == "not_yours_to_change"
    assert assignee(db, chat) is None


def refusal_of(db: psycopg.Connection, agent: UUID, chat: UUID) -> str | None:
    try:
        call_as(db, agent, REPLY, chat)
    except psycopg.Error as error:
        return error.diag.message_primary
    return None


def test_an_agent_who_is_back_while_the_rescue_waits_keeps_everything(
    place: tuple[psycopg.Connection, UUID], database_url: str
) -> None:
    db, desk = place
    agent = an_agent(db, desk_id=desk)
    chats = [a_ticket(db, a_client(db, desk_id=desk), assignee_id=agent) for _ in range(3)]
    with db.transaction():
        presence(db, agent, "offline")
    jobs = doubted(db, agent)
    with psycopg.connect(database_url) as rescuer, psycopg.connect(database_url) as theirs:
        made = plan(rescuer, jobs)
        rescuer.commit()
        presence(theirs, agent, "online")
        with waiting_for_a_lock(db, lambda: record(rescuer, jobs, made)) as rescued:
            theirs.commit()
            assert rescued.result(10) == {agent: "stale"}
    assert {assignee(db, chat) for chat in chats} == {agent}


# The rush -----------------------------------------------------------------------------------

AGENTS, TICKETS, ACTS = 6, 36, 15


def rescue_until(url: str, is_over: Event) -> int:
    """Fires timers and rescues, as a worker's process does; how many jobs it finished."""
    finished = 0
    with psycopg.connect(url, autocommit=True) as db:
        while not is_over.is_set():
            fire_now(db)
            finished += work(db, RESCUE, lambda jobs: record(db, jobs, plan(db, jobs)))
    return finished


def route_until(url: str, is_over: Event) -> int:
    finished = 0
    with psycopg.connect(url, autocommit=True) as db:
        while not is_over.is_set():
            finished += work(
                db, router.ROUTING, lambda jobs: router.record(db, jobs, router.decide(db, jobs))
            )
    return finished


def work(db: psycopg.Connection, worker: str, handle: Callable[[list[Job]], Any]) -> int:
    jobs = claim_now(db, worker, 10)
    if not jobs:
        return 0
    with db.transaction():
        results = handle(jobs)
    again = [job.lease() | {"seconds": 0} for job in jobs if results[job.subject_id] == "stale"]
    if again:
        with db.transaction(), acting_as(db, "service_role"):
            call(db, "snooze_jobs", {"p_items": again})
    return len(jobs) - len(again)


def come_and_go(url: str, agent: UUID, seed: int) -> None:
    """Somebody whose day is as bad as it gets: there, gone, answering whatever they have."""
    chance = random.Random(seed)
    with psycopg.connect(url, autocommit=True) as db:
        for act in range(ACTS):
            with db.transaction():
                presence(db, agent, ("offline", "online")[act % 2])
            mine = db.execute(
                "select id from public.support_tickets where assignee_id = %s", [agent]
            ).fetchall()
            if mine:
                try:
                    with db.transaction():
                        call_as(db, agent, REPLY, chance.choice(mine)[0])
                except psycopg.Error as error:
                    if error.sqlstate not in MEANWHILE:
                        raise


def write_on(url: str, tickets: list[UUID], seed: int) -> None:
    chance = random.Random(seed)
    with psycopg.connect(url, autocommit=True) as db:
        for ticket in chance.sample(tickets, len(tickets)):
            row = db.execute(
                "select client_id from public.support_tickets where id = %s", [ticket]
            ).fetchone()
            assert row is not None
            with db.transaction():
                call_as(db, row[0], "select public.reply_to_ticket(%s, 'Halo?')", ticket)


def test_a_desk_where_everybody_comes_and_goes_loses_and_doubles_nothing(
    place: tuple[psycopg.Connection, UUID], database_url: str
) -> None:
    db, desk = place
    agents = [an_agent(db, desk_id=desk, capacity_units=60) for _ in range(AGENTS)]
    tickets = [
        a_ticket(db, a_client(db, desk_id=desk), channel=("chat", "email")[n % 2],
                 assignee_id=agents[n % AGENTS])
        for n in range(TICKETS)
    ]  # fmt: skip
    for ticket in tickets:
        a_message(db, ticket, None, author_kind="system")
    is_over = Event()
    with ThreadPoolExecutor(AGENTS + 6) as pool:
        engines = [pool.submit(rescue_until, database_url, is_over) for _ in range(3)]
        engines += [pool.submit(route_until, database_url, is_over) for _ in range(2)]
        people = [pool.submit(come_and_go, database_url, a, n) for n, a in enumerate(agents)]
        people.append(pool.submit(write_on, database_url, tickets, 7))
        try:
            for person in people:
                person.result(60)
            eventually(lambda: is_quiet(db, tickets, agents), 30)
        finally:
            is_over.set()
        assert sum(engine.result(10) for engine in engines) > 0
    nobody_absent_holds_a_chat(db, desk)
    each_ticket_has_one_owner(db, tickets)
    whatever_was_returned_was_unassigned(db, tickets)


def is_quiet(db: psycopg.Connection, tickets: list[UUID], agents: list[UUID]) -> bool:
    """No rescue or routing is left to do, now or as soon as a timer fires."""
    row = db.execute(
        "select exists (select from private.jobs where subject_id = any(%(all)s)"
        "  and worker in ('orchestrator.rescue', 'orchestrator.routing'))"
        " or exists (select from private.timers where subject_id = any(%(all)s)"
        "  and due_at <= clock_timestamp())",
        {"all": [*tickets, *agents]},
    ).fetchone()
    return row == (False,)


def nobody_absent_holds_a_chat(db: psycopg.Connection, desk: UUID) -> None:
    rows = db.execute(
        "select ticket.number from public.support_tickets ticket"
        " join public.staff_members staff on staff.id = ticket.assignee_id"
        " where ticket.desk_id = %s and staff.state = 'offline' and ticket.channel = 'chat'"
        " and ticket.status = 'assigned' and not exists (select from public.ticket_messages said"
        "  where said.ticket_id = ticket.id and said.author_id = staff.id"
        "  and said.created_at >= staff.state_changed_at)",
        [desk],
    ).fetchall()
    assert rows == []


def each_ticket_has_one_owner(db: psycopg.Connection, tickets: list[UUID]) -> None:
    rows = db.execute(
        "select ticket.id from public.support_tickets ticket"
        " left join public.ticket_assignments held"
        "  on held.ticket_id = ticket.id and held.ended_at is null"
        " where ticket.id = any(%s) and held.agent_id is distinct from ticket.assignee_id",
        [tickets],
    ).fetchall()
    assert rows == []


def whatever_was_returned_was_unassigned(db: psycopg.Connection, tickets: list[UUID]) -> None:
    rows = db.execute(
        "select (select count(*) from public.rescue_decisions made"
        "   where made.ticket_id = any(%(t)s) and made.action = 'returned'),"
        " (select count(*) from public.ticket_events event"
        "   where event.ticket_id = any(%(t)s) and event.kind = 'unassigned'),"
        " (select count(*) from public.ticket_assignments ended"
        "   where ended.ticket_id = any(%(t)s) and ended.end_reason in ('absent', 'silent'))",
        {"t": tickets},
    ).fetchone()
    assert rows is not None
    assert rows[0] == rows[1] == rows[2] > 0
