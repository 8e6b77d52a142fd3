"""When a planned hand-over of clients is carried out."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from lib.vip.client_books import judge_handovers
from lib.vip.models.client_books import ClientBookContexts, PlannedHandover

DAY = datetime(2026, 12, 1, 7, tzinfo=UTC)


def test_a_book_changes_hands_on_its_day_if_anybody_can_take_it() -> None:
    def a_plan(hours: float, takers: int) -> PlannedHandover:
        return PlannedHandover(
            handover_id=uuid4(), effective_at=DAY + timedelta(hours=hours), takers_left=takers
        )

    plans = (a_plan(0, 2), a_plan(-5, 1), a_plan(-1, 0), a_plan(1, 0))
    made = judge_handovers(ClientBookContexts(read_at=DAY, handovers=plans))
    assert [made[each.handover_id].verdict for each in plans] == [
        "carry_out",
        "carry_out",
        "call_off",
        "wait",
    ]
    assert made[plans[3].handover_id].look_again_at == plans[3].effective_at
