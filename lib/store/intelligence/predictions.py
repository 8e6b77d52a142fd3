"""What training and scoring read and write; methods are named as the SQL functions called."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from lib.events import Job, JobResult
from lib.intelligence.models.predictions import (
    CaseType,
    Prediction,
    Refusal,
    ScoringContexts,
    Shadow,
    ShadowRow,
    TrainingCases,
    TrainingRows,
)
from lib.store.rpc import Rpc


class PredictionStore(Protocol):
    """Errors are those of lib.store.rpc."""

    async def scoring_contexts(self, after: UUID | None, limit: int) -> ScoringContexts:
        """Return the next clients to score, at most `limit`, and the models that speak."""
        ...

    async def prediction_contexts(self, request_ids: Sequence[UUID]) -> ScoringContexts:
        """Return what these pending requests ask for."""
        ...

    async def training_rows(
        self, moments: Sequence[datetime], horizon_days: int, after: UUID | None, limit: int
    ) -> TrainingRows:
        """Return how clients were at these moments and whether they stayed away afterwards."""
        ...

    async def training_cases(
        self,
        prediction_type: CaseType,
        moments: Sequence[datetime],
        since: datetime,
        after: UUID | None,
        limit: int,
    ) -> TrainingCases:
        """Return memberships at these moments, or ratings or offers since then, and outcomes."""
        ...

    async def record_shadows(self, as_of: datetime, shadows: Sequence[Shadow]) -> int:
        """Keep what challengers would have said; the number kept."""
        ...

    async def shadow_outcomes(self, model_id: UUID) -> Sequence[ShadowRow]:
        """Return what came of the cases this challenger scored, as far as it is known."""
        ...

    async def record_challenger(self, model: Mapping[str, Any]) -> None:
        """Let this model score in shadow, unless another one does."""
        ...

    async def settle_challenger(
        self, model_id: UUID, trial: Mapping[str, Any], metrics: Mapping[str, Any]
    ) -> None:
        """Let the challenger speak from now on, or reject it, as the trial's verdict says."""
        ...

    async def end_stale_predictions(self) -> int:
        """End predictions of memberships and services that are over; their number."""
        ...

    async def record_scores(self, as_of: datetime, predictions: Sequence[Prediction]) -> int:
        """Write what is new among these; the number written."""
        ...

    async def record_predictions(
        self,
        jobs: Sequence[Job],
        answers: Mapping[UUID, Prediction | Refusal],
        as_of: datetime,
    ) -> Mapping[int, JobResult]:
        """Answer the requests, by id, and finish the jobs; one without an answer is gone."""
        ...

    async def record_model(
        self, model: Mapping[str, Any], trials: Sequence[Mapping[str, Any]]
    ) -> Mapping[str, Any]:
        """Keep the model that speaks from now on and its trials; the row without the document."""
        ...


def supabase_prediction_store(rpc: Rpc) -> PredictionStore:
    """Return the store behind the functions of schema `worker`."""
    return _SupabasePredictionStore(rpc)


class _SupabasePredictionStore:
    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    async def scoring_contexts(self, after: UUID | None, limit: int) -> ScoringContexts:
        answer = await self._rpc.call("scoring_contexts", {"p_after": after, "p_limit": limit})
        return ScoringContexts.model_validate(answer)

    async def prediction_contexts(self, request_ids: Sequence[UUID]) -> ScoringContexts:
        answer = await self._rpc.call("prediction_contexts", {"p_request_ids": request_ids})
        return ScoringContexts.model_validate(answer)

    async def training_rows(
        self, moments: Sequence[datetime], horizon_days: int, after: UUID | None, limit: int
    ) -> TrainingRows:
        answer = await self._rpc.call(
            "training_rows",
            {
                "p_as_ofs": moments,
                "p_horizon_days": horizon_days,
                "p_after": after,
                "p_limit": limit,
            },
        )
        return TrainingRows.model_validate(answer)

    async def training_cases(
        self,
        prediction_type: CaseType,
        moments: Sequence[datetime],
        since: datetime,
        after: UUID | None,
        limit: int,
    ) -> TrainingCases:
        answer = await self._rpc.call(
            "training_cases",
            {
                "p_prediction_type": prediction_type,
                "p_as_ofs": moments,
                "p_since": since,
                "p_after": after,
                "p_limit": limit,
            },
        )
        return TrainingCases.model_validate(answer)

    async def record_shadows(self, as_of: datetime, shadows: Sequence[Shadow]) -> int:
        params = {"p_as_of": as_of, "p_shadows": shadows}
        answer = await self._rpc.call("record_shadows", params)
        return int(answer["written"])

    async def shadow_outcomes(self, model_id: UUID) -> Sequence[ShadowRow]:
        answer = await self._rpc.call("shadow_outcomes", {"p_model_id": model_id})
        return [
            (UUID(client), float(champion), float(challenger), int(outcome))
            for client, champion, challenger, outcome in answer
        ]

    async def record_challenger(self, model: Mapping[str, Any]) -> None:
        await self._rpc.call("record_challenger", {"p_model": model})

    async def settle_challenger(
        self, model_id: UUID, trial: Mapping[str, Any], metrics: Mapping[str, Any]
    ) -> None:
        params = {"p_model_id": model_id, "p_trial": trial, "p_metrics": metrics}
        await self._rpc.call("settle_challenger", params)

    async def end_stale_predictions(self) -> int:
        answer = await self._rpc.call("end_stale_predictions", {})
        return int(answer["ended"])

    async def record_scores(self, as_of: datetime, predictions: Sequence[Prediction]) -> int:
        params = {"p_as_of": as_of, "p_predictions": predictions}
        answer = await self._rpc.call("record_scores", params)
        return int(answer["written"])

    async def record_predictions(
        self,
        jobs: Sequence[Job],
        answers: Mapping[UUID, Prediction | Refusal],
        as_of: datetime,
    ) -> Mapping[int, JobResult]:
        items = [answer_record(job, answers) for job in jobs]
        answer = await self._rpc.call("record_predictions", {"p_items": items, "p_as_of": as_of})
        return {item["job_id"]: item["status"] for item in answer}

    async def record_model(
        self, model: Mapping[str, Any], trials: Sequence[Mapping[str, Any]]
    ) -> Mapping[str, Any]:
        params = {"p_model": model, "p_trials": trials}
        kept: Mapping[str, Any] = await self._rpc.call("record_model", params)
        return kept


def answer_record(job: Job, answers: Mapping[UUID, Prediction | Refusal]) -> dict[str, Any]:
    """Return one element of `worker.record_predictions(p_items)`."""
    said = answers.get(job.subject_id) if job.subject_id else None
    if said is None:
        return job.lease()
    head = {**job.lease(), "request_id": job.subject_id}
    return (
        {**head, "prediction": said} if isinstance(said, Prediction) else {**head, **asdict(said)}
    )
