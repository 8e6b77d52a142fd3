"""A Platinum client waits too long: an alert, a notice to those in charge, a signed webhook."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psycopg
import pytest

from scripts.stack.state import StackState
from tests.flow.test_main_job import open_ticket
from tests.support.people import Person, Reception
from tests.support.receiver import Receiver, a_receiver
from tests.support.replica import replica
from tests.support.waiting import eventually_async

if TYPE_CHECKING:
    import subprocess


@pytest.fixture(scope="module")
def worker(stack: StackState) -> Iterator["subprocess.Popen[bytes]"]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("WORKER_WEBHOOK_ALLOW_PRIVATE", "true")
        with replica(stack, only="performance") as process:
            yield process


@pytest.fixture
def desk(stack: StackState) -> UUID:
    """A desk of its own, where nobody is online."""
    with psycopg.connect(stack.db_url, autocommit=True) as db:
        row = db.execute(
            "insert into public.desks (name) values (gen_random_uuid()::text) returning id"
        ).fetchone()
    assert row
    return UUID(str(row[0]))


async def rows_of(person: Person, table: str, **equal: Any) -> list[dict[str, Any]]:
    query = person.api.table(table).select("*")
    for column, wanted in equal.items():
        query = query.eq(column, wanted)
    found: list[dict[str, Any]] = (await query.execute()).data
    return found


async def a_rule(manager: Person, threshold: float) -> str:
    rule = {
        "metric": "vip_response_time",
        "threshold": threshold,
        "severity": "high",
        "action": "escalate_to_vip_manager",
    }
    answer = await manager.api.rpc("create_performance_alert", {"p_rule": rule}).execute()
    return str(answer.data["id"])


async def a_webhook(admin: Person, receiver: Receiver) -> str:
    """A webhook to this receiver, who knows the secret and refuses the first delivery."""
    answer = await admin.api.rpc(
        "create_webhook",
        {
            "p_name": "Dyżurny",
            "p_url": receiver.url,
            "p_events": ["alert.raised", "alert.cleared"],
        },
    ).execute()
    receiver.secret = answer.data["secret"]
    receiver.answers = [500]
    return str(answer.data["id"])


async def the_alert(manager: Person, rule_id: str) -> dict[str, Any]:
    """The alert of the rule, once it is there."""

    async def found() -> list[dict[str, Any]]:
        return await rows_of(manager, "alerts", rule_id=rule_id)

    [alert] = await eventually_async(found, 10)
    return alert


async def test_a_platinum_chat_nobody_answers_is_an_alert_within_seconds(
    reception: Reception, desk: UUID, worker: "subprocess.Popen[bytes]"
) -> None:
    manager, admin, agent = [
        await reception.hire(desk, role=role, state="offline")
        for role in ("manager", "admin", "agent")
    ]
    client = await a_platinum_client(reception)
    rule_id = await a_rule(manager, 2)
    async with a_receiver() as receiver:
        hook_id = await a_webhook(admin, receiver)
        ticket_id = await open_ticket(reception, desk, client)
        alert = await the_alert(manager, rule_id)
        assert (alert["state"], alert["ticket_id"]) == ("open", ticket_id)
        assert 2 <= alert["opened_value"] < 5, "it opened long after the threshold"
        assert not await rows_of(agent, "alerts")
        assert not await rows_of(client, "alerts")
        [notice] = await rows_of(manager, "notifications", kind="alert_raised")
        assert notice["details"]["alert_id"] == alert["id"]
        await arrives_once(receiver, alert["id"])
        await ends_when_answered(manager, receiver, alert["id"], ticket_id)
        _forget(reception.stack, hook_id, rule_id)


async def a_platinum_client(reception: Reception) -> Person:
    client = await reception.sign_up()
    with psycopg.connect(reception.stack.db_url) as db:
        db.execute("update public.profiles set tier = 'vip_platinum' where id = %s", [client.id])
    return client


async def arrives_once(receiver: Receiver, alert_id: str) -> None:
    """The first attempt was refused: the second one comes after a pause of its own."""

    async def effects() -> list[Any]:
        return effects_of(receiver, alert_id)

    [told] = await eventually_async(effects, 30)
    assert receiver.forged == 0
    assert len(set(receiver.seen)) < len(receiver.seen), "what was refused came with a new id"
    assert told["type"] == "alert.raised"


def effects_of(receiver: Receiver, alert_id: str) -> list[Any]:
    """What arrived about this alert: rules of the house may tell of other desks too."""
    return [told for told in receiver.effects.values() if told["data"]["alert_id"] == alert_id]


async def ends_when_answered(
    manager: Person, receiver: Receiver, alert_id: str, ticket_id: str
) -> None:
    seen = await manager.api.rpc("acknowledge_alert", {"p_alert_id": alert_id}).execute()
    assert seen.data["state"] == "acknowledged"
    await manager.api.rpc(
        "reply_to_ticket", {"p_ticket_id": ticket_id, "p_body": "Dzień dobry, już pomagam."}
    ).execute()

    async def is_over() -> bool:
        [known] = await rows_of(manager, "alerts", id=alert_id)
        return known["state"] == "cleared" and len(effects_of(receiver, alert_id)) == 2

    assert await eventually_async(is_over, 30)


def _forget(stack: StackState, hook_id: str, rule_id: str) -> None:
    with psycopg.connect(stack.db_url) as db:
        db.execute("delete from public.webhooks where id = %s", [hook_id])
        db.execute("update public.alert_rules set is_active = false where id = %s", [rule_id])
