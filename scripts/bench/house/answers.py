"""What clients thought of each resolved cycle, and what the house thought of it."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from scripts.bench.house.dice import pick, words
from scripts.bench.house.people import People
from scripts.bench.house.plan import Plan
from scripts.bench.house.recoveries import recoveries
from scripts.bench.house.surveys import survey_answers, surveys
from scripts.bench.house.tickets import Stretch

CHECKED_CLOSELY = 0.02
"""Of the automatic checks so many keep their twelve answers: they would outnumber messages."""
STANDARDS = (
    "efficiency.first_response", "efficiency.next_response", "efficiency.resolution",
    "efficiency.one_face", "service.solved_once", "service.last_word", "service.resolution_note",
    "courtesy.greeting", "courtesy.closing", "courtesy.address", "courtesy.forms",
    "discretion.no_secrets",
)  # fmt: skip


def answers(plan: Plan, people: People, stretch: Stretch) -> Iterator[tuple[str, pl.DataFrame]]:
    """Tables and their rows, from the cycles that were resolved."""
    rng = plan.rng(40, stretch.place)
    over = stretch.cycles.filter(pl.col("resolved_at").is_not_null())
    over = over.with_columns(agent_id=people.staff["id"].gather(over["agent"]))
    asked = surveys(plan, rng, over)
    said = asked.filter(pl.col("answered_at").is_not_null())
    yield "public.surveys", asked
    yield "public.survey_answers", survey_answers(rng, said)
    yield from _checks(rng, over)
    yield from recoveries(plan, rng, said)


def _checks(rng: np.random.Generator, over: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    score = np.clip(100 - rng.exponential(9.0, over.height), 20, 100).round(2)
    checks = over.select(
        "ticket_id", "cycle", "agent_id", "desk_id", "channel", "tier", score=score,
        policy_version=pl.lit("checks-1"), ended_at="resolved_at", checked_at="resolved_at",
    )  # fmt: skip
    yield "public.quality_checks", checks
    close = checks.filter(pl.Series(rng.random(over.height) < CHECKED_CLOSELY))
    results = close.select("ticket_id", "cycle").join(
        pl.DataFrame({"standard": STANDARDS, "standard_version": 1}), how="cross"
    )
    answer = pick(rng, (88, 8, 4), results.height)
    yield (
        "public.quality_check_results",
        results.with_columns(answer=words(("yes", "no", "not_applicable"), answer)),
    )
