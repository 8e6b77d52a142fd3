"""What does feeding the roll-ups cost the routing?

The same two thousand tickets as in `routing`, to two replicas, once with everything as it is and
once without what feeds the roll-ups: its triggers disabled, its worker not there. Rounds in turn;
the ratio is that of the medians.
"""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

import asyncpg

from scripts.bench.findings import Finding, Goal, p50
from scripts.bench.ground import Ground
from scripts.bench.people import add_agents, add_people, empty_the_house
from scripts.bench.rounds import interleaved
from scripts.bench.routing import AGENTS, CAPACITY, SKILLS, with_replicas

REPLICAS = 2
LEAST_SHARE = 0.8
FEEDING = """
    select format('%s', feeding.tgrelid::regclass) as table, quote_ident(feeding.tgname) as name
    from pg_catalog.pg_trigger feeding
    where feeding.tgname like '%\\_touch\\_metrics%' and feeding.tgparentid = 0
"""
SUBSCRIBED = """
    update private.subscriptions set event_kind = $2
    where worker = 'performance.rollups' and event_kind = $1
"""
EVENT, NO_EVENT = "clock.minutely", "clock.daily"


async def measure(ground: Ground) -> list[Finding]:
    """With the feeding and without it."""
    count = ground.scaled(2_000)
    await empty_the_house(ground.state)
    owner = await asyncpg.connect(ground.state.db_url)
    try:
        await add_agents(owner, AGENTS, SKILLS, CAPACITY)
        clients = await add_people(owner, 50)
        runs = {
            name: partial(_rate, ground, owner, clients, count, is_fed=is_fed)
            for name, is_fed in {"with roll-ups": True, "without roll-ups": False}.items()
        }
        await with_replicas(ground, owner, clients, ground.scaled(400), REPLICAS)  # plans, caches
        rates = await interleaved(runs, ground.rounds, ground.note)
    finally:
        await _feed(owner, is_fed=True)
        await owner.close()
        await empty_the_house(ground.state)
    return _findings({name: p50(values) for name, values in rates.items()})


def _findings(rates: dict[str, float]) -> list[Finding]:
    what, beside = "opened to assigned", "without roll-ups"
    fed, bare = rates["with roll-ups"], rates[beside]
    return [
        Finding(question="rollups", what=f"{what}, {beside}", value=bare, unit="tickets/s"),
        Finding(
            question="rollups",
            what=f"{what}, with roll-ups",
            value=fed,
            unit="tickets/s",
            beside=beside,
            ratio=fed / bare,
            goal=Goal("at least", LEAST_SHARE),
        ),
    ]


async def _rate(
    ground: Ground,
    owner: asyncpg.Connection,
    clients: Sequence[UUID],
    count: int,
    *,
    is_fed: bool,
) -> float:
    await _feed(owner, is_fed=is_fed)
    return await with_replicas(ground, owner, clients, count, REPLICAS)


async def _feed(owner: asyncpg.Connection, *, is_fed: bool) -> None:
    """Triggers on or off; without a minute to hear of the worker does nothing."""
    for trigger in await owner.fetch(FEEDING):
        verb = "enable" if is_fed else "disable"
        await owner.execute(f"alter table {trigger['table']} {verb} trigger {trigger['name']}")
    kinds = (NO_EVENT, EVENT) if is_fed else (EVENT, NO_EVENT)
    await owner.execute(SUBSCRIBED, *kinds)
