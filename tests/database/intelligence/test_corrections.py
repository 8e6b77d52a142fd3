"""What agents said instead is handed to training: the latest, of those who do not object."""

import asyncio
from typing import Any, cast
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from lib.intelligence.models.triage import Correction
from lib.store.intelligence.corrections import supabase_correction_store
from tests.database.intelligence.judging import run_triage
from tests.database.orchestrator.router import DatabaseRpc
from tests.factories import a_client, a_message, a_ticket, an_agent
from tests.support.acting import acting_as
from tests.support.calling import call


def said_of(db: psycopg.Connection, *said: dict[str, str]) -> tuple[UUID, str]:
    """A client whose only message was corrected so, one after the other; (client, its words)."""
    client = a_client(db)
    body = f"Kiedy dostanę fakturę {client}?"
    message = a_message(db, a_ticket(db, client), client, body)
    run_triage(db)
    for each in said:
        call(db, an_agent(db), "correct_judgement(%s, %s)", message, Jsonb(each))
    return client, body


def kept(db: psycopg.Connection, *bodies: str) -> list[Correction]:
    with acting_as(db, "service_role"):
        store = supabase_correction_store(cast("Any", DatabaseRpc(db)))
        found = asyncio.run(store.correction_rows())
    return [each for each in found if each.text in bodies]


def test_the_latest_of_each_message_and_field_is_handed_on(db: psycopg.Connection) -> None:
    _, body = said_of(
        db, {"sentiment": "positive"}, {"sentiment": "negative", "category": "booking"},
        {"language": "en"},
    )  # fmt: skip
    assert kept(db, body) == [
        Correction(body, "sentiment", "negative", "en"),
        Correction(body, "language", "en", "en"),
    ]


def test_nobody_learns_from_a_client_who_objects(db: psycopg.Connection) -> None:
    client, body = said_of(db, {"sentiment": "neutral"})
    assert len(kept(db, body)) == 1
    with acting_as(db, "authenticated", client):
        db.execute("select public.set_profiling(false)")
    assert kept(db, body) == []
