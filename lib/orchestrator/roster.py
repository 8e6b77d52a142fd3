"""The agents of one batch: who has room, who is the best choice, and why others are not.

Counts what the batch gives away, so that the batch as a whole keeps every limit. A seat is an
agent's index.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from lib.orchestrator.models.routing import (
    AgentContext,
    Candidate,
    InterruptibleWork,
    Part,
    Reason,
    RoutingContexts,
)
from lib.orchestrator.policy import RoutingPolicy
from lib.orchestrator.preemption import least_urgent_first, work_to_send_back
from lib.orchestrator.slates import Slate

_LONGEST_IDLE_SECONDS = 86_400

SentBack = Mapping[int, tuple[InterruptibleWork, ...]]
"""By seat, what goes back to the queue if the ticket goes there."""


class Roster:
    """Room and turns of the agents, as the batch goes on."""

    def __init__(self, contexts: RoutingContexts, policy: RoutingPolicy) -> None:
        agents = self._agents = contexts.agents
        self._policy = policy
        self._ids = [agent.id for agent in agents]
        self._numbers = [agent.number for agent in agents]
        self._spare = [agent.capacity_units - agent.load_units for agent in agents]
        self._room = [self._judge_room(seat) for seat in range(len(agents))]
        self._idle = [
            policy.judge("idle", _idle_seconds(agent, contexts.read_at)) for agent in agents
        ]
        self._turns = _turns(agents)
        self._next_turn = len(agents)
        self._portions = {
            seat: agent.ramp_left
            for seat, agent in enumerate(agents)
            if agent.ramp_left is not None
        }
        self.spent = {seat for seat, left in self._portions.items() if left <= 0}
        """Seats of people just back who have got enough for now."""
        self._work = _by_seat(agents, contexts.interruptible)

    def rank(self, slate: Slate, units: int) -> list[int]:
        """Return the seats with room for these units now: best score first, then longest idle."""
        spare, room, idle, turns = self._spare, self._room, self._idle, self._turns
        out = self._out(slate)
        points_of = slate.fit.points
        if slate.bonus:
            gains = {
                seat: points_of[seat] + sum(parts.values()) for seat, parts in slate.bonus.items()
            }
            points_of = {**points_of, **gains}
        ranking = [
            (-points - room[seat] - idle[seat], turns[seat], seat)
            for seat, points in points_of.items()
            if spare[seat] >= units and seat not in out
        ]
        ranking.sort()
        return [seat for _, _, seat in ranking]

    def rank_interruptible(self, slate: Slate, units: int) -> tuple[list[int], SentBack]:
        """Return the seats where asynchronous work can make room, best first, and which work."""
        sent_back: dict[int, tuple[InterruptibleWork, ...]] = {}
        out = self._out(slate)
        for seat in slate.fit.points:
            if seat not in out and seat in self._work:
                work = work_to_send_back(self._work[seat], units - self._spare[seat])
                if work:
                    sent_back[seat] = work
        scores = {seat: self._candidate(slate, seat, sent_back).score for seat in sent_back}
        ranking = sorted(sent_back, key=lambda seat: (-scores[seat], self._turns[seat]))
        return ranking, sent_back

    def candidates(
        self, slate: Slate, seats: Iterable[int], sent_back: SentBack
    ) -> tuple[Candidate, ...]:
        """Return the agents on these seats with the parts of their scores."""
        return tuple([self._candidate(slate, seat, sent_back) for seat in seats])

    def _candidate(self, slate: Slate, seat: int, sent_back: SentBack) -> Candidate:
        parts: dict[Part, int] = {**slate.bonus.get(seat, {}), **slate.fit.parts[seat]}
        if room := self._room[seat]:
            parts["spare_capacity"] = room
        if idle := self._idle[seat]:
            parts["idle"] = idle
        if work := sent_back.get(seat):
            freed = sum(item.load_units for item in work)
            parts["interruption"] = self._policy.judge("interruption", freed)
        return Candidate(self._ids[seat], sum(parts.values()), parts)

    def skipped(self, slate: Slate, ranking: Sequence[int]) -> Mapping[Reason, tuple[int, ...]]:
        """Return the numbers of everybody considered who is not kept of `ranking`, by reason."""
        numbers, kept_out = self._numbers, slate.kept_out
        skipped: dict[Reason, tuple[int, ...]] = dict(slate.fit.skipped)
        for reason, others in slate.beside.items():
            skipped[reason] = skipped.get(reason, ()) + others
        found: defaultdict[Reason, list[int]] = defaultdict(list)
        for seat, reason in kept_out.items():
            found[reason].append(numbers[seat])
        if len(ranking) + len(kept_out) < len(slate.fit.points):
            for seat in slate.fit.points.keys() - kept_out.keys() - set(ranking):
                found["ramping" if seat in self.spent else "at_capacity"].append(numbers[seat])
        if outscored := ranking[self._policy.candidates_kept :]:
            found["outscored"] = [numbers[seat] for seat in outscored]
        return skipped | {reason: skipped.get(reason, ()) + tuple(o) for reason, o in found.items()}

    def assign(self, seat: int, units: int, sent_back: Sequence[InterruptibleWork]) -> None:
        """Count a ticket given within this batch, and what goes back for it."""
        self._spare[seat] += sum(item.load_units for item in sent_back) - units
        if sent_back:
            self._work[seat] = [item for item in self._work[seat] if item not in sent_back]
        if seat in self._portions:
            self._portions[seat] -= 1
            if self._portions[seat] <= 0:
                self.spent.add(seat)
        self._room[seat] = self._judge_room(seat)
        self._idle[seat] = 0
        self._turns[seat] = self._next_turn
        self._next_turn += 1

    def ramps_end_at(self, slate: Slate) -> list[datetime]:
        """Return when people of this slate who got enough for now are asked again."""
        ends = [self._agents[seat].ramp_ends_at for seat in self.spent & slate.fit.points.keys()]
        return [end for end in ends if end]

    def _out(self, slate: Slate) -> Mapping[int, Reason] | set[int]:
        return self.spent | slate.kept_out.keys() if self.spent else slate.kept_out

    def _judge_room(self, seat: int) -> int:
        capacity, spare = self._agents[seat].capacity_units, max(0, self._spare[seat])
        return self._policy.judge("spare_capacity", spare * 100 // capacity if capacity else 0)


def _by_seat(
    agents: Sequence[AgentContext], work: Iterable[InterruptibleWork]
) -> dict[int, list[InterruptibleWork]]:
    seats = {agent.id: seat for seat, agent in enumerate(agents)}
    found: defaultdict[int, list[InterruptibleWork]] = defaultdict(list)
    for item in least_urgent_first(work):
        if item.agent_id in seats:
            found[seats[item.agent_id]].append(item)
    return dict(found)


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
