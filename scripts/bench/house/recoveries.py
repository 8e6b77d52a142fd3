"""What was made good again: a case for each unhappy client, and what the house gave."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from scripts.bench.house.dice import ids, pick, words
from scripts.bench.house.plan import Plan

CAUSES = ("late_answer", "booking_mistake", "unclear_expectation", "staff_conduct")


def recoveries(
    plan: Plan, rng: np.random.Generator, said: pl.DataFrame
) -> Iterator[tuple[str, pl.DataFrame]]:
    """Of the answered surveys; all cases are closed by now."""
    sad = said.filter((pl.col("csat") <= 2) & (pl.col("answered_at") < _days_before(plan, 6)))
    cases = sad.select(
        "client_id", "desk_id", "tier", "ticket_id", trigger=pl.lit("survey"),
        state=pl.lit("closed"), owner_id="agent_id", owner_stage=pl.lit("dedicated_agent"),
        opened_at="answered_at", began_at="answered_at", assigned_at="answered_at",
        taken_at=pl.col("answered_at") + pl.duration(hours=2),
        resolved_at=pl.col("answered_at") + pl.duration(days=2),
        closed_at=pl.col("answered_at") + pl.duration(days=5),
        cause=words(CAUSES, pick(rng, (5, 3, 2, 1), sad.height)),
        resolution=pl.lit("Przeprosiny i drobny upominek."), survey_id="id",
        is_recovered=pl.lit(value=True),
    ).with_columns(id=ids(rng, sad.height))  # fmt: skip
    yield "public.recovery_cases", cases
    amount = np.rint(rng.lognormal(9.2, 0.6, cases.height)).astype(np.int64)
    yield "public.recovery_gestures", cases.select(
        case_id="id", kind=pl.lit("credit"), amount_minor=amount, state=pl.lit("granted"),
        description=pl.lit("Bon do wykorzystania w salonie."), proposed_by="owner_id",
        proposed_role=pl.lit("agent"), is_within_budget=pl.lit(value=True),
        proposed_at="taken_at", settled_at="taken_at",
    )  # fmt: skip


def _days_before(plan: Plan, days: int) -> pl.Expr:
    return pl.lit(plan.end - np.timedelta64(days, "D"))
