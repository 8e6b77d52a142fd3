"""Which work goes back to the queue because nobody does it. Pure: time comes with the contexts.

What is decided follows from the state of the ticket and its assignee alone, whatever event led here
and however often.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from lib.orchestrator.models.rescue import (
    Cause,
    Reason,
    RescueCase,
    RescueContexts,
    RescueDecision,
    RescuePlan,
)

if TYPE_CHECKING:
    from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class RescuePolicy:
    """How long an absent assignee may keep what is not live. Change a number, change the version.

    How long is absent, silent or flapping stands in the table presence_settings.
    """

    version: str = "rescue-1"
    deadline_share: float = 0.5
    """Share of the time left before the first response is due, after which somebody else has it."""

    def __post_init__(self) -> None:
        if not 0 < self.deadline_share < 1:
            raise ValueError("the share of the time left lies between 0 and 1")

    def judge(self, since: datetime, due_at: datetime) -> datetime:
        """Return when a ticket kept `since` then goes back, if there is still no response."""
        return max(since, since + (due_at - since) * self.deadline_share)


def rescue(contexts: RescueContexts, policy: RescuePolicy) -> RescuePlan:
    """Decide each case; whoever is there and has not been silent keeps their work unmentioned."""
    decisions: defaultdict[UUID, tuple[RescueDecision, ...]] = defaultdict(tuple)
    for case in contexts.cases:
        if decision := decide(case, contexts.read_at, policy):
            decisions[min(case.subject_ids)] += (decision,)
    return RescuePlan(dict(decisions), contexts.silent_staff_ids, policy.version)


def decide(case: RescueCase, now: datetime, policy: RescuePolicy) -> RescueDecision | None:
    """Return what becomes of the ticket; None: there is nothing to rescue it from."""
    if case.has_departed:
        return _returned(case, "departed", "departed")
    if case.is_offer_expired and not case.is_resting:
        return _returned(case, "silent", "silent")
    if case.absence is None or case.absent_at is None:
        return None
    if reason := _urgent(case):
        return _returned(case, case.absence, reason)
    if reason := _harmless(case):
        return _kept(case, case.absence, reason)
    look_again_at = policy.judge(max(case.absent_at, case.assigned_at), case.due_at)
    if now >= look_again_at:
        return _returned(case, case.absence, "deadline_near")
    return _kept(case, case.absence, "until_deadline", look_again_at)


def _urgent(case: RescueCase) -> Reason | None:
    """Why an absent assignee's ticket goes back now. An assignee who acts all the same keeps it."""
    if case.client_wrote_at and (
        case.agent_acted_at is None or case.client_wrote_at > case.agent_acted_at
    ):
        return "client_wrote"
    if case.agent_acted_at or case.is_resting or case.status == "on_hold":
        return None
    if case.is_live:
        return "live"
    # Offline is over soon, and the next message tells; leave may last for weeks.
    if case.absence == "leave" and case.is_answered and case.is_client_waiting:
        return "client_waits"
    return None


def _harmless(case: RescueCase) -> Reason | None:
    """Why it may stay for as long as nothing happens."""
    if case.agent_acted_at:
        return "agent_acts"
    if case.is_resting:
        return "resting"
    if case.status == "on_hold":
        return "on_hold"
    return "until_client_writes" if case.is_answered else None


def _returned(case: RescueCase, cause: Cause, reason: Reason) -> RescueDecision:
    absent_at = case.absent_at if cause in ("offline", "leave") else None
    return RescueDecision(
        ticket_id=case.ticket_id,
        agent_id=case.agent_id,
        cycle=case.cycle,
        fingerprint=case.fingerprint,
        cause=cause,
        action="returned",
        reason=reason,
        absent_at=absent_at,
        look_again_at=None,
    )


def _kept(
    case: RescueCase, cause: Cause, reason: Reason, look_again_at: datetime | None = None
) -> RescueDecision:
    return RescueDecision(
        ticket_id=case.ticket_id,
        agent_id=case.agent_id,
        cycle=case.cycle,
        fingerprint=case.fingerprint,
        cause=cause,
        action="kept",
        reason=reason,
        absent_at=case.absent_at,
        look_again_at=look_again_at,
    )
