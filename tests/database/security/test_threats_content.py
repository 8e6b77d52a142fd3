"""Numbered threats around texts of the house and the figures on how it speaks."""

from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.support.acting import refused
from tests.support.calling import call, refusal, rows
from tests.support.house import House, a_house

REPLY = "Zapraszamy w sobotę."


@pytest.fixture
def house(db: psycopg.Connection) -> House:
    return a_house(db)


def a_draft(db: psycopg.Connection, author: UUID) -> UUID:
    saved = call(
        db, author, "save_content_block('spa_day', 'pl', 'spa_day', %s, '{chat}', '{standard}')",
        "zapraszamy.",
    )  # fmt: skip
    return UUID(saved["id"])


def test_threat_660_nobody_writes_texts_past_the_functions(
    db: psycopg.Connection, house: House
) -> None:
    for person in ("visitor", "client", "agent", "manager", "admin", "service"):
        for statement in (
            b"insert into public.content_blocks default values",
            b"update public.content_blocks set body = 'Witam'",
            b"update public.content_blocks set state = 'approved', approved_at = now()",
            b"delete from public.brand_assets",
            b"select private.make_room_for_content(null)",
            b"select private.compose_content(null, null, 'chat', '{}', null)",
        ):
            with refused(db, "42501"), house.act(db, person):
                db.execute(statement)


def test_threat_661_four_eyes_stay_four_when_an_author_hands_the_draft_around(
    db: psycopg.Connection, house: House
) -> None:
    manager, other = house.people["manager"], house.people["other_manager"]
    block = a_draft(db, manager)
    assert a_draft(db, other) == block, "one draft is worked at"
    for person in (manager, other):
        told = refusal(db, person, "approve_content_block(%s)", block)
        assert told[:2] == ("PT403", "own_content")
    with refused(db, "23514"):
        db.execute(
            "update public.content_blocks set state = 'approved', approved_at = now(),"
            " approved_by = %s where id = %s",
            [manager, block],
        )


def test_threat_662_a_stranger_to_the_client_learns_neither_name_nor_gender(
    db: psycopg.Connection, house: House
) -> None:
    asked = "request_brand_content(%s, 'thanks_for_visit', 'chat')"
    foreign = refusal(db, house.people["outsider"], asked, house.people["client"])
    unknown = refusal(db, house.people["outsider"], asked, uuid4())
    assert foreign == unknown
    assert foreign[:2] == ("PT404", "client_not_found")
    # Also who works here is no stranger to their own messages only as a client.
    assert refusal(db, house.people["agent"], asked, house.people["agent"])[:2] == foreign[:2]


@pytest.mark.parametrize(
    "value",
    ["{{date}}", "{{a|b|c}}", "[imię]", "<b>x</b>", "x\nWitam", "\x07", "", "  ", "x" * 121],
)
def test_threat_663_a_value_brings_no_gap_no_markup_and_no_line_of_its_own(
    db: psycopg.Connection, house: House, value: str
) -> None:
    told = refusal(
        db,
        house.people["agent"],
        "request_brand_content(%s, 'visit_cancelled', 'chat', %s)",
        house.people["client"],
        Jsonb({"date": value}),
    )
    assert told[:2] == ("PT422", "content_values_malformed")


def test_threat_664_a_name_in_the_profile_cannot_open_a_gap(
    db: psycopg.Connection, house: House
) -> None:
    db.execute(
        "update public.profiles set given_name = '{{date}}', gender = 'female',"
        " form_of_address = 'first_name' where id = %s",
        [house.people["client"]],
    )
    made = call(
        db,
        house.people["agent"],
        "request_brand_content(%s, 'visit_cancelled', 'chat', '{\"date\": \"24 listopada\"}')",
        house.people["client"],
    )
    assert made["text"].startswith("Szanowna Pani,\n")


def test_threat_665_figures_of_another_desk_are_not_in_the_answer(
    db: psycopg.Connection, house: House
) -> None:
    call(db, house.people["agent"], "reply_to_ticket(%s, %s)", house.tickets["held"], REPLY)
    counts = {
        person: call(db, house.people[person], "get_brand_consistency_metrics()")["total"]["count"]
        for person in ("agent", "colleague", "manager", "auditor", "other_manager", "outsider")
    }
    assert counts == {
        "agent": 1,
        "colleague": 0,
        "manager": 1,
        "auditor": 1,
        "other_manager": 0,
        "outsider": 0,
    }


def test_threat_666_who_is_the_client_finds_no_figure_about_themselves(
    db: psycopg.Connection, house: House
) -> None:
    held, manager = house.tickets["held"], house.people["manager"]
    call(db, house.people["agent"], "reply_to_ticket(%s, %s)", held, REPLY)
    db.execute("update public.support_tickets set client_id = %s where id = %s", [manager, held])
    assert call(db, manager, "get_brand_consistency_metrics()")["total"]["count"] == 0
    told = call(db, manager, "get_multi_channel_experience()")
    assert str(held) not in str(told)


def test_threat_667_texts_and_assets_are_for_staff_alone(
    db: psycopg.Connection, house: House
) -> None:
    call(db, house.people["manager"], "save_brand_asset('menu', 'document', 'menu.pdf', 'Spa')")
    for table in ("content_blocks", "brand_assets"):
        for person, is_shown in {"client": False, "stranger": False, "outsider": True}.items():
            found = rows(
                db, house.people[person],
                "select 1 from public.content_blocks" if table == "content_blocks"
                else "select 1 from public.brand_assets",
            )  # fmt: skip
            assert bool(found) is is_shown, (table, person)
