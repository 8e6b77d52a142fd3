"""What the audience is told: every ticket of the evening, from the client's click to the end."""

import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from scripts.play.checks import Verdict

TIERS = ("vip_platinum", "vip_gold", "premium", "standard")


@dataclass(slots=True)
class Told:
    """One ticket. Times called `*_s` are seconds of this process's clock; `*_at` the database's."""

    id: str
    number: int
    tier: str
    language: str
    channel: str
    category: str
    text: str
    clicked_s: float
    opened_at: datetime
    due_at: datetime
    agent: str = ""
    why: str = ""
    seen_s: float | None = None
    decided_at: datetime | None = None
    responded_at: datetime | None = None
    has_waited: bool = False
    is_done: bool = False

    @property
    def decided_ms(self) -> float | None:
        """Opening to assignment, both by the database's clock."""
        if self.decided_at is None:
            return None
        return (self.decided_at - self.opened_at).total_seconds() * 1000

    @property
    def seen_ms(self) -> float | None:
        """The client's click to the agent's screen, over Realtime."""
        return None if self.seen_s is None else (self.seen_s - self.clicked_s) * 1000

    @property
    def is_kept(self) -> bool | None:
        """Whether the first answer kept the promise; None before it."""
        return None if self.responded_at is None else self.responded_at <= self.due_at


@dataclass
class Scene:
    """One situation played on purpose: lines in order, and whether what must hold did."""

    title: str
    lines: list[str] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)

    def tell(self, text: str) -> None:
        """Adds a line."""
        self.lines.append(text)

    def check(self, promise: str, *, holds: bool, first: object = "") -> None:
        """Adds a verdict; `first` says what was there instead."""
        self.verdicts.append(Verdict(promise, int(not holds), "" if holds else str(first)))


@dataclass
class Story:
    """The whole evening; whoever plays writes it, the screen reads it."""

    planned: int
    started_s: float = field(default_factory=time.perf_counter)
    act: str = "Starting"
    tickets: dict[str, Told] = field(default_factory=dict)
    seen_early: dict[str, float] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    replicas: list[Mapping[str, Any]] = field(default_factory=list)
    lines: deque[str] = field(default_factory=lambda: deque(maxlen=1000))
    scenes: list[Scene] = field(default_factory=list)
    replies: int = 0

    def open(self, ticket: Told) -> None:
        """A client's call has answered. The agent may have seen the ticket before that."""
        ticket.seen_s = self.seen_early.pop(ticket.id, None)
        self.tickets[ticket.id] = ticket

    def see(self, ticket_id: str) -> bool:
        """An agent's screen shows a new assignment; False if it did already."""
        ticket = self.tickets.get(ticket_id)
        if ticket is None:
            return self.seen_early.setdefault(ticket_id, now := time.perf_counter()) == now
        if ticket.seen_s is not None:
            return False
        ticket.seen_s = time.perf_counter()
        return True

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return time.perf_counter() - self.started_s

    @property
    def done(self) -> int:
        """Tickets resolved."""
        return sum(ticket.is_done for ticket in self.tickets.values())

    @property
    def waiting(self) -> int:
        """Opened tickets that nobody has been given yet, as far as we know."""
        return sum(ticket.seen_s is None and not ticket.agent for ticket in self.tickets.values())
