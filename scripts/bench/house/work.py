"""What the house did for each cycle: past cycles, assignments, promises with their outcome."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from scripts.bench.house import plan as shares
from scripts.bench.house.dice import after, ids, tail
from scripts.bench.house.people import People
from scripts.bench.house.plan import Plan
from scripts.bench.house.tickets import Stretch

Rows = Iterator[tuple[str, pl.DataFrame]]
NEXT_RESPONSES = 0.5
"""How many cycles have a later answer that was promised too."""
RESOLVED = pl.col("resolved_at").is_not_null()


def work(plan: Plan, people: People, stretch: Stretch) -> Rows:
    """Tables and their rows."""
    cycles = stretch.cycles.with_columns(
        agent_id=people.staff["id"].gather(stretch.cycles["agent"]),
        other_id=people.staff["id"].gather(stretch.cycles["other"].clip(0)),
    )
    yield "public.ticket_cycles", _past(cycles)
    yield "public.ticket_assignments", _handed_over(cycles)
    yield "public.ticket_assignments", _assigned(cycles)
    yield "public.ticket_promises", _promises(plan, stretch)


def _past(cycles: pl.DataFrame) -> pl.DataFrame:
    # A reopened ticket's next cycle follows in the same frame: its beginning is this one's end.
    again = cycles.filter(pl.col("cycle") > 1).select("row", ended_at="began_at")
    return cycles.filter(~pl.col("is_last")).join(again, on="row").select(
        "ticket_id", "cycle", "channel", "tier", "began_at", "first_responded_at", "assigned_at",
        "resolved_at", "ended_at", first_response_due_at="due_at", assignee_id="agent_id",
    )  # fmt: skip


def _handed_over(cycles: pl.DataFrame) -> pl.DataFrame:
    """Some agents had it before: took it up and gave it away, or declined."""
    had = cycles.filter((pl.col("other") >= 0) & RESOLVED & (pl.col("other") != pl.col("agent")))
    given = pl.col("began_at") + (pl.col("assigned_at") - pl.col("began_at")) / 2
    is_declined = pl.col("row") % 3 == 0
    return had.select(
        *_shared("other_id", "desk"),
        state=pl.when(is_declined).then(pl.lit("declined")).otherwise(pl.lit("withdrawn")),
        offered_at=given,
        answered_at=given,
        ended_at="assigned_at",
        end_reason=pl.lit("handed_over"),
    )


def _assigned(cycles: pl.DataFrame) -> pl.DataFrame:
    return cycles.filter(pl.col("assigned_at").is_not_null()).select(
        *_shared("agent_id", "desk"),
        state=pl.when(RESOLVED).then(pl.lit("completed")).otherwise(pl.lit("accepted")),
        offered_at="assigned_at",
        answered_at=pl.coalesce("first_responded_at", "assigned_at"),
        ended_at="resolved_at",
        end_reason=pl.when(RESOLVED).then(pl.lit("resolved")),
    )


def _shared(agent: str, stage: str) -> list[pl.Expr]:
    waited = (pl.col("assigned_at") - pl.col("began_at")).dt.total_seconds()
    return [
        pl.col("ticket_id"), pl.col("cycle"), pl.col(agent).alias("agent_id"), pl.col("tier"),
        pl.col("is_live"), pl.lit(stage).alias("stage"), pl.col("load").alias("load_units"),
        waited.alias("wait_seconds"),
    ]  # fmt: skip


def _promises(plan: Plan, stretch: Stretch) -> pl.DataFrame:
    """Rows in the order in which they began, as the house writes them."""
    rng = plan.rng(20, stretch.place)
    cycles = stretch.cycles
    said = rng.random(cycles.height) < NEXT_RESPONSES
    later = cycles.filter(pl.Series(said) & RESOLVED)
    target = np.array(shares.NEXT_SECONDS, dtype=np.float64)[later["tier_index"]]
    asked = (
        pl.col("first_responded_at") + (pl.col("resolved_at") - pl.col("first_responded_at")) / 2
    )
    later = later.with_columns(began_at=asked, next=pl.lit(pl.Series(np.rint(target))))
    answered = after(later["began_at"].to_numpy(), tail(rng, 0.4 * target, 0.8))
    rows = pl.concat(
        [
            _promise(cycles, "first_response", "respond", "first_responded_at"),
            _promise(cycles, "resolution", "resolve", "resolved_at"),
            _promise(later.with_columns(at=answered), "next_response", "next", "at"),
        ]
    ).sort("started_at", maintain_order=True)
    return _outcomes(plan, rows).with_columns(id=ids(rng, rows.height))


def _promise(cycles: pl.DataFrame, kind: str, seconds: str, met: str) -> pl.DataFrame:
    return cycles.select(
        "ticket_id", "cycle", "tier",
        kind=pl.lit(kind),
        target_seconds=pl.col(seconds).cast(pl.Int64),
        started_at="began_at",
        done_at=met,
        broken_to_id="client_id",
    )  # fmt: skip


def _outcomes(plan: Plan, rows: pl.DataFrame) -> pl.DataFrame:
    """Kept, broken at the due time, or still running."""
    due = pl.col("started_at") + pl.duration(seconds=pl.col("target_seconds"))
    end = pl.lit(plan.until.replace(tzinfo=None), pl.Datetime("us"))
    done = pl.col("done_at")
    is_done = done.is_not_null() & (done <= end)
    is_broken = (is_done & (done > due)) | (~is_done & (due < end))
    is_kept = is_done & ~is_broken
    return rows.with_columns(
        due_at=due,
        ended_at=pl.when(is_done).then(done),
        met_at=pl.when(is_done).then(done),
        end_cause=pl.when(is_done).then(pl.lit("answered")),
        breached_at=pl.when(is_broken).then(due),
        broken_to_id=pl.when(is_broken).then("broken_to_id"),
        state=pl.when(is_broken).then(pl.lit("breached"))
        .when(is_kept).then(pl.lit("met")).otherwise(pl.lit("running")),
    ).drop("done_at")  # fmt: skip
