"""A client writes, and the desk reads what it is about, how urgent and in which mood."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from scripts.stack.state import StackState
from tests.factories import DEFAULT_DESK
from tests.support.people import Reception
from tests.support.replica import replica
from tests.support.waiting import eventually_async

if TYPE_CHECKING:
    import subprocess

QUICK_SECONDS = 10.0
"""The goal is 2 s at p95 on an idle machine; here other tests share the cores."""


@pytest.fixture(scope="module")
def worker(stack: StackState) -> Iterator["subprocess.Popen[bytes]"]:
    with replica(stack, only="intelligence.triage,intelligence.sentiment") as process:
        yield process


async def test_an_alarming_message_becomes_urgent_and_its_judgement_is_the_desks(
    reception: Reception, worker: "subprocess.Popen[bytes]"
) -> None:
    agent = await reception.hire(DEFAULT_DESK)
    client = await reception.sign_up()
    arguments = {
        "p_channel": "chat",
        "p_subject": "Po zabiegu",
        "p_body": "Mam silną wysypkę i opuchliznę po wczorajszym zabiegu, jestem przerażona!",
    }
    opened: Any = (await client.api.rpc("open_ticket", arguments).execute()).data

    async def is_urgent() -> bool:
        found = await (
            agent.api.table("support_tickets").select("priority").eq("id", opened["id"]).execute()
        )
        return bool(found.data) and found.data == [{"priority": "urgent"}]

    assert await eventually_async(is_urgent, 30)
    judged = (
        await agent.api.table("message_judgements")
        .select("language, safety_rules, category")
        .eq("ticket_id", opened["id"])
        .execute()
    ).data
    assert judged == [
        {"language": "pl", "safety_rules": ["rash", "swelling"], "category": "general"}
    ]
    assert (await client.api.table("message_judgements").select("message_id").execute()).data == []


async def test_a_text_that_staff_ask_about_is_answered_while_they_wait(
    reception: Reception, worker: "subprocess.Popen[bytes]"
) -> None:
    agent = await reception.hire(DEFAULT_DESK)
    begun = time.monotonic()
    ask = {"p_text": "Jestem zachwycona, polecam!", "p_source": "review"}
    asked: Any = (await agent.api.rpc("request_sentiment_analysis", ask).execute()).data

    async def is_answered() -> bool:
        found: list[Any] = (
            await agent.api.table("sentiment_analyses")
            .select("status, sentiment")
            .eq("id", asked["id"])
            .execute()
        ).data
        return found == [{"status": "completed", "sentiment": "positive"}]

    assert await eventually_async(is_answered, QUICK_SECONDS)
    assert time.monotonic() - begun < QUICK_SECONDS
