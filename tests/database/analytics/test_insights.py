"""Insights end to end: the sums are what rows say, a difference is told once, silence is a run."""

import asyncio
from collections import defaultdict
from datetime import datetime, timedelta
from random import Random
from typing import Any, LiteralString, cast
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import pytest

from lib.analytics.insights import InsightPolicy
from lib.store.analytics.insights import supabase_insight_store
from tests.database.analytics.counting import a_resolved_ticket
from tests.database.orchestrator.router import claim
from tests.database.performance.alerter import DatabaseRpc
from tests.database.performance.measured import a_rating
from tests.factories import a_client, a_desk, a_manager, a_staff_member
from tests.support.acting import acting_as
from tests.support.calling import call, rows
from workers.analytics.insights import insights

WARSAW = ZoneInfo("Europe/Warsaw")
NAME = "analytics.insights"


def yesterday() -> datetime:
    midnight = datetime.now(WARSAW).replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight - timedelta(days=1)).replace(hour=12)


def rate(
    db: psycopg.Connection, desk_id: UUID, scores: list[int], channel: str = "chat"
) -> list[UUID]:
    """Each score is another client's; the tickets."""
    tickets = []
    for score in scores:
        client = a_client(db, desk_id=desk_id)
        ticket = a_resolved_ticket(db, client, yesterday(), channel=channel)
        a_rating(db, client, ticket, yesterday() + timedelta(hours=1), score)
        tickets.append(ticket)
    return tickets


def look(db: psycopg.Connection) -> None:
    """A day begins."""
    db.execute("delete from private.jobs where worker = %s", [NAME])
    with acting_as(db, "service_role"):
        db.execute("select worker.emit_tick('clock.daily', now() + random() * interval '1 year')")
    db.execute("update private.jobs set ready_at = now() where worker = %s", [NAME])
    jobs = claim(db, NAME)
    assert jobs
    handle: Any = insights(
        supabase_insight_store(cast("Any", DatabaseRpc(db))), InsightPolicy(smallest_clients=8)
    ).handle
    assert set(asyncio.run(handle(jobs)).values()) == {"recorded"}


@pytest.fixture
def executive(db: psycopg.Connection) -> UUID:
    """An empty past: only what the test rates is looked at."""
    db.execute("delete from public.insight_runs")
    db.execute("delete from public.surveys where csat is not null")
    return a_staff_member(db, "executive", name="Ewa Dyrektorska")


def test_a_desk_that_differs_is_told_with_its_worst_tickets(
    db: psycopg.Connection, executive: UUID
) -> None:
    good, bad = a_desk(db, "Dobry"), a_desk(db, "Zły")
    rate(db, good, [5, 5, 4, 5] * 2)
    tickets = rate(db, bad, [2, 3, 1, 2] * 6)
    look(db)
    told = call(db, executive, "get_strategic_insights('7d')")
    [finding] = [
        one
        for one in told["insights"]
        if one["dimension"] == "desk" and one["group_value"] == str(bad)
    ]
    assert (finding["metric"], finding["direction"]) == ("client_satisfaction", "worse")
    assert finding["difference"] == pytest.approx(2 - 4.75)
    assert finding["interval_high"] < 0
    assert finding["q_value"] < 0.05
    assert "Zły" in finding["recommendation_pl"]
    worst = {str(tickets[number]) for number in range(2, 24, 4)}
    assert worst <= set(finding["evidence_ids"]) <= {str(ticket) for ticket in tickets}
    assert len(finding["evidence_ids"]) == 20
    manager, other = a_manager(db, desk_id=bad), a_manager(db, desk_id=a_desk(db))
    mine = call(db, manager, "get_strategic_insights('7d')")["insights"]
    assert finding["id"] in {one["id"] for one in mine}
    assert {one["group_value"] for one in mine} == {str(bad)}
    assert call(db, other, "get_strategic_insights('7d')")["insights"] == []
    assert rows(db, other, "select from public.strategic_insights") == []
    read: LiteralString = "select id from public.strategic_insights"
    assert {str(row_id) for (row_id,) in rows(db, manager, read)} == {one["id"] for one in mine}
    look(db)
    again = call(db, executive, "get_strategic_insights('7d')")["insights"]
    assert [one["id"] for one in again] == [one["id"] for one in told["insights"]]


def test_when_nothing_differs_the_house_is_silent_but_says_that_it_looked(
    db: psycopg.Connection, executive: UUID
) -> None:
    for _ in range(2):
        rate(db, a_desk(db), [5, 4, 5, 4] * 2)
    look(db)
    told = call(db, executive, "get_strategic_insights('7d')")
    assert [one for one in told["insights"] if one["metric"] == "client_satisfaction"] == []
    assert told["run"]["comparison_count"] >= 2


def test_the_sums_compared_are_those_of_the_rows(db: psycopg.Connection, executive: UUID) -> None:
    random = Random(4)
    desk = a_desk(db)
    said: dict[str, dict[UUID, list[int]]] = {"chat": defaultdict(list), "phone": defaultdict(list)}
    for client in [a_client(db, desk_id=desk) for _ in range(6)]:
        for _ in range(3):
            channel, score = random.choice(["chat", "phone"]), random.randint(1, 5)
            ticket = a_resolved_ticket(db, client, yesterday(), channel=channel)
            a_rating(db, client, ticket, yesterday() + timedelta(hours=1), score)
            said[channel][client].append(score)
    compared = db.execute(
        "select group_value, in_group, in_rest from private.list_insight_comparisons("
        " now() - interval '3 days', now()) where metric = 'client_satisfaction'"
        " and dimension = 'channel'"
    ).fetchall()
    assert {channel for channel, _, _ in compared} == {"chat", "phone"}
    for channel, in_group, in_rest in compared:
        other = "phone" if channel == "chat" else "chat"
        assert in_group == pytest.approx(sums(said[channel]))
        assert in_rest == pytest.approx(sums(said[other]))
    assert executive


def sums(said: dict[UUID, list[int]]) -> list[float]:
    clients = list(said.values())
    return [
        len(clients),
        sum(len(scores) for scores in clients),
        sum(sum(scores) for scores in clients),
        sum(score**2 for scores in clients for score in scores),
        sum(sum(scores) ** 2 for scores in clients),
        sum(sum(scores) * len(scores) for scores in clients),
        sum(len(scores) ** 2 for scores in clients),
    ]
