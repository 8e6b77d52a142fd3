"""Whom to act on: the share held out, the same draw each time, one play in 60 days."""

from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.intelligence.models.plays import (
    Play,
    PlayContexts,
    PlayDecision,
    PlayFacts,
    PlaySettings,
)
from lib.intelligence.plays import PlayPolicy, decide, draw, period_of

POLICY = PlayPolicy()
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
CLIENT, PLAY = UUID(int=1), UUID(int=2)
MOMENTS = st.timedeltas(timedelta(0), timedelta(days=70_000)).map(
    lambda since: datetime(2000, 1, 1, tzinfo=UTC) + since
)
SHARES = st.floats(0, 1)


def facts(kind: str = "churn.alerted", **known: object) -> PlayFacts:
    told = {
        "job_id": 1,
        "kind": kind,
        "client_id": CLIENT,
        "is_alert": True,
        "prediction_id": UUID(int=3),
        "probability": 0.9,
        "obstacle": None,
        "delay": None,
        "is_in_play": False,
        "play": None,
    }
    return PlayFacts.model_validate({**told, **known})


def waiting(since: timedelta = timedelta(days=3)) -> Play:
    return Play(
        id=PLAY, state="postponed", alerted_at=NOW - since, ends_at=None, return_visit_id=None
    )


def running(ended: timedelta, visit_id: UUID | None = None) -> Play:
    return Play(
        id=PLAY,
        state="open",
        alerted_at=NOW - ended - timedelta(days=60),
        ends_at=NOW - ended,
        return_visit_id=visit_id,
    )


def decided(
    known: PlayFacts, share: float = 0.1, *, now: datetime = NOW, is_enabled: bool = True
) -> PlayDecision | None:
    settings = PlaySettings(enabled=is_enabled, holdout_share=share)
    contexts = PlayContexts(read_at=now, settings=settings, jobs=[known])
    return decide(contexts, POLICY).get(known.job_id)


@given(st.uuids(), MOMENTS, SHARES)
def test_the_same_alert_is_always_decided_alike(
    client: UUID, moment: datetime, share: float
) -> None:
    known = facts(client_id=client)
    first = decided(known, share, now=moment)
    assert first == decided(known, share, now=moment)
    assert first is not None
    assert first.draw is not None
    assert 0 <= first.draw < 1
    assert first.arm == ("holdout" if first.draw < share else "treated")


@given(st.uuids(), MOMENTS, st.timedeltas(timedelta(0), timedelta(days=59)))
def test_a_flapping_alert_is_not_drawn_again_within_its_period(
    client: UUID, moment: datetime, later: timedelta
) -> None:
    first, second = period_of(moment, POLICY), period_of(moment + later, POLICY)
    assert second in (first, first + 1)
    assert (draw(client, first) == draw(client, second)) is (first == second)


@given(MOMENTS)
def test_two_plays_sixty_days_apart_are_of_two_periods(moment: datetime) -> None:
    assert period_of(moment + POLICY.period, POLICY) == period_of(moment, POLICY) + 1


@pytest.mark.parametrize("share", [0.05, 0.1, 0.5])
def test_the_share_held_out_is_the_share_asked_for(share: float) -> None:
    dice = Random(2026)
    clients = [UUID(int=dice.getrandbits(128)) for _ in range(20_000)]
    held = sum(draw(client, 163) < share for client in clients)
    deviation = (20_000 * share * (1 - share)) ** 0.5
    assert abs(held - 20_000 * share) < 4 * deviation
    both = sum(draw(client, 163) < share and draw(client, 164) < share for client in clients)
    assert abs(both - 20_000 * share**2) < 4 * (20_000 * share**2) ** 0.5


@pytest.mark.parametrize(
    "known",
    [
        facts("churn.calmed"),
        facts(is_alert=False),
        facts(is_in_play=True),
        facts(obstacle="objection"),
        facts("retention_play.reconsidered"),
        facts("retention_play.matured"),
        facts("retention_play.matured", play=running(timedelta(seconds=-1))),
    ],
)
def test_nothing_is_done_without_need(known: PlayFacts) -> None:
    assert decided(known) is None


@pytest.mark.parametrize("delay", ["recovery_case", "recent_complaint"])
def test_a_delay_is_kept_with_its_reason_and_the_draw(delay: str) -> None:
    put_off, begun = decided(facts(delay=delay)), decided(facts())
    assert put_off
    assert begun
    assert (put_off.verdict, put_off.postponed_reason) == ("postpone", delay)
    assert put_off.reconsider_at == NOW + timedelta(days=1)
    assert (put_off.arm, put_off.draw) == (begun.arm, begun.draw)


@pytest.mark.parametrize(
    ("known", "verdict", "reason"),
    [
        (facts("retention_play.reconsidered", play=waiting()), "begin", None),
        (facts(play=waiting(), delay="recovery_case"), "postpone", None),
        (facts("churn.calmed", play=waiting(), is_alert=False), "cancel", "calmed"),
        (facts(play=waiting(timedelta(days=60))), "cancel", "too_late"),
        (facts(play=waiting(), obstacle="restricted"), "cancel", "not_contactable"),
    ],
)
def test_what_waits_is_begun_put_off_or_dropped(
    known: PlayFacts, verdict: str, reason: str | None
) -> None:
    found = decided(known)
    assert found
    assert (found.verdict, found.end_reason, found.play_id) == (verdict, reason, PLAY)


@pytest.mark.parametrize(("visit", "outcome"), [(UUID(int=9), "returned"), (None, "stayed_away")])
def test_a_play_is_settled_by_whether_they_came(visit: UUID | None, outcome: str) -> None:
    found = decided(facts("retention_play.matured", play=running(timedelta(days=2), visit)))
    assert found
    assert (found.verdict, found.outcome, found.visit_id) == ("settle", outcome, visit)


def test_a_switched_off_house_begins_nothing_but_settles_what_runs() -> None:
    assert decided(facts(), is_enabled=False) is None
    matured = facts("retention_play.matured", play=running(timedelta(days=2)))
    assert decided(matured, is_enabled=False) is not None
