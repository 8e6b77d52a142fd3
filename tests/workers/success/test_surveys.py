"""The surveys worker: what is read, decided and written for a batch of jobs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

import orjson

from lib.events import Job, JobResult
from lib.store.success.surveys import supabase_survey_store
from lib.success.models.surveys import SurveyCase, SurveyContexts, SurveyDecision
from lib.success.surveys import SurveyPolicy, decide
from tests.unit.success.test_surveys import NOON, a_case, a_rule
from tests.workers.orchestrator.building import RememberingRpc, a_job
from workers.success.surveys import surveys

NAME = "success.surveys"
TICKET, OTHER = UUID(int=5), UUID(int=6)


@dataclass
class RememberingStore:
    """Knows some surveys."""

    cases: Sequence[SurveyCase]
    asked: list[UUID] = field(default_factory=list)
    written: list[SurveyDecision] = field(default_factory=list)
    version: str = ""

    async def survey_contexts(self, subject_ids: Sequence[UUID]) -> SurveyContexts:
        self.asked += subject_ids
        return SurveyContexts(read_at=NOON, cases=tuple(self.cases))

    async def record_surveys(
        self, jobs: Sequence[Job], decisions: Sequence[SurveyDecision], policy_version: str
    ) -> Mapping[int, JobResult]:
        self.written += decisions
        self.version = policy_version
        return {job.id: "recorded" for job in jobs}


async def test_a_batch_is_one_look_and_one_write() -> None:
    store = RememberingStore([a_case(), a_case(survey_id=OTHER, rule=a_rule(is_active=False))])
    jobs = [a_job(1, TICKET, NAME), a_job(2, OTHER, NAME)]
    results = await surveys(store, SurveyPolicy()).handle(jobs)
    assert results == {1: "recorded", 2: "recorded"}
    assert store.asked == [TICKET, OTHER]
    assert [said.outcome for said in store.written] == ["ask", "skip"]
    assert store.version == SurveyPolicy().version


async def test_each_job_names_the_surveys_that_were_decided_because_of_it() -> None:
    rpc = RememberingRpc([{"job_id": 1, "status": "recorded"}, {"job_id": 2, "status": "gone"}])
    store = supabase_survey_store(cast("Any", rpc))
    decision = decide(a_case(), NOON, SurveyPolicy())
    assert decision is not None
    jobs = [a_job(1, TICKET, NAME), a_job(2, OTHER, NAME)]
    assert await store.record_surveys(jobs, [decision], "surveys-1") == {1: "recorded", 2: "gone"}
    function, params = rpc.calls[0]
    sent = orjson.loads(orjson.dumps(params))
    assert function == "record_surveys"
    assert [item["survey_ids"] for item in sent["p_items"]] == [[str(decision.survey_id)], []]
    [written] = sent["p_decisions"]
    assert (written["outcome"], written["fingerprint"]) == ("ask", "f")
    assert "subject_ids" not in written


async def test_what_the_database_answers_is_read_whole() -> None:
    case = orjson.loads(a_case().model_dump_json())
    rpc = RememberingRpc({"read_at": NOON.isoformat(), "cases": [case | {"more": 1}]})
    contexts = await supabase_survey_store(cast("Any", rpc)).survey_contexts([TICKET])
    assert contexts.cases == (a_case(),)
    assert rpc.calls == [("survey_contexts", {"p_subject_ids": [TICKET]})]
