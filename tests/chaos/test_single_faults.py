"""One fault at a time: what was under way before it and what happens after it is all done, once."""

import pytest

from tests.chaos.faults import KINDS, Faults
from tests.chaos.ledger import Ledger

HALF = 200


@pytest.mark.parametrize("kind", KINDS)
async def test_nothing_is_lost_and_nothing_twice_when(
    kind: str, ledger: Ledger, faults: Faults
) -> None:
    await ledger.announce(1, HALF)
    await ledger.until_effects(HALF // 4, 30)
    await faults.strike(kind)
    await ledger.announce(HALF + 1, 2 * HALF)
    count = await ledger.until_effects(2 * HALF, 60)
    assert (count.events, count.effects, count.duplicates) == (2 * HALF, 2 * HALF, 0)
    assert (count.open_jobs, count.dead_jobs) == (0, 0)
    assert await ledger.count_out_of_order() == 0
