"""How a text sounds, asked for by staff and answered by the worker."""

from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.database.intelligence.judging import SENTIMENT, run_sentiment
from tests.factories import an_agent
from tests.support.calling import call, refusal, rows

ASK = "request_sentiment_analysis(%s, %s)"


@pytest.fixture
def agent(db: psycopg.Connection) -> UUID:
    db.execute("delete from private.jobs where worker = %s", [SENTIMENT])
    return an_agent(db)


def answer(db: psycopg.Connection, agent: UUID, asked: dict[str, Any]) -> tuple[Any, ...]:
    (row,) = rows(
        db,
        agent,
        "select status, sentiment, score, language, is_cut, probabilities"
        " from public.sentiment_analyses where id = %s",
        UUID(asked["id"]),
    )
    found: tuple[Any, ...] = row
    return found


def test_a_text_is_judged_and_the_row_completed(db: psycopg.Connection, agent: UUID) -> None:
    asked = call(db, agent, ASK, "Bardzo polecam, jestem zachwycona obsługą!", "review")
    assert (asked["status"], asked["source"], "text" in asked) == ("pending", "review", False)
    assert run_sentiment(db) == ["recorded"]
    status, sentiment, score, language, is_cut, probabilities = answer(db, agent, asked)
    assert (status, sentiment, language, is_cut) == ("completed", "positive", "pl", False)
    assert score > 0.5
    assert sum(probabilities.values()) == pytest.approx(1, abs=1e-6)
    assert run_sentiment(db) == []


def test_a_megabyte_is_cut_and_answered(db: psycopg.Connection, agent: UUID) -> None:
    asked = call(db, agent, ASK, "Jestem bardzo niezadowolona. " * 40_000, "mail")
    assert run_sentiment(db) == ["recorded"]
    status, sentiment, _, _, is_cut, _ = answer(db, agent, asked)
    assert (status, sentiment, is_cut) == ("completed", "negative", True)


def test_a_language_nobody_judges_is_completed_without_a_sentiment(
    db: psycopg.Connection, agent: UUID
) -> None:
    asked = call(db, agent, ASK, "Я дуже незадоволена вашим обслуговуванням", "chat")
    run_sentiment(db)
    assert answer(db, agent, asked) == ("completed", None, None, "uk", False, {})


@pytest.mark.parametrize(
    ("text", "source", "code"),
    [
        (" \n", "chat", "text_required"),
        (None, "chat", "text_required"),
        ("Dobrze", "Two words", "source_malformed"),
        ("ą" * 1_100_000, "chat", "text_too_long"),
    ],
)
def test_what_cannot_be_judged_is_refused(
    db: psycopg.Connection, agent: UUID, text: str | None, source: str, code: str
) -> None:
    assert refusal(db, agent, ASK, text, source)[1] == code


def test_old_analyses_go_with_the_next(db: psycopg.Connection, agent: UUID) -> None:
    old = call(db, agent, ASK, "Dobrze", "chat")
    db.execute(
        "update public.sentiment_analyses set created_at = now() - interval '8 days' where id = %s",
        [old["id"]],
    )
    call(db, agent, ASK, "Dobrze", "chat")
    assert rows(db, agent, "select 1 from public.sentiment_analyses where id = %s", old["id"]) == []
