"""Proposed answers, from the question of an agent to what became of them."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from psycopg.types.json import Jsonb

from lib.intelligence.models.replies import Reply
from tests.database.intelligence.replying import REPLIES, a_store, draft, read, run_replies
from tests.database.orchestrator.router import claim
from tests.database.success.surveyor import resolve
from tests.factories import a_client, a_message, a_ticket, an_admin, an_agent
from tests.factories_house import a_visit
from tests.support.calling import call, refusal, rows
from tests.workers.intelligence import language_service as wire
from tests.workers.intelligence.language_service import LanguageService

SATURDAY = datetime(2030, 5, 4, 8, tzinfo=UTC)
ASK, TAKE = "request_smart_response(%s)", "take_reply_draft(%s)"
TEMPLATE = {
    "template": "parking",
    "language": "pl",
    "tone": None,
    "category": "general",
    "examples": "gdzie zaparkować parking samochód",
    "body": "Dziękuję za pytanie o parking.\nSprawdzę wolne miejsca dla {{you_genitive}}.",
}


@pytest.fixture
def agent(db: psycopg.Connection) -> UUID:
    db.execute("delete from private.jobs where worker = %s", [REPLIES])
    return an_agent(db)


@pytest.fixture
def client(db: psycopg.Connection) -> UUID:
    client = a_client(db, "vip_gold")
    db.execute(
        "update public.profiles set given_name = 'Zofia', family_name = 'Wiśniewska',"
        " gender = 'female' where id = %s",
        [client],
    )
    return client


@pytest.fixture
def ticket(db: psycopg.Connection, agent: UUID, client: UUID) -> UUID:
    ticket = a_ticket(db, client, assignee_id=agent)
    a_message(db, ticket, client, "Dzień dobry, kiedy mam wizytę i o której godzinie?")
    return ticket


def ask(db: psycopg.Connection, agent: UUID, ticket: UUID) -> dict[str, Any]:
    db.execute("select set_config('luxury.causes', '', true)")
    asked: dict[str, Any] = call(db, agent, ASK, ticket)
    return asked


def agree(db: psycopg.Connection, client: UUID) -> None:
    db.execute(
        "insert into public.consents (client_id, purpose, channel, wording_version, proof)"
        " values (%s, 'ai_service', 'in_app', 'v1', 'formularz')",
        [client],
    )


def test_the_last_message_is_answered_with_the_clients_own_facts(
    db: psycopg.Connection, agent: UUID, client: UUID, ticket: UUID
) -> None:
    a_visit(db, client, status="booked", starts_at=SATURDAY, booked_at=datetime.now(UTC))
    asked = ask(db, agent, ticket)
    assert asked["inquiry"].startswith("Dzień dobry, kiedy mam wizytę")
    assert (asked["state"], asked["draft"]) == ("pending", None)
    assert run_replies(db) == ["recorded"]
    done = draft(db, asked["id"])
    assert done["draft"].startswith("Szanowna Pani,")
    assert "sobota, 4 maja 2030, godz. 10:00" in done["draft"]
    assert done["sources"]["template"] == "visit_time"
    assert (done["brand_verdict"], done["brand_score"]) == ("pass", 100)
    assert (done["is_service_used"], done["fallback_reason"]) == (False, None)
    assert done["latency_ms"] >= 0
    assert run_replies(db) == []


def test_every_approved_template_speaks_as_the_house_does_to_everybody(
    db: psycopg.Connection, agent: UUID, client: UUID, ticket: UUID
) -> None:
    templates = db.execute(
        "select language, tone, examples, category from public.reply_templates"
        " where state = 'approved'"
    ).fetchall()
    assert len(templates) >= 20
    for place, (language, tone, examples, category) in enumerate(templates):
        db.execute("select set_config('luxury.causes', '', true)")
        db.execute(
            "update public.support_tickets set language = %s, tier = %s, category = %s,"
            " channel = %s where id = %s",
            [
                language,
                "standard" if tone == "warm" else "vip_platinum",
                category,
                ("chat", "email", "instagram")[place % 3],
                ticket,
            ],
        )
        db.execute(
            "update public.profiles set gender = %s, form_of_address = %s where id = %s",
            [("female", "male", None)[place % 3], ("formal", "first_name")[place % 2], client],
        )
        asked = db.execute(
            "insert into public.reply_drafts (ticket_id, requested_by, inquiry)"
            " values (%s, %s, %s) returning id",
            [ticket, agent, examples],
        ).fetchone()
        assert asked
        assert run_replies(db) == ["recorded"]
        done = draft(db, asked[0])
        assert (done["brand_verdict"], done["brand_score"]) == ("pass", 100), done["draft"]


def test_a_given_name_is_called_in_the_vocative_where_the_relationship_allows(
    db: psycopg.Connection, agent: UUID, client: UUID, ticket: UUID
) -> None:
    db.execute("update public.profiles set form_of_address = 'first_name' where id = %s", [client])
    asked = ask(db, agent, ticket)
    run_replies(db)
    assert draft(db, asked["id"])["draft"].startswith("Dzień dobry, Pani Zofio,")


def test_good_answers_of_pleased_clients_are_found_and_those_who_object_are_not(
    db: psycopg.Connection, agent: UUID, client: UUID, ticket: UUID
) -> None:
    other = a_client(db, name="Maria Zawadzka")
    past = a_ticket(db, other, assignee_id=agent, waiting_seconds=86400)
    a_message(db, past, other, "O której godzinie mam wizytę?")
    said = a_message(db, past, agent, "Pani Mario, o dziesiątej", author_kind="agent")
    resolve(db, past)
    asked = UUID(ask(db, agent, ticket)["id"])
    assert read(db, asked).drafts[0].answers == ()
    db.execute(
        "update public.surveys set state = 'answered', csat = 5, asked_at = now(),"
        " manner = 'link', questionnaire_version = 1, questions = '{csat}', sent_at = now(),"
        " expires_at = now() + interval '1 day', late_until = now() + interval '2 days',"
        " answered_at = now(), answered_through = 'link' where ticket_id = %s",
        [past],
    )
    (found,) = read(db, asked).drafts[0].answers
    assert found.message_id == said
    run_replies(db)
    (source,) = draft(db, asked)["sources"]["answers"]
    assert (source["message_id"], "Mari" in source["text"]) == (str(said), False)
    again = UUID(ask(db, agent, ticket)["id"])
    db.execute("insert into public.profiling_objections (client_id) values (%s)", [other])
    assert read(db, again).drafts[0].answers == ()


def test_consent_in_the_current_wording_and_no_objection_let_the_service_help(
    db: psycopg.Connection, agent: UUID, client: UUID, ticket: UUID
) -> None:
    service = LanguageService(wire.polite)
    asked = ask(db, agent, ticket)
    assert run_replies(db, service.ask()) == ["recorded"]
    assert draft(db, asked["id"])["fallback_reason"] == "no_consent"
    agree(db, client)
    asked = ask(db, agent, ticket)
    run_replies(db, service.ask())
    done = draft(db, asked["id"])
    assert (done["is_service_used"], done["model"], done["token_count"]) == (
        True,
        "small-model",
        120,
    )
    assert (done["draft"].count("Serdecznie dziękuję"), done["brand_verdict"]) == (1, "pass")
    used = db.execute("select call_count, token_count from public.reply_service_days").fetchall()
    assert used == [(1, 120)]
    db.execute("insert into public.profiling_objections (client_id) values (%s)", [client])
    asked = ask(db, agent, ticket)
    run_replies(db, service.ask())
    assert draft(db, asked["id"])["fallback_reason"] == "objection"
    assert len(service.seen) == 1


@pytest.mark.parametrize(
    ("behave", "reason"),
    [
        (wire.failing, "http_500"),
        (wire.garbage, "answer_malformed"),
        (wire.inventing, "unknown_number"),
        (wire.rude, "brand_blocked"),
    ],
)
def test_when_the_service_fails_the_local_draft_is_shown_with_the_reason(
    db: psycopg.Connection,
    agent: UUID,
    client: UUID,
    ticket: UUID,
    behave: Callable[[LanguageService, dict[str, Any]], httpx.Response],
    reason: str,
) -> None:
    agree(db, client)
    asked = ask(db, agent, ticket)
    run_replies(db, LanguageService(behave).ask())
    done = draft(db, asked["id"])
    assert (done["is_service_used"], done["fallback_reason"]) == (False, reason)
    assert (done["brand_verdict"], done["draft"].startswith("Szanowna Pani,")) == ("pass", True)


def test_the_days_budget_of_calls_and_of_tokens_is_not_exceeded(
    db: psycopg.Connection, agent: UUID, client: UUID, ticket: UUID
) -> None:
    agree(db, client)
    admin, service = an_admin(db), LanguageService(wire.polite)
    for calls, tokens in ((2, 100), (1, 1000), (0, 0)):
        call(db, admin, "set_reply_budget(%s, %s)", calls, tokens)
        asked = ask(db, agent, ticket)
        run_replies(db, service.ask())
        spent = draft(db, asked["id"])["fallback_reason"]
        assert spent == (None if calls == 2 else "budget")
    assert len(service.seen) == 1
    assert refusal(db, admin, "set_reply_budget(-1, 0)")[1] == "budget_malformed"


def test_what_the_gate_blocks_is_not_shown_even_if_a_worker_says_so(
    db: psycopg.Connection, agent: UUID, ticket: UUID
) -> None:
    asked = ask(db, agent, ticket)
    (job,) = claim(db, REPLIES)
    said = Reply(draft="Witam, hej Zosia, zrobisz to sama?", language="pl", is_service_used=True)
    store = a_store(db)
    assert asyncio.run(store.record_replies([job], {UUID(asked["id"]): said})) == {
        job.id: "recorded"
    }
    done = draft(db, asked["id"])
    assert (done["draft"], done["fallback_reason"]) == (None, "brand_blocked")
    assert not done["is_service_used"]
    assert refusal(db, agent, TAKE, asked["id"])[1] == "draft_not_takeable"


def test_a_draft_sent_as_it_is_says_so_on_the_timeline(
    db: psycopg.Connection, agent: UUID, client: UUID, ticket: UUID
) -> None:
    asked = ask(db, agent, ticket)
    run_replies(db)
    text = draft(db, asked["id"])["draft"]
    assert call(db, agent, TAKE, asked["id"])["taken_at"]
    sent = call(db, agent, "reply_to_ticket(%s, %s)", ticket, text + "\n")
    told = rows(
        db,
        client,
        "select details from public.ticket_events"
        " where ticket_id = %s and kind = 'reply_drafted_by_machine'",
        ticket,
    )
    assert told == [({"draft_id": asked["id"], "message_id": sent["message"]["id"]},)]
    assert run_replies(db) == ["recorded"]
    done = draft(db, asked["id"])
    assert (done["is_unedited"], done["edit_distance"]) == (True, 0)
    assert refusal(db, agent, TAKE, asked["id"])[1] == "draft_not_takeable"


def test_what_was_changed_before_sending_is_written_back_and_counts_for_the_template(
    db: psycopg.Connection, agent: UUID, ticket: UUID
) -> None:
    asked = ask(db, agent, ticket)
    run_replies(db)
    made = draft(db, asked["id"])
    call(db, agent, TAKE, asked["id"])
    call(db, agent, "reply_to_ticket(%s, %s)", ticket, made["draft"] + " Czekam na wiadomość.")
    assert run_replies(db) == ["recorded"]
    done = draft(db, asked["id"])
    assert (done["is_unedited"], done["edit_distance"]) == (False, 3)
    assert not db.execute(
        "select 1 from public.ticket_events where kind = 'reply_drafted_by_machine'"
        " and ticket_id = %s",
        [ticket],
    ).fetchall()
    again = UUID(ask(db, agent, ticket)["id"])
    (used,) = [t for t in read(db, again).templates if t.template_id == made["template_id"]]
    assert (used.sent_count, used.edit_share) == (1, pytest.approx(3 / done["word_count"]))


def test_an_answer_without_taking_the_draft_is_the_agents_own(
    db: psycopg.Connection, agent: UUID, ticket: UUID
) -> None:
    asked = ask(db, agent, ticket)
    run_replies(db)
    made = draft(db, asked["id"])
    call(db, agent, "reply_to_ticket(%s, %s)", ticket, made["draft"])
    assert draft(db, asked["id"])["message_id"] is None
    assert run_replies(db) == []


def test_the_house_may_switch_proposed_answers_off(
    db: psycopg.Connection, agent: UUID, ticket: UUID
) -> None:
    call(db, an_admin(db), "set_ai_setting('smart_responses', %s)", Jsonb({"enabled": False}))
    assert refusal(db, agent, ASK, ticket)[:2] == ("PT409", "smart_responses_off")


@pytest.mark.parametrize(
    ("inquiry", "code"),
    [(" ", "inquiry_required"), ("ą" * 10_001, "inquiry_too_long"), ("a\x07", "inquiry_malformed")],
)
def test_an_inquiry_that_says_nothing_or_too_much_is_refused(
    db: psycopg.Connection, agent: UUID, ticket: UUID, inquiry: str, code: str
) -> None:
    assert refusal(db, agent, "request_smart_response(%s, %s)", ticket, inquiry)[1] == code


@pytest.mark.parametrize(
    "inquiry", ["😀😀😀", "Я хочу змінити час візиту", "Kiedy meine Termin? 何時", "ą" * 10_000]
)
def test_odd_inquiries_are_answered_too(
    db: psycopg.Connection, agent: UUID, ticket: UUID, inquiry: str
) -> None:
    asked = call(db, agent, "request_smart_response(%s, %s)", ticket, inquiry)
    assert run_replies(db) == ["recorded"]
    assert draft(db, asked["id"])["draft"]


def test_a_new_version_takes_the_place_of_the_approved_one(db: psycopg.Connection) -> None:
    admin = an_admin(db)
    saved = [
        call(db, admin, "save_reply_template(%s, %s)", Jsonb(TEMPLATE), is_approved)
        for is_approved in (False, True, True)
    ]
    assert [each["version"] for each in saved] == [1, 2, 3]
    states = db.execute(
        "select state from public.reply_templates where template = 'parking' order by version"
    ).fetchall()
    assert states == [("draft",), ("retired",), ("approved",)]
    retired = call(db, admin, "retire_reply_template(%s)", saved[2]["id"])
    assert retired["state"] == "retired"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"body": "Witam, hej!"}, "brand_blocked"),
        ({"body": "Kod {{secret}}"}, "template_malformed"),
        ({"body": "Kod {{ticket_number}"}, "template_malformed"),
        ({"body": None}, "body_required"),
        ({"language": "de"}, "template_malformed"),
        ({"tone": "rude"}, "template_malformed"),
        ({"category": "weather"}, "template_malformed"),
        ({"template": "Two words"}, "template_malformed"),
        ({"template": {"a": 1}}, "template_malformed"),
    ],
)
def test_a_template_the_house_would_not_say_or_cannot_fill_is_refused(
    db: psycopg.Connection, changes: dict[str, Any], code: str
) -> None:
    asked = Jsonb({**TEMPLATE, **changes})
    assert refusal(db, an_admin(db), "save_reply_template(%s, true)", asked)[1] == code
