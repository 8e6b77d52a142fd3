"""Pauses double up to their ceiling, within their jitter, and begin anew after success."""

from workers.runtime.backoff import Backoff


def test_pauses_double_up_to_the_ceiling() -> None:
    backoff = Backoff(0.05, 1.0, jitter=0)
    assert [round(backoff.pause(), 3) for _ in range(7)] == [0.05, 0.1, 0.2, 0.4, 0.8, 1.0, 1.0]


def test_a_reset_begins_at_the_floor() -> None:
    backoff = Backoff(0.05, 1.0, jitter=0)
    for _ in range(5):
        backoff.pause()
    backoff.reset()
    assert backoff.pause() == 0.05


def test_jitter_spreads_both_ways_and_never_further() -> None:
    pauses = [Backoff(1.0, 1.0, jitter=0.2).pause() for _ in range(500)]
    assert 0.8 <= min(pauses) < 0.9
    assert 1.1 < max(pauses) <= 1.2
