"""Who gets which ticket."""

from datetime import timedelta

import pytest

from lib.orchestrator.models.routing import AgentContext, RoutingDecision, TicketContext
from lib.orchestrator.policy import RoutingPolicy
from lib.orchestrator.routing import route
from tests.unit.orchestrator.building import (
    NOON,
    SOPOT,
    WARSAW,
    a_ticket,
    an_agent,
    contexts,
    reasons,
)

POLICY = RoutingPolicy()


def routed(tickets: list[TicketContext], agents: list[AgentContext]) -> list[RoutingDecision]:
    return route(contexts(tickets, agents), POLICY)


def chosen(ticket: TicketContext, agents: list[AgentContext]) -> int | None:
    agent_id = routed([ticket], agents)[0].agent_id
    return agent_id.int - 1000 if agent_id else None


def test_an_online_agent_who_speaks_the_language_gets_the_ticket() -> None:
    decision = routed([a_ticket(1)], [an_agent(1)])[0]
    assert (decision.outcome, decision.agent_id) == ("assigned", an_agent(1).id)


def test_a_ticket_waits_when_nobody_is_there() -> None:
    decision = routed([a_ticket(1)], [])[0]
    assert (decision.outcome, decision.agent_id, decision.score) == ("waiting", None, None)
    assert decision.candidates == ()


@pytest.mark.parametrize(
    ("agent", "reason"),
    [
        (an_agent(1, is_active=False, state="offline"), "inactive"),
        (an_agent(1, state="offline"), "offline"),
        (an_agent(1, state="away"), "away"),
        (an_agent(1, skills={"language.en": 5, "category.billing": 5}), "language_missing"),
        (an_agent(1, skills={"language.pl": 5}), "skill_missing"),
        (
            an_agent(1, skills={"language.pl": 5, "category.billing": 1}, load_units=9),
            "at_capacity",
        ),
    ],
)
def test_whoever_cannot_take_it_is_named_with_the_reason(agent: AgentContext, reason: str) -> None:
    ticket = a_ticket(1, required_skills=("category.billing",), load_units=2)
    decision = routed([ticket], [agent])[0]
    assert decision.outcome == "waiting"
    assert reasons(decision) == {1: reason}


def test_the_first_reason_that_applies_is_the_only_one() -> None:
    nothing_fits = an_agent(1, state="away", skills={}, load_units=10)
    assert reasons(routed([a_ticket(1)], [nothing_fits])[0]) == {1: "away"}


def test_agents_of_another_desk_are_not_considered() -> None:
    decision = routed([a_ticket(1)], [an_agent(1, desk_id=SOPOT)])[0]
    assert decision.outcome == "waiting"
    assert decision.skipped == {}


def test_a_dedicated_agent_of_another_desk_is_skipped_with_that_reason() -> None:
    elsewhere = an_agent(1, desk_id=SOPOT)
    decision = routed([a_ticket(1, dedicated_agent_id=elsewhere.id)], [elsewhere, an_agent(2)])[0]
    assert decision.agent_id == an_agent(2).id
    assert reasons(decision) == {1: "wrong_desk"}


def test_somebody_named_twice_and_elsewhere_is_still_skipped_once() -> None:
    elsewhere = an_agent(1, desk_id=SOPOT)
    ticket = a_ticket(1, dedicated_agent_id=elsewhere.id, relationship_manager_id=elsewhere.id)
    assert routed([ticket], [elsewhere])[0].skipped == {"wrong_desk": (elsewhere.number,)}


def test_nobody_is_given_a_ticket_of_their_own() -> None:
    client = an_agent(1)
    decision = routed([a_ticket(1, client_id=client.id)], [client, an_agent(2)])[0]
    assert decision.agent_id == an_agent(2).id
    assert reasons(decision) == {1: "own_ticket"}


def test_the_dedicated_agent_comes_first_however_good_the_others_are() -> None:
    busy = an_agent(1, load_units=9, skills={"language.pl": 1}, last_assigned_at=NOON)
    best = an_agent(2, last_assigned_at=None)
    assert chosen(a_ticket(1, dedicated_agent_id=busy.id), [best, busy]) == 1


def test_a_full_or_absent_dedicated_agent_leaves_the_ticket_to_others() -> None:
    for dedicated in (an_agent(1, load_units=10), an_agent(1, state="away")):
        assert chosen(a_ticket(1, dedicated_agent_id=dedicated.id), [dedicated, an_agent(2)]) == 2


def test_the_relationship_manager_comes_before_strangers() -> None:
    manager = an_agent(1, load_units=5)
    assert chosen(a_ticket(1, relationship_manager_id=manager.id), [an_agent(2), manager]) == 1


def test_the_one_with_more_room_is_better() -> None:
    assert chosen(a_ticket(1), [an_agent(1, load_units=5), an_agent(2)]) == 2


def test_room_is_a_share_of_what_somebody_can_carry() -> None:
    part_time = an_agent(1, capacity_units=4, load_units=0)
    assert chosen(a_ticket(1), [an_agent(2, load_units=4), part_time]) == 1


def test_the_weakest_required_skill_counts() -> None:
    even = an_agent(1, skills={"language.pl": 5, "category.billing": 3, "category.booking": 3})
    uneven = an_agent(2, skills={"language.pl": 5, "category.billing": 5, "category.booking": 1})
    ticket = a_ticket(1, required_skills=("category.billing", "category.booking"))
    assert chosen(ticket, [uneven, even]) == 1


def test_equal_scores_go_to_whoever_has_waited_longest() -> None:
    day, week = NOON - timedelta(days=1), NOON - timedelta(days=7)
    agents = [an_agent(1, last_assigned_at=day), an_agent(2, last_assigned_at=week)]
    assert chosen(a_ticket(1), agents) == 2
    assert chosen(a_ticket(1), [*agents, an_agent(3, last_assigned_at=None)]) == 3


def test_equal_in_everything_means_the_lower_id() -> None:
    assert chosen(a_ticket(1), [an_agent(2), an_agent(1)]) == 1


def test_a_higher_tier_is_served_first_whatever_the_deadlines() -> None:
    standard = a_ticket(1, due_at=NOON)
    platinum = a_ticket(2, queue_boost=3, due_at=NOON + timedelta(days=1))
    last_place = an_agent(1, load_units=9)
    first, second = routed([standard, platinum], [last_place])
    assert (first.ticket_id, first.outcome) == (platinum.id, "assigned")
    assert (second.ticket_id, second.outcome) == (standard.id, "waiting")


def test_within_a_tier_the_earlier_deadline_and_then_the_lower_number_is_served_first() -> None:
    later = a_ticket(1, due_at=NOON + timedelta(minutes=5))
    tickets = [later, a_ticket(3, due_at=NOON), a_ticket(2, due_at=NOON)]
    order = [decision.ticket_id.int - 2000 for decision in routed(tickets, [])]
    assert order == [2, 3, 1]


def test_a_batch_uses_up_capacity_as_it_goes() -> None:
    calls = [a_ticket(number, load_units=5) for number in (1, 2, 3)]
    first, second, third = routed(calls, [an_agent(1)])
    assert [first.outcome, second.outcome, third.outcome] == ["assigned", "assigned", "waiting"]
    assert reasons(third) == {1: "at_capacity"}


def test_a_batch_takes_turns_between_equals() -> None:
    tickets = [a_ticket(number) for number in range(1, 7)]
    agents = [an_agent(number) for number in (1, 2, 3)]
    given = [decision.agent_id for decision in routed(tickets, agents)]
    assert {agent.id: given.count(agent.id) for agent in agents} == dict.fromkeys(
        [agent.id for agent in agents], 2
    )


def test_a_small_ticket_goes_where_a_call_has_no_room() -> None:
    agents = [an_agent(1, load_units=8)]
    assert chosen(a_ticket(1, load_units=5), agents) is None
    assert chosen(a_ticket(1, load_units=2), agents) == 1


def test_candidates_beyond_the_stored_few_are_listed_as_outscored() -> None:
    agents = [an_agent(number, load_units=number) for number in range(9)]
    decision = route(contexts([a_ticket(1)], agents), RoutingPolicy(candidates_kept=3))[0]
    assert [candidate.agent_id for candidate in decision.candidates] == [
        agent.id for agent in agents[:3]
    ]
    assert reasons(decision) == dict.fromkeys(range(3, 9), "outscored")


def test_the_parts_name_what_earned_the_score() -> None:
    agent = an_agent(
        1, load_units=5, skills={"language.pl": 4, "category.billing": 2}, last_assigned_at=NOON
    )
    ticket = a_ticket(
        1, required_skills=("category.billing",), dedicated_agent_id=agent.id, desk_id=WARSAW
    )
    candidate = routed([ticket], [agent])[0].candidates[0]
    assert candidate.parts == {
        "dedicated": 2000,
        "skill_level": 20,
        "language_level": 24,
        "spare_capacity": 50,
    }
    assert candidate.score == 2094


def test_no_tickets_no_decisions() -> None:
    assert routed([], [an_agent(1)]) == []
