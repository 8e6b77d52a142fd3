"""What holds for every decision of every batch, whatever the desk looks like."""

from collections import defaultdict
from datetime import timedelta
from random import Random
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from lib.orchestrator.models.routing import AgentContext, Reason, RoutingContexts, TicketContext
from lib.orchestrator.policy import RoutingPolicy
from lib.orchestrator.routing import route
from tests.unit.orchestrator.building import NOON, SOPOT, WARSAW, a_ticket, an_agent, contexts

POLICY = RoutingPolicy(candidates_kept=3)
LANGUAGES = ("pl", "en", "uk")
SKILLS = ("category.billing", "category.booking", "certificate.aesthetic_medicine")
PEOPLE = range(12)


def some_agent(number: int, chance: Random) -> AgentContext:
    state = chance.choice(("online", "online", "online", "away", "offline", "gone"))
    known = [skill for skill in SKILLS if chance.random() < 0.6]
    known += [f"language.{language}" for language in LANGUAGES if chance.random() < 0.6]
    idle = chance.choice((None, 0, 59, 60, 600, 5000))
    return an_agent(
        number,
        desk_id=chance.choice((WARSAW, WARSAW, SOPOT)),
        is_active=state != "gone",
        state="offline" if state == "gone" else state,
        capacity_units=chance.randint(0, 12),
        load_units=chance.randint(0, 14),
        last_assigned_at=None if idle is None else NOON - timedelta(seconds=idle),
        skills={skill: chance.randint(1, 5) for skill in known},
    )


def some_ticket(number: int, chance: Random) -> TicketContext:
    named = [None, *(an_agent(person).id for person in PEOPLE)]
    return a_ticket(
        number,
        client_id=chance.choice((a_ticket(number).client_id, an_agent(number).id)),
        desk_id=chance.choice((WARSAW, SOPOT)),
        language=chance.choice(LANGUAGES),
        required_skills=tuple(skill for skill in SKILLS if chance.random() < 0.3),
        load_units=chance.choice((1, 2, 5)),
        queue_boost=chance.randint(0, 3),
        due_at=NOON + timedelta(seconds=chance.randint(-60, 60)),
        dedicated_agent_id=chance.choice(named),
        relationship_manager_id=chance.choice(named),
    )


def some_desk(seed: int) -> RoutingContexts:
    chance = Random(seed)
    people = chance.sample(PEOPLE, chance.randint(0, len(PEOPLE)))
    return contexts(
        [some_ticket(number, chance) for number in range(chance.randint(1, 12))],
        [some_agent(number, chance) for number in people],
    )


def desks() -> st.SearchStrategy[RoutingContexts]:
    """Any desk. Grown from a seed: drawing each field would take longer than routing them all."""
    return st.integers(0, 2**32).map(some_desk)


@settings(max_examples=60, deadline=None)
@given(desks())
def test_each_ticket_is_decided_once(read: RoutingContexts) -> None:
    decided = [decision.ticket_id for decision in route(read, POLICY)]
    assert sorted(decided) == sorted(ticket.id for ticket in read.tickets)


@settings(max_examples=60, deadline=None)
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


@settings(max_examples=60, deadline=None)
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


@settings(max_examples=60, deadline=None)
@given(desks())
def test_parts_sum_to_the_score_and_the_best_score_wins(read: RoutingContexts) -> None:
    for decision in route(read, POLICY):
        scores = [candidate.score for candidate in decision.candidates]
        assert scores == [sum(candidate.parts.values()) for candidate in decision.candidates]
        assert scores == sorted(scores, reverse=True)
        assert decision.score == (scores[0] if scores else None)
        assert decision.agent_id == (decision.candidates[0].agent_id if scores else None)
        assert (decision.outcome == "assigned") == bool(scores)


@settings(max_examples=60, deadline=None)
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


@settings(max_examples=60, deadline=None)
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


@settings(max_examples=60, deadline=None)
@given(desks(), st.integers(0, 2**32))
def test_the_order_in_which_rows_were_read_changes_nothing(
    read: RoutingContexts, seed: int
) -> None:
    chance = Random(seed)
    shuffled = contexts(
        chance.sample(read.tickets, len(read.tickets)), chance.sample(read.agents, len(read.agents))
    )
    assert [
        (made.ticket_id, made.agent_id, made.candidates) for made in route(shuffled, POLICY)
    ] == [(made.ticket_id, made.agent_id, made.candidates) for made in route(read, POLICY)]
