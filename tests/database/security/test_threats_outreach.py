"""Numbered threats around outreach, its adapters and occasions, against the database itself."""

import threading
from collections.abc import Iterator
from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.database.security.test_threats import NASTY, refusal
from tests.database.vip.outreach_desk import Desk, a_desk_for_outreach, with_adapter
from tests.factories import a_client
from tests.support.acting import acting_as, refused
from tests.support.house import House, a_house
from tests.support.parallel import call_as, lasting_desk
from tests.support.waiting import eventually

WITHDRAW: LiteralString = "select public.withdraw_consent(%(client)s, 'marketing')"


@pytest.fixture
def house(db: psycopg.Connection) -> House:
    return a_house(db)


@pytest.fixture
def desk(db: psycopg.Connection) -> Desk:
    return a_desk_for_outreach(db)


@pytest.fixture
def place(database_url: str) -> Iterator[tuple[psycopg.Connection, UUID, UUID]]:
    """A client who agreed, and an outreach whose moment has come, committed."""
    with lasting_desk(database_url) as (db, desk_id):
        client = a_client(db, desk_id=desk_id)
        db.execute("update public.outreach_purposes set cap_count = null")
        hours = db.execute(
            "update public.outreach_hours set quiet_from_minute = 0, quiet_until_minute = 0,"
            " quiet_weekdays = '{}', calendar_id = null returning 1"
        ).fetchall()
        assert hours
        db.execute(
            "insert into public.consents (client_id, purpose, channel, wording_version, proof)"
            " values (%s, 'marketing', 'in_app', 'v1', 'formularz')",
            [client],
        )
        row = db.execute(
            "select private.queue_outreach(%s, 'marketing', 'greeting', null, now(), '1', '{}')",
            [client],
        ).fetchone()
        assert row
        try:
            yield db, client, row[0]
        finally:
            db.execute("delete from private.timers where subject_id = %s", [row[0]])
            db.execute("delete from public.outreach where client_id = %s", [client])
            db.execute(
                "update public.outreach_hours set quiet_from_minute = 1200,"
                " quiet_until_minute = 540, quiet_weekdays = '{7}',"
                " calendar_id = '00000000-0000-4000-8000-0000000000c1'"
            )
            db.execute(
                "update public.outreach_purposes known set cap_count = usual.cap_count"
                " from (values ('marketing', 4), ('white_glove_contact', 10), ('feedback', 2),"
                "  ('service_reminder', 10)) usual (purpose, cap_count)"
                " where known.purpose = usual.purpose"
            )


def send(db: psycopg.Connection, client: UUID, outreach: UUID) -> None:
    """What the worker's write function does, statement by statement."""
    db.execute("select private.lock_clients(%s)", [[client]])
    db.execute("select private.dispatch_outreach(%s, clock_timestamp())", [outreach])


def ending(db: psycopg.Connection, outreach: UUID) -> Any:
    return db.execute(
        "select going.state, going.reason, count(made.id) from public.outreach going"
        " left join public.outreach_attempts made on made.outreach_id = going.id"
        " where going.id = %s group by going.id",
        [outreach],
    ).fetchone()


def in_background(work: Any) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def is_waiting(db: psycopg.Connection) -> bool:
    """Whether somebody waits for a lock on this server."""
    row = db.execute(
        "select exists (select from pg_stat_activity where wait_event_type = 'Lock'"
        " and datname = current_database())"
    ).fetchone()
    return bool(row and row[0])


def test_threat_540_a_withdrawal_that_comes_first_stops_the_sender(
    place: tuple[psycopg.Connection, UUID, UUID], database_url: str
) -> None:
    db, client, outreach = place
    with psycopg.connect(database_url) as withdrawing, psycopg.connect(database_url) as sending:
        claims = f'{{"role": "authenticated", "sub": "{client}"}}'
        withdrawing.execute("select set_config('request.jwt.claims', %s, true)", [claims])
        withdrawing.execute(WITHDRAW, {"client": client})

        def late() -> None:
            send(sending, client, outreach)
            sending.commit()

        thread = in_background(late)
        assert eventually(lambda: is_waiting(db))
        withdrawing.commit()
        thread.join(10)
    assert ending(db, outreach) == ("cancelled", "consent_withdrawn", 0)


def test_threat_540_a_withdrawal_that_comes_second_finds_it_gone(
    place: tuple[psycopg.Connection, UUID, UUID], database_url: str
) -> None:
    db, client, outreach = place
    answers: list[Any] = []
    with psycopg.connect(database_url) as sending:
        send(sending, client, outreach)
        thread = in_background(
            lambda: answers.append(call_as(database_url, client, WITHDRAW, {"client": client}))
        )
        assert eventually(lambda: is_waiting(db))
        sending.commit()
        thread.join(10)
    assert answers[0]["channels"] == ["in_app"]
    assert ending(db, outreach) == ("delivered", None, 1)


def test_threat_541_two_senders_send_once(
    place: tuple[psycopg.Connection, UUID, UUID], database_url: str
) -> None:
    db, client, outreach = place
    with psycopg.connect(database_url) as first, psycopg.connect(database_url) as second:
        send(first, client, outreach)

        def late() -> None:
            send(second, client, outreach)
            second.commit()

        thread = in_background(late)
        assert eventually(lambda: is_waiting(db))
        first.commit()
        thread.join(10)
    assert ending(db, outreach) == ("delivered", None, 1)


@pytest.mark.parametrize(
    "call", ["cancel_outreach(%(id)s, 'a')", "complete_outreach_task(%(id)s, 'reached')"]
)
def test_threat_542_what_is_of_another_desk_answers_like_none_at_all(
    db: psycopg.Connection, house: House, call: LiteralString
) -> None:
    ids = rows_about(db, house)
    row = ids["task"] if "task" in call else ids["outreach"]
    for person in ("outsider", "other_manager"):
        with house.act(db, person):
            told = [refusal(db, call, {"id": some}) for some in (row, uuid4(), None)]
        assert told[0] == told[1] == told[2], person
        assert told[0][0] == "PT404"


def rows_about(db: psycopg.Connection, house: House) -> dict[str, UUID]:
    """An outreach and a task about the client of the house."""
    client = house.people["client"]
    outreach = db.execute(
        "select private.queue_outreach(%s, 'service_reminder', 'reminder', 'in_app', now(), '1',"
        " '{}')",
        [client],
    ).fetchone()
    task = db.execute(
        "select private.open_outreach_task(%s, 'call', null, now(), now() + interval '1 day', '1',"
        " '{}')",
        [client],
    ).fetchone()
    assert outreach
    assert task
    return {"outreach": outreach[0], "task": task[0]}


@pytest.mark.parametrize(
    "table", ["outreach", "outreach_tasks", "outreach_attempts", "occasions", "occasion_rules"]
)
def test_threat_543_plans_are_not_for_clients_nor_for_other_desks(
    db: psycopg.Connection, house: House, table: str
) -> None:
    rows_about(db, house)
    db.execute(
        "insert into public.occasions (client_id, rule, subject_id, occurrence, due_at, expires_at)"
        " values (%(client)s, 'birthday', %(client)s, 2026, now(), now() + interval '1 hour')",
        house.people,
    )
    outsiders = ("outsider", "other_manager") if table != "occasion_rules" else ()
    for person in ("stranger", "client", "other_client", "revoked", "banned", *outsiders):
        with house.act(db, person):
            assert db.execute(f"select 1 from public.{table}".encode()).fetchall() == [], person


def test_threat_544_a_person_of_the_house_hears_nothing_of_a_task_about_themselves(
    db: psycopg.Connection, house: House
) -> None:
    row = db.execute(
        "select private.open_outreach_task(%s, 'call', %s, now(), now() + interval '1 day', '1',"
        " '{}')",
        [house.people["colleague"], house.people["agent"]],
    ).fetchone()
    assert row
    with house.act(db, "colleague"):
        assert db.execute("select 1 from public.outreach_tasks").fetchall() == []
        told = refusal(db, "complete_outreach_task(%(id)s, 'reached')", {"id": row[0]})
    assert told[:2] == ("PT404", "task_not_found")


def test_threat_545_what_is_announced_and_told_carries_no_words_and_no_address(
    desk: Desk,
) -> None:
    secret = "Ukochana Zosiu"
    with_adapter(desk, "email")
    desk.agree("marketing", "email")
    outreach = desk.queue(details={"body": secret})
    desk.run()
    desk.as_server("acknowledge_outreach(%s, 1, 'delivered')", outreach)
    told = desk.db.execute(
        "select payload::text from public.events where subject_id = %(id)s"
        " union all select body from private.webhook_deliveries"
        " union all select details::text from public.notifications",
        {"id": outreach},
    ).fetchall()
    assert len(told) >= 4
    assert not [text for (text,) in told if secret in text or "example.test" in text]


def test_threat_546_nobody_plays_the_worker_or_the_adapter(
    db: psycopg.Connection, house: House
) -> None:
    outreach = rows_about(db, house)["outreach"]
    calls: tuple[LiteralString, ...] = (
        "worker.record_outreach('[]')",
        "worker.record_occasions('[]')",
        "worker.occasion_contexts('{}')",
        "public.take_outreach(%(id)s)",
        "public.acknowledge_outreach(%(id)s, 1, 'delivered')",
        "private.queue_outreach(%(id)s, 'marketing', 'a', null, now(), '1', '{}')",
    )
    for person in ("visitor", "client", "agent", "manager", "admin"):
        for call in calls:
            with house.act(db, person), refused(db, "42501"):
                db.execute(f"select {call}".encode(), {"id": outreach})
    forged = [{"job_id": 1, "fence": 1, "kind": "outreach.moment_reached", "subject_id": None}]
    for function in ("record_outreach", "record_occasions"):
        with acting_as(db, "service_role"), refused(db, "LS001", "lease_lost"):
            db.execute(f"select worker.{function}(%s)".encode(), [Jsonb(forged)])


def test_threat_547_words_of_people_are_words(desk: Desk) -> None:
    for text in NASTY:
        with desk.db.transaction(force_rollback=True):
            row = desk.one(
                "select private.open_outreach_task(%s, 'call', null, now(),"
                " now() + interval '1 day', '1', '{}')",
                desk.client,
            )
            done = desk.as_(desk.agent, "complete_outreach_task(%s, 'reached', %s)", row, text)
            assert done["note"] == text.strip()


def test_threat_548_a_client_wishes_nothing_for_another(
    db: psycopg.Connection, house: House
) -> None:
    calls: tuple[LiteralString, ...] = (
        "get_outreach_preferences(%(id)s)",
        """set_outreach_preferences('{"is_restricted": true}', %(id)s)""",
    )
    for person in ("stranger", "other_client", "revoked", "banned", "outsider"):
        with house.act(db, person):
            for call in calls:
                told = [
                    refusal(db, call, {"id": some}) for some in (house.people["client"], uuid4())
                ]
                assert told[0] == told[1]
                assert told[0][:2] == ("PT404", "client_not_found")


def test_threat_549_a_plan_touches_no_occasion_of_another_client(desk: Desk) -> None:
    other = a_client(desk.db)
    row = desk.one(
        "insert into public.occasions (client_id, rule, subject_id, occurrence, due_at, expires_at)"
        " values (%s, 'birthday', %s, 2026, now(), now() + interval '1 hour') returning id",
        other,
        other,
    )
    with refused(desk.db, "P0002"):
        desk.one(
            "select private.apply_occasion_operation(%s, %s)",
            desk.client,
            Jsonb({"op": "skip", "id": str(row), "reason": "smuggled"}),
        )
