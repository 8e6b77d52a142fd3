"""Clients, agents and workers at the same moment, on connections of their own."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import LiteralString
from uuid import UUID

import psycopg
import pytest

from lib.errors import LuxuryError
from lib.events import Job
from tests.database.orchestrator.router import claim
from tests.database.vip.white_glove_desk import WORKER, decide, record
from tests.factories import a_client, a_staff_member, a_vip_profile
from tests.support.parallel import all_at_once, call_as, lasting_desk
from tests.support.waiting import eventually

START: LiteralString = (
    "select public.activate_white_glove_service(%(client)s, 'private_session',"
    " now() + interval '1 day')"
)
WELCOME: LiteralString = "select public.activate_white_glove_service(%(client)s, 'welcome')"
CANCEL: LiteralString = "select public.cancel_white_glove_service(%(service)s, 'Zmiana planów')"
COMPLETE: LiteralString = "select public.complete_white_glove_step(%(step)s)"
CLEAN_UP: tuple[LiteralString, ...] = (
    "delete from private.timers where subject_id in"
    " (select id from public.white_glove_services where desk_id = %(desk)s)",
    "delete from private.jobs where subject_id in"
    " (select id from public.white_glove_services where desk_id = %(desk)s)",
    "delete from public.white_glove_services where desk_id = %(desk)s",
)


@pytest.fixture
def place(database_url: str) -> Iterator[tuple[psycopg.Connection, UUID]]:
    """A desk whose people and services are committed, and gone afterwards."""
    with lasting_desk(database_url) as (db, desk):
        try:
            yield db, desk
        finally:
            for statement in CLEAN_UP:
                db.execute(statement, {"desk": desk})


def a_vip(db: psycopg.Connection, desk: UUID, agent: UUID | None = None) -> UUID:
    client = a_client(db, "vip_platinum", desk_id=desk)
    a_vip_profile(db, client, dedicated_agent_id=agent)
    return client


def leased(db: psycopg.Connection, *services: UUID) -> list[Job]:
    with db.transaction():
        return [job for job in claim(db, WORKER) if job.subject_id in services]


def work(database_url: str, jobs: list[Job]) -> dict[UUID | None, str]:
    with psycopg.connect(database_url) as db:
        return record(db, jobs, decide(db, jobs))


def test_a_client_who_asks_twice_at_once_has_one_service(
    place: tuple[psycopg.Connection, UUID], database_url: str
) -> None:
    db, desk = place
    client = a_vip(db, desk)
    for statement in (START, WELCOME):
        answers = all_at_once(database_url, [client] * 4, statement, {"client": client})
        assert answers.count("service_collides") == 3


def test_agents_who_do_the_same_step_at_once_do_it_once(
    place: tuple[psycopg.Connection, UUID], database_url: str
) -> None:
    db, desk = place
    agents = [a_staff_member(db, desk_id=desk) for _ in range(4)]
    client = a_vip(db, desk, agents[0])
    service = UUID(call_as(database_url, client, WELCOME, {"client": client})["id"])
    work(database_url, leased(db, service))
    step = db.execute(
        "select id from public.white_glove_steps where service_id = %s and state = 'ready'",
        [service],
    ).fetchone()
    assert step is not None
    answers = all_at_once(database_url, agents, COMPLETE, {"step": step[0]})
    assert answers.count("step_not_open") == 3


def test_a_worker_that_waits_for_a_client_who_cancels_reads_it_afresh(
    place: tuple[psycopg.Connection, UUID], database_url: str
) -> None:
    db, desk = place
    client = a_vip(db, desk, a_staff_member(db, desk_id=desk))
    service = UUID(call_as(database_url, client, WELCOME, {"client": client})["id"])
    jobs = leased(db, service)
    with (
        psycopg.connect(database_url) as worker,
        ThreadPoolExecutor(1) as pool,
        psycopg.connect(database_url) as cancelling,
    ):
        plan = decide(worker, jobs)
        cancelling.execute(
            "update public.white_glove_services set status = 'cancelled' where id = %s", [service]
        )
        writing = pool.submit(record, worker, jobs, plan)
        assert eventually(lambda: db.execute("select 1 from pg_locks where not granted").fetchall())
        cancelling.commit()
        assert writing.result(10) == {service: "stale"}
    assert work(database_url, jobs) == {service: "recorded"}
    states = db.execute(
        "select distinct state from public.white_glove_steps where service_id = %s", [service]
    ).fetchall()
    assert states == [("skipped",)]


def test_two_workers_do_not_give_the_same_agents_time_away_twice(
    place: tuple[psycopg.Connection, UUID], database_url: str
) -> None:
    db, desk = place
    agent, deputy = (a_staff_member(db, desk_id=desk) for _ in "ab")
    services = []
    for client in (a_vip(db, desk, agent), a_vip(db, desk, agent)):
        db.execute(
            "update public.vip_client_profiles set deputy_agent_id = %s where client_id = %s",
            [deputy, client],
        )
        answer = call_as(database_url, client, START, {"client": client})
        services.append(UUID(answer["id"]))
    jobs = leased(db, *services)
    with psycopg.connect(database_url) as first, psycopg.connect(database_url) as second:
        plans = [decide(first, jobs[:1]), decide(second, jobs[1:])]
        record(first, jobs[:1], plans[0])
        with ThreadPoolExecutor(1) as pool:
            late = pool.submit(record, second, jobs[1:], plans[1])
            assert eventually(
                lambda: db.execute("select 1 from pg_locks where not granted").fetchall()
            )
            first.commit()
            assert set(late.result(10).values()) == {"stale"}
    work(database_url, jobs[1:])
    agents = db.execute(
        "select assigned_agent_id from public.white_glove_services where id = any(%s)", [services]
    ).fetchall()
    assert {person for (person,) in agents} == {agent, deputy}


def test_a_lost_lease_writes_nothing(
    place: tuple[psycopg.Connection, UUID], database_url: str
) -> None:
    db, desk = place
    client = a_vip(db, desk)
    service = UUID(call_as(database_url, client, WELCOME, {"client": client})["id"])
    jobs = leased(db, service)
    db.execute(
        "update private.jobs set lease_until = clock_timestamp() - interval '1 s'"
        " where subject_id = %s",
        [service],
    )
    again = leased(db, service)
    assert work(database_url, again) == {service: "recorded"}
    with pytest.raises((psycopg.Error, LuxuryError), match="lease_lost"):
        work(database_url, jobs)
