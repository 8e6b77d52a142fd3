"""Services that end, delays, messages, expiry -> clients are asked, or it is said why not."""

from collections.abc import Mapping, Sequence

from lib.events import Job, JobResult
from lib.store.success.surveys import SurveyStore
from lib.success.surveys import SurveyPolicy, judge
from workers.runtime.worker import Worker


def surveys(store: SurveyStore, policy: SurveyPolicy) -> Worker:
    """Return the worker that asks clients about each service once."""

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        contexts = await store.survey_contexts([job.subject_id for job in jobs if job.subject_id])
        return await store.record_surveys(jobs, judge(contexts, policy), policy.version)

    return Worker(name="success.surveys", handle=handle, batch_size=100, concurrency=1)
