"""How agents suit what a ticket needs, whatever their load and whoever the client is.

Worked out once for each need and shared by all such tickets of a batch: the rest is a few additions
per ticket and agent.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from lib.orchestrator.models.routing import (
    AgentContext,
    Part,
    Reason,
    Relaxation,
    TicketContext,
)
from lib.orchestrator.policy import RoutingPolicy

Points = Mapping[Part, int]
VIP_SERVICE = "certificate.vip_service"


@dataclass(frozen=True, slots=True)
class Fit:
    """The agents of a desk and a need, by seat (an agent's index); points and parts of the able.

    `hopeful` are those who have what is needed and are expected back, if they are away.
    """

    points: Mapping[int, int]
    parts: Mapping[int, Points]
    lacking: Mapping[int, tuple[str, ...]]
    """Relaxed skills that an able agent does not have."""
    skipped: Mapping[Reason, tuple[int, ...]]
    """Those who are not able, by number."""
    hopeful: frozenset[int]
    pool: frozenset[int]
    """Those of the hopeful who serve VIP clients."""


class _Need(NamedTuple):
    desk_id: UUID
    language: str
    strict: tuple[str, ...]
    relaxed: tuple[str, ...]


class Fits:
    """The fits of one batch."""

    def __init__(
        self,
        agents: Sequence[AgentContext],
        relaxations: Sequence[Relaxation],
        read_at: datetime,
        policy: RoutingPolicy,
    ) -> None:
        self._agents = agents
        self._read_at = read_at
        self._policy = policy
        self._relaxations = {
            is_live: {r.skill: r.live_seconds if is_live else r.async_seconds for r in relaxations}
            for is_live in (True, False)
        }
        self._desks: defaultdict[UUID | None, list[int]] = defaultdict(list)
        for seat, agent in enumerate(agents):
            self._desks[agent.desk_id].append(seat)
        self._known: dict[_Need, Fit] = {}
        self._joined: dict[tuple[_Need, _Need], Fit] = {}

    def of_desk(self, ticket: TicketContext, *, with_overflow: bool = False) -> Fit:
        """Return how the desk's agents suit the ticket; with those of the overflow desk as well."""
        need = self._need(ticket, ticket.desk_id)
        fit = self._fit(need)
        if not with_overflow or ticket.overflow_desk_id is None:
            return fit
        other = self._need(ticket, ticket.overflow_desk_id)
        if (need, other) not in self._joined:
            self._joined[need, other] = _join(fit, self._fit(other), self._policy)
        return self._joined[need, other]

    def relaxes_at(self, ticket: TicketContext) -> list[int]:
        """Return after how many seconds each required skill relaxes, for those that do."""
        known = self._relaxations[ticket.is_live]
        found = [known.get(skill) for skill in ticket.required_skills]
        return [seconds for seconds in found if seconds is not None]

    def _need(self, ticket: TicketContext, desk_id: UUID) -> _Need:
        if not ticket.required_skills:
            return _Need(desk_id, ticket.language, (), ())
        waited = (self._read_at - ticket.waiting_since).total_seconds()
        known = self._relaxations[ticket.is_live]
        relaxed = tuple(
            [
                skill
                for skill in ticket.required_skills
                if (seconds := known.get(skill)) is not None and seconds <= waited
            ]
        )
        strict = tuple([skill for skill in ticket.required_skills if skill not in relaxed])
        return _Need(desk_id, ticket.language, strict, relaxed)

    def _fit(self, need: _Need) -> Fit:
        fit = self._known.get(need)
        if fit is None:
            fit = self._known[need] = self._find(need)
        return fit

    def _find(self, need: _Need) -> Fit:
        parts: dict[int, Points] = {}
        skipped: defaultdict[Reason, list[int]] = defaultdict(list)
        hopeful = set[int]()
        for seat in self._desks[need.desk_id]:
            agent = self._agents[seat]
            absence, inability = absence_of(agent, self._read_at), _inability(agent, need)
            if not inability and absence not in ("inactive", "on_leave"):
                hopeful.add(seat)
            if reason := absence or inability:
                skipped[reason].append(agent.number)
            else:
                parts[seat] = self._judge(agent, need)
        return Fit(
            points={seat: sum(of_seat.values()) for seat, of_seat in parts.items()},
            parts=parts,
            lacking={seat: lost for seat in parts if (lost := _lost(self._agents[seat], need))},
            skipped={reason: tuple(numbers) for reason, numbers in skipped.items()},
            hopeful=frozenset(hopeful),
            pool=frozenset(s for s in hopeful if VIP_SERVICE in self._agents[s].skills),
        )

    def _judge(self, agent: AgentContext, need: _Need) -> Points:
        asked = need.strict + need.relaxed
        measures: tuple[tuple[Part, int], ...] = (
            ("skill_level", min((agent.skills[s] for s in asked if s in agent.skills), default=0)),
            ("language_level", agent.skills[f"language.{need.language}"]),
            ("lacking", len(_lost(agent, need))),
        )
        judged = {part: self._policy.judge(part, measure) for part, measure in measures}
        return {part: points for part, points in judged.items() if points}


def absence_of(agent: AgentContext, now: datetime) -> Reason | None:
    """Return why somebody is not there to take anything."""
    if not agent.is_active:
        return "inactive"
    if agent.is_on_leave:
        return "on_leave"
    if agent.state != "online":
        return agent.state
    return "unsteady" if agent.steady_at and agent.steady_at > now else None


def _inability(agent: AgentContext, need: _Need) -> Reason | None:
    if f"language.{need.language}" not in agent.skills:
        return "language_missing"
    return None if all(skill in agent.skills for skill in need.strict) else "skill_missing"


def _lost(agent: AgentContext, need: _Need) -> tuple[str, ...]:
    return tuple([skill for skill in need.relaxed if skill not in agent.skills])


def _join(home: Fit, helpers: Fit, policy: RoutingPolicy) -> Fit:
    """Return the fit of a desk and of its helpers, who are the lesser choice."""
    loss = policy.judge("overflow", 1)
    reasons: dict[Reason, tuple[int, ...]] = dict(home.skipped)
    for reason, numbers in helpers.skipped.items():
        reasons[reason] = reasons.get(reason, ()) + numbers
    return Fit(
        points={**home.points, **{seat: sum_ + loss for seat, sum_ in helpers.points.items()}},
        parts={
            **home.parts,
            **{seat: {**parts, "overflow": loss} for seat, parts in helpers.parts.items()},
        },
        lacking={**home.lacking, **helpers.lacking},
        skipped=reasons,
        hopeful=home.hopeful | helpers.hopeful,
        pool=home.pool,
    )
