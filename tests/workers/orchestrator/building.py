"""A store that remembers what it was asked, and the rows and jobs of its tests."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from lib.events import Job, JobResult
from lib.orchestrator.models.routing import (
    AgentContext,
    RoutingContexts,
    RoutingDecision,
    TicketContext,
)

NOON = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
DESK = UUID(int=1)
AGENT = UUID(int=2)


def a_job(job_id: int, subject_id: UUID | None, worker: str = "orchestrator.routing") -> Job:
    return Job(job_id, 1, worker, 1, 100 + job_id, "ticket.opened", subject_id, {}, NOON)


def an_agent(**changes: Any) -> AgentContext:
    plain = {
        "id": AGENT,
        "number": 7,
        "desk_id": DESK,
        "is_active": True,
        "state": "online",
        "capacity_units": 10,
        "load_units": 0,
        "last_assigned_at": None,
        "skills": {"language.pl": 5},
    }
    return AgentContext(**{**plain, **changes})


def a_ticket(number: int, **changes: Any) -> TicketContext:
    plain = {
        "id": UUID(int=1000 + number),
        "number": number,
        "cycle": 1,
        "version": 4,
        "client_id": UUID(int=3),
        "desk_id": DESK,
        "language": "pl",
        "required_skills": (),
        "tier": "standard",
        "is_live": False,
        "load_units": 2,
        "queue_boost": 1,
        "due_at": NOON,
        "waiting_since": NOON,
    }
    return TicketContext(**{**plain, **changes})


@dataclass
class RememberingStore:
    """Knows some waiting tickets and agents; answers `recorded`, or `gone` without a decision."""

    tickets: Sequence[TicketContext] = ()
    agents: Sequence[AgentContext] = ()
    calls: list[str] = field(default_factory=list)
    asked: list[UUID] = field(default_factory=list)
    written: dict[UUID, RoutingDecision] = field(default_factory=dict)
    stale: Counter[int] = field(default_factory=Counter)
    """By job id, how many times somebody else is quicker."""

    async def routing_contexts(self, ticket_ids: Sequence[UUID]) -> RoutingContexts:
        self.calls.append("routing_contexts")
        self.asked += ticket_ids
        waiting = tuple(ticket for ticket in self.tickets if ticket.id in ticket_ids)
        return RoutingContexts(read_at=NOON, tickets=waiting, agents=tuple(self.agents))

    async def record_routing(
        self, jobs: Sequence[Job], decisions: Mapping[UUID, RoutingDecision]
    ) -> Mapping[int, JobResult]:
        self.calls.append("record_routing")
        self.written |= decisions
        return {job.id: self._result(job, decisions) for job in jobs}

    def _result(self, job: Job, decisions: Mapping[UUID, RoutingDecision]) -> JobResult:
        if self.stale[job.id] > 0:
            self.stale[job.id] -= 1
            return "stale"
        return "recorded" if job.subject_id in decisions else "gone"

    async def record_backlog(self, jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        self.calls.append("record_backlog")
        return {job.id: "recorded" for job in jobs}


class RememberingRpc:
    """Stands for the API: remembers each call and answers what it was given."""

    def __init__(self, answer: object) -> None:
        self.calls: list[tuple[str, Mapping[str, Any]]] = []
        self._answer = answer

    async def call(self, function: str, params: Mapping[str, Any]) -> object:
        self.calls.append((function, params))
        return self._answer
