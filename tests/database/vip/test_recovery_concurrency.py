"""Failures and people at the same moment, on connections of their own."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from lib.events import Job
from tests.database.orchestrator.router import claim
from tests.database.vip.recovery_desk import WORKER, plan_for, record
from tests.factories import a_client, a_manager, a_staff_member, a_vip_profile
from tests.support.parallel import all_at_once, lasting_desk

OPEN: LiteralString = "select public.open_recovery_case(%(client)s, 'Skarga')"
TAKE: LiteralString = "select public.take_recovery_case(%(case)s)"
SPEND: LiteralString = (
    "select public.add_recovery_gesture(%(case)s, 'credit', 20000, 'Voucher') -> 'gestures'"
)
APPROVE: LiteralString = "select public.approve_recovery_gesture(%(gesture)s)"
CASES: LiteralString = "select id from public.recovery_cases where client_id = %s"
CLEAN_UP: tuple[LiteralString, ...] = (
    "delete from private.timers where subject_id in"
    " (select id from public.recovery_cases where desk_id = %(desk)s)",
    "delete from private.jobs where subject_id in"
    " (select id from public.recovery_cases where desk_id = %(desk)s)",
    "delete from public.recovery_cases where desk_id = %(desk)s",
    "delete from public.vip_client_profiles where client_id in"
    " (select id from public.profiles where desk_id = %(desk)s)",
)


@pytest.fixture
def place(database_url: str) -> Iterator[tuple[psycopg.Connection, UUID]]:
    """A desk whose people and cases are committed, and gone afterwards."""
    with lasting_desk(database_url) as (db, desk):
        try:
            yield db, desk
        finally:
            for statement in CLEAN_UP:
                db.execute(statement, {"desk": desk})


def a_case(db: psycopg.Connection, client: UUID) -> UUID:
    row = db.execute(
        "select private.open_recovery_case(%s, 'survey', null, null, '{}')", [client]
    ).fetchone()
    assert row is not None
    case_id: UUID = row[0]
    return case_id


def triggers(db: psycopg.Connection, client: UUID) -> list[int]:
    """How many triggers each case of the client has."""
    rows = db.execute(
        "select count(*) from public.recovery_triggers"
        " join public.recovery_cases known on known.id = case_id where client_id = %s"
        " group by case_id",
        [client],
    ).fetchall()
    return [count for (count,) in rows]


def test_people_who_open_a_case_at_once_open_one(
    place: tuple[psycopg.Connection, UUID], database_url: str
) -> None:
    db, desk = place
    managers = [a_manager(db, desk_id=desk) for _ in range(4)]
    client = a_client(db, "vip_gold", desk_id=desk)
    answers = all_at_once(database_url, managers, OPEN, {"client": client})
    assert len({answer["id"] for answer in answers}) == 1
    assert triggers(db, client) == [4]


def test_workers_with_two_failures_of_one_client_open_one_case(
    place: tuple[psycopg.Connection, UUID], database_url: str
) -> None:
    db, desk = place
    client = a_client(db, "vip_gold", desk_id=desk)
    surveys = [uuid4() for _ in range(2)]
    db.execute("delete from private.jobs where worker = %s", [WORKER])
    for survey in surveys:
        db.execute(
            "insert into public.events (kind, subject_id, payload)"
            " values ('survey.answered', %s, %s)",
            [survey, Jsonb({"client_id": str(client), "csat": 1, "kind": "cycle"})],
        )
    with db.transaction():
        jobs = claim(db, WORKER)
    assert {job.subject_id for job in jobs} == set(surveys)
    start = Barrier(2)

    def work(job: Job) -> str:
        with psycopg.connect(database_url) as mine:
            plan = plan_for(mine, [job])
            start.wait(10)
            return record(mine, [job], plan)[job.subject_id]

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(work, jobs)) == ["recorded", "recorded"]
    assert triggers(db, client) == [2]


def test_a_case_that_colleagues_take_at_once_has_one_owner(
    place: tuple[psycopg.Connection, UUID], database_url: str
) -> None:
    db, desk = place
    client = a_client(db, "vip_gold", desk_id=desk)
    agent, deputy = (a_staff_member(db, desk_id=desk) for _ in range(2))
    a_vip_profile(db, client, dedicated_agent_id=agent, relationship_manager_id=deputy)
    values = {"case": a_case(db, client)}
    answers = all_at_once(database_url, [agent, deputy], TAKE, values)
    assert answers.count("case_taken") == 1


def test_two_who_spend_at_once_do_not_exceed_the_budget_together(
    place: tuple[psycopg.Connection, UUID], database_url: str
) -> None:
    db, desk = place
    client = a_client(db, "vip_gold", desk_id=desk)
    agent, deputy = (a_staff_member(db, desk_id=desk) for _ in range(2))
    a_vip_profile(db, client, dedicated_agent_id=agent, relationship_manager_id=deputy)
    db.execute("update public.staff_members set role = 'concierge' where id = %s", [deputy])
    values = {"case": a_case(db, client)}
    all_at_once(database_url, [agent, deputy], SPEND, values)
    states = db.execute(
        "select state, id from public.recovery_gestures where case_id = %(case)s order by state",
        values,
    ).fetchall()
    assert [state for state, _ in states] == ["granted", "waiting"]
    managers = [a_manager(db, desk_id=desk) for _ in range(3)]
    answers = all_at_once(database_url, managers, APPROVE, {"gesture": states[1][1]})
    assert answers.count("gesture_is_settled") == 2
