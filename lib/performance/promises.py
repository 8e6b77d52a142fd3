"""Which notices about promises are due. Pure: time comes with the contexts.

A timer only says which promise to look at. What is told follows from how its clock stands, so a
timer may be late, doubled or about a promise that was kept meanwhile.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from lib.performance.models.promises import Notice, PromiseClock, PromiseContexts, PromiseVerdict


def judge(contexts: PromiseContexts) -> Mapping[UUID, PromiseVerdict]:
    """Return the verdict on each promise there is, by its id."""
    return {
        clock.promise_id: PromiseVerdict(clock.due_at, due_notice(clock, contexts.read_at))
        for clock in contexts.clocks
    }


def due_notice(clock: PromiseClock, now: datetime) -> Notice | None:
    """Return the notice to give now: the gravest that is due, unless it was given.

    A milder one that was missed is not made up for: whoever reads "broken" needs no warning.
    """
    if clock.is_ended or clock.state not in ("running", "breached"):
        return None
    moments: tuple[tuple[Notice, datetime | None], ...] = (
        ("breach", clock.due_at),
        ("last_warning", clock.last_warning_at),
        ("first_warning", clock.first_warning_at),
    )
    gravest = next((kind for kind, at in moments if at is not None and now >= at), None)
    return None if gravest in clock.noticed else gravest
