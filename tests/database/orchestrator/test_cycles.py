"""Service cycles: each reopening is a row of what was, and no such row ever changes."""

from collections.abc import Sequence
from typing import Any, LiteralString
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.rows import dict_row

from tests.database.orchestrator.test_desk import Desk
from tests.factories import a_client, a_ticket
from tests.support.acting import acting_as, refused

CYCLES: LiteralString = "select * from public.ticket_cycles where ticket_id = %s order by cycle"
TICKET: LiteralString = (
    "select cycle, version, channel, tier, opened_at, reopened_at, first_response_due_at,"
    " first_responded_at, assigned_at, assignee_id, resolved_at, closed_at, resolution"
    " from public.support_tickets where id = %s"
)


@pytest.fixture
def desk(db: psycopg.Connection) -> Desk:
    return Desk(db)


def rows(db: psycopg.Connection, statement: LiteralString, ticket_id: UUID) -> list[dict[str, Any]]:
    with db.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statement, [ticket_id]).fetchall()


def test_a_reopening_keeps_the_cycle_as_it_was(desk: Desk) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent, waiting_seconds=600)
    desk.call(desk.agent, "reply_to_ticket(%s, 'Umówiono')", ticket_id)
    desk.call(desk.agent, "resolve_ticket(%s, 'Sobota, 10:00', 2)", ticket_id)
    [before] = rows(desk.db, TICKET, ticket_id)
    desk.call(desk.client, "reply_to_ticket(%s, 'Jednak nie')", ticket_id)
    [after] = rows(desk.db, TICKET, ticket_id)
    [past] = rows(desk.db, CYCLES, ticket_id)
    kept = (
        *("channel", "tier", "first_response_due_at", "first_responded_at", "assigned_at"),
        *("assignee_id", "resolved_at", "closed_at", "resolution", "cycle"),
    )
    assert {name: past[name] for name in kept} == {name: before[name] for name in kept}
    assert past["began_at"] == before["opened_at"]
    assert past["ended_at"] == after["reopened_at"]
    # The new one begins with nothing of the old.
    assert (after["resolution"], after["first_responded_at"]) == (None, None)


def test_the_history_shows_every_cycle_and_the_present_one_last(desk: Desk) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent, status="resolved")
    desk.call(desk.client, "reopen_ticket(%s, 'Jednak nie')", ticket_id)
    history: LiteralString = (
        "select cycle, ended_at is null from public.ticket_cycle_history"
        " where ticket_id = %s order by cycle"
    )
    for person, seen in {
        desk.client: [(1, False), (2, True)],
        desk.agent: [(1, False), (2, True)],
        a_client(desk.db): [],
    }.items():
        with acting_as(desk.db, "authenticated", person):
            assert desk.db.execute(history, [ticket_id]).fetchall() == seen
    cycles = desk.call(desk.client, "get_ticket(%s)", ticket_id)["cycles"]
    assert [(each["cycle"], each["ended_at"] is None) for each in cycles] == [(1, False), (2, True)]


def test_the_new_promise_is_that_of_the_channel(desk: Desk) -> None:
    for channel, column in {"chat": "response_seconds", "email": "async_response_seconds"}.items():
        ticket_id = desk.ticket(assignee_id=desk.agent, status="resolved", channel=channel)
        desk.call(desk.client, "reopen_ticket(%s, 'Jednak nie')", ticket_id)
        promise = desk.db.execute(
            "select extract(epoch from ticket.first_response_due_at - ticket.reopened_at)::integer,"
            " (to_jsonb(level) ->> %s)::integer"
            " from public.support_tickets ticket join public.service_levels level using (tier)"
            " where ticket.id = %s",
            [column, ticket_id],
        ).fetchone()
        assert promise is not None
        assert promise[0] == promise[1]


@pytest.mark.parametrize("step", [2, 5, -1])
def test_a_cycle_is_never_skipped_nor_taken_back(desk: Desk, step: int) -> None:
    ticket_id = desk.ticket()
    reopen(desk.db, ticket_id)
    reopen(desk.db, ticket_id)
    with refused(desk.db, "PT409", "cycle_out_of_order"):
        desk.db.execute(
            "update public.support_tickets set cycle = cycle + %s where id = %s", [step, ticket_id]
        )


HISTORY_MADE_UP: tuple[LiteralString, ...] = (
    "update public.ticket_cycles set resolved_at = now() where ticket_id = %s",
    "update public.ticket_cycles set cycle = cycle + 1 where ticket_id = %s",
    "update public.ticket_cycles set ticket_id = ticket_id where ticket_id = %s",
    "delete from public.ticket_cycles where ticket_id = %s",
)


@pytest.mark.parametrize("statement", HISTORY_MADE_UP)
def test_not_even_the_owner_rewrites_history(desk: Desk, statement: LiteralString) -> None:
    ticket_id = desk.ticket()
    reopen(desk.db, ticket_id)
    with refused(desk.db, "PT409", "cycle_is_history"):
        desk.db.execute(statement, [ticket_id])


def test_history_goes_with_its_ticket(desk: Desk) -> None:
    ticket_id = desk.ticket()
    reopen(desk.db, ticket_id)
    desk.db.execute("delete from public.support_tickets where id = %s", [ticket_id])
    assert rows(desk.db, CYCLES, ticket_id) == []


def reopen(db: psycopg.Connection, ticket_id: UUID) -> None:
    """By hand, as somebody at a SQL console would."""
    db.execute(
        "update public.support_tickets set cycle = cycle + 1,"
        " reopened_at = least(now(), coalesce(reopened_at, opened_at) + interval '1 second'),"
        " first_response_due_at = now() + interval '1 hour', status = 'open',"
        " assignee_id = null, assigned_at = null, resolved_at = null, closed_at = null,"
        " resolution = null where id = %s",
        [ticket_id],
    )


# -- A long life -----------------------------------------------------------------------------------

# Who does what. Whatever does not fit the state is refused, as it would be in life.
STEPS: tuple[tuple[str, LiteralString], ...] = (
    ("client", "select public.reply_to_ticket(%(id)s, 'Halo?')"),
    ("client", "select public.reopen_ticket(%(id)s, 'Jednak nie')"),
    ("agent", "select public.take_ticket(%(id)s)"),
    ("agent", "select public.reply_to_ticket(%(id)s, 'Dzień dobry')"),
    ("agent", "select public.set_ticket_status(%(id)s, 'pending', %(version)s)"),
    ("agent", "select public.snooze_ticket(%(id)s, null, %(version)s)"),
    ("agent", "select public.unassign_ticket(%(id)s, %(version)s)"),
    ("manager", "select public.resolve_ticket(%(id)s, 'Gotowe', %(version)s)"),
    ("manager", "select public.close_ticket(%(id)s, %(version)s)"),
    ("manager", "select public.reopen_ticket(%(id)s, 'Pomyłka')"),
    ("manager", "select public.assign_ticket(%(id)s, %(colleague)s, %(version)s)"),
    ("owner", "reopen"),
    (
        "owner",
        "update public.support_tickets set first_response_due_at = first_response_due_at"
        " + interval '1 minute', tier = 'premium' where id = %(id)s",
    ),
    (
        "owner",
        "update public.support_tickets set resolution = 'Inaczej' where id = %(id)s",
    ),
    ("owner", "update public.ticket_cycles set resolved_at = null where ticket_id = %(id)s"),
)


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(life=st.lists(st.sampled_from(STEPS), min_size=25, max_size=50))
def test_earlier_cycles_never_change_whatever_happens_later(
    desk: Desk, life: Sequence[tuple[str, LiteralString]]
) -> None:
    with desk.db.transaction(force_rollback=True):
        ticket_id = a_ticket(
            desk.db, desk.client, channel="email", desk_id=desk.desk_id, waiting_seconds=3600
        )
        known: list[dict[str, Any]] = []
        for who, statement in life:
            live(desk, ticket_id, who, statement)
            [ticket] = rows(desk.db, TICKET, ticket_id)
            cycles = rows(desk.db, CYCLES, ticket_id)
            assert cycles[: len(known)] == known
            assert [past["cycle"] for past in cycles] == list(range(1, ticket["cycle"]))
            ends = [past["ended_at"] for past in cycles]
            begins = [past["began_at"] for past in cycles]
            assert [*begins[1:], ticket["reopened_at"]] == (ends or [None])
            known = cycles


def live(desk: Desk, ticket_id: UUID, who: str, statement: LiteralString) -> None:
    """One step of a life; undone when it is refused."""
    [ticket] = rows(desk.db, TICKET, ticket_id)
    values = {"id": ticket_id, "version": ticket["version"], "colleague": desk.colleague}
    try:
        with desk.db.transaction():
            if statement == "reopen":
                reopen(desk.db, ticket_id)
            elif who == "owner":
                desk.db.execute(statement, values)
            else:
                with acting_as(desk.db, "authenticated", getattr(desk, who)):
                    desk.db.execute(statement, values)
    except psycopg.Error as refusal:
        if refusal.sqlstate not in {"PT403", "PT404", "PT409", "PT429"}:
            raise
