"""The recommendations worker: one read, one judgement of each client, one write for a batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID, uuid4

import orjson

from lib.events import Job, JobResult
from lib.store.vip.recommendations import supabase_recommendation_store
from lib.vip.models.recommendations import Prospect, RecommendationContexts, RecommendationPlan
from lib.vip.recommendations import recommend
from tests.unit.vip.recommendation_cases import (
    CATALOGUE,
    CLIENT,
    NOON,
    POLICY,
    a_rich_prospect,
    contexts_of,
    known,
)
from tests.workers.orchestrator.building import RememberingRpc
from workers.vip.recommendations import recommendations

WORKER = "vip.recommendations"


def a_job(job_id: int, subject_id: UUID | None) -> Job:
    return Job(job_id, 1, WORKER, 1, 100 + job_id, "purchase.recorded", subject_id, {}, NOON)


@dataclass
class RememberingStore:
    """Knows some clients; answers `recorded` for each subject the plan mentions, else `gone`."""

    clients: Sequence[Prospect] = ()
    calls: list[str] = field(default_factory=list)
    plans: list[RecommendationPlan] = field(default_factory=list)

    async def recommendation_contexts(self, subject_ids: Sequence[UUID]) -> RecommendationContexts:
        self.calls.append("recommendation_contexts")
        return contexts_of(*self.clients)

    async def record_recommendations(
        self, jobs: Sequence[Job], plan: RecommendationPlan
    ) -> Mapping[int, JobResult]:
        self.calls.append("record_recommendations")
        self.plans.append(plan)
        return {job.id: "recorded" if job.subject_id in plan.judgements else "gone" for job in jobs}


async def test_a_batch_is_read_once_and_written_once() -> None:
    purchase, stranger = uuid4(), uuid4()
    store = RememberingStore([a_rich_prospect(subject_ids={purchase})])
    jobs = [a_job(1, purchase), a_job(2, stranger)]
    assert await recommendations(store, POLICY).handle(jobs) == {1: "recorded", 2: "gone"}
    assert store.calls == ["recommendation_contexts", "record_recommendations"]
    assert len(store.plans[0].judgements[purchase].offers) == 5


def test_the_worker_carries_the_name_it_is_subscribed_under() -> None:
    assert recommendations(RememberingStore(), POLICY).name == WORKER


# The store: what travels ------------------------------------------------------------------------


async def test_contexts_are_checked_when_they_arrive() -> None:
    client = a_rich_prospect(recommendations=(known("product:serum"),))
    rpc = RememberingRpc(
        {
            "read_at": NOON.isoformat(),
            "is_enabled": True,
            "catalogue": CATALOGUE.model_dump(mode="json"),
            "clients": [client.model_dump(mode="json")],
        }
    )
    store = supabase_recommendation_store(cast("Any", rpc))
    assert await store.recommendation_contexts([CLIENT]) == contexts_of(client)
    assert rpc.calls == [("recommendation_contexts", {"p_subject_ids": [CLIENT]})]


async def test_each_job_travels_with_its_lease_and_what_it_led_to() -> None:
    open_ = known("product:brush")
    plan = recommend(contexts_of(a_rich_prospect(recommendations=(open_,), pairs=())), POLICY)
    rpc = RememberingRpc([{"job_id": 1, "status": "recorded"}, {"job_id": 2, "status": "gone"}])
    store = supabase_recommendation_store(cast("Any", rpc))
    results = await store.record_recommendations([a_job(1, CLIENT), a_job(2, uuid4())], plan)
    assert results == {1: "recorded", 2: "gone"}
    ((function, params),) = rpc.calls
    first, second = orjson.loads(orjson.dumps(params["p_items"]))
    assert function == "record_recommendations"
    assert (first["job_id"], first["fence"]) == (1, 1)
    offer = first["judgement"]["offers"][0]
    assert set(offer) == {
        *("kind", "target_id", "score", "reasons", "expires_at", "policy_version")
    }
    assert set(offer["reasons"][0]) == {"reason", "value", "reference", "unit"}
    assert first["judgement"]["endings"][0]["expiry_reason"] == "no_longer_fits"
    assert second["judgement"] is None
