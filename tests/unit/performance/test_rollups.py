"""How much is rolled now, and what is pruned."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lib.performance.models.rollups import Grain, Pruning, RollupContexts
from lib.performance.rollups import RollupPolicy, plan_rollups

NOON = datetime(2026, 3, 29, 12, 0, tzinfo=UTC)
FOR_EVER = Grain(grain="day", kept_days=None, kept_since_at=None)


def contexts(marks: int = 0, *grains: Grain) -> RollupContexts:
    return RollupContexts(read_at=NOON, marks=marks, grains=grains)


def minutes_since(kept_since_at: datetime | None) -> Grain:
    return Grain(grain="minute", kept_days=8, kept_since_at=kept_since_at)


def test_where_all_is_clean_nothing_is_done() -> None:
    plan = plan_rollups(contexts(0, FOR_EVER), RollupPolicy())
    assert (plan.rounds, plan.prunings) == (0, ())


def test_what_is_stale_is_rolled_in_so_many_rounds_at_most() -> None:
    assert plan_rollups(contexts(1), RollupPolicy(rounds=7)).rounds == 7


def test_cells_never_pruned_are_pruned_where_they_are_not_kept_for_ever() -> None:
    plan = plan_rollups(contexts(0, minutes_since(None), FOR_EVER), RollupPolicy())
    assert plan.prunings == (Pruning(grain="minute", before=NOON - timedelta(days=8)),)


@given(hours=st.integers(0, 24 * 30))
def test_pruning_waits_for_a_whole_day_and_is_not_planned_again(hours: int) -> None:
    kept_since_at = NOON - timedelta(days=8, hours=hours)
    plan = plan_rollups(contexts(0, minutes_since(kept_since_at)), RollupPolicy())
    assert bool(plan.prunings) == (hours > 24)
    for pruning in plan.prunings:
        day = pruning.before.replace(hour=0)
        assert plan_rollups(contexts(0, minutes_since(day)), RollupPolicy()).prunings == ()
