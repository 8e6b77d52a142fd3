"""Something happened with a client, or a day passed -> how has it been for them, what matters?"""

from collections.abc import Mapping, Sequence

from lib.events import Job, JobResult
from lib.orchestrator.journeys import JourneyPolicy, decide
from lib.store.orchestrator.journeys import JourneyStore
from workers.runtime.worker import Worker


def journeys(store: JourneyStore, policy: JourneyPolicy) -> Worker:
    """Return the worker that keeps client_journeys and journey_insights."""

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        contexts = await store.journey_contexts(jobs)
        decisions = decide(contexts, policy)
        return await store.record_journeys(jobs, decisions, policy.insights.version)

    return Worker(name="orchestrator.journeys", handle=handle, batch_size=50, concurrency=1)
