"""The workflow worker: one read, one plan, one write for a batch; dry runs beside real ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID, uuid4

import orjson

from lib.events import Job, JobResult
from lib.orchestrator.models.workflows import (
    DryRunContexts,
    DryRunPlan,
    EventContext,
    Workflow,
    WorkflowContexts,
    WorkflowPlan,
)
from lib.orchestrator.workflows import WorkflowPolicy, plan_dry_runs, plan_workflows
from lib.store.orchestrator.workflows import supabase_workflow_store
from tests.workers.orchestrator.building import DESK, NOON, RememberingRpc
from workers.orchestrator.workflows import workflows

POLICY = WorkflowPolicy()
WORKER = "orchestrator.workflows"
TRIAL = "workflow.dry_run_requested"
ALARM = {"field": "message.text", "op": "contains", "value": ["alarm"]}


def a_job(job_id: int, subject_id: UUID | None, kind: str = "message.posted") -> Job:
    return Job(job_id, 1, WORKER, 1, 100 + job_id, kind, subject_id, {}, NOON)


def a_workflow() -> Workflow:
    return Workflow(
        id=UUID(int=7),
        version=3,
        desk_id=None,
        event_kind="message.posted",
        conditions=ALARM,
        actions=({"set_priority": "urgent"},),
    )


def an_event(event_id: int, text: str = "Alarm!") -> EventContext:
    return EventContext(
        event_id=event_id,
        event_kind="message.posted",
        occurred_at=NOON,
        chain_id=event_id,
        subject_id=UUID(int=1),
        ticket_id=UUID(int=1),
        ticket_number=1,
        client_id=UUID(int=2),
        desk_id=DESK,
        facts={"message.text": text},
        fingerprint=f"print-{event_id}",
        ran_ids=frozenset(),
    )


def a_trial(dry_run_id: UUID) -> DryRunContexts:
    return DryRunContexts(
        id=dry_run_id, workflow=a_workflow(), since=NOON, is_cut=False, events=(an_event(1),)
    )


@dataclass
class RememberingStore:
    """Knows some events and dry runs; answers `recorded` for each it was told of, else `gone`."""

    events: Sequence[EventContext] = ()
    trials: Sequence[DryRunContexts] = ()
    calls: list[str] = field(default_factory=list)
    plans: list[WorkflowPlan | DryRunPlan] = field(default_factory=list)

    async def workflow_contexts(self, event_ids: Sequence[int]) -> WorkflowContexts:
        self.calls.append("workflow_contexts")
        found = tuple(event for event in self.events if event.event_id in event_ids)
        return WorkflowContexts(read_at=NOON, workflows=(a_workflow(),), events=found)

    async def record_workflows(
        self, jobs: Sequence[Job], plan: WorkflowPlan
    ) -> Mapping[int, JobResult]:
        self.calls.append("record_workflows")
        self.plans.append(plan)
        return {job.id: "recorded" if job.event_id in plan.events else "gone" for job in jobs}

    async def workflow_dry_run_contexts(
        self, dry_run_ids: Sequence[UUID]
    ) -> Sequence[DryRunContexts]:
        self.calls.append("workflow_dry_run_contexts")
        return [trial for trial in self.trials if trial.id in dry_run_ids]

    async def record_workflow_dry_runs(
        self, jobs: Sequence[Job], plan: DryRunPlan
    ) -> Mapping[int, JobResult]:
        self.calls.append("record_workflow_dry_runs")
        self.plans.append(plan)
        return {job.id: "recorded" if job.subject_id in plan.results else "gone" for job in jobs}


async def test_a_batch_is_read_once_and_written_once() -> None:
    store = RememberingStore([an_event(101), an_event(102, "Dziękuję")])
    results = await workflows(store, POLICY).handle([a_job(1, uuid4()), a_job(2, uuid4())])
    assert results == {1: "recorded", 2: "recorded"}
    assert store.calls == ["workflow_contexts", "record_workflows"]
    (plan,) = store.plans
    assert isinstance(plan, WorkflowPlan)
    assert [planned.runs[0].status for planned in plan.events.values()] == ["done", "skipped"]


async def test_an_event_whose_ticket_is_gone_is_finished() -> None:
    assert await workflows(RememberingStore(), POLICY).handle([a_job(1, uuid4())]) == {1: "gone"}


async def test_dry_runs_and_real_ones_share_a_batch_and_nothing_else() -> None:
    dry_run = uuid4()
    store = RememberingStore([an_event(101)], [a_trial(dry_run)])
    jobs = [a_job(1, uuid4()), a_job(2, dry_run, TRIAL), a_job(3, uuid4(), TRIAL)]
    results = await workflows(store, POLICY).handle(jobs)
    assert results == {1: "recorded", 2: "recorded", 3: "gone"}
    assert store.calls == [
        "workflow_contexts",
        "record_workflows",
        "workflow_dry_run_contexts",
        "record_workflow_dry_runs",
    ]


async def test_a_batch_of_dry_runs_asks_for_no_events() -> None:
    dry_run = uuid4()
    store = RememberingStore(trials=[a_trial(dry_run)])
    assert await workflows(store, POLICY).handle([a_job(1, dry_run, TRIAL)]) == {1: "recorded"}
    assert store.calls == ["workflow_dry_run_contexts", "record_workflow_dry_runs"]


def test_the_worker_carries_the_name_it_is_subscribed_under() -> None:
    assert workflows(RememberingStore(), POLICY).name == WORKER


# The store: what travels --------------------------------------------------------------------


async def test_contexts_are_checked_when_they_arrive() -> None:
    event = an_event(101)
    rpc = RememberingRpc(
        {
            "read_at": NOON.isoformat(),
            "workflows": [a_workflow().model_dump(mode="json")],
            "events": [event.model_dump(mode="json")],
        }
    )
    contexts = await supabase_workflow_store(cast("Any", rpc)).workflow_contexts([101])
    assert rpc.calls == [("workflow_contexts", {"p_event_ids": [101]})]
    assert contexts.events == (event,)
    assert contexts.workflows == (a_workflow(),)


async def test_each_job_travels_with_its_lease_and_what_was_decided() -> None:
    contexts = WorkflowContexts(read_at=NOON, workflows=(a_workflow(),), events=(an_event(101),))
    rpc = RememberingRpc([{"job_id": 1, "status": "recorded"}, {"job_id": 2, "status": "gone"}])
    store = supabase_workflow_store(cast("Any", rpc))
    jobs = [a_job(1, uuid4()), a_job(2, uuid4())]
    results = await store.record_workflows(jobs, plan_workflows(contexts, POLICY))
    assert results == {1: "recorded", 2: "gone"}
    ((function, params),) = rpc.calls
    first, second = orjson.loads(orjson.dumps(params["p_items"]))
    assert function == "record_workflows"
    assert (first["job_id"], first["fence"], first["event_id"]) == (1, 1, 101)
    assert (first["fingerprint"], first["policy_version"]) == ("print-101", "workflows-1")
    assert [(run["workflow"], run["status"], run["reason"]) for run in first["runs"]] == [
        ([str(UUID(int=7)), 3], "done", "matched")
    ]
    assert first["runs"][0]["details"]["findings"][0]["found"] is None
    assert (second["fingerprint"], second["runs"]) == (None, [])


async def test_results_of_dry_runs_travel_with_their_lease() -> None:
    dry_run = uuid4()
    rpc = RememberingRpc([{"job_id": 1, "status": "recorded"}, {"job_id": 2, "status": "gone"}])
    store = supabase_workflow_store(cast("Any", rpc))
    jobs = [a_job(1, dry_run, TRIAL), a_job(2, uuid4(), TRIAL)]
    await store.record_workflow_dry_runs(jobs, plan_dry_runs([a_trial(dry_run)], POLICY))
    ((function, params),) = rpc.calls
    first, second = orjson.loads(orjson.dumps(params["p_items"]))
    assert function == "record_workflow_dry_runs"
    assert (first["dry_run_id"], first["policy_version"]) == (str(dry_run), "workflows-1")
    assert first["result"]["matched_count"] == 1
    assert first["result"]["matches"][0]["actions"] == [{"set_priority": "urgent"}]
    assert second["result"] is None
