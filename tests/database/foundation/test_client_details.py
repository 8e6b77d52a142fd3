"""What clients tell about themselves: who may say it, what is refused, what is remembered."""

from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.factories import (
    a_client,
    a_desk,
    a_manager,
    a_ticket,
    a_vip_profile,
    an_agent,
)
from tests.support.acting import acting_as
from tests.support.calling import call, refusal

SET = "set_client_details(%s, %s)"
ANNA = {"given_name": "Anna", "gender": "female", "birth_on": "1984-05-17"}


def test_a_client_tells_about_themselves_and_what_is_not_named_stays(
    db: psycopg.Connection,
) -> None:
    client = a_client(db)
    first = call(db, client, SET, client, Jsonb(ANNA))
    assert first == {
        "client_id": str(client),
        "given_name": "Anna",
        "family_name": None,
        "gender": "female",
        "birth_on": "1984-05-17",
        "form_of_address": "formal",
    }
    told = {"family_name": " Maj ", "gender": None, "form_of_address": "first_name"}
    then = call(db, client, SET, client, Jsonb(told))
    assert then == first | {"family_name": "Maj", "gender": None, "form_of_address": "first_name"}


def test_who_keeps_the_client_or_has_their_ticket_may_write_it_down(
    db: psycopg.Connection,
) -> None:
    client = a_client(db, "vip_gold")
    dedicated, busy, manager = an_agent(db), an_agent(db), a_manager(db)
    a_vip_profile(db, client, dedicated_agent_id=dedicated)
    a_ticket(db, client, assignee_id=busy)
    for person in (dedicated, busy, manager):
        assert call(db, person, SET, client, Jsonb(ANNA))["given_name"] == "Anna"


def test_everybody_else_hears_that_there_is_no_such_client(db: psycopg.Connection) -> None:
    client = a_client(db)
    strangers = (a_client(db), an_agent(db), a_manager(db, desk_id=a_desk(db)))
    for person in strangers:
        assert refusal(db, person, SET, client, Jsonb(ANNA))[:2] == ("PT404", "client_not_found")
        assert refusal(db, person, SET, None, Jsonb(ANNA))[:2] == ("PT404", "client_not_found")


@pytest.mark.parametrize(
    ("details", "code"),
    [
        ({}, "details_required"),
        ([], "details_required"),
        ({"tier": "vip_platinum"}, "unknown_detail"),
        ({"given_name": 7}, "unknown_detail"),
        ({"given_name": " "}, "given_name_required"),
        ({"given_name": "A" * 61}, "given_name_too_long"),
        ({"family_name": "Ma\u0007j"}, "family_name_malformed"),
        ({"gender": "unknown"}, "unknown_gender"),
        ({"form_of_address": None}, "unknown_form_of_address"),
        ({"birth_on": "17.05.1984"}, "birth_on_malformed"),
        ({"birth_on": "1984-02-30"}, "birth_on_malformed"),
        ({"birth_on": "1899-12-31"}, "birth_on_out_of_range"),
        ({"birth_on": "2999-01-01"}, "birth_on_out_of_range"),
    ],
)
def test_what_cannot_be_is_refused(db: psycopg.Connection, details: Any, code: str) -> None:
    client = a_client(db)
    assert refusal(db, client, SET, client, Jsonb(details))[1] == code


def test_each_change_is_remembered_with_who_made_it(db: psycopg.Connection) -> None:
    client, manager = a_client(db), a_manager(db)
    call(db, client, SET, client, Jsonb(ANNA))
    call(db, manager, SET, client, Jsonb({"given_name": "Hanna"}))
    call(db, manager, SET, client, Jsonb({"given_name": "Hanna"}))
    changes = db.execute(
        "select field, old_value, new_value, changed_by from public.vip_profile_changes"
        " where client_id = %s and field = 'given_name' order by id",
        [client],
    ).fetchall()
    assert changes == [
        ("given_name", None, "Anna", client),
        ("given_name", "Anna", "Hanna", manager),
    ]


def test_nobody_writes_the_columns_but_through_the_function(db: psycopg.Connection) -> None:
    client = a_client(db)
    with acting_as(db, "authenticated", client), pytest.raises(psycopg.Error) as caught:
        db.execute("update public.profiles set birth_on = '1990-01-01' where id = %s", [client])
    assert caught.value.sqlstate == "42501"
