"""Who is considered for one ticket: on which stage of the client's chain, and who is kept out."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from lib.orchestrator.chain import STAGE_PARTS, Budgets, budgets_of, openings
from lib.orchestrator.fits import Fit, Fits, Points, absence_of
from lib.orchestrator.models.routing import (
    AgentContext,
    Reason,
    Refusal,
    RoutingContexts,
    Stage,
    TicketContext,
)
from lib.orchestrator.policy import RoutingPolicy


@dataclass(frozen=True, slots=True)
class Slate:
    """The agents of one ticket. What is said of seats adds to their fit."""

    fit: Fit
    stages: Mapping[int, Stage] = field(default_factory=dict)
    """Of those who stand before the desk or behind it; all others stand on the desk."""
    bonus: Mapping[int, Points] = field(default_factory=dict)
    kept_out: Mapping[int, Reason] = field(default_factory=dict)
    """Able to take the ticket, and not asked."""
    beside: Mapping[Reason, tuple[int, ...]] = field(default_factory=dict)
    """People of the client who work elsewhere, by number."""
    opens_next_at: datetime | None = None
    """When the next stage opens."""


class Slates:
    """The slates of one batch."""

    def __init__(self, contexts: RoutingContexts, fits: Fits, policy: RoutingPolicy) -> None:
        self._agents = contexts.agents
        self._read_at = contexts.read_at
        self._fits = fits
        self._policy = policy
        self._seats = {agent.id: seat for seat, agent in enumerate(contexts.agents)}
        self._budgets = budgets_of(contexts.budgets)
        self._refusals = defaultdict[UUID, list[Refusal]](list)
        for refusal in contexts.refusals:
            self._refusals[refusal.ticket_id].append(refusal)

    def of(self, ticket: TicketContext, spent: Collection[int]) -> Slate:
        """Return the ticket's slate; `spent` are seats that get nothing more for a while."""
        fit = self._fits.of_desk(ticket)
        budgets = self._budgets.get((ticket.tier, ticket.is_live), {})
        named = self._named(ticket)
        stages = self._stages(ticket, fit, budgets, named)
        barred = self._barred(ticket)
        if not (named or stages or barred or ticket.overflow_desk_id or ticket.previous_agent_id):
            return Slate(fit)
        hope = (fit.points.keys() - spent if ticket.is_live else fit.hopeful) - barred.keys()
        opens = dict(openings(ticket.waiting_since, budgets, _awaited(ticket, stages, hope)))
        shut = {stage for stage, opens_at in opens.items() if opens_at > self._read_at}
        if "overflow" in opens and "overflow" not in shut:
            fit = self._fits.of_desk(ticket, with_overflow=True)
            stages |= self._helpers(ticket, fit)
        return Slate(
            fit=fit,
            stages=stages,
            bonus=self._bonus(ticket, fit, stages),
            kept_out=_kept_out(fit, stages, barred, shut),
            beside=self._beside(ticket, named, is_open="overflow" in set(opens) - shut),
            opens_next_at=min((opens[stage] for stage in shut), default=None),
        )

    def refusals_end_at(self, ticket: TicketContext) -> list[datetime]:
        """Return when those who let the ticket lapse may be asked again."""
        return [r.refused_until for r in self._refusals.get(ticket.id, ()) if r.refused_until]

    def _named(self, ticket: TicketContext) -> list[tuple[int, Stage]]:
        people: tuple[tuple[UUID | None, Stage], ...] = (
            (ticket.dedicated_agent_id, "dedicated"),
            (ticket.deputy_agent_id, "deputy"),
            (ticket.relationship_manager_id, "relationship_manager"),
        )
        return [(self._seats[id_], stage) for id_, stage in people if id_ in self._seats]

    def _stages(
        self,
        ticket: TicketContext,
        fit: Fit,
        budgets: Budgets,
        named: Sequence[tuple[int, Stage]],
    ) -> dict[int, Stage]:
        stages: dict[int, Stage] = {}
        for seat, stage in named:
            if self._agents[seat].desk_id == ticket.desk_id:
                stages.setdefault(seat, stage)
        if "vip_pool" in budgets:
            for seat in fit.pool:
                stages.setdefault(seat, "vip_pool")
        return stages

    def _barred(self, ticket: TicketContext) -> dict[int, Reason]:
        """Return who is not asked whatever the stage: nobody serves themselves, no means no."""
        barred: dict[int, Reason] = {
            self._seats[refusal.agent_id]: refusal.reason
            for refusal in self._refusals.get(ticket.id, ())
            if refusal.agent_id in self._seats
            and (refusal.refused_until is None or refusal.refused_until > self._read_at)
        }
        if ticket.client_id in self._seats:
            barred[self._seats[ticket.client_id]] = "own_ticket"
        return barred

    def _helpers(self, ticket: TicketContext, fit: Fit) -> dict[int, Stage]:
        return {
            seat: "overflow"
            for seat in fit.points
            if self._agents[seat].desk_id == ticket.overflow_desk_id
        }

    def _bonus(
        self, ticket: TicketContext, fit: Fit, stages: Mapping[int, Stage]
    ) -> dict[int, Points]:
        judge = self._policy.judge
        bonus: dict[int, Points] = {
            seat: {part: judge(part, 1)}
            for seat, stage in stages.items()
            if seat in fit.points and (part := STAGE_PARTS.get(stage))
        }
        previous = self._seats.get(ticket.previous_agent_id) if ticket.previous_agent_id else None
        if previous is not None and previous in fit.points:
            bonus[previous] = {**bonus.get(previous, {}), "continuity": judge("continuity", 1)}
        return bonus

    def _beside(
        self, ticket: TicketContext, named: Sequence[tuple[int, Stage]], *, is_open: bool
    ) -> dict[Reason, tuple[int, ...]]:
        beside: dict[Reason, tuple[int, ...]] = {}
        for agent in _each_once(self._agents[seat] for seat, _ in named):
            if agent.desk_id == ticket.desk_id:
                continue
            is_helper = agent.desk_id == ticket.overflow_desk_id
            if not (is_open and is_helper):
                reason = absence_of(agent, self._read_at)
                reason = reason or ("later_stage" if is_helper else "wrong_desk")
                beside[reason] = (*beside.get(reason, ()), agent.number)
        return beside


def _each_once(agents: Iterator[AgentContext]) -> list[AgentContext]:
    return list({agent.id: agent for agent in agents}.values())


def _awaited(
    ticket: TicketContext, stages: Mapping[int, Stage], hope: Collection[int]
) -> list[tuple[Stage, bool]]:
    """Return the stages there are, in order, and whether each is worth waiting for."""
    hoped = {stage for seat, stage in stages.items() if seat in hope}
    awaited: list[tuple[Stage, bool]] = [
        (stage, stage in hoped) for stage in STAGE_PARTS if stage in stages.values()
    ]
    awaited.append(("desk", any(seat not in stages for seat in hope)))
    if ticket.overflow_desk_id:
        awaited.append(("overflow", False))
    return awaited


def _kept_out(
    fit: Fit, stages: Mapping[int, Stage], barred: Mapping[int, Reason], shut: Collection[Stage]
) -> dict[int, Reason]:
    kept_out: dict[int, Reason] = {}
    if shut:
        kept_out = {seat: "later_stage" for seat in fit.points if stages.get(seat, "desk") in shut}
    return kept_out | {seat: reason for seat, reason in barred.items() if seat in fit.points}
