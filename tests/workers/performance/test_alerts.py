"""The alerts worker: however many events, one look at the house and one write."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, cast

import orjson

from lib.events import Job, JobResult
from lib.performance.alerts import AlertPolicy
from lib.performance.models.alerts import AlertCase, AlertContexts, AlertDecision
from lib.store.performance.alerts import supabase_alert_store
from tests.unit.performance.test_alerts import a_case
from tests.workers.orchestrator.building import NOON, RememberingRpc, a_job
from workers.performance.alerts import alerts

NAME = "performance.alerts"


@dataclass
class RememberingStore:
    """Knows some cases."""

    cases: Sequence[AlertCase]
    calls: list[str] = field(default_factory=list)
    written: list[AlertDecision] = field(default_factory=list)
    version: str = ""

    async def alert_contexts(self) -> AlertContexts:
        self.calls.append("alert_contexts")
        return AlertContexts(read_at=NOON, cases=tuple(self.cases))

    async def record_alerts(
        self, jobs: Sequence[Job], decisions: Sequence[AlertDecision], policy_version: str
    ) -> Mapping[int, JobResult]:
        self.calls.append("record_alerts")
        self.written += decisions
        self.version = policy_version
        return {job.id: "recorded" for job in jobs}


async def test_many_events_are_one_look_and_one_write() -> None:
    store = RememberingStore([a_case("70"), a_case("1")])
    jobs = [a_job(1, None, NAME), a_job(2, a_case().rule_id, NAME)]
    results = await alerts(store, AlertPolicy()).handle(jobs)
    assert results == {1: "recorded", 2: "recorded"}
    assert store.calls == ["alert_contexts", "record_alerts"]
    assert [said.outcome for said in store.written] == ["raise"]
    assert store.version == AlertPolicy().version


async def test_a_calm_house_is_recorded_all_the_same() -> None:
    store = RememberingStore([])
    assert await alerts(store, AlertPolicy()).handle([a_job(1, None, NAME)]) == {1: "recorded"}
    assert store.calls == ["alert_contexts", "record_alerts"]


async def test_exact_numbers_travel_as_text() -> None:
    rpc = RememberingRpc([{"job_id": 1, "status": "recorded"}])
    store = supabase_alert_store(cast("Any", rpc))
    [decision] = [said for said in [await _decided("70.1")] if said]
    assert await store.record_alerts([a_job(1, None, NAME)], [decision], "alerts-1") == {
        1: "recorded"
    }
    function, params = rpc.calls[0]
    assert function == "record_alerts"
    [written] = orjson.loads(orjson.dumps(params["p_decisions"]))
    assert (written["value"], written["outcome"]) == ("70.1", "raise")


async def test_what_the_database_answers_is_read_whole() -> None:
    case = orjson.loads(a_case("70").model_dump_json())
    rpc = RememberingRpc({"read_at": NOON.isoformat(), "cases": [case | {"name": "more"}]})
    contexts = await supabase_alert_store(cast("Any", rpc)).alert_contexts()
    assert contexts.cases[0].value == Decimal(70)


async def _decided(value: str) -> AlertDecision | None:
    store = RememberingStore([a_case(value)])
    await alerts(store, AlertPolicy()).handle([a_job(1, None, NAME)])
    return store.written[0]
