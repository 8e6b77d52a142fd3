"""The agents of one batch: who can take a ticket, how good a choice they are, and why others not.

What depends only on an agent and on what a ticket needs (a fit) is worked out once and shared by
all such tickets of the batch: the rest is a few additions per ticket and agent.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lib.orchestrator.models.routing import AgentContext, Candidate, Part, Reason, TicketContext
from lib.orchestrator.policy import RoutingPolicy

_Points = Mapping[Part, int]
_LONGEST_IDLE_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Fit:
    """How agents suit a need, whatever their load: what the able ones earn, by seat."""

    points: Mapping[int, int]
    parts: Mapping[int, _Points]
    skipped: Mapping[Reason, tuple[UUID, ...]]


class Roster:
    """Answers for one batch, and counts what the batch gives away. A seat is an agent's index."""

    def __init__(
        self, agents: Sequence[AgentContext], read_at: datetime, policy: RoutingPolicy
    ) -> None:
        self._policy = policy
        self._agents = agents
        self._ids = [agent.id for agent in agents]
        self._seats = {agent.id: seat for seat, agent in enumerate(agents)}
        self._desks: defaultdict[UUID | None, list[int]] = defaultdict(list)
        for seat, agent in enumerate(agents):
            self._desks[agent.desk_id].append(seat)
        self._spare = [agent.capacity_units - agent.load_units for agent in agents]
        self._room = [self._judge_room(seat) for seat in range(len(agents))]
        self._idle = [policy.judge("idle", _idle_seconds(agent, read_at)) for agent in agents]
        self._turns = _turns(agents)
        self._next_turn = len(agents)
        self._fits: dict[tuple[UUID, str, tuple[str, ...]], Fit] = {}

    def fit(self, ticket: TicketContext) -> Fit:
        """Return how everybody on the ticket's desk, or named by the client's profile, suits it."""
        need = (ticket.desk_id, ticket.language, ticket.required_skills)
        fit = self._fits.get(need)
        if fit is None:
            fit = self._fits[need] = self._find_fit(*need)
        if ticket.dedicated_agent_id:
            fit = self._favour(fit, ticket, "dedicated", ticket.dedicated_agent_id)
        if ticket.relationship_manager_id:
            fit = self._favour(fit, ticket, "relationship", ticket.relationship_manager_id)
        if ticket.client_id in self._seats:
            fit = self._without(fit, ticket.client_id)
        return fit

    def rank(self, fit: Fit, units: int) -> list[int]:
        """Return the seats with room for these units now: best score first, then longest idle."""
        spare, room, idle, turns = self._spare, self._room, self._idle, self._turns
        ranking = [
            (-points - room[seat] - idle[seat], turns[seat], seat)
            for seat, points in fit.points.items()
            if spare[seat] >= units
        ]
        ranking.sort()
        return [seat for _, _, seat in ranking]

    def candidates(self, fit: Fit, seats: Iterable[int]) -> tuple[Candidate, ...]:
        """Return the agents on these seats with the parts of their scores."""
        return tuple([self._candidate(seat, fit.parts[seat]) for seat in seats])

    def _candidate(self, seat: int, suited: _Points) -> Candidate:
        parts = dict(suited)
        if room := self._room[seat]:
            parts["spare_capacity"] = room
        if idle := self._idle[seat]:
            parts["idle"] = idle
        return Candidate(self._ids[seat], sum(parts.values()), parts)

    def skipped(
        self, fit: Fit, units: int, outscored: Sequence[int]
    ) -> Mapping[Reason, tuple[UUID, ...]]:
        """Return by reason who cannot take these units, and who is outscored."""
        ids, spare = self._ids, self._spare
        skipped = dict(fit.skipped)
        if full := [ids[seat] for seat in fit.points if spare[seat] < units]:
            skipped["at_capacity"] = tuple(full)
        if outscored:
            skipped["outscored"] = tuple([ids[seat] for seat in outscored])
        return skipped

    def assign(self, seat: int, units: int) -> None:
        """Count a ticket given within this batch."""
        self._spare[seat] -= units
        self._room[seat] = self._judge_room(seat)
        self._idle[seat] = 0
        self._turns[seat] = self._next_turn
        self._next_turn += 1

    def _find_fit(self, desk_id: UUID, language: str, skills: Sequence[str]) -> Fit:
        parts: dict[int, _Points] = {}
        skipped: defaultdict[Reason, list[UUID]] = defaultdict(list)
        for seat in self._desks[desk_id]:
            agent = self._agents[seat]
            if reason := _unfit(agent, language, skills):
                skipped[reason].append(agent.id)
            else:
                parts[seat] = self._judge_skills(agent, language, skills)
        points = {seat: sum(of_seat.values()) for seat, of_seat in parts.items()}
        return Fit(points, parts, {reason: tuple(ids) for reason, ids in skipped.items()})

    def _favour(self, fit: Fit, ticket: TicketContext, part: Part, agent_id: UUID) -> Fit:
        """Return the fit of one client's ticket: somebody who knows them earns more."""
        seat = self._seats.get(agent_id)
        if seat is None:
            return fit
        if seat in fit.points:
            earned = self._policy.judge(part, 1)
            points = {**fit.points, seat: fit.points[seat] + earned}
            return Fit(points, {**fit.parts, seat: {**fit.parts[seat], part: earned}}, fit.skipped)
        if self._agents[seat].desk_id == ticket.desk_id:
            return fit
        reason = _absence(self._agents[seat]) or "wrong_desk"
        others = [known for known in fit.skipped.get(reason, ()) if known != agent_id]
        return Fit(fit.points, fit.parts, {**fit.skipped, reason: (*others, agent_id)})

    def _without(self, fit: Fit, client_id: UUID) -> Fit:
        """Return the fit for a client who works here: nobody serves themselves."""
        seat = self._seats[client_id]
        if seat not in fit.points:
            return fit
        points = {other: earned for other, earned in fit.points.items() if other != seat}
        return Fit(points, fit.parts, {**fit.skipped, "own_ticket": (client_id,)})

    def _judge_skills(self, agent: AgentContext, language: str, skills: Sequence[str]) -> _Points:
        weakest = min((agent.skills[skill] for skill in skills), default=0)
        measures: tuple[tuple[Part, int], ...] = (
            ("skill_level", weakest),
            ("language_level", agent.skills[f"language.{language}"]),
        )
        judged = {part: self._policy.judge(part, measure) for part, measure in measures}
        return {part: points for part, points in judged.items() if points}

    def _judge_room(self, seat: int) -> int:
        capacity, spare = self._agents[seat].capacity_units, max(0, self._spare[seat])
        return self._policy.judge("spare_capacity", spare * 100 // capacity if capacity else 0)


def _unfit(agent: AgentContext, language: str, skills: Sequence[str]) -> Reason | None:
    if absence := _absence(agent):
        return absence
    if f"language.{language}" not in agent.skills:
        return "language_missing"
    return None if all(skill in agent.skills for skill in skills) else "skill_missing"


def _absence(agent: AgentContext) -> Reason | None:
    if not agent.is_active:
        return "inactive"
    return None if agent.state == "online" else agent.state


def _idle_seconds(agent: AgentContext, read_at: datetime) -> int:
    if agent.last_assigned_at is None:
        return _LONGEST_IDLE_SECONDS
    return max(0, int((read_at - agent.last_assigned_at).total_seconds()))


def _turns(agents: Sequence[AgentContext]) -> list[int]:
    """Return each seat's place in order of last assignments; never assigned first, then by id."""

    def waited(seat: int) -> tuple[bool, float, UUID]:
        at = agents[seat].last_assigned_at
        return (at is not None, at.timestamp() if at else 0.0, agents[seat].id)

    turns = [0] * len(agents)
    for turn, seat in enumerate(sorted(range(len(agents)), key=waited)):
        turns[seat] = turn
    return turns
