"""What the chain is made of: its rows, who may change them, and what a client is told."""

import json
from typing import Any, LiteralString
from uuid import UUID

import psycopg
import pytest

from tests.database.orchestrator.router import run_routing
from tests.factories import a_client, a_desk, a_manager, a_ticket, an_admin, an_agent
from tests.support.acting import acting_as, refused


@pytest.fixture
def desk(db: psycopg.Connection) -> UUID:
    """A desk of the test's own."""
    return a_desk(db)


def say(db: psycopg.Connection, person: UUID, call: LiteralString, *values: Any) -> Any:
    with acting_as(db, "authenticated", person):
        row = db.execute("select public." + call, values).fetchone()
    assert row is not None
    return row[0]


# Configuration ------------------------------------------------------------------------------


def test_admins_set_and_remove_wait_budgets_and_each_change_is_history(
    db: psycopg.Connection,
) -> None:
    admin = an_admin(db)
    say(db, admin, "set_wait_budget('vip_gold', true, 'deputy', 9, 'Mniej czekania')")
    say(db, admin, "set_wait_budget('vip_gold', true, 'vip_pool', null, 'Bez puli')")
    rows = dict(
        db.execute(
            "select stage, wait_seconds from public.wait_budgets"
            " where tier = 'vip_gold' and is_live"
        ).fetchall()
    )
    assert rows == {"dedicated": 10, "deputy": 9, "relationship_manager": 6, "desk": 12}
    changes = say(db, admin, "get_configuration_history('wait_budgets', 'vip_gold', 2)")
    assert [change["reason"] for change in changes] == ["Bez puli", "Mniej czekania"]


REFUSED: list[tuple[str, str, LiteralString]] = [
    ("PT404", "tier_not_found", "set_wait_budget('diamond', true, 'deputy', 9)"),
    ("PT422", "unknown_stage", "set_wait_budget('vip_gold', true, 'overflow', 9)"),
    ("PT422", "unknown_stage", "set_wait_budget('vip_gold', null, 'deputy', 9)"),
    ("PT422", "wait_out_of_range", "set_wait_budget('vip_gold', true, 'deputy', 86401)"),
    ("PT404", "skill_not_found", "set_skill_relaxation('category.astrology', 1, 1)"),
    ("PT422", "skill_never_relaxes", "set_skill_relaxation('language.pl', 1, null)"),
    (
        "PT422",
        "skill_never_relaxes",
        "set_skill_relaxation('certificate.aesthetic_medicine', null, 1)",
    ),
    ("PT422", "relaxation_out_of_range", "set_skill_relaxation('category.billing', -1, 1)"),
    ("PT404", "phrase_not_found", "set_routing_phrase('joke', 'pl', 'Ha')"),
    ("PT422", "unknown_language", "set_routing_phrase('desk', 'polski', 'Ha')"),
    ("PT400", "text_required", "set_routing_phrase('desk', 'pl', ' ')"),
    ("PT404", "desk_not_found", "create_desk('Sopot', gen_random_uuid())"),
    ("PT400", "name_required", "create_desk('')"),
    ("PT409", "desk_name_taken", "create_desk('Warszawa')"),
    ("PT404", "desk_not_found", "set_desk(gen_random_uuid(), 'Sopot')"),
    ("PT404", "desk_not_found", "set_desk(null, 'Sopot')"),
    (
        "PT422",
        "own_overflow",
        "set_desk(private.default_desk_id(), 'A', private.default_desk_id())",
    ),
]


@pytest.mark.parametrize(("sqlstate", "message", "call"), REFUSED)
def test_what_makes_no_sense_is_refused(
    db: psycopg.Connection, sqlstate: str, message: str, call: LiteralString
) -> None:
    admin = an_admin(db)
    with refused(db, sqlstate, message), acting_as(db, "authenticated", admin):
        db.execute("reset role")  # The claims stay: the desk's id is asked for by the owner.
        db.execute("select public." + call)


def test_no_language_and_no_certificate_can_be_made_to_relax(db: psycopg.Connection) -> None:
    for skill in ("language.pl", "certificate.aesthetic_medicine"):
        with refused(db, "23514"):
            db.execute(
                "update public.skills set relax_after_live_seconds = 1 where skill = %s", [skill]
            )


def test_admins_make_desks_and_say_who_helps_out(db: psycopg.Connection) -> None:
    admin = an_admin(db)
    sopot = say(db, admin, "create_desk('Sopot Molo')")
    gdynia = say(db, admin, "create_desk('Gdynia', %s)", UUID(sopot["id"]))
    assert gdynia["overflow_desk_id"] == sopot["id"]
    renamed = say(db, admin, "set_desk(%s, 'Gdynia Bulwar')", UUID(gdynia["id"]))
    assert (renamed["name"], renamed["overflow_desk_id"]) == ("Gdynia Bulwar", None)


# The team -----------------------------------------------------------------------------------


def test_managers_choose_a_clients_team_and_each_change_is_history(
    db: psycopg.Connection, desk: UUID
) -> None:
    client, manager = a_client(db, "vip_gold", desk_id=desk), a_manager(db, desk_id=desk)
    anna, bartek = an_agent(db, desk_id=desk), an_agent(db, desk_id=desk)
    call: LiteralString = "set_client_team(%s, %s, %s, %s, %s)"
    team = say(db, manager, call, client, anna, bartek, anna, "Nowy zespół")
    assert (team["dedicated_agent_id"], team["deputy_agent_id"]) == (str(anna), str(bartek))
    say(db, manager, call, client, anna, None, anna, "Zastępstwo skończone")
    changes = db.execute(
        "select field, new_value, reason from public.vip_profile_changes"
        " where client_id = %s and field not in ('tier', 'desk_id') order by id",
        [client],
    ).fetchall()
    assert changes == [
        ("dedicated_agent_id", str(anna), "Nowy zespół"),
        ("deputy_agent_id", str(bartek), "Nowy zespół"),
        ("relationship_manager_id", str(anna), "Nowy zespół"),
        ("deputy_agent_id", None, "Zastępstwo skończone"),
    ]


def test_a_team_is_of_the_clients_desk_and_not_the_client(
    db: psycopg.Connection, desk: UUID
) -> None:
    client, manager = a_client(db, "vip_gold", desk_id=desk), a_manager(db, desk_id=desk)
    anna, stranger = an_agent(db, desk_id=desk), an_agent(db, desk_id=a_desk(db))
    call: LiteralString = "set_client_team(%s, %s, %s, null, 'Zmiana')"
    for team, sqlstate, message in (
        ((stranger, None), "PT404", "agent_not_found"),
        ((anna, stranger), "PT404", "agent_not_found"),
        ((anna, anna), "PT422", "deputy_is_dedicated"),
        ((client, None), "PT422", "own_client"),
    ):
        with refused(db, sqlstate, message):
            say(db, manager, call, client, *team)


def test_a_deputy_knows_the_client(db: psycopg.Connection, desk: UUID) -> None:
    client, manager = a_client(db, "vip_gold", desk_id=desk), a_manager(db, desk_id=desk)
    bartek = an_agent(db, desk_id=desk)
    seen: LiteralString = "select count(*) from public.profiles where id = %s"
    with acting_as(db, "authenticated", bartek):
        assert db.execute(seen, [client]).fetchone() == (0,)
    say(db, manager, "set_client_team(%s, null, %s, null, 'Zastępstwo')", client, bartek)
    with acting_as(db, "authenticated", bartek):
        assert db.execute(seen, [client]).fetchone() == (1,)


# What the client is told --------------------------------------------------------------------


def test_a_client_is_told_courteously_in_the_tickets_language(
    db: psycopg.Connection, desk: UUID
) -> None:
    client = a_client(db, "vip_gold", desk_id=desk)
    polish = a_ticket(db, client, channel="chat")
    english = a_ticket(db, client, channel="email", language="en")
    german = a_ticket(db, client, channel="email", language="de")
    told = [say(db, client, "get_routing_summary(%s)", id_) for id_ in (polish, english, german)]
    assert [answer["code"] for answer in told] == ["waiting_live", "waiting", "waiting"]
    assert told[0]["text"].startswith("Dziękujemy za cierpliwość.")
    assert told[1]["text"] == told[2]["text"]
    assert told[1]["text"].startswith("Thank you for your message.")


def test_a_client_is_told_who_has_it_and_nothing_about_the_others(
    db: psycopg.Connection, desk: UUID
) -> None:
    client = a_client(db, "vip_gold", desk_id=desk)
    anna = an_agent(db, desk_id=desk, name="Anna Nowak")
    absent = an_agent(db, desk_id=desk, name="Bartek Lis", state="away")
    say(
        db, a_manager(db, desk_id=desk), "set_client_team(%s, %s, %s, null, 'Opieka')",
        client, anna, absent,
    )  # fmt: skip
    ticket = a_ticket(db, client)
    run_routing(db)
    told = say(db, client, "get_routing_summary(%s)", ticket)
    assert told == {
        "code": "dedicated",
        "agent_name": "Anna Nowak",
        "text": "Państwa sprawą zajmuje się Anna Nowak – Państwa stały opiekun.",
    }
    assert "Bartek" not in json.dumps(told, ensure_ascii=False)


def test_a_finished_ticket_and_a_foreign_one(db: psycopg.Connection, desk: UUID) -> None:
    client, other = a_client(db, desk_id=desk), a_client(db, desk_id=desk)
    done = a_ticket(db, client, assignee_id=an_agent(db, desk_id=desk), status="resolved")
    assert say(db, client, "get_routing_summary(%s)", done)["code"] == "done"
    assert say(db, a_manager(db, desk_id=desk), "get_routing_summary(%s)", done)["code"] == "done"
    with refused(db, "PT404", "ticket_not_found"):
        say(db, other, "get_routing_summary(%s)", done)


def test_every_phrase_is_there_in_both_languages(db: psycopg.Connection) -> None:
    rows = db.execute(
        "select code, array_agg(language order by language) from public.routing_phrases"
        " group by code"
    ).fetchall()
    assert {tuple(languages) for _, languages in rows} == {("en", "pl")}
