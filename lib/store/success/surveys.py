"""What the surveys worker reads and writes; methods are named as the SQL functions called."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Protocol
from uuid import UUID

from lib.events import Job, JobResult
from lib.store.rpc import Rpc
from lib.success.models.surveys import SurveyContexts, SurveyDecision


class SurveyStore(Protocol):
    """Errors are those of lib.store.rpc."""

    async def survey_contexts(self, subject_ids: Sequence[UUID]) -> SurveyContexts:
        """Return the open surveys that these surveys, tickets and messages are about."""
        ...

    async def record_surveys(
        self, jobs: Sequence[Job], decisions: Sequence[SurveyDecision], policy_version: str
    ) -> Mapping[int, JobResult]:
        """Carry the decisions out and finish the jobs, in one transaction.

        A job because of which nothing was decided is finished as gone.
        """
        ...


def supabase_survey_store(rpc: Rpc) -> SurveyStore:
    """Return the store behind the functions of schema `worker`."""
    return _SupabaseSurveyStore(rpc)


class _SupabaseSurveyStore:
    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    async def survey_contexts(self, subject_ids: Sequence[UUID]) -> SurveyContexts:
        answer = await self._rpc.call("survey_contexts", {"p_subject_ids": subject_ids})
        return SurveyContexts.model_validate(answer)

    async def record_surveys(
        self, jobs: Sequence[Job], decisions: Sequence[SurveyDecision], policy_version: str
    ) -> Mapping[int, JobResult]:
        params = {
            "p_items": [survey_record(job, decisions) for job in jobs],
            "p_decisions": [_written(decision) for decision in decisions],
            "p_policy_version": policy_version,
        }
        answer = await self._rpc.call("record_surveys", params)
        return {item["job_id"]: item["status"] for item in answer}


def survey_record(job: Job, decisions: Sequence[SurveyDecision]) -> dict[str, Any]:
    """Return one element of `worker.record_surveys(p_items)`."""
    because = [said.survey_id for said in decisions if job.subject_id in said.subject_ids]
    return {**job.lease(), "survey_ids": because}


def _written(decision: SurveyDecision) -> dict[str, Any]:
    fields = asdict(decision)
    del fields["subject_ids"]
    return fields
