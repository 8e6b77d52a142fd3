"""Whatever happens to tickets, in whatever order: one survey a cycle, credited to who had it."""

import contextlib
from random import Random
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.database.success.surveyor import (
    Surveyed,
    deliver,
    resolve,
    rule,
    run_surveys,
    surveys_where,
)
from tests.support.calling import call

TICKETS, STEPS = 4, 45


class History:
    """Some tickets of one client, and what must hold of their surveys after each step."""

    def __init__(self, db: psycopg.Connection, seed: int) -> None:
        self.db, self.random = db, Random(seed)
        self.house = Surveyed(db)
        rule(db, cooldown_seconds=0)
        self.tickets = [self.house.ticket() for _ in range(TICKETS)]
        self.ended: dict[tuple[str, int], str] = {}

    def step(self) -> None:
        ticket_id = self.random.choice(self.tickets)
        status, cycle, assignee_id = self.read(ticket_id)
        before = self.surveyed()
        if status == "closed":
            self.try_call("undo_ticket_merge(%s, 'Jednak dwie')", ticket_id)
        elif status == "resolved":
            self.random.choice((self.reopens, self.is_merged))(ticket_id)
        elif status == "open":
            self.is_given(ticket_id)
        else:
            self.random.choice((self.ends, self.ends, self.is_given, self.is_merged))(ticket_id)
        if self.read(ticket_id)[0] == "resolved" and status not in ("resolved", "closed"):
            self.ended.setdefault((str(ticket_id), cycle), str(assignee_id))
        if self.random.random() < 0.6:
            self.works()
        self.look(before)

    def read(self, ticket_id: UUID) -> tuple[str, int, UUID | None]:
        row = self.db.execute(
            "select status, cycle, assignee_id from public.support_tickets where id = %s",
            [ticket_id],
        ).fetchone()
        assert row is not None
        return row[0], row[1], row[2]

    def try_call(self, function: Any, *values: Any) -> None:
        with contextlib.suppress(psycopg.ProgrammingError), self.db.transaction():
            call(self.db, self.house.manager, function, *values)

    def ends(self, ticket_id: UUID) -> None:
        resolve(self.db, ticket_id)

    def reopens(self, ticket_id: UUID) -> None:
        call(self.db, self.house.client, "reopen_ticket(%s, 'Jednak nie')", ticket_id)
        self.db.execute(
            "update public.support_tickets set reopened_at = opened_at where id = %s", [ticket_id]
        )

    def is_given(self, ticket_id: UUID) -> None:
        agent_id = self.random.choice((self.house.agent, self.house.colleague))
        self.db.execute(
            "update public.support_tickets set status = 'assigned', assignee_id = %s,"
            " assigned_at = now() where id = %s",
            [agent_id, ticket_id],
        )

    def is_merged(self, ticket_id: UUID) -> None:
        other = self.random.choice([one for one in self.tickets if one != ticket_id])
        row = self.db.execute(
            "select version from public.support_tickets where id = %s", [ticket_id]
        ).fetchone()
        assert row is not None
        self.try_call("merge_tickets(%s, %s, %s, 'Ta sama')", ticket_id, other, row[0])

    def works(self) -> None:
        run_surveys(self.db)
        for survey in surveys_where(self.db, "state = 'queued'"):
            if self.random.random() < 0.5:
                deliver(self.db, survey)
        run_surveys(self.db)

    def surveyed(self) -> dict[str, tuple[Any, ...]]:
        """Each survey's own facts, by its id."""
        return {
            row["id"]: (row["ticket_id"], row["cycle"], row["agent_id"], row["happened_at"])
            for row in surveys_where(self.db, "client_id = %s", self.house.client)
        }

    def look(self, before: dict[str, tuple[Any, ...]]) -> None:
        after = self.surveyed()
        assert before.items() <= after.items(), "a survey is gone or credited anew"
        cycles = [fact[:2] for fact in after.values()]
        assert sorted(cycles) == sorted(self.ended), "each cycle that ended has one survey"
        for ticket_id, cycle, agent_id, _ in after.values():
            assert self.ended[ticket_id, cycle] == agent_id


@pytest.mark.parametrize("seed", range(2))
def test_any_history_gives_exactly_one_survey_a_cycle(db: psycopg.Connection, seed: int) -> None:
    history = History(db, seed)
    for _ in range(STEPS):
        history.step()
    history.works()
    states = {row["state"] for row in surveys_where(db, "client_id = %s", history.house.client)}
    assert len(history.ended) > TICKETS
    assert {"sent", "skipped"} <= states
    rows = db.execute(
        "select count(*) from public.outreach where client_id = %s"
        " and state in ('sent', 'delivered') group by details ->> 'survey_id'",
        [history.house.client],
    ).fetchall()
    assert {*rows} == {(1,)}, "nobody gets two messages about one cycle"
