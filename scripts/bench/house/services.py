"""White-glove services of VIP clients with their steps, and the days that agents were there."""

from collections.abc import Iterator

import numpy as np
import polars as pl
import psycopg

from scripts.bench.house import plan as shares
from scripts.bench.house.dice import Hours, after, ids, pick
from scripts.bench.house.people import People
from scripts.bench.house.plan import Plan

Rows = Iterator[tuple[str, pl.DataFrame]]
PER_TICKET = 0.02
CANCELLED = 0.1


def read_playbooks(db: psycopg.Connection) -> pl.DataFrame:
    """The steps of the current playbooks, in a fixed order."""
    return pl.DataFrame(
        db.execute(
            "select step.service_type, step.playbook_version, step.step_key, step.position"
            " from public.playbook_steps step join public.playbooks book"
            " using (service_type, playbook_version) where book.is_current order by 1, 4"
        ).fetchall(),
        schema=["service_type", "playbook_version", "step_key", "position"],
        orient="row",
    )


def services(plan: Plan, people: People, playbooks: pl.DataFrame) -> Rows:
    """All of them are over: closed or cancelled."""
    rng = plan.rng(70)
    count = max(20, round(PER_TICKET * plan.tickets))
    asked = Hours(plan).draw(rng, 0, count, count)
    client = rng.choice(people.vips, count)
    books = playbooks.select("service_type", "playbook_version").unique().sort("service_type")
    over = np.minimum(after(asked, rng.lognormal(11.5, 0.8, count)), plan.end)
    is_cancelled = pl.Series(rng.random(count) < CANCELLED)
    rows = books[rng.integers(0, books.height, count)].with_columns(
        id=ids(rng, count), client_id=people.clients.gather(client),
        desk_id=pl.Series(people.desks).gather(people.desk[client]),
        tier=pl.Series(shares.TIERS).gather(people.tier[client]),
        status=pl.when(is_cancelled).then(pl.lit("cancelled")).otherwise(pl.lit("closed")),
        priority=pl.lit("high"),
        assigned_agent_id=people.staff["id"].gather(people.dedicated[client]),
        created_at=asked, updated_at=over, closed_at=over,
    )  # fmt: skip
    yield "public.white_glove_services", rows
    steps = rows.filter(pl.col("status") == "closed").join(
        playbooks, on=("service_type", "playbook_version"), maintain_order="left_right"
    )
    yield "public.white_glove_steps", steps.select(
        "service_type", "playbook_version", "step_key", "position", service_id="id",
        state=pl.lit("done"), executed_at="closed_at", executed_rank="position",
        result=pl.lit("done"), updated_at="closed_at",
    )  # fmt: skip


def presence(plan: Plan, people: People) -> Rows:
    """Eight hours on five days a week."""
    rng = plan.rng(71)
    start = plan.end.astype("M8[D]") - np.timedelta64(shares.DAYS, "D")
    days = start + np.arange(shares.DAYS)
    agents = np.concatenate(people.agents)
    works = rng.random((len(agents), len(days))) < 5 / 7
    agent, day = np.nonzero(works)
    shift = (7200 * pick(rng, (5, 3, 2), len(day)) + 6 * 3600).astype(np.float64)
    begins = after(days[day].astype("M8[us]"), shift)
    yield (
        "private.presence_spells",
        pl.DataFrame(
            {
                "staff_id": people.staff["id"].gather(agents[agent]),
                "started_at": begins,
                "ended_at": after(begins, np.full(len(day), 8 * 3600.0)),
            }
        ),
    )
