"""What the worker of insights reads and writes; methods are named as the SQL functions called."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Protocol

from lib.analytics.models.insights import Finding, InsightContexts, InsightRun
from lib.events import Job, JobResult
from lib.store.rpc import Rpc


class InsightStore(Protocol):
    """Errors are those of lib.store.rpc."""

    async def insight_contexts(self) -> InsightContexts:
        """Return every comparison of the last four weeks."""
        ...

    async def record_insights(
        self, jobs: Sequence[Job], run: InsightRun | None, findings: Sequence[Finding]
    ) -> Mapping[int, JobResult]:
        """Write the run, unless None, with its findings and finish the jobs, in one transaction."""
        ...


def supabase_insight_store(rpc: Rpc) -> InsightStore:
    """Return the store behind the functions of schema `worker`."""
    return _SupabaseInsightStore(rpc)


class _SupabaseInsightStore:
    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    async def insight_contexts(self) -> InsightContexts:
        return InsightContexts.model_validate(await self._rpc.call("insight_contexts", {}))

    async def record_insights(
        self, jobs: Sequence[Job], run: InsightRun | None, findings: Sequence[Finding]
    ) -> Mapping[int, JobResult]:
        params = {
            "p_items": [job.lease() for job in jobs],
            "p_run": asdict(run) if run else None,
            "p_findings": [asdict(finding) for finding in findings],
        }
        answer = await self._rpc.call("record_insights", params)
        return {item["job_id"]: item["status"] for item in answer}
