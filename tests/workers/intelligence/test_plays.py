"""The worker of plays: one read, one decision, one write for a batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

import orjson

from lib.events import Job, JobResult
from lib.intelligence.models.plays import PlayContexts, PlayDecision
from lib.intelligence.plays import PlayPolicy, decide
from lib.store.intelligence.plays import supabase_play_store
from tests.workers.vip.answering import AnsweringRpc
from workers.intelligence.plays import plays

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
POLICY = PlayPolicy()


def a_job(job_id: int, kind: str = "churn.alerted") -> Job:
    client = UUID(int=job_id)
    return Job(job_id, 1, "intelligence.plays", 1, 100 + job_id, kind, client, {}, NOON)


def contexts(*job_ids: int) -> PlayContexts:
    return PlayContexts.model_validate(
        {
            "read_at": NOON,
            "settings": {"enabled": True, "holdout_share": 0.1},
            "jobs": [
                {
                    "job_id": job_id,
                    "kind": "churn.alerted",
                    "client_id": UUID(int=job_id),
                    "is_alert": True,
                    "prediction_id": None,
                    "probability": 0.9,
                    "obstacle": None,
                    "delay": None,
                    "is_in_play": False,
                    "play": None,
                }
                for job_id in job_ids
            ],
        }
    )


@dataclass
class RememberingStore:
    known: PlayContexts
    calls: list[str] = field(default_factory=list)

    async def play_contexts(self, jobs: Sequence[Job]) -> PlayContexts:
        self.calls.append("play_contexts")
        return self.known

    async def record_plays(
        self, jobs: Sequence[Job], decisions: Mapping[int, PlayDecision]
    ) -> Mapping[int, JobResult]:
        self.calls.append("record_plays")
        return {job.id: "recorded" if job.id in decisions else "gone" for job in jobs}


async def test_a_batch_is_read_once_and_written_once() -> None:
    store = RememberingStore(contexts(1, 2))
    answered = await plays(store, POLICY).handle([a_job(1), a_job(2), a_job(3)])
    assert answered == {1: "recorded", 2: "recorded", 3: "gone"}
    assert store.calls == ["play_contexts", "record_plays"]


async def test_the_store_sends_what_was_decided_and_nothing_of_what_was_not() -> None:
    known = contexts(1)
    rpc = AnsweringRpc(
        {
            "play_contexts": known.model_dump(mode="json"),
            "record_plays": [
                {"job_id": 1, "status": "recorded"},
                {"job_id": 2, "status": "gone"},
            ],
        }
    )
    store = supabase_play_store(cast("Any", rpc))
    jobs = [a_job(1), a_job(2, "churn.calmed")]
    assert await store.play_contexts(jobs) == known
    results = await store.record_plays(jobs, decide(known, POLICY))
    assert results == {1: "recorded", 2: "gone"}
    asked, written = (orjson.loads(orjson.dumps(params["p_items"])) for _, params in rpc.calls)
    assert asked[1] == {"job_id": 2, "kind": "churn.calmed", "subject_id": str(UUID(int=2))}
    assert written[0]["decision"]["verdict"] == "begin"
    assert written[0]["decision"]["client_id"] == str(UUID(int=1))
    assert written[1] == {"job_id": 2, "fence": 1, "decision": None}
