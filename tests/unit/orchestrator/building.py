"""Contexts for the tests of routing: everything plain unless a test says otherwise."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from lib.orchestrator.models.routing import (
    AgentContext,
    RoutingContexts,
    RoutingDecision,
    TicketContext,
)

NOON = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
WARSAW = UUID(int=1)
SOPOT = UUID(int=2)


def an_agent(number: int, **changes: Any) -> AgentContext:
    """Online, Polish-speaking, with 10 free units; last assigned an hour ago."""
    plain = {
        "id": UUID(int=1000 + number),
        "number": number,
        "desk_id": WARSAW,
        "is_active": True,
        "state": "online",
        "capacity_units": 10,
        "load_units": 0,
        "last_assigned_at": NOON - timedelta(hours=1),
        "skills": {"language.pl": 5},
    }
    return AgentContext(**{**plain, **changes})


def a_ticket(number: int, **changes: Any) -> TicketContext:
    """A Polish e-mail of a standard client, due in an hour."""
    plain = {
        "id": UUID(int=2000 + number),
        "number": number,
        "cycle": 1,
        "version": 1,
        "client_id": UUID(int=3000 + number),
        "desk_id": WARSAW,
        "language": "pl",
        "required_skills": (),
        "tier": "standard",
        "is_live": False,
        "load_units": 1,
        "queue_boost": 0,
        "due_at": NOON + timedelta(hours=1),
        "waiting_since": NOON,
    }
    return TicketContext(**{**plain, **changes})


def contexts(tickets: list[TicketContext], agents: list[AgentContext]) -> RoutingContexts:
    return RoutingContexts(read_at=NOON, tickets=tuple(tickets), agents=tuple(agents))


def reasons(decision: RoutingDecision) -> dict[int, str]:
    """Reason by the agent's number."""
    return {number: reason for reason, numbers in decision.skipped.items() for number in numbers}
