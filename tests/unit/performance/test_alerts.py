"""Raise, watch, hold, clear: the table of decisions, and that nothing flaps between thresholds."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.performance.alerts import AlertPolicy, decide, judge
from lib.performance.models.alerts import AlertCase, AlertContexts, OpenAlert, Step

NOON = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
POLICY = AlertPolicy()
CHAIN = (Step(after_seconds=120, to="managers"), Step(after_seconds=300, to="admins"))


def ago(seconds: float) -> datetime:
    return NOON - timedelta(seconds=seconds)


def a_case(value: str | None = "70", **changes: Any) -> AlertCase:
    plain = {
        "rule_id": UUID(int=1),
        "rule_version": 3,
        "desk_id": UUID(int=2),
        "is_active": True,
        "direction": "above",
        "raise_threshold": Decimal(60),
        "clear_threshold": Decimal(45),
        "min_seconds": 0,
        "min_samples": 1,
        "cooldown_seconds": 300,
        "escalation": CHAIN,
        "value": None if value is None else Decimal(value),
        "sample_count": 5,
        "ticket_id": None,
        "watched_at": None,
        "last_cleared_at": None,
        "alert": None,
    }
    return AlertCase(**{**plain, **changes})


def an_alert(**changes: Any) -> OpenAlert:
    plain = {
        "id": UUID(int=9),
        "version": 4,
        "state": "open",
        "steps_taken": 0,
        "stepped_at": ago(60),
        "silenced_until": None,
    }
    return OpenAlert(**{**plain, **changes})


FIRST = [
    ("beyond the threshold", a_case("60.01"), "raise"),
    ("at the threshold", a_case("60"), None),
    ("within the band", a_case("50"), None),
    ("nothing to measure", a_case(None), None),
    ("too few samples", a_case(sample_count=4, min_samples=5), None),
    ("just enough samples", a_case(sample_count=5, min_samples=5), "raise"),
    ("switched off", a_case(is_active=False), None),
    ("not for long enough", a_case(min_seconds=60), "watch"),
    ("still not", a_case(min_seconds=60, watched_at=ago(59)), "watch"),
    ("long enough", a_case(min_seconds=60, watched_at=ago(60)), "raise"),
    ("recovered meanwhile", a_case("50", min_seconds=60, watched_at=ago(59)), "calm"),
    ("ended a moment ago", a_case(last_cleared_at=ago(299)), None),
    ("ended long enough ago", a_case(last_cleared_at=ago(300)), "raise"),
    ("cooling and watched", a_case(last_cleared_at=ago(9), watched_at=ago(9)), "calm"),
    (
        "below is bad: below",
        a_case(
            "94.99", direction="below", raise_threshold=Decimal(95), clear_threshold=Decimal(97)
        ),
        "raise",
    ),
    (
        "below is bad: at",
        a_case("95", direction="below", raise_threshold=Decimal(95), clear_threshold=Decimal(97)),
        None,
    ),
]


@pytest.mark.parametrize(("case", "outcome"), [row[1:] for row in FIRST], ids=[r[0] for r in FIRST])
def test_without_an_alert(case: AlertCase, outcome: str | None) -> None:
    decision = decide(case, NOON, POLICY)
    assert (decision and decision.outcome) == outcome


OPEN = [
    ("worse", a_case("99", alert=an_alert()), "hold"),
    ("within the band", a_case("45.01", alert=an_alert()), "hold"),
    ("at the lower threshold", a_case("45", alert=an_alert()), "clear"),
    ("nothing to measure", a_case(None, alert=an_alert()), "clear"),
    (
        "fewer samples do not end it",
        a_case(sample_count=1, min_samples=9, alert=an_alert()),
        "hold",
    ),
    ("switched off", a_case(is_active=False, alert=an_alert()), "clear"),
    ("silenced", a_case(alert=an_alert(state="silenced", silenced_until=ago(-9))), "hold"),
    ("acknowledged and over", a_case("1", alert=an_alert(state="acknowledged")), "clear"),
]


@pytest.mark.parametrize(("case", "outcome"), [row[1:] for row in OPEN], ids=[r[0] for r in OPEN])
def test_with_an_open_alert(case: AlertCase, outcome: str) -> None:
    decision = decide(case, NOON, POLICY)
    assert decision is not None
    assert (decision.outcome, decision.alert_id, decision.alert_version) == (
        *(outcome, UUID(int=9)),
        4,
    )


STEPS = [
    ("too early", an_alert(stepped_at=ago(119)), None),
    ("on time", an_alert(stepped_at=ago(120)), 1),
    ("very late: one at a time", an_alert(stepped_at=ago(9999)), 1),
    ("the second waits for its own time", an_alert(steps_taken=1, stepped_at=ago(299)), None),
    ("the second", an_alert(steps_taken=1, stepped_at=ago(300)), 2),
    ("the chain is at its end", an_alert(steps_taken=2, stepped_at=ago(9999)), None),
    ("acknowledged", an_alert(state="acknowledged", stepped_at=ago(9999)), None),
    ("silenced", an_alert(state="silenced", silenced_until=ago(-1), stepped_at=ago(9999)), None),
]


@pytest.mark.parametrize(("alert", "step"), [row[1:] for row in STEPS], ids=[r[0] for r in STEPS])
def test_the_chain(alert: OpenAlert, step: int | None) -> None:
    decision = decide(a_case(alert=alert), NOON, POLICY)
    assert decision is not None
    assert decision.step == step


def test_a_silence_that_is_over_resumes_and_takes_no_step_yet() -> None:
    alert = an_alert(state="silenced", silenced_until=NOON, stepped_at=ago(9999))
    decision = decide(a_case(alert=alert), NOON, POLICY)
    assert decision is not None
    assert (decision.is_resumed, decision.step) == (True, None)


def test_what_ends_in_silence_is_told_to_nobody() -> None:
    alert = an_alert(state="silenced", silenced_until=ago(-60))
    decision = decide(a_case("1", alert=alert), NOON, POLICY)
    assert decision is not None
    assert (decision.outcome, decision.is_quiet) == ("clear", True)


def test_calm_cases_need_no_decision() -> None:
    contexts = AlertContexts(read_at=NOON, cases=(a_case("1"), a_case("70"), a_case(None)))
    assert [said.outcome for said in judge(contexts, POLICY)] == ["raise"]


VALUES = st.lists(st.decimals(0, 120, places=2), min_size=1, max_size=40)


@given(values=VALUES, direction=st.sampled_from(["above", "below"]))
def test_an_alert_never_flaps_within_the_band(values: list[Decimal], direction: str) -> None:
    """Each change needs a value beyond the threshold on the other side of the band."""
    thresholds = (Decimal(60), Decimal(45)) if direction == "above" else (Decimal(45), Decimal(60))
    is_open, changed_by = False, []
    for value in values:
        case = a_case(
            str(value),
            direction=direction,
            raise_threshold=thresholds[0],
            clear_threshold=thresholds[1],
            cooldown_seconds=0,
            alert=an_alert() if is_open else None,
        )
        decision = decide(case, NOON, POLICY)
        if decision and decision.outcome in ("raise", "clear"):
            is_open = decision.outcome == "raise"
            changed_by.append(value)
    for one, two in pairwise(changed_by):
        assert abs(one - two) >= 15


@given(seconds=st.lists(st.integers(0, 400), max_size=30))
def test_steps_are_taken_in_order_and_each_once(seconds: list[int]) -> None:
    now, alert, taken = NOON, an_alert(stepped_at=NOON), []
    for passed in seconds:
        now += timedelta(seconds=passed)
        decision = decide(a_case(alert=alert), now, POLICY)
        if decision and decision.step:
            taken.append(decision.step)
            alert = an_alert(steps_taken=decision.step, stepped_at=now)
    assert taken == [1, 2][: len(taken)]
