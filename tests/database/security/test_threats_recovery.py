"""Numbered threats around recovery cases, tiers and client books, against the database itself."""

from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.database.security.test_threats import NASTY, refusal
from tests.factories import a_staff_member
from tests.support.acting import acting_as
from tests.support.house import House, a_house

CALLS: tuple[LiteralString, ...] = (
    "get_recovery_case(%(case)s)",
    "take_recovery_case(%(case)s)",
    "assign_recovery_case(%(case)s, %(agent)s, 'a')",
    "promise_recovery_callback(%(case)s, now() + interval '1 h')",
    "record_recovery_callback(%(case)s)",
    "add_recovery_gesture(%(case)s, 'gift', 100, 'a')",
    "resolve_recovery_case(%(case)s, 'late_answer', 'a')",
    "reopen_recovery_case(%(case)s, 'a')",
    "close_recovery_case(%(case)s)",
)
TABLES: tuple[LiteralString, ...] = (
    "recovery_cases",
    "recovery_triggers",
    "recovery_gestures",
    "recovery_approvals",
    "recovery_history",
    "recovery_kpis",
)
SPEND: LiteralString = "add_recovery_gesture(%(case)s, 'credit', 40000, 'Voucher')"


@pytest.fixture
def house(db: psycopg.Connection) -> House:
    return a_house(db)


@pytest.fixture
def rows(db: psycopg.Connection, house: House) -> dict[str, Any]:
    """A case of the client with a gesture that waits."""
    case = answered(db, house, "agent", "open_recovery_case(%(client)s, 'Skarga')", house.names)
    values = {**house.names, "case": UUID(case["id"])}
    case = answered(db, house, "agent", SPEND, values)
    return {**values, "gesture": UUID(case["gestures"][0]["id"])}


def answered(
    db: psycopg.Connection,
    house: House,
    person: str,
    call: LiteralString,
    values: dict[str, Any],
) -> Any:
    with house.act(db, person):
        row = db.execute(f"select public.{call}".encode(), values).fetchone()
    assert row is not None
    return row[0]


def of(
    db: psycopg.Connection, house: House, person: str, call: LiteralString, values: dict[str, Any]
) -> tuple[str, str]:
    with house.act(db, person):
        state, message, *_ = refusal(db, call, values)
    return str(state), str(message)


@pytest.mark.parametrize("call", CALLS)
def test_threat_560_a_foreign_case_answers_like_none_at_all(
    db: psycopg.Connection, house: House, rows: dict[str, Any], call: LiteralString
) -> None:
    people = ["client", "other_client", "outsider", "other_manager", "stranger"]
    if "gesture" not in call:
        people += ["revoked", "banned"]
    for person in people:
        told = [
            of(db, house, person, call, {**rows, "case": some}) for some in (rows["case"], uuid4())
        ]
        assert told[0] == told[1], person
        assert told[0][0] in ("PT404", "PT403"), person


@pytest.mark.parametrize("table", TABLES)
def test_threat_561_the_client_and_strangers_read_nothing_of_a_case(
    db: psycopg.Connection, house: House, rows: dict[str, Any], table: LiteralString
) -> None:
    answered(db, house, "manager", "approve_recovery_gesture(%(gesture)s)", rows)
    found = {}
    for person in ("client", "other_client", "outsider", "other_manager", "revoked", "agent"):
        with house.act(db, person):
            found[person] = bool(db.execute(f"select 1 from public.{table}".encode()).fetchall())
    assert found == dict.fromkeys(found, False) | {"agent": True}


def test_threat_562_staff_who_are_the_client_see_and_do_nothing_about_their_own_case(
    db: psycopg.Connection, house: House, rows: dict[str, Any]
) -> None:
    boss = rows["manager"]
    db.execute("select private.open_recovery_case(%s, 'survey', null, null, '{}')", [boss])
    case = db.execute(
        "select id from public.recovery_cases where client_id = %s", [boss]
    ).fetchone()
    assert case is not None
    for call in CALLS:
        assert of(db, house, "manager", call, {**rows, "case": case[0]})[0] == "PT404"
    assert of(db, house, "manager", "open_recovery_case(%(manager)s, 'Ja')", rows)[0] == "PT404"
    with house.act(db, "manager"):
        assert not db.execute(
            "select 1 from public.recovery_cases where client_id = %s", [boss]
        ).fetchall()


def test_threat_563_nobody_lifts_their_own_gesture_over_their_budget(
    db: psycopg.Connection, house: House, rows: dict[str, Any]
) -> None:
    approve: LiteralString = "approve_recovery_gesture(%(gesture)s)"
    assert of(db, house, "agent", approve, rows)[1] == "own_gesture"
    db.execute("update public.staff_members set role = 'admin' where id = %(agent)s", rows)
    assert of(db, house, "agent", approve, rows)[1] == "own_gesture"
    db.execute("update public.staff_members set role = 'agent' where id = %(agent)s", rows)
    assert of(db, house, "colleague", approve, rows)[0] in ("PT403", "PT404")
    assert of(db, house, "auditor", approve, rows)[1] == "budget_too_small"


def test_threat_564_many_small_gestures_are_one_sum(
    db: psycopg.Connection, house: House, rows: dict[str, Any]
) -> None:
    small: LiteralString = "add_recovery_gesture(%(case)s, 'credit', 9900, 'Drobiazg')"
    for _ in range(5):
        case = answered(db, house, "agent", small, rows)
    assert case["granted_minor"] == 29700
    assert [each["state"] for each in case["gestures"]].count("waiting") == 3


@pytest.mark.parametrize("amount", ["0", "-1", "100000001", "null"])
def test_threat_565_no_gesture_is_worth_nothing_or_more_than_the_house_gives(
    db: psycopg.Connection, house: House, rows: dict[str, Any], amount: LiteralString
) -> None:
    told = of(db, house, "manager", f"add_recovery_gesture(%(case)s, 'gift', {amount}, 'a')", rows)
    assert told == ("PT422", "amount_out_of_range")
    above = of(db, house, "manager", "add_recovery_gesture(%(case)s, 'gift', 1000001, 'a')", rows)
    assert above == ("PT422", "above_every_budget")


def test_threat_566_words_of_people_are_words_and_travel_nowhere(
    db: psycopg.Connection, house: House, rows: dict[str, Any]
) -> None:
    values = dict(rows)
    for text in NASTY:
        with db.transaction(force_rollback=True):
            values["text"] = text
            answered(db, house, "agent", "record_recovery_callback(%(case)s, %(text)s)", values)
            case = answered(db, house, "agent", "get_recovery_case(%(case)s)", values)
            assert case["history"][-1]["note"] == text.strip()
            told = db.execute(
                "select payload::text from public.events where subject_id = %(case)s"
                " union all select details::text from public.notifications"
                "  where details ->> 'case_id' = %(case)s::text",
                values,
            ).fetchall()
            assert told
            assert not [each for (each,) in told if text.strip() in each]


def test_threat_567_no_ticket_of_somebody_else_is_tied_to_a_case(
    db: psycopg.Connection, house: House, rows: dict[str, Any]
) -> None:
    call: LiteralString = "open_recovery_case(%(client)s, 'Skarga', %(ticket)s)"
    for ticket in (rows["busy"], rows["far"], uuid4()):
        told = of(db, house, "agent", call, {**rows, "ticket": ticket})
        assert told == ("PT404", "ticket_not_found")


@pytest.mark.parametrize("table", [*TABLES[:5], "client_tier_periods", "book_handovers"])
def test_threat_568_nobody_writes_past_the_functions(
    db: psycopg.Connection, house: House, table: LiteralString
) -> None:
    for person in ("admin", "service"):
        for statement in (
            f"delete from public.{table}",
            f"insert into public.{table} default values",
        ):
            with house.act(db, person), pytest.raises(psycopg.Error) as caught, db.transaction():
                db.execute(statement.encode())
            db.execute("reset role")
            assert caught.value.sqlstate == "42501", (person, statement)


def test_threat_569_a_book_goes_to_nobody_of_another_desk_and_by_no_foreign_manager(
    db: psycopg.Connection, house: House
) -> None:
    values = house.names
    call: LiteralString = "hand_over_client_book(%(agent)s, %(outsider)s, 'Urlop')"
    assert of(db, house, "manager", call, values)[0] == "PT404"
    mine: LiteralString = "hand_over_client_book(%(agent)s, %(colleague)s, 'Urlop')"
    done = answered(db, house, "manager", mine, values)
    undo: LiteralString = "undo_client_book(%(id)s, 'Zostaje')"
    told = [
        of(db, house, "other_manager", undo, {"id": some}) for some in (done["id"], str(uuid4()))
    ]
    assert told[0] == told[1]
    assert told[0][0] == "PT404"
    assert of(db, house, "agent", undo, {"id": done["id"]})[0] == "PT403"
    with acting_as(db, "authenticated", a_staff_member(db, desk_id=values["near_desk"])):
        assert db.execute("select 1 from public.book_handovers").fetchall() == []
