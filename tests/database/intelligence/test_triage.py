"""A client's message is judged once, and what follows for the ticket respects people's choices."""

from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.database.intelligence.judging import (
    TRIAGE,
    events,
    judgement,
    read,
    record,
    run_triage,
    suggestions,
    ticket,
)
from tests.database.orchestrator.router import claim
from tests.factories import a_client, a_manager, a_message, a_ticket, an_admin, an_agent
from tests.support.calling import call, refusal, rows

BILL = "Poproszę o fakturę i zwrot płatności za ostatni karnet"
ANGRY = "Jestem bardzo niezadowolona, to skandal i niedopuszczalna obsługa! Nie polecam."


@pytest.fixture(autouse=True)
def quiet(db: psycopg.Connection) -> None:
    db.execute("delete from private.jobs where worker = %s", [TRIAGE])


@pytest.fixture
def client(db: psycopg.Connection) -> UUID:
    return a_client(db, "vip_gold")


@pytest.fixture
def open_ticket(db: psycopg.Connection, client: UUID) -> UUID:
    return a_ticket(db, client, subject="Pytanie")


def test_a_message_is_judged_and_announced_once(
    db: psycopg.Connection, client: UUID, open_ticket: UUID
) -> None:
    message = a_message(db, open_ticket, client, BILL)
    assert run_triage(db) == ["recorded"]
    found = judgement(db, message)
    assert (found["language"], found["category"], found["urgency"]) == ("pl", "billing", "medium")
    assert found["client_id"] == client
    assert sum(found["probabilities"].values()) == pytest.approx(1, abs=1e-6)
    assert len(found["model_versions"]) == 2
    (told,) = events(db, "message.judged")
    assert told["message_id"] == str(message)
    assert (told["category"], told["is_unsafe"]) == ("billing", False)


def test_words_of_colleagues_are_nobodys_to_judge(
    db: psycopg.Connection, client: UUID, open_ticket: UUID
) -> None:
    agent = an_agent(db)
    a_message(db, open_ticket, agent, "Faktura wysłana", author_kind="agent")
    assert run_triage(db) == ["gone"]
    assert events(db, "message.judged") == []


def test_a_sure_category_is_applied_and_routed_anew(
    db: psycopg.Connection, client: UUID, open_ticket: UUID
) -> None:
    a_message(db, open_ticket, client, BILL)
    run_triage(db)
    assert suggestions(db, open_ticket)["category"] == ("billing", "applied")
    now = ticket(db, open_ticket)
    assert (now["category"], now["required_skills"]) == ("billing", ["category.billing"])
    reasons = db.execute(
        "select reason, requested_by from public.routing_requests where ticket_id = %s",
        [open_ticket],
    ).fetchall()
    assert reasons == [("triaged", None)]


def test_an_unsure_category_is_only_suggested(
    db: psycopg.Connection, client: UUID, open_ticket: UUID
) -> None:
    a_message(db, open_ticket, client, "Poproszę o fakturę")
    run_triage(db)
    assert suggestions(db, open_ticket)["category"] == ("billing", "suggested")
    assert ticket(db, open_ticket)["category"] == "general"


@pytest.mark.parametrize("field", ["category", "priority", "language"])
def test_what_a_person_has_chosen_stays(
    db: psycopg.Connection, client: UUID, open_ticket: UUID, field: str
) -> None:
    manager = a_manager(db)
    chosen = {"category": "fitness", "priority": "low", "language": "en"}[field]
    call(
        db,
        manager,
        "set_ticket_details(%s, p_version => 1, p_category => %s, p_priority => %s,"
        " p_language => %s)",
        open_ticket,
        *(chosen if field == name else None for name in ("category", "priority", "language")),
    )
    a_message(db, open_ticket, client, f"{BILL}. Pilne, mam wysypkę i opuchliznę!")
    assert run_triage(db) == ["recorded"]
    assert ticket(db, open_ticket)[field] == chosen
    assert suggestions(db, open_ticket)[field][1] == "suggested"


def test_a_category_named_at_the_opening_is_a_choice(db: psycopg.Connection, client: UUID) -> None:
    named = a_ticket(db, client, category="product")
    a_message(db, named, client, BILL)
    run_triage(db)
    assert ticket(db, named)["category"] == "product"
    assert suggestions(db, named)["category"] == ("billing", "suggested")


@pytest.mark.parametrize(
    ("body", "priority"),
    [
        ("Mam wysypkę po zabiegu", "urgent"),
        ("my skin is swollen since the treatment", "urgent"),
        ("Nie ma wysypki, dziękuję", "high"),
        ("Chciałabym umówić wizytę w przyszłym tygodniu", "normal"),
    ],
)
def test_safety_words_raise_the_priority_by_the_table(
    db: psycopg.Connection, client: UUID, open_ticket: UUID, body: str, priority: str
) -> None:
    message = a_message(db, open_ticket, client, body)
    run_triage(db)
    assert judgement(db, message)["priority"] == priority
    assert ticket(db, open_ticket)["priority"] == priority


def test_a_calm_message_never_lowers_what_an_alarming_one_raised(
    db: psycopg.Connection, client: UUID, open_ticket: UUID
) -> None:
    a_message(db, open_ticket, client, "Mam wysypkę po zabiegu")
    a_message(db, open_ticket, client, "Bez pośpiechu, poproszę o fakturę i zwrot płatności")
    assert run_triage(db) == ["recorded", "recorded"]
    assert ticket(db, open_ticket)["priority"] == "urgent"
    assert suggestions(db, open_ticket)["priority"] == ("urgent", "applied")


def test_an_admin_changes_the_table_but_safety_stays_high(db: psycopg.Connection) -> None:
    admin = an_admin(db)
    ask = "set_triage_priority(%s, %s, %s, 'Sezon')"
    assert call(db, admin, ask, "low", "low", "normal")["priority"] == "normal"
    assert refusal(db, admin, ask, "high", "low", "normal")[:2] == ("PT422", "safety_stays_high")
    assert refusal(db, admin, ask, "huge", "low", "normal")[:2] == ("PT404", "cell_not_found")


def test_sentiment_falls_once_an_episode(
    db: psycopg.Connection, client: UUID, open_ticket: UUID
) -> None:
    for body in (ANGRY, ANGRY, ANGRY, "Bardzo dziękuję, jestem zachwycona, efekt jest piękny!"):
        a_message(db, open_ticket, client, body)
    assert run_triage(db) == ["recorded"] * 4
    (fallen,) = events(db, "sentiment.fell")
    assert fallen["client_id"] == str(client)
    assert fallen["to"] <= -0.45 < fallen["from"]


def test_a_message_judged_meanwhile_makes_the_mood_stale(
    db: psycopg.Connection, client: UUID, open_ticket: UUID
) -> None:
    a_message(db, open_ticket, client, ANGRY)
    first = claim(db, TRIAGE)
    contexts = read(db, first)
    other = a_ticket(db, client)
    a_message(db, other, client, ANGRY)
    assert run_triage(db) == ["recorded"]
    assert record(db, first, contexts) == ["stale"]
    assert record(db, first, read(db, first)) == ["recorded"]


def test_switched_off_nothing_is_suggested_but_safety_still_counts(
    db: psycopg.Connection, client: UUID, open_ticket: UUID
) -> None:
    call(db, an_admin(db), "set_ai_setting('triage', '{\"enabled\": false}')")
    a_message(db, open_ticket, client, f"{BILL}, mam oparzenie")
    run_triage(db)
    assert suggestions(db, open_ticket) == {"priority": ("urgent", "applied")}


@pytest.mark.parametrize(
    ("body", "language"),
    [
        ("😡😡😡", None),
        ("?!...", None),
        ("Добрий день, я хотіла б записатися на манікюр на п'ятницю", "uk"),
        ("Guten Tag, ich möchte gerne einen Termin für nächste Woche vereinbaren", "de"),
        ("x" * 10_000, "en"),
        ("Dzień добрий 你好 hello", "pl"),
    ],
)
def test_odd_messages_are_judged_too(
    db: psycopg.Connection, client: UUID, open_ticket: UUID, body: str, language: str | None
) -> None:
    message = a_message(db, open_ticket, client, body)
    assert run_triage(db) == ["recorded"]
    found = judgement(db, message)
    if len(body) < 1000 and "hello" not in body:
        assert found["language"] == language
    if language in ("uk", "de"):
        assert found["is_abstained"]
        assert found["probabilities"] == {}


def test_an_agents_correction_is_kept_as_training_data(
    db: psycopg.Connection, client: UUID, open_ticket: UUID
) -> None:
    agent = an_agent(db)
    message = a_message(db, open_ticket, client, BILL)
    run_triage(db)
    said = {"category": "booking", "sentiment": "neutral"}
    answer = call(db, agent, "correct_judgement(%s, %s)", message, Jsonb(said))
    assert {row["field"]: row["correct_value"] for row in answer["corrections"]} == said
    found: list[Any] = rows(
        db,
        agent,
        "select field, judged_value, correct_value, source from public.judgement_corrections"
        " where message_id = %s order by field",
        message,
    )
    assert found[0] == ("category", "billing", "booking", "judgement")
    assert found[1][2:] == ("neutral", "judgement")


@pytest.mark.parametrize(
    "said", [{}, [], {"category": 1}, {"mood": "good"}, {"sentiment": "sad"}, {"category": "x"}]
)
def test_a_correction_says_something_known(
    db: psycopg.Connection, client: UUID, open_ticket: UUID, said: Any
) -> None:
    agent = an_agent(db)
    message = a_message(db, open_ticket, client, BILL)
    run_triage(db)
    state, _, _ = refusal(db, agent, "correct_judgement(%s, %s)", message, Jsonb(said))
    assert state == "PT422"


@pytest.mark.parametrize(("chosen", "state"), [("billing", "accepted"), ("fitness", "overruled")])
def test_changing_the_ticket_settles_its_suggestion(
    db: psycopg.Connection, client: UUID, open_ticket: UUID, chosen: str, state: str
) -> None:
    a_message(db, open_ticket, client, "Poproszę o fakturę")
    run_triage(db)
    version = ticket(db, open_ticket)["version"]
    call(
        db,
        a_manager(db),
        "set_ticket_details(%s, %s, p_category => %s)",
        open_ticket,
        version,
        chosen,
    )
    assert suggestions(db, open_ticket)["category"] == ("billing", state)
    kept = db.execute(
        "select judged_value, correct_value, source from public.judgement_corrections"
        " where ticket_id = %s and field = 'category'",
        [open_ticket],
    ).fetchall()
    assert kept == ([] if state == "accepted" else [("billing", "fitness", "ticket")])


def test_judgements_go_with_the_ticket_when_clients_are_merged(
    db: psycopg.Connection, client: UUID, open_ticket: UUID
) -> None:
    message = a_message(db, open_ticket, client, BILL)
    run_triage(db)
    kept = a_client(db)
    db.execute(
        "update public.support_tickets set client_id = %s where id = %s", [kept, open_ticket]
    )
    assert judgement(db, message)["client_id"] == kept
