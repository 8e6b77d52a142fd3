"""Slots of time, as ticks use them."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lib.clock import WARSAW, start_of_day, start_of_hour, start_of_minute

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(MOMENTS)
def test_a_moment_lies_in_its_minute_and_hour(now: datetime) -> None:
    assert timedelta() <= now - start_of_minute(now) < timedelta(minutes=1)
    assert timedelta() <= now - start_of_hour(now) < timedelta(hours=1)


@given(MOMENTS)
def test_a_day_of_warsaw_begins_at_its_midnight_and_lasts_23_to_25_hours(now: datetime) -> None:
    begin = start_of_day(now)
    assert begin.astimezone(WARSAW).strftime("%H:%M:%S") == "00:00:00"
    assert begin.astimezone(WARSAW).date() == now.astimezone(WARSAW).date()
    assert timedelta() <= now - begin < timedelta(hours=25)


@given(MOMENTS)
def test_the_start_of_a_slot_is_its_own_start(now: datetime) -> None:
    for start in (start_of_minute, start_of_hour, start_of_day):
        assert start(start(now)) == start(now)
