"""A manager tries a rule on what has happened, switches it on, and the next alarm is heard."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psycopg
import pytest

from scripts.stack.state import StackState
from tests.flow.test_main_job import open_ticket
from tests.support.people import Person, Reception
from tests.support.replica import replica
from tests.support.waiting import eventually_async

if TYPE_CHECKING:
    import subprocess

RULE = {
    "event_kind": "message.posted",
    "conditions": {
        "all": [
            {"field": "message.author_kind", "op": "eq", "value": "client"},
            {"field": "message.text", "op": "contains", "value": ["opuch*", "swelling"]},
        ]
    },
    "actions": [
        {"set_priority": "urgent"},
        {"notify": {"roles": ["managers"]}},
        {"add_note": "Oddzwoń do {{client_name}}."},
    ],
}


@pytest.fixture(scope="module")
def worker(stack: StackState) -> Iterator["subprocess.Popen[bytes]"]:
    with replica(stack, only="orchestrator") as process:
        yield process


@pytest.fixture
def desk(stack: StackState) -> UUID:
    """A desk of its own."""
    with psycopg.connect(stack.db_url) as db:
        row = db.execute(
            "insert into public.desks (name) values (gen_random_uuid()::text) returning id"
        ).fetchone()
    assert row
    found: UUID = row[0]
    return found


async def rehearsal(manager: Person, desk: UUID) -> dict[str, Any]:
    """The result of trying the rule, read as its manager."""
    trial = {"p_workflow": {**RULE, "desk_id": str(desk)}, "p_range": "24h"}
    asked: Any = (await manager.api.rpc("request_workflow_dry_run", trial).execute()).data
    table = manager.api.table("workflow_dry_runs").select("*").eq("id", asked["id"])
    assert asked["status"] == "pending"
    found: dict[str, Any] = {}

    async def is_done() -> bool:
        rows: Any = (await table.execute()).data
        found.update(rows[0])
        return bool(rows[0]["status"] == "done")

    assert await eventually_async(is_done, 40)
    result: dict[str, Any] = found["result"]
    return result


async def says(client: Person, ticket_id: str, body: str) -> None:
    await client.api.rpc("reply_to_ticket", {"p_ticket_id": ticket_id, "p_body": body}).execute()


async def test_a_rule_is_tried_switched_on_and_heard(
    reception: Reception, desk: UUID, worker: "subprocess.Popen[bytes]"
) -> None:
    manager = await reception.hire(desk, role="manager")
    client = await reception.sign_up("Zofia Wrońska")
    ticket_id = await open_ticket(reception, desk, client, p_channel="email")
    await says(client, ticket_id, "Po zabiegu mam opuchliznę")
    tried = await rehearsal(manager, desk)
    assert [match["ticket_id"] for match in tried["matches"]] == [ticket_id]
    assert await priority(manager, ticket_id) == "normal", "trying a rule changes nothing"

    rule = {f"p_{name}": value for name, value in RULE.items()}
    saved: Any = (
        await manager.api.rpc(
            "save_workflow", {**rule, "p_title": "Alarm", "p_desk_id": str(desk)}
        ).execute()
    ).data
    switch = {"p_workflow_id": saved["id"], "p_version": 1, "p_is_active": True}
    await manager.api.rpc("set_workflow_active", switch).execute()
    await says(client, ticket_id, "The swelling is worse")

    async def is_urgent() -> bool:
        return await priority(manager, ticket_id) == "urgent"

    assert await eventually_async(is_urgent, 40)
    runs = await rows(manager, "workflow_runs", workflow_id=saved["id"])
    assert [(run["status"], run["reason"]) for run in runs if run["status"] == "done"] == [
        ("done", "matched")
    ]
    told = await rows(manager, "notifications", kind="workflow_alert", ticket_id=ticket_id)
    assert len(told) == 1
    notes = await rows(manager, "ticket_messages", ticket_id=ticket_id, is_internal="true")
    assert [(note["author_kind"], note["body"]) for note in notes] == [
        ("system", "Oddzwoń do Zofia Wrońska.")
    ]
    assert await rows(client, "workflow_runs", workflow_id=saved["id"]) == []


async def priority(person: Person, ticket_id: str) -> str:
    found = await rows(person, "support_tickets", id=ticket_id)
    return str(found[0]["priority"])


async def rows(person: Person, table: str, **equal: str) -> list[dict[str, Any]]:
    query = person.api.table(table).select("*")
    for column, value in equal.items():
        query = query.eq(column, value)
    found: Any = (await query.execute()).data
    return list(found)
