"""Which notice about a promise is due, by how its clock stands."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from lib.performance.models.promises import Notice, PromiseClock, PromiseContexts
from lib.performance.promises import due_notice, judge

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def a_clock(**changes: Any) -> PromiseClock:
    """A platinum chat that began at noon: 15 s, 24 s, 30 s."""
    plain = {
        "promise_id": UUID(int=1),
        "ticket_id": UUID(int=2),
        "state": "running",
        "is_ended": False,
        "due_at": NOON + timedelta(seconds=30),
        "first_warning_at": NOON + timedelta(seconds=15),
        "last_warning_at": NOON + timedelta(seconds=24),
        "noticed": [],
    }
    return PromiseClock.model_validate({**plain, **changes})


@pytest.mark.parametrize(
    ("seconds", "noticed", "notice"),
    [
        (14.999999, [], None),
        (15, [], "first_warning"),
        (23.999999, [], "first_warning"),
        (23.999999, ["first_warning"], None),
        (24, ["first_warning"], "last_warning"),
        (24, [], "last_warning"),
        (29.999999, ["last_warning"], None),
        (29.999999, ["first_warning", "last_warning"], None),
        (30, ["first_warning", "last_warning"], "breach"),
        (30, [], "breach"),
        (3600, ["first_warning"], "breach"),
        (3600, ["breach"], None),
        (3600, ["first_warning", "last_warning", "breach"], None),
    ],
)
def test_the_gravest_notice_that_is_due_is_given_once(
    seconds: float, noticed: list[Notice], notice: Notice | None
) -> None:
    assert due_notice(a_clock(noticed=noticed), NOON + timedelta(seconds=seconds)) == notice


@pytest.mark.parametrize(
    "stands",
    [
        {"state": "paused", "due_at": None, "first_warning_at": None, "last_warning_at": None},
        {"state": "met", "is_ended": True},
        {"state": "cancelled", "is_ended": True},
        {"state": "breached", "is_ended": True},
        {"due_at": None, "first_warning_at": None, "last_warning_at": None},
    ],
    ids=["paused", "kept", "cancelled", "kept late", "due at no time"],
)
def test_what_is_not_owed_now_is_told_to_nobody(stands: dict[str, Any]) -> None:
    assert due_notice(a_clock(**stands), NOON + timedelta(days=1)) is None


def test_a_promise_found_broken_by_another_change_is_told_all_the_same() -> None:
    assert due_notice(a_clock(state="breached"), NOON + timedelta(minutes=1)) == "breach"


def test_a_promise_without_warnings_is_only_broken() -> None:
    clock = a_clock(first_warning_at=None, last_warning_at=None)
    assert due_notice(clock, NOON + timedelta(seconds=29)) is None
    assert due_notice(clock, NOON + timedelta(seconds=30)) == "breach"


def test_each_verdict_names_the_due_time_it_was_made_from() -> None:
    clocks = (a_clock(), a_clock(promise_id=UUID(int=3), state="paused", due_at=None))
    verdicts = judge(PromiseContexts(read_at=NOON + timedelta(seconds=15), clocks=clocks))
    assert [(v.due_at, v.notice) for v in verdicts.values()] == [
        (NOON + timedelta(seconds=30), "first_warning"),
        (None, None),
    ]
