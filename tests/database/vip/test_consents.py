"""The ledger of consents: who speaks for a client, what holds, and what was once said."""

from typing import Any

import psycopg
import pytest

from tests.database.vip.white_glove_desk import Desk, a_desk_at_work
from tests.factories import a_client, a_desk, a_manager, an_agent
from tests.support.acting import acting_as, refused

GIVE = "give_consent(%s, 'white_glove_contact', 'email', %s, %s)"
WITHDRAW = "withdraw_consent(%s, 'white_glove_contact', %s)"


@pytest.fixture
def desk(db: psycopg.Connection) -> Desk:
    return a_desk_at_work(db)


def holds(desk: Desk, channel: str = "email") -> bool:
    row = desk.db.execute(
        "select private.has_consent(%s, 'white_glove_contact', %s)", [desk.client, channel]
    ).fetchone()
    assert row is not None
    return bool(row[0])


def ledger(desk: Desk) -> list[Any]:
    return desk.db.execute(
        "select wording_version, given_by, withdrawn_at is null, withdrawn_by, proof"
        " from public.consents where client_id = %s order by id",
        [desk.client],
    ).fetchall()


def test_a_client_gives_and_withdraws_and_both_are_remembered(desk: Desk) -> None:
    assert not holds(desk)
    desk.as_(desk.client, GIVE, desk.client, "v1", "formularz")
    assert holds(desk)
    assert not holds(desk, "whatsapp")
    answer = desk.as_(desk.client, WITHDRAW, desk.client, "email")
    assert answer["channels"] == ["email"]
    assert not holds(desk)
    assert ledger(desk) == [("v1", desk.client, False, desk.client, "formularz")]


def test_saying_it_twice_changes_nothing_and_a_new_wording_is_a_new_consent(desk: Desk) -> None:
    first, second, third = (
        desk.as_(desk.client, GIVE, desk.client, wording, "formularz")
        for wording in ("v1", "v1", "v2")
    )
    assert first["id"] == second["id"] != third["id"]
    assert [(row[0], row[2]) for row in ledger(desk)] == [("v1", False), ("v2", True)]


def test_withdrawing_without_a_channel_is_for_all_and_again_for_none(desk: Desk) -> None:
    desk.as_(desk.client, GIVE, desk.client, "v1", "formularz")
    desk.as_(desk.client, GIVE.replace("email", "phone"), desk.client, "v1", "rozmowa")
    assert desk.as_(desk.client, WITHDRAW, desk.client, None)["channels"] == ["email", "phone"]
    assert desk.as_(desk.client, WITHDRAW, desk.client, None)["channels"] == []


def test_who_keeps_the_client_writes_down_what_they_said(desk: Desk) -> None:
    desk.as_(desk.agent, GIVE, desk.client, "v1", "powiedziała przez telefon")
    assert ledger(desk)[0][1] == desk.agent
    desk.as_(desk.manager, WITHDRAW, desk.client, None)
    assert ledger(desk)[0][3] == desk.manager


def test_others_neither_write_nor_read_it(desk: Desk) -> None:
    desk.as_(desk.client, GIVE, desk.client, "v1", "formularz")
    far = a_desk(desk.db)
    for person in (
        a_client(desk.db, "vip_gold"),
        an_agent(desk.db),
        an_agent(desk.db, desk_id=far),
        a_manager(desk.db, desk_id=far),
    ):
        for call in (GIVE, WITHDRAW):
            with refused(desk.db, "PT404", "client_not_found"):
                values = [desk.client, "v2", "x"] if call == GIVE else [desk.client, None]
                desk.as_(person, call, *values)
        with acting_as(desk.db, "authenticated", person):
            assert desk.db.execute("select 1 from public.consents").fetchall() == []
    for person in (desk.client, desk.agent, desk.manager):
        with acting_as(desk.db, "authenticated", person):
            assert len(desk.db.execute("select 1 from public.consents").fetchall()) == 1


@pytest.mark.parametrize(
    ("call", "code", "message"),
    [
        ("give_consent(%s, 'spam', 'email', 'v1', 'x')", "PT422", "unknown_purpose"),
        ("give_consent(%s, 'white_glove_contact', 'fax', 'v', 'x')", "PT422", "unknown_channel"),
        ("give_consent(%s, 'white_glove_contact', null, 'v', 'x')", "PT422", "unknown_channel"),
        (
            "give_consent(%s, 'white_glove_contact', 'email', null, 'x')",
            "PT400",
            "wording_version_required",
        ),
        ("give_consent(%s, 'white_glove_contact', 'email', 'v', '')", "PT400", "proof_required"),
        ("withdraw_consent(%s, 'spam')", "PT422", "unknown_purpose"),
    ],
)
def test_what_makes_no_sense_is_refused(desk: Desk, call: str, code: str, message: str) -> None:
    with refused(desk.db, code, message):
        desk.as_(desk.client, call, desk.client)


def test_withdrawing_without_services_or_with_one_that_is_over_touches_none(desk: Desk) -> None:
    desk.as_(desk.client, GIVE, desk.client, "v1", "formularz")
    service = desk.begin("welcome")
    desk.as_(desk.client, "cancel_white_glove_service(%s, 'Nie teraz')", service)
    desk.run()
    before = desk.states(service)
    desk.as_(desk.client, WITHDRAW, desk.client, None)
    assert desk.states(service) == before
