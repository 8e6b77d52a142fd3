"""What holds for every decision of every batch, whatever the desk looks like."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import get_args
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from lib.orchestrator.models.routing import (
    AgentContext,
    InterruptibleWork,
    Reason,
    Refusal,
    Relaxation,
    RoutingContexts,
    TicketContext,
    WaitBudget,
)
from lib.orchestrator.policy import RoutingPolicy
from lib.orchestrator.routing import route
from tests.unit.orchestrator.building import NOON, SOPOT, WARSAW, a_ticket, an_agent

POLICY = RoutingPolicy(candidates_kept=3)
LANGUAGES = ("pl", "en", "uk")
FLOOR = "certificate.aesthetic_medicine"
SKILLS = ("category.billing", "category.booking", FLOOR)
PEOPLE = range(12)
TIERS = ("standard", "vip_platinum")
BUDGETS = tuple(
    WaitBudget(tier=tier, is_live=is_live, stage=stage, wait_seconds=seconds)
    for tier in TIERS
    for is_live in (True, False)
    for stage, seconds in (("dedicated", 10), ("deputy", 8), ("vip_pool", 0), ("desk", 20))
    if tier != "standard" or stage == "desk"
)
RELAXATIONS = tuple(
    Relaxation(skill=skill, live_seconds=15, async_seconds=30) for skill in SKILLS if skill != FLOOR
)


def some_agent(number: int, chance: Random) -> AgentContext:
    state = chance.choice(("online", "online", "online", "away", "offline", "gone"))
    known = [skill for skill in (*SKILLS, "certificate.vip_service") if chance.random() < 0.6]
    known += [f"language.{language}" for language in LANGUAGES if chance.random() < 0.6]
    idle = chance.choice((None, 0, 59, 60, 600, 5000))
    return an_agent(
        number,
        desk_id=chance.choice((WARSAW, WARSAW, SOPOT)),
        is_active=state != "gone",
        is_on_leave=chance.random() < 0.1,
        steady_at=NOON + timedelta(seconds=chance.choice((-9, -9, -9, 9))),
        ramp_left=chance.choice((None, None, 0, 1, 3)),
        ramp_ends_at=NOON + timedelta(seconds=60),
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
        desk_id=WARSAW if number % 3 else SOPOT,
        overflow_desk_id=chance.choice((None, SOPOT)) if number % 3 else None,
        tier=chance.choice(TIERS),
        is_live=chance.random() < 0.5,
        is_preemptive=chance.random() < 0.4,
        waiting_since=NOON - timedelta(seconds=chance.randint(0, 60)),
        language=chance.choice(LANGUAGES),
        required_skills=tuple(skill for skill in SKILLS if chance.random() < 0.3),
        load_units=chance.choice((1, 2, 5)),
        queue_boost=chance.randint(0, 3),
        due_at=NOON + timedelta(seconds=chance.randint(-60, 60)),
        dedicated_agent_id=chance.choice(named),
        deputy_agent_id=chance.choice(named),
        previous_agent_id=chance.choice(named),
        relationship_manager_id=chance.choice(named),
    )


def some_desk(seed: int) -> RoutingContexts:
    chance = Random(seed)
    people = chance.sample(PEOPLE, chance.randint(0, len(PEOPLE)))
    tickets = [some_ticket(number, chance) for number in range(chance.randint(1, 12))]
    agents = [some_agent(number, chance) for number in people]
    return RoutingContexts(
        read_at=NOON,
        tickets=tuple(tickets),
        agents=tuple(agents),
        refusals=tuple(some_refusals(tickets, agents, chance)),
        budgets=BUDGETS,
        relaxations=RELAXATIONS,
        interruptible=tuple(some_work(agents, chance)),
    )


def some_refusals(
    tickets: list[TicketContext], agents: list[AgentContext], chance: Random
) -> Iterator[Refusal]:
    for ticket in tickets:
        for agent in chance.sample(agents, chance.randint(0, len(agents)) // 3):
            is_final = chance.random() < 0.5
            yield Refusal(
                ticket_id=ticket.id,
                agent_id=agent.id,
                reason="declined" if is_final else "timed_out",
                refused_until=None if is_final else NOON + timedelta(seconds=30),
            )


def some_work(agents: list[AgentContext], chance: Random) -> Iterator[InterruptibleWork]:
    """Asynchronous tickets, never more of them than the agent's load."""
    for agent in agents:
        for number in range(chance.randint(0, agent.load_units) // 2):
            yield InterruptibleWork(
                agent_id=agent.id,
                ticket_id=UUID(int=agent.id.int * 100 + number),
                number=number,
                load_units=chance.choice((1, 2)),
                boost=chance.randint(0, 3),
                due_at=NOON + timedelta(seconds=chance.randint(-60, 60)),
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
def test_no_batch_lifts_anybody_above_capacity_counting_what_goes_back(
    read: RoutingContexts,
) -> None:
    units = {ticket.id: ticket.load_units for ticket in read.tickets}
    work = {item.ticket_id: item for item in read.interruptible}
    load = {agent.id: agent.load_units for agent in read.agents}
    capacity = {agent.id: agent.capacity_units for agent in read.agents}
    for decision in route(read, POLICY):
        if decision.agent_id:
            load[decision.agent_id] += units[decision.ticket_id]
            load[decision.agent_id] -= sum(work[id_].load_units for id_ in decision.preempted)
            assert load[decision.agent_id] <= capacity[decision.agent_id]


@settings(max_examples=60, deadline=None)
@given(desks())
def test_work_goes_back_once_for_those_who_may_ask_and_never_in_vain(
    read: RoutingContexts,
) -> None:
    work = {item.ticket_id: item for item in read.interruptible}
    tickets = {ticket.id: ticket for ticket in read.tickets}
    taken = [
        (decision, [work[id_] for id_ in decision.preempted])
        for decision in route(read, POLICY)
        if decision.preempted
    ]
    sent_back = [item.ticket_id for _, items in taken for item in items]
    assert len(sent_back) == len(set(sent_back))
    for decision, items in taken:
        assert tickets[decision.ticket_id].is_preemptive
        assert {item.agent_id for item in items} == {decision.agent_id}


@settings(max_examples=60, deadline=None)
@given(desks())
def test_only_people_who_are_there_and_able_are_chosen(read: RoutingContexts) -> None:
    people = {agent.id: agent for agent in read.agents}
    asked = {ticket.id: ticket for ticket in read.tickets}
    for decision in route(read, POLICY):
        for candidate in decision.candidates:
            agent, ticket = people[candidate.agent_id], asked[decision.ticket_id]
            assert agent.is_active
            assert not agent.is_on_leave
            assert agent.state == "online"
            assert agent.steady_at
            assert agent.steady_at <= NOON
            assert agent.desk_id in (ticket.desk_id, ticket.overflow_desk_id)
            assert agent.id != ticket.client_id


@settings(max_examples=60, deadline=None)
@given(desks())
def test_language_and_certificates_are_never_given_up_and_what_is_is_named(
    read: RoutingContexts,
) -> None:
    people = {agent.id: agent for agent in read.agents}
    asked = {ticket.id: ticket for ticket in read.tickets}
    for decision in route(read, POLICY):
        for candidate in decision.candidates:
            agent, ticket = people[candidate.agent_id], asked[decision.ticket_id]
            missing = {f"language.{ticket.language}", *ticket.required_skills} - set(agent.skills)
            assert not missing & {f"language.{ticket.language}", FLOOR}
            assert ("lacking" in candidate.parts) == bool(missing)
            if agent.id == decision.agent_id:
                assert set(decision.relaxed) == missing


@settings(max_examples=60, deadline=None)
@given(desks())
def test_whoever_said_no_is_never_a_candidate(read: RoutingContexts) -> None:
    refused = {(refusal.ticket_id, refusal.agent_id) for refusal in read.refusals}
    for decision in route(read, POLICY):
        for candidate in decision.candidates:
            assert (decision.ticket_id, candidate.agent_id) not in refused


@settings(max_examples=60, deadline=None)
@given(desks())
def test_nobody_just_back_gets_more_than_their_portion(read: RoutingContexts) -> None:
    given_to = [decision.agent_id for decision in route(read, POLICY)]
    for agent in read.agents:
        if agent.ramp_left is not None:
            assert given_to.count(agent.id) <= agent.ramp_left


@settings(max_examples=60, deadline=None)
@given(desks())
def test_the_same_contexts_give_the_same_decisions(read: RoutingContexts) -> None:
    assert route(read, POLICY) == route(read, POLICY)


@settings(max_examples=60, deadline=None)
@given(desks())
def test_a_moment_to_look_again_lies_ahead_and_belongs_to_a_wait(read: RoutingContexts) -> None:
    for decision in route(read, POLICY):
        if decision.look_again_at:
            assert decision.outcome == "waiting"
            assert decision.look_again_at > read.read_at


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
        named = {
            ticket.dedicated_agent_id,
            ticket.deputy_agent_id,
            ticket.relationship_manager_id,
        }
        mentioned = [candidate.agent_id for candidate in decision.candidates]
        for reason, numbers in decision.skipped.items():
            assert reason in get_args(Reason)
            assert numbers
            mentioned += [an_agent(number).id for number in numbers]
        of_desk = {agent.id for agent in read.agents if agent.desk_id == ticket.desk_id}
        helpers = {agent.id for agent in read.agents if agent.desk_id == ticket.overflow_desk_id}
        known = {agent.id for agent in read.agents} & named
        assert len(mentioned) == len(set(mentioned))
        # Helpers are considered all together, once their stage is open.
        is_open = helpers <= set(mentioned)
        assert set(mentioned) == of_desk | known | (helpers if is_open else set())


@settings(max_examples=60, deadline=None)
@given(desks())
def test_a_dedicated_agent_among_the_able_always_gets_the_first_ticket(
    read: RoutingContexts,
) -> None:
    first = route(read, POLICY)[0]
    asked = {ticket.id: ticket for ticket in read.tickets}
    dedicated_id = asked[first.ticket_id].dedicated_agent_id
    at_home = {a.id for a in read.agents if a.desk_id == asked[first.ticket_id].desk_id}
    able = [c.agent_id for c in first.candidates if "lacking" not in c.parts]
    if dedicated_id in able and dedicated_id in at_home:
        assert first.agent_id == dedicated_id
    if dedicated_id in {an_agent(n).id for n in first.skipped.get("outscored", ())}:
        assert dedicated_id not in at_home or asked[first.ticket_id].required_skills


@settings(max_examples=60, deadline=None)
@given(desks(), st.integers(0, 2**32))
def test_the_order_in_which_rows_were_read_changes_nothing(
    read: RoutingContexts, seed: int
) -> None:
    chance = Random(seed)
    shuffled = read.model_copy(
        update={
            name: tuple(chance.sample(rows, len(rows)))
            for name in ("tickets", "agents", "refusals", "budgets", "interruptible")
            for rows in [getattr(read, name)]
        }
    )
    assert [
        (made.ticket_id, made.agent_id, made.candidates) for made in route(shuffled, POLICY)
    ] == [(made.ticket_id, made.agent_id, made.candidates) for made in route(read, POLICY)]
