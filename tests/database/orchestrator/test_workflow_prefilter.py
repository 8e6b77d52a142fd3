"""Which events make a job for workflows: never one too few, and none where nothing can match."""

import asyncio
from typing import Any, LiteralString
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from lib.orchestrator.conditions import judge
from lib.orchestrator.workflows import plan_workflows
from tests.database.orchestrator.automation import (
    ALWAYS,
    POLICY,
    WORKER,
    Desk,
    a_store,
    is_field,
    settle,
)
from tests.database.orchestrator.router import claim
from tests.factories import a_client, a_desk, a_ticket
from tests.support.calling import call

PRIORITY = {"set_priority": "high"}
WORDS: dict[str, list[Any]] = {
    "ticket.tier": ["standard", "vip_platinum"],
    "ticket.channel": ["email", "chat"],
    "ticket.is_live": [True, False],
    "ticket.language": ["pl", "en"],
    "ticket.category": ["general", "complaint", "billing"],
    "ticket.priority": ["normal", "urgent"],
    "client.tier": ["standard", "vip_platinum"],
    "message.author_kind": ["client", "agent"],
    "message.is_internal": [True, False],
}


@pytest.fixture
def desk(db: psycopg.Connection) -> Desk:
    return Desk(db)


def comparisons() -> st.SearchStrategy[dict[str, Any]]:
    def of(field: str) -> st.SearchStrategy[dict[str, Any]]:
        word = st.sampled_from(WORDS[field])
        several = st.lists(word, min_size=1, max_size=2)
        return st.one_of(
            st.builds(is_field, st.just(field), word, st.sampled_from(["eq", "ne"])),
            st.builds(is_field, st.just(field), several, st.just("in")),
            st.builds(is_field, st.just(field), st.booleans(), st.just("is_null")),
        )

    return st.sampled_from(sorted(WORDS)).flatmap(of)


def trees() -> st.SearchStrategy[dict[str, Any]]:
    return st.recursive(
        comparisons(),
        lambda parts: st.one_of(
            st.builds(lambda part: {"not": part}, parts),
            st.builds(lambda all_: {"all": all_}, st.lists(parts, max_size=3)),
            st.builds(lambda any_: {"any": any_}, st.lists(parts, min_size=1, max_size=3)),
        ),
        max_leaves=8,
    )


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    tree=trees(),
    known=st.fixed_dictionaries({}, optional={f: st.sampled_from(w) for f, w in WORDS.items()}),
    unknown=st.fixed_dictionaries({}, optional={f: st.sampled_from(w) for f, w in WORDS.items()}),
)
def test_what_is_sifted_out_would_not_have_held(
    db: psycopg.Connection, tree: dict[str, Any], known: dict[str, Any], unknown: dict[str, Any]
) -> None:
    """Whatever a fact turns out to be that was not known when the event happened."""
    row = db.execute(
        "select private.is_met(private.list_demands(%s), %s)", [Jsonb(tree), Jsonb(known)]
    ).fetchone()
    assert row is not None
    assert row[0] or not judge(tree, {**unknown, **known}).holds


def numbers(db: psycopg.Connection, statement: LiteralString, *values: int) -> list[int]:
    return [number for (number,) in db.execute(statement, values)]


def a_mixed_evening(desk: Desk) -> None:
    """Tickets of two tiers, on two desks, about several things; answers and a correction."""
    for tier, category in [("standard", "complaint"), ("vip_platinum", "complaint")]:
        client = a_client(desk.db, tier, desk_id=desk.desk_id)
        ticket = a_ticket(desk.db, client, desk_id=desk.desk_id, category=category)
        desk.db.execute(
            "update public.support_tickets set category = 'billing', priority = 'high'"
            " where id = %s",
            [ticket],
        )
    elsewhere = a_desk(desk.db)
    a_ticket(desk.db, a_client(desk.db, "vip_platinum", desk_id=elsewhere), desk_id=elsewhere)
    desk.says("Dzień dobry")
    call(desk.db, desk.manager, "add_ticket_note(%s, 'Uwaga')", desk.ticket)


SOME_CONDITIONS: list[dict[str, Any]] = [
    ALWAYS,
    is_field("client.tier", "vip_platinum"),
    {"all": [is_field("ticket.category", ["complaint"], "in"), is_field("ticket.cycle", 1)]},
    {"any": [is_field("client.tier", "standard"), is_field("ticket.category", "complaint")]},
    {"not": is_field("client.tier", "standard")},
    is_field("message.author_kind", "client"),
    is_field("ticket.is_live", value=True),
    is_field("message.text", ["dzień*"], "contains"),
]


def test_every_event_that_some_workflow_matches_has_its_job(desk: Desk) -> None:
    for kind in ("ticket.opened", "message.posted", "ticket.details_changed"):
        for conditions in SOME_CONDITIONS[1:]:
            desk.save(kind, PRIORITY, conditions=conditions)
    earlier = numbers(desk.db, "select max(id) from public.events")
    a_mixed_evening(desk)
    every = numbers(desk.db, "select id from public.events where id > %s order by id", *earlier)
    contexts = asyncio.run(a_store(desk.db).workflow_contexts(every))
    plans = plan_workflows(contexts, POLICY).events
    matching = {
        event_id
        for event_id, made in plans.items()
        if any(run.status == "done" for run in made.runs)
    }
    asked = {job.event_id for job in claim(desk.db, WORKER)}
    assert matching
    assert matching <= asked
    assert asked < set(plans)


@pytest.mark.parametrize(
    ("conditions", "jobs"),
    [
        (ALWAYS, 1),
        (is_field("client.tier", "vip_platinum"), 1),
        (is_field("client.tier", "standard"), 0),
        (is_field("ticket.category", "complaint"), 0),
        ({"all": [is_field("ticket.category", "general"), is_field("ticket.tier", "premium")]}, 0),
        ({"any": [is_field("ticket.category", "billing"), is_field("ticket.cycle", 9)]}, 1),
        ({"not": is_field("client.tier", "vip_platinum")}, 1),
        # The first message comes after the ticket: what it says is not known yet.
        (is_field("message.author_kind", "agent"), 1),
    ],
)
def test_an_opened_ticket_makes_a_job_where_a_workflow_may_match(
    desk: Desk, conditions: dict[str, Any], jobs: int
) -> None:
    desk.save("ticket.opened", PRIORITY, conditions=conditions)
    call(desk.db, desk.client, "open_ticket('Pytanie', 'Kiedy?', 'email')")
    assert len(claim(desk.db, WORKER)) == jobs


def test_a_workflow_of_another_desk_makes_no_job(desk: Desk) -> None:
    desk.save("message.posted", PRIORITY)
    elsewhere = a_desk(desk.db)
    ticket = a_ticket(desk.db, a_client(desk.db, desk_id=elsewhere), desk_id=elsewhere)
    desk.db.execute(
        "insert into public.ticket_messages (ticket_id, author_id, author_kind, body)"
        " select id, client_id, 'client', 'Halo' from public.support_tickets where id = %s",
        [ticket],
    )
    assert claim(desk.db, WORKER) == []


def test_an_edited_workflow_counts_at_once(desk: Desk) -> None:
    workflow = desk.save(
        "message.posted", {"add_note": "n"}, conditions=is_field("client.tier", "standard")
    )
    desk.says("Raz")
    assert claim(desk.db, WORKER) == []
    call(
        desk.db,
        desk.manager,
        "save_workflow('Reguła', 'message.posted', %s, %s, %s, 50, true, %s, 1)",
        Jsonb(is_field("client.tier", "vip_platinum")),
        Jsonb([{"add_note": "n"}]),
        desk.desk_id,
        workflow,
    )
    desk.says("Dwa")
    settle(desk.db)
    assert ("done", "matched") in desk.runs(workflow)


def test_whoever_signs_up_is_looked_at_whatever_their_tier_will_be(desk: Desk) -> None:
    desk.db.execute(
        "insert into public.workflows (title, event_kind, conditions, actions, is_active)"
        " values ('Powitanie', 'client.registered', %s, %s, true)",
        [
            Jsonb(is_field("client.tier", "vip_platinum")),
            Jsonb([{"notify": {"roles": ["managers"]}}]),
        ],
    )
    a_client(desk.db, desk_id=desk.desk_id)
    assert [job.kind for job in claim(desk.db, WORKER)] == ["client.registered"]


def test_dry_runs_are_asked_for_whatever_the_workflow_waits_for(desk: Desk) -> None:
    workflow = desk.save("message.posted", PRIORITY, conditions=is_field("client.tier", "standard"))
    call(desk.db, desk.manager, "request_workflow_dry_run(p_workflow_id => %s)", workflow)
    assert [job.kind for job in claim(desk.db, WORKER)] == ["workflow.dry_run_requested"]


def test_writing_down_that_nothing_is_to_be_done_locks_no_ticket(desk: Desk) -> None:
    desk.save("message.posted", PRIORITY, conditions=is_field("ticket.cycle", 7, "gte"))
    desk.says("Halo")
    before = locked(desk.db, desk.ticket)
    settle(desk.db)
    assert desk.runs() == [("skipped", "conditions")]
    assert locked(desk.db, desk.ticket) == before


def locked(db: psycopg.Connection, ticket: UUID) -> tuple[Any, ...]:
    """The row's version and whoever locked it last."""
    row = db.execute(
        "select ctid::text, xmax::text, xmin::text from public.support_tickets where id = %s",
        [ticket],
    ).fetchone()
    assert row is not None
    return row
