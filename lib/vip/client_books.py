"""When a planned hand-over of clients is carried out. Pure: time comes with the contexts."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from lib.vip.models.client_books import ClientBookContexts, HandoverVerdict, PlannedHandover


def judge_handovers(contexts: ClientBookContexts) -> Mapping[UUID, HandoverVerdict]:
    """Return the verdict on each planned hand-over, by its id."""
    return {
        planned.handover_id: judge_handover(planned, contexts.read_at)
        for planned in contexts.handovers
    }


def judge_handover(planned: PlannedHandover, now: datetime) -> HandoverVerdict:
    """Return what to do: a book that nobody could take stays, and managers hear of it."""
    if now < planned.effective_at:
        return HandoverVerdict("wait", planned.effective_at)
    return HandoverVerdict("carry_out" if planned.takers_left > 0 else "call_off", None)
