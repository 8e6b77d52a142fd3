"""What was recommended to VIP clients, and what they made of it."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from scripts.bench.house.dice import Hours, after, ids, pick, words
from scripts.bench.house.people import People
from scripts.bench.house.plan import Plan
from scripts.bench.house.wares import Wares

PER_TICKET = 0.02
STATES = ("accepted", "declined", "expired")
STATE_SHARES = (0.35, 0.2, 0.45)
DAYS = 14


def offers(plan: Plan, people: People, wares: Wares) -> Iterator[tuple[str, pl.DataFrame]]:
    """All of them are answered or have run out."""
    rng = plan.rng(75)
    count = max(20, round(PER_TICKET * plan.tickets))
    offered = np.minimum(
        Hours(plan).draw(rng, 0, count, count), plan.end - np.timedelta64(DAYS + 1, "D")
    )
    state = words(STATES, pick(rng, STATE_SHARES, count))
    answered = after(offered, rng.uniform(600, 10 * 86_400, count))
    is_bought = (state == "accepted") & pl.Series(rng.random(count) < 0.8)
    yield (
        "public.vip_recommendations",
        pl.DataFrame(
            {
                "id": ids(rng, count),
                "client_id": people.clients.gather(rng.choice(people.vips, count)),
                "target_id": wares.products["id"].gather(
                    rng.integers(0, len(wares.products), count)
                ),
                "score": rng.integers(40, 100, count),
                "state": state,
                "offered_at": offered,
                "expires_at": offered + np.timedelta64(DAYS, "D"),
            }
        ).with_columns(
            kind=pl.lit("refill"),
            reasons=pl.lit('["runs_out"]'),
            policy_version=pl.lit("house"),
            answered_at=pl.when(state != "expired").then(pl.Series(answered)),
            expiry_reason=pl.when(state == "expired").then(pl.lit("too_late")),
            outcome=pl.when(is_bought).then(pl.lit("bought")),
            outcome_at=pl.when(is_bought).then(pl.Series(answered)),
        ),
    )
