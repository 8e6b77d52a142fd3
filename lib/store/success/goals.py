"""What the worker of goals reads and writes; methods are named as the SQL functions called."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Protocol
from uuid import UUID

from lib.events import Job, JobResult
from lib.store.rpc import Rpc
from lib.success.models.goals import GoalContexts, GoalJudgement


class GoalStore(Protocol):
    """Errors are those of lib.store.rpc."""

    async def goal_contexts(self, goal_ids: Sequence[UUID] | None) -> GoalContexts:
        """Return those of these goals (None: of all) that are open and have begun."""
        ...

    async def record_goals(
        self, jobs: Sequence[Job], judgements: Sequence[GoalJudgement]
    ) -> Mapping[int, JobResult]:
        """Write the judgements and finish the jobs, in one transaction.

        A job whose goal is not among them is gone; one without a goal is about all of them.
        """
        ...


def supabase_goal_store(rpc: Rpc) -> GoalStore:
    """Return the store behind the functions of schema `worker`."""
    return _SupabaseGoalStore(rpc)


class _SupabaseGoalStore:
    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    async def goal_contexts(self, goal_ids: Sequence[UUID] | None) -> GoalContexts:
        answer = await self._rpc.call("goal_contexts", {"p_goal_ids": goal_ids})
        return GoalContexts.model_validate(answer)

    async def record_goals(
        self, jobs: Sequence[Job], judgements: Sequence[GoalJudgement]
    ) -> Mapping[int, JobResult]:
        params = {
            "p_items": [{**job.lease(), "goal_id": job.subject_id} for job in jobs],
            "p_judgements": [asdict(judgement) for judgement in judgements],
        }
        answer = await self._rpc.call("record_goals", params)
        return {item["job_id"]: item["status"] for item in answer}
