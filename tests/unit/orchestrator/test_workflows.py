"""Which workflows act on an event, and what a dry run tells of past ones."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.orchestrator.models.workflows import (
    DryRunContexts,
    EventContext,
    Workflow,
    WorkflowContexts,
)
from lib.orchestrator.workflows import (
    WorkflowPolicy,
    decide,
    plan_dry_runs,
    plan_workflows,
    rehearse,
)

NOON = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
WARSAW, SOPOT = UUID(int=1), UUID(int=2)
POLICY = WorkflowPolicy()
PLATINUM = {"field": "client.tier", "op": "eq", "value": "vip_platinum"}


def a_workflow(number: int = 1, **changes: Any) -> Workflow:
    """Of the house: about messages of Platinum clients."""
    plain = {
        "id": UUID(int=100 + number),
        "version": 2,
        "desk_id": None,
        "event_kind": "message.posted",
        "conditions": PLATINUM,
        "actions": ({"set_priority": "urgent"},),
    }
    return Workflow.model_validate({**plain, **changes})


def an_event(number: int = 1, **changes: Any) -> EventContext:
    """A Platinum client writes, of their own accord."""
    plain = {
        "event_id": number,
        "event_kind": "message.posted",
        "occurred_at": NOON + timedelta(seconds=number),
        "chain_id": number,
        "subject_id": UUID(int=1000),
        "ticket_id": UUID(int=1000),
        "ticket_number": 7,
        "client_id": UUID(int=3),
        "desk_id": WARSAW,
        "facts": {"client.tier": "vip_platinum"},
        "fingerprint": f"print-{number}",
        "ran_ids": (),
    }
    return EventContext.model_validate({**plain, **changes})


@pytest.mark.parametrize(
    ("workflow", "event", "status", "reason"),
    [
        ({}, {}, "done", "matched"),
        ({}, {"facts": {"client.tier": "premium"}}, "skipped", "conditions"),
        ({"conditions": {"all": []}}, {"facts": {}}, "done", "matched"),
        ({}, {"ran_ids": [UUID(int=101)]}, "skipped", "loop"),
        ({}, {"ran_ids": [UUID(int=999)]}, "done", "matched"),
        # What would not act anyhow is no loop.
        ({}, {"facts": {}, "ran_ids": [UUID(int=101)]}, "skipped", "conditions"),
    ],
)
def test_what_a_workflow_does_about_an_event(
    workflow: dict[str, Any], event: dict[str, Any], status: str, reason: str
) -> None:
    run = decide(a_workflow(**workflow), an_event(**event), POLICY)
    assert (run.workflow, run.status, run.reason) == ((UUID(int=101), 2), status, reason)


@pytest.mark.parametrize(
    ("changes", "is_concerned"),
    [
        ({}, True),
        ({"desk_id": WARSAW}, True),
        ({"desk_id": SOPOT}, False),
        ({"event_kind": "ticket.opened"}, False),
    ],
)
def test_whose_events_a_workflow_is_about(changes: dict[str, Any], *, is_concerned: bool) -> None:
    contexts = WorkflowContexts(
        read_at=NOON, workflows=(a_workflow(**changes),), events=(an_event(),)
    )
    assert bool(plan_workflows(contexts, POLICY).events[1].runs) is is_concerned


def test_workflows_keep_the_order_they_were_read_in() -> None:
    contexts = WorkflowContexts(
        read_at=NOON,
        workflows=(a_workflow(3), a_workflow(1), a_workflow(2)),
        events=(an_event(1), an_event(2)),
    )
    plan = plan_workflows(contexts, POLICY)
    assert plan.policy_version == "workflows-1"
    for number, planned in plan.events.items():
        assert planned.fingerprint == f"print-{number}"
        assert [run.workflow[0].int for run in planned.runs] == [103, 101, 102]


def test_a_run_tells_of_a_few_comparisons_only() -> None:
    many = a_workflow(conditions={"all": [PLATINUM] * 20 + [{"all": [PLATINUM] * 20}]})
    assert len(decide(many, an_event(), POLICY).findings) == POLICY.findings_kept


# Dry runs -----------------------------------------------------------------------------------


def a_trial(*events: EventContext, **changes: Any) -> DryRunContexts:
    return DryRunContexts(
        id=UUID(int=5),
        workflow=a_workflow(**changes),
        since=NOON - timedelta(days=7),
        is_cut=False,
        events=events,
    )


def test_a_dry_run_names_what_would_have_been_done() -> None:
    trial = a_trial(an_event(1), an_event(2, facts={}), an_event(3))
    result = rehearse(trial, POLICY)
    assert (result.looked_at_count, result.matched_count, result.loop_count) == (3, 2, 0)
    assert result.failed == {"conditions": 1}
    assert [(match.event_id, match.ticket_number) for match in result.matches] == [(1, 7), (3, 7)]
    assert result.matches[0].actions == ({"set_priority": "urgent"},)
    assert plan_dry_runs([trial], POLICY).results == {UUID(int=5): result}


def test_a_dry_run_stops_rings_where_the_real_run_would() -> None:
    events = (
        an_event(1),
        an_event(2, chain_id=1),
        an_event(3, chain_id=1, subject_id=UUID(int=1001)),
        an_event(4),
    )
    result = rehearse(a_trial(*events), POLICY)
    assert [match.event_id for match in result.matches] == [1, 3, 4]
    assert result.loop_count == 1


def test_a_dry_run_looks_at_its_own_desk_and_kind_only() -> None:
    events = (an_event(1, desk_id=SOPOT), an_event(2, event_kind="ticket.opened"), an_event(3))
    assert rehearse(a_trial(*events, desk_id=WARSAW), POLICY).looked_at_count == 1


EVENTS = st.lists(
    st.tuples(st.integers(1, 3), st.integers(1, 2), st.sampled_from(["vip_platinum", "premium"])),
    max_size=12,
)


@given(EVENTS)
def test_a_dry_run_agrees_with_the_real_runs(drawn: list[tuple[int, int, str]]) -> None:
    """Event by event, remembering what was done in which chain, as the database does."""
    events = [
        an_event(n, chain_id=chain, subject_id=UUID(int=subject), facts={"client.tier": tier})
        for n, (chain, subject, tier) in enumerate(drawn)
    ]
    done: set[tuple[UUID, int]] = set()
    acted_on = []
    for event in events:
        ran = [a_workflow().id] if (event.subject_id, event.chain_id) in done else []
        known = event.model_copy(update={"ran_ids": frozenset(ran)})
        contexts = WorkflowContexts(read_at=NOON, workflows=(a_workflow(),), events=(known,))
        (run,) = plan_workflows(contexts, POLICY).events[event.event_id].runs
        if run.status == "done":
            done.add((event.subject_id, event.chain_id))
            acted_on.append(event.event_id)
    assert [match.event_id for match in rehearse(a_trial(*events), POLICY).matches] == acted_on
