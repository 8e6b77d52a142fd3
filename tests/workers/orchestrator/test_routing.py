"""The routing worker: one read, one decision, one write for a batch."""

from collections import Counter
from typing import Any, cast
from uuid import UUID, uuid4

import orjson

from lib.orchestrator.policy import RoutingPolicy
from lib.orchestrator.routing import route
from lib.store.orchestrator.routing import routing_record, supabase_orchestrator_store
from tests.workers.orchestrator.building import (
    AGENT,
    NOON,
    RememberingRpc,
    RememberingStore,
    a_job,
    a_ticket,
    an_agent,
)
from workers.orchestrator.routing import routing

POLICY = RoutingPolicy()


async def test_a_batch_is_read_once_and_written_once() -> None:
    tickets = [a_ticket(1), a_ticket(2)]
    store = RememberingStore(tickets, [an_agent()])
    jobs = [a_job(n, ticket.id) for n, ticket in enumerate(tickets)]
    results = await routing(store, POLICY).handle(jobs)
    assert store.calls == ["routing_contexts", "record_routing"]
    assert store.asked == [ticket.id for ticket in tickets]
    assert {decision.agent_id for decision in store.written.values()} == {AGENT}
    assert results == {0: "recorded", 1: "recorded"}


async def test_who_came_second_looks_again_at_once_but_only_once() -> None:
    tickets = [a_ticket(1), a_ticket(2), a_ticket(3)]
    store = RememberingStore(tickets, [an_agent()], stale=Counter({1: 1, 2: 2}))
    jobs = [a_job(n, ticket.id) for n, ticket in enumerate(tickets)]
    results = await routing(store, POLICY).handle(jobs)
    assert results == {0: "recorded", 1: "recorded", 2: "stale"}
    assert store.asked == [ticket.id for ticket in [*tickets, *tickets[1:]]]
    assert store.calls == ["routing_contexts", "record_routing"] * 2


async def test_colleagues_passed_over_travel_as_numbers_in_order() -> None:
    ticket = a_ticket(1)
    away = [an_agent(id=UUID(int=n), number=n, state="away") for n in (12, 3)]
    contexts = await RememberingStore([ticket], [an_agent(), *away]).routing_contexts([ticket.id])
    (decision,) = route(contexts, POLICY)
    assert routing_record(a_job(1, ticket.id), {ticket.id: decision})["skipped"] == {"away": "3 12"}


async def test_a_ticket_that_waits_no_longer_is_finished_without_a_decision() -> None:
    store = RememberingStore([], [an_agent()])
    assert await routing(store, POLICY).handle([a_job(7, uuid4())]) == {7: "gone"}
    assert store.written == {}


async def test_a_job_about_nothing_is_finished() -> None:
    store = RememberingStore()
    assert await routing(store, POLICY).handle([a_job(7, None)]) == {7: "gone"}
    assert store.asked == []


def test_the_worker_carries_the_name_it_is_subscribed_under() -> None:
    assert routing(RememberingStore(), POLICY).name == "orchestrator.routing"


# The store: what travels --------------------------------------------------------------------


async def test_contexts_are_checked_when_they_arrive() -> None:
    ticket, agent = a_ticket(1), an_agent()
    rpc = RememberingRpc(
        {
            "read_at": NOON.isoformat(),
            "tickets": [ticket.model_dump(mode="json")],
            "agents": [agent.model_dump(mode="json")],
        }
    )
    contexts = await supabase_orchestrator_store(cast("Any", rpc)).routing_contexts([ticket.id])
    assert rpc.calls == [("routing_contexts", {"p_ticket_ids": [ticket.id]})]
    assert (contexts.tickets, contexts.agents) == ((ticket,), (agent,))


async def test_each_job_travels_with_its_lease_and_the_most_urgent_first() -> None:
    late, urgent = a_ticket(1), a_ticket(2, queue_boost=10)
    decisions = {
        decision.ticket_id: decision
        for decision in route(
            await RememberingStore([late, urgent], [an_agent()]).routing_contexts(
                [late.id, urgent.id]
            ),
            POLICY,
        )
    }
    rpc = RememberingRpc([{"job_id": 1, "status": "recorded"}, {"job_id": 2, "status": "stale"}])
    gone = UUID(int=9)
    jobs = [a_job(3, gone), a_job(1, late.id), a_job(2, urgent.id)]
    store = supabase_orchestrator_store(cast("Any", rpc))
    assert await store.record_routing(jobs, decisions) == {1: "recorded", 2: "stale"}
    ((function, params),) = rpc.calls
    items = orjson.loads(orjson.dumps(params["p_decisions"]))
    assert function == "record_routing"
    assert [(item["job_id"], item["fence"], item["outcome"]) for item in items] == [
        (2, 1, "assigned"),
        (1, 1, "assigned"),
        (3, 1, "gone"),
    ]
    assert items[0]["event_id"] == 102
    assert items[0]["version"] == 4
    assert items[0]["candidates"][0]["agent_id"] == str(AGENT)
    assert items[2] == {"job_id": 3, "fence": 1, "ticket_id": str(gone), "outcome": "gone"}
