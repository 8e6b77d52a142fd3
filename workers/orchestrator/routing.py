"""Events that may need a person (a ticket opened, reopened, unassigned) -> a person, or a wait."""

from collections.abc import Mapping, Sequence

from lib.events import Job, JobResult
from lib.orchestrator.policy import RoutingPolicy
from lib.orchestrator.routing import route
from lib.store.orchestrator.routing import OrchestratorStore
from workers.runtime.worker import Worker


def routing(store: OrchestratorStore, policy: RoutingPolicy) -> Worker:
    """Return the worker that gives waiting tickets to agents."""

    async def settle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        contexts = await store.routing_contexts([job.subject_id for job in jobs if job.subject_id])
        decisions = {decision.ticket_id: decision for decision in route(contexts, policy)}
        return await store.record_routing(jobs, decisions)

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        results = await settle(jobs)
        stale = [job for job in jobs if results.get(job.id) == "stale"]
        # Routers that decide at once all want the best agents. Whoever came second looks again
        # right away; what fails twice is given back, so that nobody insists.
        return {**results, **await settle(stale)} if stale else results

    return Worker(name="orchestrator.routing", handle=handle, batch_size=200, concurrency=2)
