"""A client of the highest tier is not left alone by an agent who disappears, or says nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psycopg
import pytest

from scripts.stack.state import StackState
from tests.flow.test_main_job import assignee, open_ticket
from tests.support.people import Person, Reception
from tests.support.replica import replica
from tests.support.waiting import eventually_async

if TYPE_CHECKING:
    import subprocess

SHORT = (
    "update public.presence_settings set value = 1 where setting = 'absence_grace_seconds'",
    "update public.service_levels set offer_seconds = 1 where tier = 'vip_gold'",
)
USUAL = (
    "update public.presence_settings set value = 10 where setting = 'absence_grace_seconds'",
    "update public.service_levels set offer_seconds = %s where tier = 'vip_gold'",
)


@pytest.fixture(scope="module")
def worker(stack: StackState) -> Iterator["subprocess.Popen[bytes]"]:
    with replica(stack, only="orchestrator") as process:
        yield process


@pytest.fixture
def desk(stack: StackState) -> Iterator[UUID]:
    """A desk of its own; grace and offers are short."""
    with psycopg.connect(stack.db_url, autocommit=True) as db:
        row = db.execute(
            "insert into public.desks (name) values (gen_random_uuid()::text) returning id"
        ).fetchone()
        usual = db.execute(
            "select offer_seconds from public.service_levels where tier = 'vip_gold'"
        ).fetchone()
        assert row
        assert usual
        for statement in SHORT:
            db.execute(statement)
        try:
            yield row[0]
        finally:
            db.execute(USUAL[0])
            db.execute(USUAL[1], usual)
            db.execute(
                "update public.staff_members set state = 'offline' where desk_id = %s", [row[0]]
            )


async def a_client(reception: Reception, tier: str) -> Person:
    client = await reception.sign_up()
    with psycopg.connect(reception.stack.db_url) as db:
        db.execute("update public.profiles set tier = %s where id = %s", [tier, client.id])
    return client


async def reaches(client: Person, ticket_id: str, agent: Person) -> bool:
    """Whether the ticket is with this agent within seconds."""

    async def has_it() -> bool:
        return await assignee(client, ticket_id) == str(agent.id)

    return await eventually_async(has_it)


async def decisions(agent: Person, ticket_id: str) -> list[dict[str, Any]]:
    table = agent.api.table("rescue_decisions").select("*").eq("ticket_id", ticket_id)
    rows: list[dict[str, Any]] = (await table.order("id").execute()).data
    return rows


async def test_a_platinum_chat_whose_agent_disappears_is_with_somebody_else(
    reception: Reception, desk: UUID, worker: "subprocess.Popen[bytes]"
) -> None:
    first = await reception.hire(desk)
    client = await a_client(reception, "vip_platinum")
    ticket_id = await open_ticket(reception, desk, client)
    assert await reaches(client, ticket_id, first)
    await first.api.rpc(
        "reply_to_ticket", {"p_ticket_id": ticket_id, "p_body": "Dzień dobry, już patrzę."}
    ).execute()
    second = await reception.hire(desk)

    await first.api.rpc("set_presence", {"p_state": "offline"}).execute()

    assert await reaches(client, ticket_id, second)
    (decision,) = await decisions(second, ticket_id)
    assert (decision["cause"], decision["action"], decision["reason"]) == (
        "offline",
        "returned",
        "live",
    )
    assert decision["agent_id"] == str(first.id)
    assert decision["policy_version"] == "rescue-1"


async def test_a_gold_chat_whose_agent_says_nothing_is_offered_to_the_next(
    reception: Reception, desk: UUID, worker: "subprocess.Popen[bytes]"
) -> None:
    silent = await reception.hire(desk)
    client = await a_client(reception, "vip_gold")
    ticket_id = await open_ticket(reception, desk, client)
    second = await reception.hire(desk)
    assert await reaches(client, ticket_id, second)
    decision = (await decisions(second, ticket_id))[0]
    assert (decision["cause"], decision["agent_id"]) == ("silent", str(silent.id))


async def test_a_mail_of_somebody_on_leave_moves_when_the_client_writes(
    reception: Reception, desk: UUID, worker: "subprocess.Popen[bytes]"
) -> None:
    away = await reception.hire(desk)
    client = await a_client(reception, "vip_platinum")
    ticket_id = await open_ticket(reception, desk, client, p_channel="email")
    assert await reaches(client, ticket_id, away)
    await away.api.rpc(
        "reply_to_ticket", {"p_ticket_id": ticket_id, "p_body": "Odpiszę jeszcze dziś."}
    ).execute()
    second = await reception.hire(desk)
    now = datetime.now(UTC)
    fortnight = {"p_starts_at": f"{now}", "p_ends_at": f"{now + timedelta(days=14)}"}
    await away.api.rpc("set_absence", fortnight).execute()

    async def is_kept() -> bool:
        made = await decisions(second, ticket_id) or await decisions(away, ticket_id)
        return [row["action"] for row in made] == ["kept"]

    assert await eventually_async(is_kept)
    assert await assignee(client, ticket_id) == str(away.id)
    await client.api.rpc(
        "reply_to_ticket", {"p_ticket_id": ticket_id, "p_body": "Czy coś już wiadomo?"}
    ).execute()
    assert await reaches(client, ticket_id, second)
