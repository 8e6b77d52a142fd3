"""What the orchestrator's workers read and write; methods are named as the SQL functions called."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from lib.events import Job, JobResult
from lib.orchestrator.models.routing import RoutingContexts, RoutingDecision
from lib.store.rpc import Rpc


class OrchestratorStore(Protocol):
    """Errors are those of lib.store.rpc."""

    async def routing_contexts(self, ticket_ids: Sequence[UUID]) -> RoutingContexts:
        """Return those of the tickets that still wait, and everybody who might take one of them."""
        ...

    async def record_routing(
        self, jobs: Sequence[Job], decisions: Mapping[UUID, RoutingDecision]
    ) -> Mapping[int, JobResult]:
        """Write the decisions (by ticket) and finish the jobs, in one transaction.

        A job whose ticket has no decision is finished as gone.
        """
        ...

    async def record_backlog(self, jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        """Ask for routing of the waiting tickets somebody could take now; finish the jobs."""
        ...


def supabase_orchestrator_store(rpc: Rpc) -> OrchestratorStore:
    """Return the store behind the functions of schema `worker`."""
    return _SupabaseOrchestratorStore(rpc)


class _SupabaseOrchestratorStore:
    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    async def routing_contexts(self, ticket_ids: Sequence[UUID]) -> RoutingContexts:
        answer = await self._rpc.call("routing_contexts", {"p_ticket_ids": ticket_ids})
        return RoutingContexts.model_validate(answer)

    async def record_routing(
        self, jobs: Sequence[Job], decisions: Mapping[UUID, RoutingDecision]
    ) -> Mapping[int, JobResult]:
        items = [routing_record(job, decisions) for job in _in_queue_order(jobs, decisions)]
        return _results(await self._rpc.call("record_routing", {"p_decisions": items}))

    async def record_backlog(self, jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        items = [job.lease() for job in jobs]
        return _results(await self._rpc.call("record_backlog", {"p_items": items}))


def routing_record(job: Job, decisions: Mapping[UUID, RoutingDecision]) -> dict[str, Any]:
    """Return one element of `worker.record_routing(p_decisions)`."""
    decision = decisions.get(job.subject_id) if job.subject_id else None
    if decision is None:
        return {**job.lease(), "ticket_id": job.subject_id, "outcome": "gone"}
    return _beyond_the_plain(decision) | {
        **job.lease(),
        "event_id": job.event_id,
        "ticket_id": decision.ticket_id,
        "version": decision.version,
        "cycle": decision.cycle,
        "outcome": decision.outcome,
        "agent_id": decision.agent_id,
        "score": decision.score,
        "candidates": decision.candidates,
        "skipped": {reason: _listed(who) for reason, who in decision.skipped.items()},
        "policy_version": decision.policy_version,
    }


def _listed(numbers: Iterable[int]) -> str:
    """Return them in order, as one text: the database reads it as fast as a single number."""
    return " ".join(map(str, sorted(numbers)))


def _beyond_the_plain(decision: RoutingDecision) -> dict[str, Any]:
    """Return what most decisions have nothing to say about."""
    more = {
        "stage": decision.stage,
        "relaxed": decision.relaxed,
        "preempted": decision.preempted,
        "look_again_at": decision.look_again_at,
    }
    return {name: value for name, value in more.items() if value}


def _in_queue_order(jobs: Sequence[Job], decisions: Mapping[UUID, RoutingDecision]) -> list[Job]:
    """Return the most urgent first: where capacity ran short meanwhile, the last go without."""
    places: dict[UUID | None, int] = {ticket_id: n for n, ticket_id in enumerate(decisions)}
    return sorted(jobs, key=lambda job: places.get(job.subject_id, len(places)))


def _results(answer: Sequence[Mapping[str, Any]]) -> dict[int, JobResult]:
    return {item["job_id"]: item["status"] for item in answer}
