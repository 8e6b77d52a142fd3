"""What holds for every decision of every batch, whatever the desk looks like."""

from collections import defaultdict
from datetime import timedelta
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from lib.orchestrator.models import AgentContext, Reason, RoutingContexts, TicketContext
from lib.orchestrator.policy import RoutingPolicy
from lib.orchestrator.routing import route
from tests.unit.orchestrator.building import NOON, SOPOT, WARSAW, a_ticket, an_agent, contexts

POLICY = RoutingPolicy(candidates_kept=3)
LANGUAGES = st.sampled_from(["pl", "en", "uk"])
SKILLS = st.sampled_from(["category.billing", "category.booking", "certificate.aesthetic_medicine"])
PEOPLE = range(12)


@st.composite
def agents(draw: st.DrawFn, number: int) -> AgentContext:
    known = draw(st.lists(SKILLS, unique=True)) + [
        f"language.{language}" for language in draw(st.lists(LANGUAGES, unique=True))
    ]
    idle = draw(st.none() | st.integers(min_value=0, max_value=5000))
    is_active = draw(st.integers(0, 9)) > 0
    return an_agent(
        number,
        desk_id=draw(st.sampled_from([WARSAW, WARSAW, SOPOT])),
        is_active=is_active,
        state=draw(st.sampled_from(["online", "online", "away", "offline"]))
        if is_active
        else "offline",
        capacity_units=draw(st.integers(0, 12)),
        load_units=draw(st.integers(0, 14)),
        last_assigned_at=None if idle is None else NOON - timedelta(seconds=idle),
        skills={skill: draw(st.integers(1, 5)) for skill in known},
    )


@st.composite
def tickets(draw: st.DrawFn, number: int) -> TicketContext:
    client = st.just(a_ticket(number).client_id) | st.just(an_agent(number).id)
    named = st.none() | st.sampled_from(PEOPLE).map(lambda person: an_agent(person).id)
    return a_ticket(
        number,
        client_id=draw(client),
        desk_id=draw(st.sampled_from([WARSAW, SOPOT])),
        language=draw(LANGUAGES),
        required_skills=tuple(sorted(draw(st.sets(SKILLS, max_size=2)))),
        load_units=draw(st.sampled_from([1, 2, 5])),
        queue_boost=draw(st.integers(0, 3)),
        due_at=NOON + timedelta(seconds=draw(st.integers(-60, 60))),
        dedicated_agent_id=draw(named),
        relationship_manager_id=draw(named),
    )


@st.composite
def desks(draw: st.DrawFn) -> RoutingContexts:
    some = draw(st.lists(st.sampled_from(PEOPLE), unique=True))
    return contexts(
        [draw(tickets(number)) for number in range(draw(st.integers(1, 12)))],
        [draw(agents(number)) for number in some],
    )


@given(desks())
def test_each_ticket_is_decided_once(read: RoutingContexts) -> None:
    decided = [decision.ticket_id for decision in route(read, POLICY)]
    assert sorted(decided) == sorted(ticket.id for ticket in read.tickets)


@given(desks())
def test_no_batch_lifts_anybody_above_capacity(read: RoutingContexts) -> None:
    units = {ticket.id: ticket.load_units for ticket in read.tickets}
    given_units = defaultdict[object, int](int)
    for decision in route(read, POLICY):
        if decision.agent_id:
            given_units[decision.agent_id] += units[decision.ticket_id]
    for agent in read.agents:
        if given_units[agent.id]:
            assert agent.load_units + given_units[agent.id] <= agent.capacity_units


@given(desks())
def test_only_people_who_are_there_and_able_are_chosen(read: RoutingContexts) -> None:
    people = {agent.id: agent for agent in read.agents}
    asked = {ticket.id: ticket for ticket in read.tickets}
    for decision in route(read, POLICY):
        for candidate in decision.candidates:
            agent, ticket = people[candidate.agent_id], asked[decision.ticket_id]
            assert agent.is_active
            assert agent.state == "online"
            assert agent.desk_id == ticket.desk_id
            assert agent.id != ticket.client_id
            assert {f"language.{ticket.language}", *ticket.required_skills} <= set(agent.skills)


@given(desks())
def test_parts_sum_to_the_score_and_the_best_score_wins(read: RoutingContexts) -> None:
    for decision in route(read, POLICY):
        scores = [candidate.score for candidate in decision.candidates]
        assert scores == [sum(candidate.parts.values()) for candidate in decision.candidates]
        assert scores == sorted(scores, reverse=True)
        assert decision.score == (scores[0] if scores else None)
        assert decision.agent_id == (decision.candidates[0].agent_id if scores else None)
        assert (decision.outcome == "assigned") == bool(scores)


@given(desks())
def test_everybody_considered_is_a_candidate_or_skipped_for_one_reason(
    read: RoutingContexts,
) -> None:
    asked = {ticket.id: ticket for ticket in read.tickets}
    for decision in route(read, POLICY):
        ticket = asked[decision.ticket_id]
        named = {ticket.dedicated_agent_id, ticket.relationship_manager_id}
        mentioned = [candidate.agent_id for candidate in decision.candidates]
        for reason, agent_ids in decision.skipped.items():
            assert reason in get_args(Reason)
            assert agent_ids
            mentioned += agent_ids
        considered = [
            agent.id
            for agent in read.agents
            if agent.desk_id == ticket.desk_id or agent.id in named
        ]
        assert sorted(mentioned) == sorted(considered)


@given(desks())
def test_a_dedicated_agent_with_room_always_gets_the_first_ticket(read: RoutingContexts) -> None:
    first = route(read, POLICY)[0]
    dedicated_id = {ticket.id: ticket.dedicated_agent_id for ticket in read.tickets}[
        first.ticket_id
    ]
    if dedicated_id in [candidate.agent_id for candidate in first.candidates]:
        assert first.agent_id == dedicated_id
    else:
        assert dedicated_id not in first.skipped.get("outscored", ())


@given(desks(), st.randoms(use_true_random=False))
def test_the_order_in_which_rows_were_read_changes_nothing(
    read: RoutingContexts, chance: object
) -> None:
    shuffle = chance.shuffle  # type: ignore[attr-defined]
    some_tickets, some_agents = list(read.tickets), list(read.agents)
    shuffle(some_tickets)
    shuffle(some_agents)
    again = route(contexts(some_tickets, some_agents), POLICY)
    assert [(decision.ticket_id, decision.agent_id, decision.candidates) for decision in again] == [
        (decision.ticket_id, decision.agent_id, decision.candidates)
        for decision in route(read, POLICY)
    ]
