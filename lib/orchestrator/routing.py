"""Who gets which waiting ticket. Pure: the same contexts and policy give the same decisions.

Tickets are taken in queue order, and each assignment uses up capacity within the batch, so that the
batch as a whole keeps every limit.
"""

from lib.orchestrator.models.routing import RoutingContexts, RoutingDecision, TicketContext
from lib.orchestrator.policy import RoutingPolicy
from lib.orchestrator.roster import Roster


def route(contexts: RoutingContexts, policy: RoutingPolicy) -> list[RoutingDecision]:
    """Decide each ticket, in queue order: higher tier, then earlier deadline, then lower number."""
    roster = Roster(contexts.agents, contexts.read_at, policy)
    return [_decide(ticket, roster, policy) for ticket in sorted(contexts.tickets, key=_place)]


def _place(ticket: TicketContext) -> tuple[int, float, int]:
    return (-ticket.queue_boost, ticket.due_at.timestamp(), ticket.number)


def _decide(ticket: TicketContext, roster: Roster, policy: RoutingPolicy) -> RoutingDecision:
    fit = roster.fit(ticket)
    ranking = roster.rank(fit, ticket.load_units)
    kept, outscored = ranking[: policy.candidates_kept], ranking[policy.candidates_kept :]
    candidates = roster.candidates(fit, kept)
    skipped = roster.skipped(fit, ticket.load_units, outscored)
    if kept:
        roster.assign(kept[0], ticket.load_units)
    return RoutingDecision(
        ticket_id=ticket.id,
        version=ticket.version,
        cycle=ticket.cycle,
        outcome="assigned" if kept else "waiting",
        agent_id=candidates[0].agent_id if kept else None,
        score=candidates[0].score if kept else None,
        candidates=candidates,
        skipped=skipped,
        policy_version=policy.version,
    )
