"""One decision a client; and when to look again at somebody to whom nothing happens."""

from datetime import UTC, datetime, timedelta

import pytest

from lib.orchestrator.journeys import JourneyPolicy, decide
from lib.orchestrator.models.journeys import JourneyContext, JourneyContexts
from tests.unit.orchestrator.journey_facts import CLIENT, NOW, a_context, a_product, a_wish


def looks_at(context: JourneyContext, now: datetime = NOW) -> datetime | None:
    [decision] = decide(JourneyContexts(read_at=now, journeys=[context]), JourneyPolicy())
    return decision.look_again_at


def test_each_client_gets_one_decision_with_what_was_read_of_them() -> None:
    context = a_context(unanswered=[a_wish(30)])
    [decision] = decide(JourneyContexts(read_at=NOW, journeys=[context]), JourneyPolicy())
    assert (decision.client_id, decision.job_ids, decision.revision) == (CLIENT, (1,), 0)
    assert [insight.kind for insight in decision.insights] == ["wish_unanswered"]


@pytest.mark.parametrize(
    "now",
    [
        NOW,
        datetime(2026, 3, 28, 23, 0, tzinfo=UTC),  # the night that clocks go forward
        datetime(2026, 10, 24, 23, 0, tzinfo=UTC),  # and back
        datetime(2026, 11, 22, 3, 0, tzinfo=UTC),  # the same morning
    ],
)
def test_a_client_is_looked_at_each_morning_in_warsaw(now: datetime) -> None:
    at = looks_at(a_context(), now)
    assert at is not None
    assert now < at <= now + timedelta(hours=26)
    assert 4 <= at.hour < 7
    assert looks_at(a_context(), at) == looks_at(a_context(), at + timedelta(seconds=1))


def test_a_wish_is_looked_at_when_it_will_have_waited_too_long() -> None:
    assert looks_at(a_context("vip_gold", unanswered=[a_wish(1)])) == NOW + timedelta(hours=3)
    assert looks_at(a_context("vip_gold", unanswered=[a_wish(5)])) == looks_at(a_context())


def test_who_was_not_there_for_long_is_left_alone_unless_something_runs_out() -> None:
    gone = a_context().model_copy(update={"last_touch_at": NOW - timedelta(days=401)})
    assert looks_at(gone) is None
    assert looks_at(gone.model_copy(update={"last_touch_at": None})) is None
    assert looks_at(gone.model_copy(update={"products": [a_product(50)]})) is not None
