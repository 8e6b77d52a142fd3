"""A long random history: after each step every due time follows from the ledger, to the second."""

import contextlib
from copy import deepcopy
from datetime import timedelta
from random import Random
from typing import Any, LiteralString
from uuid import UUID

import psycopg
import pytest

from tests.database.performance.calendars import SALON, a_calendar
from tests.database.performance.promiser import (
    change,
    post,
    reopen,
    resolve,
    time_passes,
    work_alone,
)
from tests.database.performance.replay import (
    Hours,
    due_at,
    ledgers,
    stored_promises,
    used,
)
from tests.factories import a_client, a_desk, a_ticket, an_agent
from tests.support.calling import call

TICKETS, STEPS = 10, 70
TIERS = ("standard", "premium", "vip_gold", "vip_platinum")
WEEK = dict.fromkeys(range(1, 8), ((480, 700), (760, 1080))) | {7: ((0, 90), (200, 1440))}
REWRITE: tuple[LiteralString, ...] = (
    "update public.ticket_promises set due_at = %(due)s where id = %(id)s",
    "update public.promise_spans set due_at = %(due)s"
    " where promise_id = %(id)s and ends_at is null",
    "update public.support_tickets ticket set first_response_due_at = %(due)s"
    " from public.ticket_promises promise where promise.id = %(id)s and ticket.id = ticket_id",
)


class History:
    """Some tickets of one client, everything that can happen to them, and what must then hold."""

    def __init__(self, db: psycopg.Connection, seed: int) -> None:
        self.db, self.random = db, Random(seed)
        self.desk = a_desk(db)
        self.agent = an_agent(db, desk_id=self.desk, capacity_units=100)
        self.client = a_client(db, "premium", desk_id=self.desk)
        rows = [(day, *part) for day, parts in WEEK.items() for part in parts]
        self.calendar = a_calendar(db, rows)
        self.calendars = {self.calendar: Hours(WEEK, {})}
        db.execute(
            "update public.promise_targets set calendar_id = %s"
            " where calendar_id = %s or tier = 'standard' and kind = 'first_response'",
            [self.calendar, SALON],
        )
        self.tickets = [self.open_ticket() for _ in range(TICKETS)]
        self.seen: set[tuple[UUID, int]] = set()
        self.over: set[UUID] = set()
        self.states: set[str] = set()

    def open_ticket(self) -> UUID:
        tier, channel = self.random.choice(TIERS), self.random.choice(("chat", "email"))
        self.db.execute("update public.profiles set tier = %s where id = %s", [tier, self.client])
        ticket = a_ticket(self.db, self.client, channel=channel, assignee_id=self.agent)
        post(self.db, ticket, self.client)
        return ticket

    def step(self) -> None:
        """Something happens."""
        before = deepcopy(self.calendars)
        ticket = self.random.choice(self.tickets)
        status = self.status(ticket)
        if status == "closed":
            with contextlib.suppress(psycopg.ProgrammingError), self.db.transaction():
                call(self.db, self.agent, "undo_ticket_merge(%s, 'Jednak nie')", ticket)
        elif status == "resolved":
            reopen(self.db, ticket)
        elif status == "open":
            change(self.db, ticket, status="assigned", assignee_id=self.agent, assigned_at="now()")
        else:
            self.random.choice(
                (
                    *(self.client_writes, self.agent_answers, self.late_message) * 2,
                    *(self.status_changes, self.terms_change) * 3,
                    *(self.is_resolved, self.calendar_changes, self.is_merged),
                )
            )(ticket)
        self.look(before)
        if self.random.random() < 0.5:
            self.let_pass()

    def status(self, ticket: UUID) -> str:
        row = self.db.execute(
            "select status from public.support_tickets where id = %s", [ticket]
        ).fetchone()
        assert row is not None
        found: str = row[0]
        return found

    def client_writes(self, ticket: UUID) -> None:
        post(self.db, ticket, self.client)

    def agent_answers(self, ticket: UUID) -> None:
        post(self.db, ticket, self.agent, "agent")

    def late_message(self, ticket: UUID) -> None:
        kind = self.random.choice(("client", "agent"))
        self.db.execute(
            "insert into public.ticket_messages"
            " (ticket_id, author_id, author_kind, body, created_at)"
            " select id, %s, %s, 'Halo?', greatest(opened_at, reopened_at,"
            "  clock_timestamp() - make_interval(secs => %s))"
            " from public.support_tickets where id = %s",
            [
                self.client if kind == "client" else self.agent,
                kind,
                self.random.randint(1, 40_000),
                ticket,
            ],
        )

    def status_changes(self, ticket: UUID) -> None:
        becomes = self.random.choice(("assigned", "pending", "on_hold", "snoozed"))
        until = "infinity" if becomes == "snoozed" else None
        status = "pending" if becomes == "snoozed" else becomes
        change(self.db, ticket, status=status, snoozed_until=until)

    def terms_change(self, ticket: UUID) -> None:
        what: dict[str, Any] = {"tier": self.random.choice(TIERS)}
        if self.random.random() < 0.5:
            what = {"priority": self.random.choice(("low", "normal", "high", "urgent"))}
        due = {p.id: p.due_at for p in self.promises() if p.ticket_id == ticket}
        change(self.db, ticket, **what)
        for promise in self.promises():
            was = due.get(promise.id)
            if "tier" in what and was and promise.due_at:
                assert promise.due_at <= was

    def is_resolved(self, ticket: UUID) -> None:
        resolve(self.db, ticket)

    def calendar_changes(self, ticket: UUID) -> None:
        row = self.db.execute("select (now() at time zone 'Europe/Warsaw')::date").fetchone()
        assert row is not None
        day = row[0] + timedelta(days=self.random.randint(-1, 4))
        parts = self.random.choice(((), ((600, 840),), ((0, 1440),)))
        self.calendars[self.calendar].unlike[day] = parts
        self.db.execute(
            "insert into public.calendar_exceptions (calendar_id, falls_on, label)"
            " values (%s, %s, 'Inwentaryzacja') on conflict do nothing",
            [self.calendar, day],
        )
        self.db.execute(
            "delete from public.calendar_exception_hours where calendar_id = %s and falls_on = %s",
            [self.calendar, day],
        )
        for part in parts:
            self.db.execute(
                "insert into public.calendar_exception_hours values (%s, %s, %s, %s)",
                [self.calendar, day, *part],
            )

    def is_merged(self, ticket: UUID) -> None:
        into = self.random.choice(self.tickets)
        row = self.db.execute(
            "select version from public.support_tickets where id = %s", [ticket]
        ).fetchone()
        assert row is not None
        with contextlib.suppress(psycopg.ProgrammingError), self.db.transaction():
            call(self.db, self.agent, "merge_tickets(%s, %s, %s, 'To samo')", ticket, into, row[0])

    def promises(self) -> Any:
        return stored_promises(self.db, self.tickets)

    def look(self, calendars_before: dict[UUID, Hours]) -> None:
        """No difference anywhere, between the rows, the database's replay, and ours."""
        spans = ledgers(self.db, self.tickets)
        for promise in self.promises():
            ledger = spans[promise.id]
            self.states.add(promise.state)
            for span in ledger:
                if span.ends_at and (promise.id, span.position) not in self.seen:
                    self.seen.add((promise.id, span.position))
                    assert span.used_microseconds == used(span, calendars_before)
            # What is over was moved through time by hours it did not know: it is judged once.
            if promise.state in ("running", "paused") or promise.id not in self.over:
                assert promise.due_at == promise.derived_due_at, (promise, ledger)
            if promise.state not in ("running", "paused"):
                self.over.add(promise.id)
            if promise.state in ("running", "paused"):
                assert promise.due_at == due_at(ledger, self.calendars)
                assert ledger[-1].ends_at is None
                assert promise.ticket_status not in ("resolved", "closed")
            if promise.kind != "next_response" and promise.state in ("running", "paused"):
                assert (promise.state == "paused") == (promise.ticket_status == "pending")
            assert promise.started_at == ledger[0].starts_at
            ends = [span.ends_at for span in ledger[:-1]]
            assert all(e and e <= s.starts_at for e, s in zip(ends, ledger[1:], strict=True))

    def let_pass(self) -> None:
        """All has happened earlier; what runs by a calendar is due as we work it out here."""
        keep = "alter table public.support_tickets {} trigger support_tickets_keep_promises"
        self.db.execute("set constraints all immediate")
        self.db.execute(keep.format("disable").encode())
        time_passes(self.db, self.random.choice((300, 900, 3_000, 40_000)))
        spans = ledgers(self.db, self.tickets)
        for promise in self.promises():
            if promise.state == "running":
                due = due_at(spans[promise.id], self.calendars)
                for statement in REWRITE[: 3 if promise.kind == "first_response" else 2]:
                    self.db.execute(statement, {"due": due, "id": promise.id})
        self.db.execute(keep.format("enable").encode())


@pytest.mark.parametrize("seed", [1, 2])
def test_every_due_time_follows_from_the_ledger(db: psycopg.Connection, seed: int) -> None:
    work_alone(db)
    history = History(db, seed)
    for _ in range(STEPS):
        history.step()
    assert history.states == {"running", "paused", "met", "breached", "cancelled"}
