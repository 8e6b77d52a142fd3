"""Ten thousand events while everything is killed, cut and restarted: each has its effect once."""

import asyncio
import random
import time

from tests.chaos.conftest import Report
from tests.chaos.faults import KINDS, Faults, schedule, strike_all
from tests.chaos.ledger import Count, Ledger

EVENTS = 10_000
STRIKES = 80
AT_ONCE = 100
BACKLOG = 400
STALL_SECONDS = 90


async def test_ten_thousand_events_through_chaos_have_exactly_one_effect_each(
    ledger: Ledger, faults: Faults, report: Report
) -> None:
    started = time.monotonic()
    async with asyncio.TaskGroup() as group:
        group.create_task(announce_everything(ledger))
        group.create_task(break_everything(ledger, faults))
    count = await ledger.until_effects(EVENTS, STALL_SECONDS)
    report(*told(count, faults, time.monotonic() - started))
    assert (count.events, count.effects, count.missing, count.duplicates) == (EVENTS, EVENTS, 0, 0)
    assert (count.open_jobs, count.dead_jobs) == (0, 0)
    assert await ledger.count_out_of_order() == 0
    assert all(faults.counts[kind] >= 3 for kind in KINDS)


async def announce_everything(ledger: Ledger) -> None:
    """Keeps a backlog in front of the workers until all has been said."""
    for first in range(1, EVENTS + 1, AT_ONCE):
        await ledger.announce(first, first + AT_ONCE - 1)
        await ledger.until_effects(first + AT_ONCE - 1 - BACKLOG, STALL_SECONDS)


async def break_everything(ledger: Ledger, faults: Faults) -> None:
    """Strikes whenever the work has come as far as the schedule says."""
    for mark, kinds in schedule(random.Random(2026), EVENTS, STRIKES):
        await ledger.until_effects(mark, STALL_SECONDS)
        await strike_all(faults, kinds)


def told(count: Count, faults: Faults, seconds: float) -> list[str]:
    """The counts in words."""
    struck = ", ".join(f"{kind} {faults.counts[kind]} times" for kind in KINDS)
    return [
        f"{count.events:,} events, {count.effects:,} effects, {count.missing} missing, "
        f"{count.duplicates} duplicates, {count.attempts:,} attempts, {count.dead_jobs} dead jobs, "
        f"in {seconds:.0f} s",
        struck,
    ]
