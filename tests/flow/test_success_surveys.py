"""A ticket is solved, the client is asked, a link is followed and answered by nobody signed in."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx
import psycopg
import pytest

from scripts.stack.state import StackState
from tests.flow.test_main_job import open_ticket
from tests.support.people import Person, Reception
from tests.support.replica import replica
from tests.support.waiting import eventually_async

if TYPE_CHECKING:
    import subprocess

LOUD = (
    "update public.outreach_hours set quiet_from_minute = %s, quiet_until_minute = %s,"
    " quiet_weekdays = %s, calendar_id = %s"
)


@pytest.fixture(scope="module")
def worker(stack: StackState) -> Iterator["subprocess.Popen[bytes]"]:
    with replica(stack, only="success,vip") as process:
        yield process


@pytest.fixture
def desk(stack: StackState) -> Iterator[UUID]:
    """A desk of its own; everybody is asked at once, also at night."""
    with psycopg.connect(stack.db_url, autocommit=True) as db:
        row = db.execute(
            "insert into public.desks (name) values (gen_random_uuid()::text) returning id"
        ).fetchone()
        hours = db.execute(
            "select quiet_from_minute, quiet_until_minute, quiet_weekdays, calendar_id"
            " from public.outreach_hours"
        ).fetchone()
        assert row
        assert hours
        db.execute(LOUD, [0, 0, [], None])
        yield row[0]
        db.execute(LOUD, hours)
        db.execute("delete from private.rate_buckets where action = 'guess_survey'")
        db.execute(
            "update public.survey_rules set delay_seconds = 4 * 3600, sample_share = 0.5"
            " where kind = 'cycle' and tier = 'standard'"
        )


async def call(person: Person, function: str, **arguments: Any) -> Any:
    return (await person.api.rpc(function, arguments).execute()).data


async def the_survey(client: Person) -> dict[str, Any]:
    """What the client finds in the portal, once they are asked."""

    async def asked() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await call(client, "get_own_surveys")
        return found

    [survey] = await eventually_async(asked, 20)
    return survey


def rest(stack: StackState, key: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=f"{stack.url}/rest/v1/rpc/", headers={"apikey": key})


async def test_a_solved_ticket_is_answered_by_link(
    reception: Reception, desk: UUID, worker: "subprocess.Popen[bytes]"
) -> None:
    stack = reception.stack
    agent, admin = await reception.hire(desk), await reception.hire(desk, role="admin")
    client = await reception.sign_up()
    changes = {"delay_seconds": 0, "sample_share": 1}
    await call(admin, "set_survey_rule", p_kind="cycle", p_tier="standard", p_changes=changes)
    await call(
        client,
        "give_consent",
        p_client_id=str(client.id),
        p_purpose="feedback",
        p_channel="in_app",
        p_wording_version="v1",
    )
    ticket_id = await open_ticket(reception, desk, client)
    taken = await call(agent, "take_ticket", p_ticket_id=ticket_id)
    await call(
        agent,
        "resolve_ticket",
        p_ticket_id=ticket_id,
        p_resolution="Umówiono",
        p_version=taken["version"],
    )
    survey = await the_survey(client)
    assert survey["ticket_id"] == ticket_id
    await answer_by_link(stack, survey["survey_id"])
    read = agent.api.table("surveys").select("csat, comment, answered_through")
    rows = (await read.eq("id", survey["survey_id"]).execute()).data
    assert rows == [{"csat": 2, "comment": "Długo czekałam", "answered_through": "link"}]
    with psycopg.connect(stack.db_url) as db:
        told = db.execute(
            "select payload ->> 'agent_id' from public.events"
            " where kind = 'survey.answered' and subject_id = %s",
            [survey["survey_id"]],
        ).fetchall()
    assert told == [(str(agent.id),)]


async def answer_by_link(stack: StackState, survey_id: str) -> None:
    """A scanner of mail follows the link first; then somebody answers, and tries to once more."""
    async with rest(stack, stack.secret_key) as server:
        issued = (await server.post("issue_survey_token", json={"p_survey_id": survey_id})).json()
    async with rest(stack, stack.publishable_key) as visitor:
        for _ in range(2):
            sheet = await visitor.get("get_survey", params={"p_token": issued["token"]})
            assert (sheet.status_code, sheet.json()["state"]) == (200, "open")
        answers = {"csat": 2, "reasons": ["waiting"], "comment": "Długo czekałam"}
        said = {"p_token": issued["token"], "p_answers": answers}
        first = await visitor.post("answer_survey", json=said)
        assert (first.status_code, first.json()["is_late"]) == (200, False)
        second = await visitor.post("answer_survey", json=said)
        assert (second.status_code, second.json()["message"]) == (409, "survey_answered")
        wrong = said | {"p_token": "A" * 43}
        statuses = [
            (await visitor.post("answer_survey", json=wrong)).status_code for _ in range(21)
        ]
        assert statuses == [404] * 20 + [429], "what is refused is counted all the same"
