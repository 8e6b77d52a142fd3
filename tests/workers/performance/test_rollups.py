"""The worker that rolls: rounds until all is clean, nothing when it is, and never without end."""

from dataclasses import dataclass, field
from datetime import timedelta

from lib.performance.models.rollups import Grain, Pruning, RollupContexts
from lib.performance.rollups import RollupPolicy
from tests.workers.orchestrator.building import NOON, a_job
from workers.performance.rollups import rollups

NAME = "performance.rollups"


@dataclass
class RememberingStore:
    """So many marks, of which each round takes so many."""

    marks: int
    grains: tuple[Grain, ...] = ()
    calls: list[str] = field(default_factory=list)

    async def rollup_contexts(self) -> RollupContexts:
        self.calls.append("rollup_contexts")
        return RollupContexts(read_at=NOON, marks=self.marks, grains=self.grains)

    async def roll_metrics(self, marks: int, days: int) -> int:
        self.calls.append("roll_metrics")
        self.marks = max(0, self.marks - marks)
        return self.marks

    async def prune_rollups(self, pruning: Pruning) -> int:
        self.calls.append(f"prune_rollups {pruning.grain}")
        return 3


async def calls_for(store: RememberingStore, policy: RollupPolicy) -> list[str]:
    worker = rollups(store, policy)
    assert not worker.records
    jobs = [a_job(1, None, NAME), a_job(2, None, NAME)]
    assert await worker.handle(jobs) == {1: "recorded", 2: "recorded"}
    return store.calls


async def test_rounds_go_on_until_all_is_clean() -> None:
    calls = await calls_for(RememberingStore(marks=25), RollupPolicy(marks=10))
    assert calls == ["rollup_contexts", *["roll_metrics"] * 3]


async def test_where_all_is_clean_there_is_one_look_and_no_write() -> None:
    assert await calls_for(RememberingStore(marks=0), RollupPolicy()) == ["rollup_contexts"]


async def test_a_job_ends_although_marks_are_left() -> None:
    calls = await calls_for(RememberingStore(marks=10_000), RollupPolicy(marks=10, rounds=4))
    assert calls.count("roll_metrics") == 4


async def test_what_is_past_its_time_is_pruned_first() -> None:
    old = Grain(grain="minute", kept_days=8, kept_since_at=NOON - timedelta(days=30))
    calls = await calls_for(RememberingStore(marks=1, grains=(old,)), RollupPolicy())
    assert calls == ["rollup_contexts", "prune_rollups minute", "roll_metrics"]
