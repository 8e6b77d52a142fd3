"""A client's life over REST: told by the booking system, measured by a worker, read by the desk."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx
import psycopg
import pytest

from scripts.stack.state import StackState
from tests.support.people import Person, Reception
from tests.support.replica import replica
from tests.support.waiting import eventually_async

if TYPE_CHECKING:
    import subprocess


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
    desk_id: UUID = row[0]
    return desk_id


async def call(person: Person, function: str, **arguments: Any) -> Any:
    return (await person.api.rpc(function, arguments).execute()).data


async def tell_five_visits(reception: Reception, client: Person) -> None:
    """As the booking system does: one each four weeks, the last three months ago."""
    now = datetime.now(UTC)
    visits = [
        {
            "source": "versum",
            "external_ref": f"{client.id} {days}",
            "client_id": str(client.id),
            "treatment_id": "massage_deep",
            "provider": "Marta",
            "status": "completed",
            "starts_at": (now - timedelta(days=days)).isoformat(),
        }
        for days in (200, 172, 144, 116, 88)
    ]
    stack = reception.stack
    async with httpx.AsyncClient(base_url=stack.url, timeout=30) as booking:
        answer = await booking.post(
            "/rest/v1/rpc/record_visits",
            json={"p_visits": visits},
            headers={"apikey": stack.secret_key},
        )
    told = answer.raise_for_status().json()
    assert [item["status"] for item in told] == ["recorded"] * 5


async def test_what_the_booking_system_tells_becomes_a_journey_and_a_sentence(
    reception: Reception, desk: UUID, worker: "subprocess.Popen[bytes]"
) -> None:
    manager = await reception.hire(desk, role="manager")
    client = await reception.sign_up()
    with psycopg.connect(reception.stack.db_url) as db:
        db.execute("update public.profiles set desk_id = %s where id = %s", [desk, client.id])
    await tell_five_visits(reception, client)
    ticket = await call(
        client, "open_ticket", p_subject="Wizyta", p_body="Chcę wrócić.", p_channel="email"
    )

    async def is_followed() -> bool:
        metrics = await call(manager, "get_client_journey_metrics", p_client_id=str(client.id))
        return bool(metrics["touchpoints"]["total"] == 6)

    assert await eventually_async(is_followed, 40)

    async def are_told() -> bool:
        found = await call(manager, "get_personalized_insights", p_client_id=str(client.id))
        return {"rhythm_falling", "favourite_treatment"} <= {i["kind"] for i in found}

    assert await eventually_async(are_told, 40)
    page = await call(client, "get_client_timeline", p_client_id=str(client.id), p_limit=2)
    assert [entry["kind"] for entry in page["entries"]] == ["message", "ticket"]
    assert page["entries"][1]["id"] == ticket["id"]
    rest = await call(
        client, "get_client_timeline", p_client_id=str(client.id), p_before=page["next"]
    )
    assert [entry["kind"] for entry in rest["entries"]] == ["visit"] * 5
