"""Numbered threats around white-glove services and consents, against the database itself."""

from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.database.security.test_threats import NASTY, refusal
from tests.database.vip.white_glove_desk import Desk, decide, with_partners
from tests.factories import a_client
from tests.support.acting import acting_as, refused
from tests.support.house import House, a_house

CALLS: dict[LiteralString, str] = {
    "get_white_glove_service(%(id)s)": "service",
    "confirm_white_glove_service(%(id)s)": "service",
    "decline_white_glove_service(%(id)s, 'a')": "service",
    "cancel_white_glove_service(%(id)s, 'a')": "service",
    "resume_white_glove_service(%(id)s, 'a')": "service",
    "start_white_glove_step(%(id)s)": "step",
    "complete_white_glove_step(%(id)s)": "step",
    "fail_white_glove_step(%(id)s, 'a')": "step",
    "answer_partner_request(%(id)s, true)": "request",
}
THEIR_OWN: tuple[LiteralString, ...] = (
    "start_white_glove_step(%(step)s)",
    "complete_white_glove_step(%(step)s)",
    "fail_white_glove_step(%(step)s, 'a')",
    "answer_partner_request(%(request)s, true)",
    "resume_white_glove_service(%(service)s, 'a')",
)


@pytest.fixture
def house(db: psycopg.Connection) -> House:
    db.execute("delete from private.jobs where worker = 'vip.white_glove'")
    return a_house(db)


@pytest.fixture
def desk(db: psycopg.Connection, house: House) -> Desk:
    people = house.people
    agent, colleague = people["agent"], people["colleague"]
    desk = Desk(db, people["client"], agent, agent, agent, colleague, people["manager"])
    return with_partners(desk, "chauffeur", "Srebrna Limuzyna")


@pytest.fixture
def rows(desk: Desk) -> dict[str, Any]:
    """A transfer whose chauffeur is asked."""
    service = desk.begin("transfer", 24)
    desk.complete(service, "route")
    return {
        "service": service,
        "step": UUID(desk.step(service, "arrival")["id"]),
        "request": UUID(desk.read(service)["partner_requests"][0]["id"]),
    }


@pytest.mark.parametrize("call", CALLS)
def test_threat_500_a_foreign_service_answers_like_none_at_all(
    db: psycopg.Connection, house: House, rows: dict[str, Any], call: LiteralString
) -> None:
    people = ("stranger", "other_client", "outsider", "other_manager", "revoked", "banned")
    for person in people:
        with house.act(db, person):
            told = [refusal(db, call, {"id": some}) for some in (rows[CALLS[call]], uuid4(), None)]
        assert told[0] == told[1] == told[2], person
        assert told[0][0] == "PT404"


def test_threat_501_a_refusal_names_no_service_of_somebody_else(
    db: psycopg.Connection, desk: Desk, rows: dict[str, Any]
) -> None:
    other = a_client(db, "vip_gold", desk_id=desk_of(db, desk.client))
    assert rows["service"] != desk.ask("transfer", 24, client=other)
    with acting_as(db, "authenticated", other):
        told = refusal(
            db,
            "activate_white_glove_service(%s, 'transfer', now() + interval '25 hours')",
            [other],
        )
    assert told[1] == "service_collides"
    assert str(rows["service"]) not in str(told)


def test_threat_502_words_of_people_are_words(db: psycopg.Connection, desk: Desk) -> None:
    for text in NASTY:
        with db.transaction(force_rollback=True):
            service = UUID(
                desk.as_(
                    desk.client,
                    "activate_white_glove_service(%s, 'welcome', null, %s)",
                    desk.client,
                    Jsonb({"wish": text}),
                )["id"]
            )
            desk.run()
            step = desk.step(service, "introduction")["id"]
            desk.as_(desk.agent, "complete_white_glove_step(%s, %s)", step, text)
            read = desk.read(service)
            assert read["customizations"] == {"wish": text}
            assert text.strip() in [change["reason"] for change in read["history"]]


def test_threat_503_what_is_announced_and_told_carries_no_words_of_people(
    db: psycopg.Connection, desk: Desk, rows: dict[str, Any]
) -> None:
    secret = "Jej mąż nie może wiedzieć"
    desk.as_(desk.agent, "cancel_white_glove_service(%s, %s)", rows["service"], secret)
    desk.run()
    told = db.execute(
        "select payload::text from public.events where subject_id = %(service)s"
        " union all select payload::text from private.timers where subject_id = %(service)s"
        " union all select details::text from public.notifications"
        " where details ->> 'service_id' = %(service)s::text",
        rows,
    ).fetchall()
    assert len(told) > 5
    assert not [text for (text,) in told if secret in text]


@pytest.mark.parametrize("call", THEIR_OWN)
def test_threat_504_a_client_does_not_do_the_houses_part(
    db: psycopg.Connection, house: House, rows: dict[str, Any], call: LiteralString
) -> None:
    with house.act(db, "client"), refused(db, "PT403"):
        db.execute(f"select public.{call}".encode(), rows)


def test_threat_505_nobody_plays_the_worker(
    db: psycopg.Connection, house: House, desk: Desk, rows: dict[str, Any]
) -> None:
    for person in ("visitor", "client", "agent", "manager", "admin"):
        for call in ("white_glove_contexts('{}')", "record_white_glove('[]')"):
            with house.act(db, person), refused(db, "42501"):
                db.execute(f"select worker.{call}".encode())
    forged = [{"job_id": 1, "fence": 1, "plans": [{"service_id": str(rows["service"])}]}]
    with acting_as(db, "service_role"), refused(db, "LS001", "lease_lost"):
        db.execute("select worker.record_white_glove(%s)", [Jsonb(forged)])


def test_threat_506_a_plan_touches_no_other_service(
    db: psycopg.Connection, desk: Desk, rows: dict[str, Any]
) -> None:
    other = a_client(db, "vip_gold", desk_id=desk_of(db, desk.client))
    desk.ask("welcome", client=other)
    (job,) = desk.jobs()
    (plan,) = decide(db, [job]).services[job.subject_id or uuid4()]
    smuggled = {"op": "step", "step_id": str(rows["step"]), "state": "ready", "attempt": 1}
    items = [
        {
            "job_id": job.id,
            "fence": job.fence,
            "plans": [
                {
                    "service_id": str(plan.service_id),
                    "fingerprint": plan.fingerprint,
                    "operations": [{**smuggled, "overdue_level": 0}],
                }
            ],
        }
    ]
    with acting_as(db, "service_role"):
        db.execute("select worker.record_white_glove(%s)", [Jsonb(items)])
    assert desk.states(rows["service"])["arrival"] == "waiting"


@pytest.mark.parametrize(
    "table",
    [
        *("playbook_steps", "partners", "partner_requests", "white_glove_history"),
        "white_glove_collisions",
    ],
)
def test_threat_507_how_the_house_does_it_is_not_for_clients(
    db: psycopg.Connection, house: House, rows: dict[str, Any], table: str
) -> None:
    assert rows
    for person in ("stranger", "client", "other_client", "revoked", "banned"):
        with house.act(db, person):
            assert db.execute(f"select 1 from public.{table}".encode()).fetchall() == []


def test_threat_508_a_client_gives_no_consent_for_another(
    db: psycopg.Connection, house: House
) -> None:
    for person in ("stranger", "other_client", "revoked", "banned", "outsider"):
        with house.act(db, person):
            for call in (
                "give_consent(%(id)s, 'white_glove_contact', 'email', 'v1')",
                "withdraw_consent(%(id)s, 'white_glove_contact')",
            ):
                told = [
                    refusal(db, call, {"id": some})
                    for some in (house.people["client"], uuid4(), None)
                ]
                assert told[0] == told[1] == told[2]
                assert told[0][:2] == ("PT404", "client_not_found")


def desk_of(db: psycopg.Connection, client: UUID) -> UUID:
    row = db.execute("select desk_id from public.profiles where id = %s", [client]).fetchone()
    assert row is not None
    found: UUID = row[0]
    return found
