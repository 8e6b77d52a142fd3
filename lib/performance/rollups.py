"""How much of what is stale is rolled now, and which cells are past their time? Pure: no clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from lib.performance.models.rollups import Grain, Pruning, RollupContexts, RollupPlan


@dataclass(frozen=True, kw_only=True)
class RollupPolicy:
    """How large a round is (one transaction), and how many make one job."""

    marks: int = 2_000
    """Most marks of a round."""

    days: int = 3
    """Most days of a round: where whole days are stale, as when a metric is new."""

    rounds: int = 20
    """Most rounds of a job: what is left waits for the next minute, so that others get a turn."""

    slack: timedelta = timedelta(days=1)
    """Pruning is put off until a whole day can go."""


def plan_rollups(contexts: RollupContexts, policy: RollupPolicy) -> RollupPlan:
    """Return no round when all is clean, and a pruning for each grain kept for too long."""
    return RollupPlan(
        rounds=policy.rounds if contexts.marks else 0,
        prunings=tuple(_prunings(contexts, policy.slack)),
    )


def _prunings(contexts: RollupContexts, slack: timedelta) -> Iterator[Pruning]:
    for known in contexts.grains:
        before = _kept_from(known, contexts.read_at)
        if before and (known.kept_since_at is None or before - known.kept_since_at > slack):
            yield Pruning(grain=known.grain, before=before)


def _kept_from(known: Grain, now: datetime) -> datetime | None:
    return None if known.kept_days is None else now - timedelta(days=known.kept_days)
