"""What active workflows wait for -> their actions; workflow.dry_run_requested -> a result."""

from collections.abc import Mapping, Sequence

from lib.events import Job, JobResult
from lib.orchestrator.workflows import WorkflowPolicy, plan_dry_runs, plan_workflows
from lib.store.orchestrator.workflows import WorkflowStore
from workers.runtime.worker import Worker

TRIAL = "workflow.dry_run_requested"


def workflows(store: WorkflowStore, policy: WorkflowPolicy) -> Worker:
    """Return the worker that runs automations, and tries them on past events."""

    async def run(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        contexts = await store.workflow_contexts([job.event_id for job in jobs])
        return await store.record_workflows(jobs, plan_workflows(contexts, policy))

    async def rehearse(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        ids = [job.subject_id for job in jobs if job.subject_id]
        trials = await store.workflow_dry_run_contexts(ids)
        return await store.record_workflow_dry_runs(jobs, plan_dry_runs(trials, policy))

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        trials = [job for job in jobs if job.kind == TRIAL]
        events = [job for job in jobs if job.kind != TRIAL]
        results = dict(await run(events)) if events else {}
        return {**results, **(await rehearse(trials))} if trials else results

    return Worker(name="orchestrator.workflows", handle=handle, batch_size=100, concurrency=2)
