"""When work is taken from an assignee: a table of situations, and what holds for all of them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.orchestrator.models.rescue import RescueCase, RescueContexts
from lib.orchestrator.rescue import RescuePolicy, decide, rescue

NOON = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
POLICY = RescuePolicy()
TICKET, AGENT = UUID(int=1), UUID(int=2)


def ago(minutes: float) -> datetime:
    return NOON - timedelta(minutes=minutes)


def a_case(**changes: Any) -> RescueCase:
    """An e-mail with two hours left to answer, given an hour ago to somebody who is there."""
    plain = {
        "ticket_id": TICKET,
        "agent_id": AGENT,
        "cycle": 1,
        "status": "assigned",
        "is_resting": False,
        "is_live": False,
        "is_answered": False,
        "is_client_waiting": True,
        "due_at": NOON + timedelta(hours=2),
        "assigned_at": ago(60),
        "has_departed": False,
        "is_offer_expired": False,
        "absence": None,
        "absent_at": None,
        "client_wrote_at": None,
        "agent_acted_at": None,
        "fingerprint": "f00d",
        "subject_ids": frozenset({TICKET}),
    }
    return RescueCase.model_validate({**plain, **changes})


THERE: dict[str, Any] = {}
OFFLINE = {"absence": "offline", "absent_at": ago(1)}
ON_LEAVE = {"absence": "leave", "absent_at": ago(1)}
LIVE = {"is_live": True, "due_at": NOON + timedelta(seconds=10)}
ANSWERED = {"is_answered": True, "is_client_waiting": False}
ASKED_AGAIN = {"is_answered": True, "is_client_waiting": True}
ON_HOLD = {"status": "on_hold"}
RESTING = {"status": "pending", "is_resting": True}
CLIENT_WROTE = {"client_wrote_at": ago(0.5), "is_client_waiting": True}
AGENT_ACTED = {"agent_acted_at": ago(0.5)}
AGENT_THEN_CLIENT = {"agent_acted_at": ago(0.5), "client_wrote_at": ago(0.2)}
CLIENT_THEN_AGENT = {"agent_acted_at": ago(0.2), "client_wrote_at": ago(0.5)}
SILENT = {"is_offer_expired": True}
DEPARTED = {"has_departed": True}
DUE_SOON = {"due_at": NOON + timedelta(seconds=50)}
OVERDUE = {"due_at": ago(30)}

# Who the assignee is and what the ticket; then cause, action, reason. None: nothing to rescue.
SITUATIONS: list[tuple[str, list[dict[str, Any]], tuple[str, str, str] | None]] = [
    ("there, a mail", [THERE], None),
    ("there, a chat", [THERE, LIVE], None),
    ("there, and overdue", [THERE, OVERDUE], None),
    ("there, and the client writes", [THERE, CLIENT_WROTE], None),
    ("there, but silent", [SILENT], ("silent", "returned", "silent")),
    ("there, but silent in a chat", [SILENT, LIVE], ("silent", "returned", "silent")),
    ("silent and offline", [SILENT, OFFLINE], ("silent", "returned", "silent")),
    ("silent about what rests", [SILENT, RESTING], None),
    ("gone, a ticket that rests", [DEPARTED, RESTING], ("departed", "returned", "departed")),
    ("offline, a chat that rests", [OFFLINE, LIVE, RESTING], ("offline", "kept", "resting")),
    ("on leave, a mail that rests", [ON_LEAVE, RESTING], ("leave", "kept", "resting")),
    (
        "offline, the client writes on what rests",
        [OFFLINE, RESTING, CLIENT_WROTE],
        ("offline", "returned", "client_wrote"),
    ),
    ("gone from the desk", [DEPARTED], ("departed", "returned", "departed")),
    ("gone, on hold", [DEPARTED, ON_HOLD], ("departed", "returned", "departed")),
    ("gone, though acting", [DEPARTED, OFFLINE, AGENT_ACTED], ("departed", "returned", "departed")),
    ("gone and silent", [DEPARTED, SILENT], ("departed", "returned", "departed")),
    ("offline, a chat", [OFFLINE, LIVE], ("offline", "returned", "live")),
    ("offline, an answered chat", [OFFLINE, LIVE, ANSWERED], ("offline", "returned", "live")),
    (
        "offline, a chat waiting for the client",
        [OFFLINE, LIVE, ANSWERED, {"status": "pending"}],
        ("offline", "returned", "live"),
    ),
    ("offline, a chat on hold", [OFFLINE, LIVE, ON_HOLD], ("offline", "kept", "on_hold")),
    ("offline, a mail", [OFFLINE], ("offline", "kept", "until_deadline")),
    ("offline, a mail due soon", [OFFLINE, DUE_SOON], ("offline", "returned", "deadline_near")),
    ("offline, an overdue mail", [OFFLINE, OVERDUE], ("offline", "returned", "deadline_near")),
    (
        "offline, an answered mail",
        [OFFLINE, ANSWERED],
        ("offline", "kept", "until_client_writes"),
    ),
    (
        "offline, an answered mail with a question open",
        [OFFLINE, ASKED_AGAIN],
        ("offline", "kept", "until_client_writes"),
    ),
    (
        "offline, the client writes",
        [OFFLINE, CLIENT_WROTE],
        ("offline", "returned", "client_wrote"),
    ),
    (
        "offline, on hold, the client writes",
        [OFFLINE, ON_HOLD, CLIENT_WROTE],
        ("offline", "returned", "client_wrote"),
    ),
    ("offline, yet acting", [OFFLINE, AGENT_ACTED], ("offline", "kept", "agent_acts")),
    (
        "offline, yet acting, a chat",
        [OFFLINE, LIVE, AGENT_ACTED],
        ("offline", "kept", "agent_acts"),
    ),
    (
        "offline, answered the client's new message",
        [OFFLINE, CLIENT_THEN_AGENT],
        ("offline", "kept", "agent_acts"),
    ),
    (
        "offline, acted before the client's new message",
        [OFFLINE, AGENT_THEN_CLIENT],
        ("offline", "returned", "client_wrote"),
    ),
    ("on leave, a chat", [ON_LEAVE, LIVE], ("leave", "returned", "live")),
    ("on leave, a mail", [ON_LEAVE], ("leave", "kept", "until_deadline")),
    ("on leave, an answered mail", [ON_LEAVE, ANSWERED], ("leave", "kept", "until_client_writes")),
    (
        "on leave, an answered mail with a question open",
        [ON_LEAVE, ASKED_AGAIN],
        ("leave", "returned", "client_waits"),
    ),
    (
        "on leave, the client writes",
        [ON_LEAVE, CLIENT_WROTE],
        ("leave", "returned", "client_wrote"),
    ),
]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [pytest.param(facts, expected, id=name) for name, facts, expected in SITUATIONS],
)
def test_what_becomes_of_the_ticket(
    facts: list[dict[str, Any]], expected: tuple[str, str, str] | None
) -> None:
    changes = {name: value for fact in facts for name, value in fact.items()}
    decision = decide(a_case(**changes), NOON, POLICY)
    found = decision and (decision.cause, decision.action, decision.reason)
    assert found == expected


def test_half_of_the_time_left_is_the_absent_agents() -> None:
    case = a_case(**OFFLINE, due_at=ago(1) + timedelta(hours=2))
    decision = decide(case, NOON, POLICY)
    assert decision is not None
    assert decision.look_again_at == ago(1) + timedelta(hours=1)
    just_before = decision.look_again_at - timedelta(microseconds=1)
    assert (kept := decide(case, just_before, POLICY)) is not None
    assert kept.action == "kept"
    assert (late := decide(case, decision.look_again_at, POLICY)) is not None
    assert late.reason == "deadline_near"


def test_time_left_counts_from_when_the_ticket_was_given() -> None:
    case = a_case(absence="offline", absent_at=ago(600), assigned_at=ago(1))
    decision = decide(case, NOON, POLICY)
    assert decision is not None
    assert decision.look_again_at == ago(1) + (case.due_at - ago(1)) / 2


@pytest.mark.parametrize("share", [0, 1, -0.5, 2])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        RescuePolicy(deadline_share=share)


def test_a_plan_decides_each_ticket_once_and_names_the_policy() -> None:
    both = frozenset({TICKET, AGENT})
    cases = (
        a_case(**OFFLINE, **LIVE | {"subject_ids": both}),
        a_case(**OFFLINE, ticket_id=UUID(int=3), subject_ids=frozenset({AGENT})),
        a_case(ticket_id=UUID(int=4), subject_ids=frozenset({UUID(int=4)})),
    )
    contexts = RescueContexts(read_at=NOON, cases=cases, silent_staff_ids=frozenset({AGENT}))
    plan = rescue(contexts, POLICY)
    assert {
        subject: [decision.ticket_id for decision in made]
        for subject, made in plan.decisions.items()
    } == {TICKET: [TICKET], AGENT: [UUID(int=3)]}
    assert plan.silent_staff_ids == {AGENT}
    assert plan.policy_version == "rescue-1"


moments = st.none() | st.integers(0, 30 * 86_400).map(
    lambda seconds: datetime(2026, 11, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
cases = st.fixed_dictionaries(
    {
        "status": st.sampled_from(["assigned", "pending", "on_hold"]),
        "is_resting": st.booleans(),
        "is_live": st.booleans(),
        "is_answered": st.booleans(),
        "is_client_waiting": st.booleans(),
        "due_at": moments.filter(bool),
        "assigned_at": moments.filter(bool),
        "has_departed": st.booleans(),
        "is_offer_expired": st.booleans(),
        "client_wrote_at": moments,
        "agent_acted_at": moments,
    }
)


@given(facts=cases, absence=st.sampled_from([THERE, OFFLINE, ON_LEAVE]))
def test_whatever_happens(facts: dict[str, Any], absence: dict[str, Any]) -> None:
    case = a_case(**facts | absence)
    decision = decide(case, NOON, POLICY)
    is_silent = case.is_offer_expired and not case.is_resting
    if not (case.absence or case.has_departed or is_silent):
        assert decision is None
        return
    assert decision is not None
    assert decision.fingerprint == case.fingerprint
    assert (decision.cause in ("offline", "leave")) == (decision.absent_at is not None)
    if decision.action == "kept":
        assert case.absence
        assert not case.has_departed
        is_unanswered = not case.is_answered and not case.agent_acted_at
        if is_unanswered and case.status != "on_hold" and not case.is_resting:
            assert decision.look_again_at
            assert decision.look_again_at > NOON
    else:
        assert decision.look_again_at is None
