"""What the workflow worker reads and writes; methods are named as the SQL functions called."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from pydantic import TypeAdapter

from lib.events import Job, JobResult
from lib.orchestrator.models.workflows import (
    DryRunContexts,
    DryRunPlan,
    WorkflowContexts,
    WorkflowPlan,
    WorkflowRun,
)
from lib.store.rpc import Rpc

_TRIALS: TypeAdapter[list[DryRunContexts]] = TypeAdapter(list[DryRunContexts])


class WorkflowStore(Protocol):
    """Errors are those of lib.store.rpc."""

    async def workflow_contexts(self, event_ids: Sequence[int]) -> WorkflowContexts:
        """Return these events with their facts, and the active workflows they concern."""
        ...

    async def record_workflows(
        self, jobs: Sequence[Job], plan: WorkflowPlan
    ) -> Mapping[int, JobResult]:
        """Carry out the plan and finish the jobs, in one transaction."""
        ...

    async def workflow_dry_run_contexts(
        self, dry_run_ids: Sequence[UUID]
    ) -> Sequence[DryRunContexts]:
        """Return the dry runs among these that nobody has answered, with their past events."""
        ...

    async def record_workflow_dry_runs(
        self, jobs: Sequence[Job], plan: DryRunPlan
    ) -> Mapping[int, JobResult]:
        """Write the results and finish the jobs, in one transaction."""
        ...


def supabase_workflow_store(rpc: Rpc) -> WorkflowStore:
    """Return the store behind the functions of schema `worker`."""
    return _SupabaseWorkflowStore(rpc)


class _SupabaseWorkflowStore:
    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    async def workflow_contexts(self, event_ids: Sequence[int]) -> WorkflowContexts:
        answer = await self._rpc.call("workflow_contexts", {"p_event_ids": event_ids})
        return WorkflowContexts.model_validate(answer)

    async def record_workflows(
        self, jobs: Sequence[Job], plan: WorkflowPlan
    ) -> Mapping[int, JobResult]:
        items = [workflow_record(job, plan) for job in jobs]
        return _results(await self._rpc.call("record_workflows", {"p_items": items}))

    async def workflow_dry_run_contexts(
        self, dry_run_ids: Sequence[UUID]
    ) -> Sequence[DryRunContexts]:
        answer = await self._rpc.call("workflow_dry_run_contexts", {"p_dry_run_ids": dry_run_ids})
        return _TRIALS.validate_python(answer)

    async def record_workflow_dry_runs(
        self, jobs: Sequence[Job], plan: DryRunPlan
    ) -> Mapping[int, JobResult]:
        items = [dry_run_record(job, plan) for job in jobs]
        return _results(await self._rpc.call("record_workflow_dry_runs", {"p_items": items}))


def workflow_record(job: Job, plan: WorkflowPlan) -> dict[str, Any]:
    """Return one element of `worker.record_workflows(p_items)`."""
    planned = plan.events.get(job.event_id)
    return {
        **job.lease(),
        "event_id": job.event_id,
        "policy_version": plan.policy_version,
        "fingerprint": planned.fingerprint if planned else None,
        "runs": [_run(run) for run in planned.runs] if planned else [],
    }


def dry_run_record(job: Job, plan: DryRunPlan) -> dict[str, Any]:
    """Return one element of `worker.record_workflow_dry_runs(p_items)`."""
    return {
        **job.lease(),
        "dry_run_id": job.subject_id,
        "policy_version": plan.policy_version,
        "result": plan.results.get(job.subject_id) if job.subject_id else None,
    }


def _run(run: WorkflowRun) -> dict[str, Any]:
    return {
        "workflow": run.workflow,
        "status": run.status,
        "reason": run.reason,
        "details": {"findings": run.findings},
    }


def _results(answer: Sequence[Mapping[str, Any]]) -> Mapping[int, JobResult]:
    return {item["job_id"]: item["status"] for item in answer}
