"""Each day, and when people changed a goal -> it is measured, forecast, and reached or missed."""

from collections.abc import Mapping, Sequence

from lib.events import Job, JobResult
from lib.store.success.goals import GoalStore
from lib.success.goals import GoalPolicy, judge
from workers.runtime.worker import Worker


def goals(store: GoalStore, policy: GoalPolicy) -> Worker:
    """Return the worker that judges goals; a job without a goal is about all of them."""

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        goal_ids = [job.subject_id for job in jobs if job.subject_id]
        is_about_all = len(goal_ids) < len(jobs)
        contexts = await store.goal_contexts(None if is_about_all else goal_ids)
        return await store.record_goals(jobs, judge(contexts, policy))

    return Worker(name="success.goals", handle=handle, concurrency=1)
