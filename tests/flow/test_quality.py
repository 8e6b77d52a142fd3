"""A conversation ends, is checked by rule, drawn for an audit, judged blind, and disputed."""

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

ANSWER = "Dzień dobry, oczywiście: niedziela, godzina 15. Dziękuję za wiadomość, miłego dnia."


@pytest.fixture(scope="module")
def worker(stack: StackState) -> Iterator["subprocess.Popen[bytes]"]:
    with replica(stack, only="quality") as process:
        yield process


@pytest.fixture
def desk(stack: StackState) -> UUID:
    """A desk of its own."""
    with psycopg.connect(stack.db_url, autocommit=True) as db:
        row = db.execute(
            "insert into public.desks (name) values (gen_random_uuid()::text) returning id"
        ).fetchone()
    assert row
    desk_id: UUID = row[0]
    return desk_id


async def call(person: Person, function: str, **arguments: Any) -> Any:
    return (await person.api.rpc(function, arguments).execute()).data


async def solve(reception: Reception, desk: UUID, client: Person, agent: Person) -> str:
    """A conversation of both sides that ended."""
    ticket_id: str = await open_ticket(reception, desk, client)
    taken = await call(agent, "take_ticket", p_ticket_id=ticket_id)
    replied = await call(
        agent,
        "reply_to_ticket",
        p_ticket_id=ticket_id,
        p_body=ANSWER,
        p_override_reason="Próba",
    )
    version = replied.get("version", taken["version"])
    await call(
        agent,
        "resolve_ticket",
        p_ticket_id=ticket_id,
        p_resolution="Przełożono",
        p_version=version,
    )
    return ticket_id


async def checks_of(agent: Person, count: int) -> list[dict[str, Any]]:
    """The agent's own results, once the worker has looked at so many."""

    async def found() -> list[dict[str, Any]]:
        rows = (await agent.api.table("quality_checks").select("ticket_id, score").execute()).data
        return rows if len(rows) == count else []

    return await eventually_async(found, 40)


async def test_a_conversation_is_checked_audited_disputed_and_counted(
    reception: Reception, desk: UUID, worker: "subprocess.Popen[bytes]"
) -> None:
    agent = await reception.hire(desk)
    auditor = await reception.hire(desk, role="quality_auditor")
    manager = await reception.hire(desk, role="manager")
    client = await reception.sign_up()
    for _ in range(2):
        await solve(reception, desk, client, agent)
    assert all(check["score"] is not None for check in await checks_of(agent, 2))
    audit = await call(manager, "request_quality_audit", p_size=2, p_timeframe="1d")

    async def tasks() -> list[dict[str, Any]]:
        given: list[dict[str, Any]] = await call(auditor, "get_quality_tasks")
        return given

    given = await eventually_async(tasks, 20)
    assert (await auditor.api.table("quality_checks").select("score").execute()).data == []
    reviews = [await judge(auditor, task["sample_id"]) for task in given]
    before = await the_score(manager, audit["id"], below=100)
    for review in reviews:
        await win(agent, manager, review["id"])
    assert before < await the_score(manager, audit["id"], below=101, above=before)


async def judge(auditor: Person, sample_id: str) -> dict[str, Any]:
    """A review with one fault."""
    sheet = await call(auditor, "get_quality_sample", p_sample_id=sample_id)
    fault = {"standard": "service.initiative", "answer": "no", "note": "Bez propozycji"}
    answers = [
        fault
        if asked["standard"] == fault["standard"]
        else {"standard": asked["standard"], "answer": "yes"}
        for asked in sheet["standards"]
    ]
    review: dict[str, Any] = await call(
        auditor, "submit_review", p_sample_id=sample_id, p_answers=answers
    )
    return review


async def win(agent: Person, manager: Person, review_id: str) -> None:
    """The agent disagrees with the fault, and the manager with the auditor."""
    dispute = await call(
        agent,
        "dispute_review",
        p_review_id=review_id,
        p_standard="service.initiative",
        p_comment="Zaproponowano późniejszą godzinę",
        p_proposed_answer="yes",
    )
    await call(
        manager,
        "decide_dispute",
        p_dispute_id=dispute["id"],
        p_is_upheld=True,
        p_comment="Rzeczywiście",
    )


async def the_score(manager: Person, audit_id: str, *, below: float, above: float = 0) -> float:
    """The team's score, once it lies there."""

    async def scored() -> float | None:
        audit = await call(manager, "get_quality_audit", p_audit_id=audit_id)
        score = audit["overall_score"]
        is_there = audit["status"] == "completed" and above < score < below
        return float(score) if is_there else None

    found = await eventually_async(scored, 20)
    assert found is not None
    return found
