"""When a tier ends, and when its end is near."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from lib.vip.models.tier_changes import TierChangeContexts, TierPeriod
from lib.vip.tier_changes import TierPolicy, judge_period, judge_periods

END = datetime(2027, 1, 1, tzinfo=UTC)
WARNING = timedelta(days=14)
POLICY = TierPolicy()


def a_period(*, is_warned: bool = False) -> TierPeriod:
    return TierPeriod(period_id=uuid4(), valid_until=END, is_warned=is_warned)


@pytest.mark.parametrize(
    ("now", "is_warned", "expected"),
    [
        (END - WARNING - timedelta(seconds=1), False, (None, END - WARNING)),
        (END - WARNING, False, ("warn", END)),
        (END - timedelta(seconds=1), False, ("warn", END)),
        (END - timedelta(seconds=1), True, (None, END)),
        (END, True, ("end", None)),
        (END + timedelta(days=40), False, ("end", None)),
    ],
)
def test_a_tier_is_warned_of_and_ends_at_its_moment(
    now: datetime, *, is_warned: bool, expected: tuple[str | None, datetime | None]
) -> None:
    made = judge_period(a_period(is_warned=is_warned), now, POLICY)
    assert (made.verdict, made.look_again_at) == expected


def test_each_period_of_a_batch_is_judged() -> None:
    periods = (a_period(), a_period(is_warned=True))
    made = judge_periods(TierChangeContexts(read_at=END - WARNING, periods=periods), POLICY)
    assert [made[period.period_id].verdict for period in periods] == ["warn", None]


def test_a_warning_after_the_end_is_refused() -> None:
    with pytest.raises(ValueError, match="before the end"):
        TierPolicy(warning_seconds=0)
