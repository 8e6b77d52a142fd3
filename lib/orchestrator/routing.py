"""Who gets which waiting ticket. Pure: the same contexts and policy give the same decisions.

Tickets are taken in queue order, and each assignment uses up capacity within the batch, so that the
batch as a whole keeps every limit.
"""

from datetime import datetime, timedelta

from lib.orchestrator.fits import Fits
from lib.orchestrator.models.routing import RoutingContexts, RoutingDecision, TicketContext
from lib.orchestrator.policy import RoutingPolicy
from lib.orchestrator.roster import Roster, SentBack
from lib.orchestrator.slates import Slate, Slates


def route(contexts: RoutingContexts, policy: RoutingPolicy) -> list[RoutingDecision]:
    """Decide each ticket, in queue order: higher tier, then earlier deadline, then lower number."""
    batch = _Batch(contexts, policy)
    return [batch.decide(ticket) for ticket in sorted(contexts.tickets, key=_place)]


def _place(ticket: TicketContext) -> tuple[int, float, int]:
    return (-ticket.queue_boost, ticket.due_at.timestamp(), ticket.number)


class _Batch:
    def __init__(self, contexts: RoutingContexts, policy: RoutingPolicy) -> None:
        self._read_at = contexts.read_at
        self._policy = policy
        self._fits = Fits(contexts.agents, contexts.relaxations, contexts.read_at, policy)
        self._slates = Slates(contexts, self._fits, policy)
        self._roster = Roster(contexts, policy)
        self._steady_at = [agent.steady_at for agent in contexts.agents if agent.steady_at]

    def decide(self, ticket: TicketContext) -> RoutingDecision:
        slate = self._slates.of(ticket, self._roster.spent)
        ranking = self._roster.rank(slate, ticket.load_units)
        sent_back: SentBack = {}
        if not ranking and ticket.is_preemptive:
            ranking, sent_back = self._roster.rank_interruptible(slate, ticket.load_units)
        if not ranking:
            return self._wait(ticket, slate)
        return self._assign(ticket, slate, ranking, sent_back)

    def _assign(
        self, ticket: TicketContext, slate: Slate, ranking: list[int], sent_back: SentBack
    ) -> RoutingDecision:
        kept, chosen = ranking[: self._policy.candidates_kept], ranking[0]
        candidates = self._roster.candidates(slate, kept, sent_back)
        skipped = self._roster.skipped(slate, ranking)
        preempted = sent_back.get(chosen, ())
        self._roster.assign(chosen, ticket.load_units, preempted)
        return RoutingDecision(
            ticket_id=ticket.id,
            version=ticket.version,
            cycle=ticket.cycle,
            outcome="assigned",
            agent_id=candidates[0].agent_id,
            score=candidates[0].score,
            candidates=candidates,
            skipped=skipped,
            policy_version=self._policy.version,
            stage=slate.stages.get(chosen, "desk"),
            relaxed=slate.fit.lacking.get(chosen, ()),
            preempted=tuple([item.ticket_id for item in preempted]),
        )

    def _wait(self, ticket: TicketContext, slate: Slate) -> RoutingDecision:
        return RoutingDecision(
            ticket_id=ticket.id,
            version=ticket.version,
            cycle=ticket.cycle,
            outcome="waiting",
            agent_id=None,
            score=None,
            candidates=(),
            skipped=self._roster.skipped(slate, ()),
            policy_version=self._policy.version,
            look_again_at=self._next_moment(ticket, slate),
        )

    def _next_moment(self, ticket: TicketContext, slate: Slate) -> datetime | None:
        """Return when waiting alone could change the answer."""
        moments = [
            *(ticket.waiting_since + timedelta(seconds=s) for s in self._fits.relaxes_at(ticket)),
            *self._slates.refusals_end_at(ticket),
            *self._roster.ramps_end_at(slate),
        ]
        if slate.opens_next_at:
            moments.append(slate.opens_next_at)
        if "unsteady" in slate.fit.skipped:
            moments += self._steady_at
        return min((moment for moment in moments if moment > self._read_at), default=None)
