"""Which metrics are due: by whole minutes of the database's clock."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.performance.metrics import choose_due
from lib.performance.models.metrics import MetricContexts, Monitor

MINUTE = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def due(seconds_ago: float | None, interval_seconds: int, now: datetime) -> list[datetime]:
    sampled_at = None if seconds_ago is None else MINUTE - timedelta(seconds=seconds_ago)
    watched = Monitor(metric="backlog", interval_seconds=interval_seconds, sampled_at=sampled_at)
    found = choose_due(MetricContexts(read_at=now, monitors=(watched,)))
    assert {sample.metric for sample in found} <= {"backlog"}
    return [sample.measured_at for sample in found]


def test_what_was_never_sampled_is_due_at_once() -> None:
    assert due(None, 3600, MINUTE + timedelta(seconds=42)) == [MINUTE]


@pytest.mark.parametrize(
    ("seconds_ago", "interval", "minutes"),
    [(60, 60, [MINUTE]), (0, 60, []), (60, 120, []), (120, 120, [MINUTE]), (600, 60, [MINUTE])],
)
def test_a_metric_is_due_when_its_interval_has_passed(
    seconds_ago: int, interval: int, minutes: list[datetime]
) -> None:
    assert due(seconds_ago, interval, MINUTE) == minutes


def test_a_tick_that_comes_late_samples_the_present_once() -> None:
    assert due(600, 60, MINUTE + timedelta(seconds=59.9)) == [MINUTE]


def test_nothing_monitored_is_nothing_due() -> None:
    assert choose_due(MetricContexts(read_at=MINUTE, monitors=())) == []


@given(
    seconds=st.integers(0, 400 * 86400),
    interval=st.integers(60, 86400),
)
def test_what_has_just_been_sampled_is_never_due_again(seconds: int, interval: int) -> None:
    now = MINUTE + timedelta(seconds=seconds)
    first = Monitor(metric="backlog", interval_seconds=interval, sampled_at=None)
    [sample] = choose_due(MetricContexts(read_at=now, monitors=(first,)))
    assert sample.measured_at <= now < sample.measured_at + timedelta(minutes=1)
    again = first.model_copy(update={"sampled_at": sample.measured_at})
    assert choose_due(MetricContexts(read_at=now, monitors=(again,))) == []
