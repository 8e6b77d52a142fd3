"""Tickets of a stretch of time, and the one or two service cycles of each."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from scripts.bench.house import plan as shares
from scripts.bench.house.cycles import first_cycles, second_cycles
from scripts.bench.house.dice import Floats, Hours, Ints, Moments, ids, pick, words
from scripts.bench.house.people import People
from scripts.bench.house.plan import Plan

CATEGORIES = (
    "booking", "general", "product", "billing", "fitness", "aesthetic_medicine", "complaint",
)  # fmt: skip
CATEGORY_SHARES = (0.34, 0.16, 0.15, 0.12, 0.10, 0.07, 0.06)
SUBJECTS = (
    "Termin wizyty w piątek", "Pytanie o zabieg", "Zamówienie jeszcze nie dotarło", "Faktura",
    "Zmiana terminu treningu", "Konsultacja przed zabiegiem", "Reklamacja kremu",
)  # fmt: skip
CLOSING_DAYS = 3


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Consecutive tickets with what their other rows are made of.

    `tickets` are rows of support_tickets beside `client` and `tier_index` (places in People);
    `cycles` has one row a cycle, with `row` as the ticket's place in `tickets`.
    """

    place: int
    tickets: pl.DataFrame
    cycles: pl.DataFrame


def stretches(plan: Plan, people: People) -> Iterator[Stretch]:
    """All tickets, in the order in which they were opened."""
    hours = Hours(plan)
    for place, first in enumerate(range(0, plan.tickets, plan.chunk)):
        count = min(plan.chunk, plan.tickets - first)
        opened = hours.draw(plan.rng(10, place), first, count, plan.tickets)
        yield _stretch(plan, people, place, opened)


def _stretch(plan: Plan, people: People, place: int, opened: Moments) -> Stretch:
    rng = plan.rng(11, place)
    client = people.draw(rng, opened)
    channel = pick(rng, shares.CHANNEL_SHARES, len(opened))
    first = first_cycles(plan, people, rng, opened, client, channel)
    second = second_cycles(plan, rng, first)
    cycles = pl.concat([first, second])
    keys = ids(rng, len(opened))
    tickets = _tickets(plan, people, rng, client, cycles).with_columns(
        id=keys, channel=words(shares.CHANNELS, channel), opened_at=opened
    )
    known = tickets.select("client_id", "desk_id", "channel", "tier", "language", ticket_id="id")
    return Stretch(
        place=place,
        tickets=tickets,
        cycles=pl.concat([cycles, known[cycles["row"]]], how="horizontal"),
    )


def _tickets(
    plan: Plan, people: People, rng: np.random.Generator, client: Ints, cycles: pl.DataFrame
) -> pl.DataFrame:
    count = len(client)
    category = pick(rng, CATEGORY_SHARES, count)
    now = cycles.filter("is_last").sort("row")
    closed = pl.col("resolved_at") + pl.duration(days=CLOSING_DAYS)
    known = now.with_columns(closed_at=pl.when(closed <= pl.lit(plan.end)).then(closed))
    status = _status(rng.random(count))
    return known.select(
        "cycle",
        "assigned_at",
        "first_responded_at",
        "resolved_at",
        "closed_at",
        first_response_due_at="due_at",
        reopened_at=pl.when(pl.col("cycle") > 1).then("began_at"),
        last_message_at=pl.coalesce("resolved_at", "first_responded_at", "began_at"),
        updated_at=pl.coalesce("closed_at", "resolved_at", "first_responded_at", "began_at"),
        status=status,
        assignee_id=people.staff["id"].gather(known["agent"]),
        client=client,
        tier_index=people.tier[client],
        client_id=people.clients.gather(client),
        desk_id=words(people.desks, people.desk[client]),
        language=words(shares.LANGUAGES, people.language[client]),
        tier=words(shares.TIERS, people.tier[client]),
        category=words(CATEGORIES, category),
        subject=words(SUBJECTS, category),
        priority=words(("low", "normal", "high", "urgent"), pick(rng, (8, 78, 11, 3), count)),
    ).with_columns(
        assignee_id=pl.when(pl.col("assigned_at").is_not_null()).then("assignee_id"),
    )


def _status(luck: Floats) -> pl.Expr:
    """What the moments say; some of those at work wait for the client or for others."""
    return (
        pl.when(pl.col("closed_at").is_not_null()).then(pl.lit("closed"))
        .when(pl.col("resolved_at").is_not_null()).then(pl.lit("resolved"))
        .when(pl.col("assigned_at").is_null()).then(pl.lit("open"))
        .when(pl.col("first_responded_at").is_null()).then(pl.lit("assigned"))
        .when(pl.lit(pl.Series(luck)) < 0.25).then(pl.lit("pending"))
        .when(pl.lit(pl.Series(luck)) < 0.30).then(pl.lit("on_hold"))
        .otherwise(pl.lit("assigned"))
    )  # fmt: skip
