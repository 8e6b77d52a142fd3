"""The worker of goals: one look and one write, for all of them or for those that changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from lib.events import Job, JobResult
from lib.store.success.goals import supabase_goal_store
from lib.success.goals import GoalPolicy
from lib.success.models.goals import Goal, GoalContexts, GoalJudgement
from tests.workers.orchestrator.building import NOON, RememberingRpc, a_job
from workers.success.goals import goals

NAME = "success.goals"
TODAY = NOON.date()
GOAL = Goal(
    id=UUID(int=5),
    version=2,
    kind="stated",
    baseline=0,
    target=10,
    starts_on=TODAY - timedelta(days=10),
    due_on=TODAY + timedelta(days=10),
    window_days=1,
    value=5,
    progress=50,
    lowest=None,
    highest=None,
    warned_at=None,
    points=(),
)


@dataclass
class RememberingStore:
    """Knows one open goal; a job about another is gone."""

    asked: list[Sequence[UUID] | None] = field(default_factory=list)
    written: list[GoalJudgement] = field(default_factory=list)

    async def goal_contexts(self, goal_ids: Sequence[UUID] | None) -> GoalContexts:
        self.asked.append(goal_ids)
        is_asked = goal_ids is None or GOAL.id in goal_ids
        return GoalContexts(read_at=NOON, today=TODAY, goals=(GOAL,) if is_asked else ())

    async def record_goals(
        self, jobs: Sequence[Job], judgements: Sequence[GoalJudgement]
    ) -> Mapping[int, JobResult]:
        self.written += judgements
        known = {judgement.goal_id for judgement in judgements} | {None}
        return {job.id: "recorded" if job.subject_id in known else "gone" for job in jobs}


async def test_a_day_measures_every_goal() -> None:
    store = RememberingStore()
    jobs = [a_job(1, None, NAME), a_job(2, GOAL.id, NAME)]
    assert await goals(store, GoalPolicy()).handle(jobs) == {1: "recorded", 2: "recorded"}
    assert store.asked == [None]
    [judgement] = store.written
    assert (judgement.goal_id, judgement.version, judgement.progress) == (GOAL.id, 2, 50)


async def test_changed_goals_are_measured_alone() -> None:
    store = RememberingStore()
    other = UUID(int=6)
    jobs = [a_job(1, GOAL.id, NAME), a_job(2, other, NAME)]
    assert await goals(store, GoalPolicy()).handle(jobs) == {1: "recorded", 2: "gone"}
    assert store.asked == [[GOAL.id, other]]


async def test_the_store_sends_leases_with_their_goals_and_what_was_decided() -> None:
    rpc = RememberingRpc([{"job_id": 1, "status": "stale"}])
    store = supabase_goal_store(cast("Any", rpc))
    job = a_job(1, GOAL.id, NAME)
    judgement = GoalJudgement(
        goal_id=GOAL.id,
        version=2,
        read_at=NOON,
        value=5,
        progress=50,
        state="open",
        forecast=None,
        verdict="unknown",
        is_warned=False,
    )
    assert await store.record_goals([job], [judgement]) == {1: "stale"}
    [(function, params)] = rpc.calls
    assert function == "record_goals"
    assert params["p_items"] == [{**job.lease(), "goal_id": GOAL.id}]
    assert params["p_judgements"][0]["verdict"] == "unknown"


async def test_the_store_asks_for_all_goals_without_ids() -> None:
    rpc = RememberingRpc({"read_at": NOON, "today": TODAY, "goals": []})
    found = await supabase_goal_store(cast("Any", rpc)).goal_contexts(None)
    assert found.goals == ()
    assert rpc.calls == [("goal_contexts", {"p_goal_ids": None})]
