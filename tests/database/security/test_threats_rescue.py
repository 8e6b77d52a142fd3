"""Numbered threats around presence, leave and rescue, against the database itself."""

from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.database.orchestrator.rescuer import RESCUE, fire, plan
from tests.database.orchestrator.router import claim
from tests.database.security.test_threats import refusal
from tests.support.acting import refused
from tests.support.house import EVERYBODY, House, a_house

NOTE = "Operacja kolana"


@pytest.fixture
def house(db: psycopg.Connection) -> House:
    return a_house(db)


@pytest.fixture
def absence(db: psycopg.Connection, house: House) -> UUID:
    """The agent is ill, and has said why."""
    with house.act(db, "agent"):
        row = db.execute(
            "select public.set_absence(now(), now() + interval '3 days', 'sick', %s)", [NOTE]
        ).fetchone()
    assert row is not None
    return UUID(row[0]["id"])


def readers(db: psycopg.Connection, house: House, table: LiteralString) -> set[str]:
    """Who sees any row of the table."""
    found = set()
    for person in EVERYBODY:
        with house.act(db, person):
            try:
                with db.transaction():
                    if db.execute(f"select 1 from public.{table}".encode()).fetchall():
                        found.add(person)
            except psycopg.errors.InsufficientPrivilege:
                assert person == "visitor"
    return found


def test_threat_430_who_is_ill_is_known_to_them_and_to_who_plans(
    db: psycopg.Connection, house: House, absence: UUID
) -> None:
    assert absence
    assert readers(db, house, "staff_absences") == {"agent", "manager", "admin", "service"}


def test_threat_431_what_is_announced_tells_no_illness(
    db: psycopg.Connection, house: House, absence: UUID
) -> None:
    fire(db)
    told = db.execute(
        "select payload::text from public.events where subject_id = %(id)s"
        " union all select payload::text from private.jobs where subject_id = %(id)s"
        " union all select payload::text from private.timers where subject_id = %(id)s",
        {"id": absence},
    ).fetchall()
    assert len(told) >= 3
    assert not [text for (text,) in told if "sick" in text or NOTE in text]
    with house.act(db, "colleague"):
        row = db.execute(
            "select to_jsonb(staff)::text from public.staff_members staff where id = %(agent)s",
            house.names,
        ).fetchone()
    assert row is not None
    assert "sick" not in row[0]


@pytest.mark.parametrize(
    "person", ["colleague", "auditor", "executive", "outsider", "other_manager"]
)
def test_threat_432_a_foreign_absence_answers_like_none_at_all(
    db: psycopg.Connection, house: House, absence: UUID, person: str
) -> None:
    with house.act(db, person):
        told = [refusal(db, "cancel_absence(%s)", [some]) for some in (absence, uuid4(), None)]
        assert told[0] == told[1] == told[2]
        assert told[0][:2] == ("PT404", "absence_not_found")
        for whom in (house.people["agent"], house.people["client"], uuid4()):
            refused_set = refusal(
                db,
                "set_absence(now() + interval '9 days', now() + interval '10 days',"
                " p_staff_id => %s)",
                [whom],
            )
            assert refused_set[:2] == ("PT404", "staff_not_found")


@pytest.mark.parametrize("person", ["revoked", "banned", "client"])
def test_threat_433_nobody_is_kept_present_who_does_not_work_here(
    db: psycopg.Connection, house: House, person: str
) -> None:
    with house.act(db, person), refused(db, "PT403", "staff_required"):
        db.execute("select public.keep_presence()")
    rows = db.execute(
        "select 1 from private.timers where subject_id = %s and kind like 'agent.%%'",
        [house.people[person]],
    ).fetchall()
    assert rows == []


def test_threat_434_a_flood_of_heartbeats_is_one_row(db: psycopg.Connection, house: House) -> None:
    before = db.execute("select count(*) from public.events").fetchone()
    with house.act(db, "agent"):
        for _ in range(50):
            db.execute("select public.keep_presence()")
    rows = db.execute(
        "select kind from private.timers where subject_id = %(agent)s", house.names
    ).fetchall()
    assert rows == [("agent.presence_lapsed",)]
    assert db.execute("select count(*) from public.events").fetchone() == before


def rescue_of(db: psycopg.Connection, house: House) -> tuple[Any, Any]:
    """The jobs and the plan that take `held` from the agent, who left by hand of the console."""
    db.execute(
        "update public.staff_members set is_active = false, state = 'offline' where id = %(agent)s",
        house.names,
    )
    jobs = claim(db, RESCUE)
    return jobs, plan(db, jobs)


def test_threat_435_why_somebody_lost_a_ticket_is_for_staff_behind_it(
    db: psycopg.Connection, house: House
) -> None:
    db.execute(
        "insert into public.rescue_decisions"
        " (ticket_id, cycle, agent_id, cause, action, reason, policy_version)"
        " values (%(held)s, 1, %(agent)s, 'silent', 'returned', 'silent', 'rescue-1')",
        house.names,
    )
    assert readers(db, house, "rescue_decisions") == {
        "agent", "manager", "auditor", "executive", "admin", "service"
    }  # fmt: skip
    db.execute(
        "update public.support_tickets set client_id = %(manager)s where id = %(held)s",
        house.names,
    )
    assert "manager" not in readers(db, house, "rescue_decisions")


def test_threat_436_the_servers_key_takes_no_ticket_without_a_job(
    db: psycopg.Connection, house: House
) -> None:
    jobs, made = rescue_of(db, house)
    decisions = [
        {"ticket_id": str(d.ticket_id), "agent_id": str(d.agent_id), "cycle": d.cycle,
         "fingerprint": d.fingerprint, "cause": d.cause, "action": d.action, "reason": d.reason}
        for decided in made.decisions.values() for d in decided
    ]  # fmt: skip
    assert decisions
    plain = {"event_id": 1, "policy_version": "rescue-1", "decisions": decisions}
    for lease in ({}, {"job_id": 0, "fence": 1}, {"job_id": jobs[0].id, "fence": 99}):
        with house.act(db, "service"), refused(db, "LS001" if lease else "22023"):
            db.execute("select worker.record_rescue(%s)", [Jsonb([plain | lease])])
    forged = [d | {"fingerprint": "0" * 32} for d in decisions]
    item = plain | jobs[0].lease() | {"decisions": forged}
    with house.act(db, "service"):
        row = db.execute("select worker.record_rescue(%s)", [Jsonb([item])]).fetchone()
    assert row is not None
    assert [result["status"] for result in row[0]] == ["stale"]


@pytest.mark.parametrize(
    "call",
    [
        "worker.rescue_contexts(array[%(held)s]::uuid[])",
        "worker.record_rescue('[]')",
        "private.apply_rescues('[]')",
        "private.return_tickets(array[%(held)s]::uuid[], 'withdrawn', 'x')",
        "private.read_presence_setting('ramp_seconds')",
        "private.is_on_leave(%(agent)s)",
    ],
)
def test_threat_437_nobody_outside_calls_what_rescues(
    db: psycopg.Connection, house: House, call: LiteralString
) -> None:
    for person in ("visitor", "client", "agent", "manager", "admin"):
        with house.act(db, person), refused(db, "42501"):
            db.execute("select " + call, house.names)
