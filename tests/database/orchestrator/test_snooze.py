"""Snooze: a ticket rests, takes no room, and wakes at its moment, at an answer, or by hand."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString, cast
from uuid import UUID

import psycopg
import pytest

from lib.store.orchestrator.snooze import supabase_snooze_store
from tests.database.orchestrator.router import DatabaseRpc, call, claim
from tests.database.orchestrator.test_desk import Desk
from tests.factories import a_client, a_message, a_ticket, an_agent
from tests.support.acting import acting_as
from tests.support.parallel import all_at_once, call_as, lasting_desk
from workers.orchestrator.snooze import snooze

SNOOZE: LiteralString = "snooze_ticket(%s, %s, %s)"
TOMORROW = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture
def desk(db: psycopg.Connection) -> Desk:
    return Desk(db)


def state(db: psycopg.Connection, ticket_id: UUID) -> tuple[str, UUID | None, bool]:
    """Status, assignee, and whether it rests."""
    row = db.execute(
        "select status, assignee_id, snoozed_until is not null from public.support_tickets"
        " where id = %s",
        [ticket_id],
    ).fetchone()
    assert row is not None
    return row


def load(db: psycopg.Connection, agent: UUID) -> int:
    row = db.execute("select load_units from private.agent_loads(array[%s])", [agent]).fetchone()
    assert row is not None
    return int(row[0])


def timers(db: psycopg.Connection, ticket_id: UUID) -> list[Any]:
    rows = db.execute(
        "select due_at from private.timers"
        " where subject_id = %s and kind = 'ticket.snooze_elapsed'",
        [ticket_id],
    )
    return [due_at for (due_at,) in rows]


def steps(db: psycopg.Connection, ticket_id: UUID) -> list[str]:
    rows = db.execute(
        "select kind from public.ticket_events where ticket_id = %s and kind in"
        " ('snoozed', 'woken') order by id",
        [ticket_id],
    )
    return [kind for (kind,) in rows]


def time_is_up(db: psycopg.Connection, *ticket_ids: UUID) -> None:
    """As if the moment had come: only the database's clock counts."""
    db.execute(
        "update public.support_tickets set snoozed_until = now() - interval '1 second'"
        " where id = any(%s)",
        [list(ticket_ids)],
    )


def run_snooze(db: psycopg.Connection) -> dict[UUID | None, str]:
    """Fires what is due, then one batch from claim to write; the result by ticket."""
    with acting_as(db, "service_role"):
        call(db, "fire_timers", {"p_limit": 10_000})
    jobs = claim(db, "orchestrator.snooze")
    worker = snooze(supabase_snooze_store(cast("Any", DatabaseRpc(db))))
    results = asyncio.run(cast("Any", worker.handle(jobs))) if jobs else {}
    return {job.subject_id: results[job.id] for job in jobs}


# -- Rest ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["assigned", "pending", "on_hold"])
def test_a_snoozed_ticket_rests_with_its_agent_and_takes_no_room(desk: Desk, status: str) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent, status=status, channel="phone")
    after = desk.call(desk.agent, SNOOZE, ticket_id, TOMORROW, 1)
    assert (after["status"], after["assignee_id"]) == ("pending", str(desk.agent))
    assert timers(desk.db, ticket_id) == [TOMORROW]
    assert load(desk.db, desk.agent) == 0
    assert steps(desk.db, ticket_id) == ["snoozed"]


@pytest.mark.parametrize("until", [None, "infinity"])
def test_until_an_answer_no_timer_is_set(desk: Desk, until: str | None) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent)
    assert desk.call(desk.agent, SNOOZE, ticket_id, until, 1)["snoozed_until"] == "infinity"
    assert timers(desk.db, ticket_id) == []


def test_snoozing_again_moves_the_moment_and_the_same_again_changes_nothing(desk: Desk) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent)
    desk.call(desk.agent, SNOOZE, ticket_id, TOMORROW, 1)
    assert desk.call(desk.agent, SNOOZE, ticket_id, TOMORROW, 2)["version"] == 2
    later = TOMORROW + timedelta(days=3)
    desk.call(desk.agent, SNOOZE, ticket_id, later, 2)
    assert timers(desk.db, ticket_id) == [later]
    desk.call(desk.agent, SNOOZE, ticket_id, None, 3)
    assert timers(desk.db, ticket_id) == []


def test_what_is_snoozed_makes_room_for_what_waits(desk: Desk) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent)
    claim(desk.db, "orchestrator.backlog")
    desk.call(desk.agent, SNOOZE, ticket_id, None, 1)
    jobs = claim(desk.db, "orchestrator.backlog")
    assert [(job.kind, job.subject_id) for job in jobs] == [("ticket.snoozed", ticket_id)]


WAYS_OUT: dict[str, LiteralString] = {
    "resolved": "resolve_ticket(%s, 'Gotowe', 2)",
    "open": "unassign_ticket(%s, 2)",
    "on_hold": "set_ticket_status(%s, 'on_hold', 2)",
    "pending": "set_ticket_status(%s, 'pending', 2)",
    "assigned": "set_ticket_status(%s, 'assigned', 2)",
    "closed": "close_ticket(%s, 2)",
}


@pytest.mark.parametrize("status", WAYS_OUT)
def test_whatever_becomes_of_it_it_rests_no_longer(desk: Desk, status: str) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent)
    desk.call(desk.manager, SNOOZE, ticket_id, TOMORROW, 1)
    desk.call(desk.manager, WAYS_OUT[status], ticket_id)
    assert state(desk.db, ticket_id)[::2] == (status, False)
    assert timers(desk.db, ticket_id) == []


def test_a_change_by_hand_ends_the_rest_too(desk: Desk) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent)
    desk.call(desk.agent, SNOOZE, ticket_id, TOMORROW, 1)
    desk.db.execute(
        "update public.support_tickets set status = 'open', assignee_id = null, assigned_at = null"
        " where id = %s",
        [ticket_id],
    )
    assert state(desk.db, ticket_id) == ("open", None, False)
    assert timers(desk.db, ticket_id) == []


def test_only_what_is_pending_can_rest(desk: Desk) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent)
    with (
        pytest.raises(psycopg.errors.CheckViolation, match="only_pending_are_snoozed"),
        desk.db.transaction(),
    ):
        desk.db.execute(
            "insert into public.support_tickets (client_id, channel, subject, tier,"
            " first_response_due_at, snoozed_until) select client_id, channel, subject, tier,"
            " first_response_due_at, 'infinity' from public.support_tickets where id = %s",
            [ticket_id],
        )


@pytest.mark.parametrize("until", ["-infinity", "yesterday", "now", "2 years"])
def test_a_moment_gone_or_far_away_is_refused(desk: Desk, until: str) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent)
    wrong = {
        "yesterday": TOMORROW - timedelta(days=2),
        "2 years": TOMORROW + timedelta(days=730),
    }.get(until, until)
    desk.refuse(desk.agent, "PT422", "snooze_out_of_range", SNOOZE, ticket_id, wrong, 1)


def test_only_assignee_and_manager_snooze_what_is_worked_on(desk: Desk) -> None:
    held = desk.ticket(assignee_id=desk.agent)
    desk.refuse(desk.client, "PT403", "staff_required", SNOOZE, held, None, 1)
    desk.refuse(desk.colleague, "PT404", "ticket_not_found", SNOOZE, held, None, 1)
    desk.refuse(desk.agent, "PT409", "stale_version", SNOOZE, held, None, 4)
    desk.refuse(desk.agent, "PT400", "version_required", SNOOZE, held, None, None)
    for status in ("resolved", "closed"):
        done = desk.ticket(assignee_id=desk.agent, status=status)
        desk.refuse(desk.manager, "PT409", f"ticket_is_{status}", SNOOZE, done, None, 1)
    desk.refuse(desk.manager, "PT409", "ticket_is_open", SNOOZE, desk.ticket(), None, 1)
    desk.refuse(desk.agent, "PT409", "ticket_is_not_snoozed", "unsnooze_ticket(%s, 1)", held)


# -- Wake ------------------------------------------------------------------------------------------


def test_at_its_moment_the_ticket_is_with_its_agent_again(desk: Desk) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent)
    desk.call(desk.agent, SNOOZE, ticket_id, TOMORROW, 1)
    assert run_snooze(desk.db) == {}
    time_is_up(desk.db, ticket_id)
    assert run_snooze(desk.db) == {ticket_id: "recorded"}
    assert state(desk.db, ticket_id) == ("assigned", desk.agent, False)
    assert load(desk.db, desk.agent) == 2
    assert steps(desk.db, ticket_id)[-1] == "woken"


def test_several_wake_as_far_as_there_is_room_and_the_rest_goes_back_to_the_queue(
    desk: Desk,
) -> None:
    tickets = [desk.ticket(assignee_id=desk.agent) for _ in range(2)]
    for ticket_id in tickets:
        desk.call(desk.agent, SNOOZE, ticket_id, TOMORROW, 1)
    tickets += [desk.ticket(assignee_id=desk.agent)]
    time_is_up(desk.db, *tickets[:2])
    assert set(run_snooze(desk.db).values()) == {"recorded"}
    assert state(desk.db, tickets[0]) == ("assigned", desk.agent, False)
    assert state(desk.db, tickets[1]) == ("open", None, False)
    assert load(desk.db, desk.agent) == 4
    ended = desk.db.execute(
        "select state, end_reason from public.ticket_assignments where ticket_id = %s",
        [tickets[1]],
    ).fetchall()
    assert ended == [("withdrawn", "no_room")]
    waiting = desk.db.execute(
        "select count(*) from public.events where subject_id = %s and kind = 'ticket.unassigned'",
        [tickets[1]],
    )
    assert waiting.fetchone() == (1,)


@pytest.mark.parametrize(
    ("channel", "change", "then"),
    [
        ("chat", "state = 'offline'", "open"),
        ("chat", "state = 'away'", "open"),
        ("email", "state = 'offline'", "assigned"),
        ("email", "state = 'offline', is_active = false", "open"),
    ],
)
def test_live_work_needs_somebody_who_is_there(
    desk: Desk, channel: str, change: LiteralString, then: str
) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent, channel=channel)
    desk.call(desk.agent, SNOOZE, ticket_id, TOMORROW, 1)
    desk.db.execute("update public.staff_members set " + change + " where id = %s", [desk.agent])
    time_is_up(desk.db, ticket_id)
    run_snooze(desk.db)
    assert state(desk.db, ticket_id)[::2] == (then, False)


def test_who_is_on_leave_is_not_woken_up(desk: Desk) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent, channel="email")
    desk.call(desk.agent, SNOOZE, ticket_id, TOMORROW, 1)
    desk.db.execute(
        "insert into public.staff_absences (staff_id, starts_at, ends_at, kind)"
        " values (%s, now() - interval '1 hour', now() + interval '1 day', 'leave')",
        [desk.agent],
    )
    time_is_up(desk.db, ticket_id)
    run_snooze(desk.db)
    assert state(desk.db, ticket_id) == ("open", None, False)


def test_a_timer_that_was_moved_or_cancelled_too_late_wakes_nothing(desk: Desk) -> None:
    moved, done = (desk.ticket(assignee_id=desk.agent) for _ in range(2))
    for ticket_id in (moved, done):
        desk.call(desk.agent, SNOOZE, ticket_id, TOMORROW, 1)
    time_is_up(desk.db, moved, done)
    with acting_as(desk.db, "service_role"):
        call(desk.db, "fire_timers", {"p_limit": 10_000})
    assert timers(desk.db, moved) == timers(desk.db, done) == []
    desk.call(desk.agent, SNOOZE, moved, TOMORROW, 3)
    desk.call(desk.manager, "resolve_ticket(%s, 'Gotowe', 3)", done)
    assert run_snooze(desk.db) == {moved: "gone", done: "gone"}
    assert state(desk.db, moved) == ("pending", desk.agent, True)
    assert state(desk.db, done)[0] == "resolved"
    assert timers(desk.db, moved) == [TOMORROW]


@pytest.mark.parametrize("until", [TOMORROW, None], ids=["a moment", "an answer"])
def test_the_clients_answer_wakes_it(desk: Desk, until: datetime | None) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent)
    desk.call(desk.agent, SNOOZE, ticket_id, until, 1)
    said = desk.call(desk.client, "reply_to_ticket(%s, 'Już wiem')", ticket_id)
    assert (said["status"], said["snoozed_until"]) == ("assigned", None)
    assert timers(desk.db, ticket_id) == []


def test_an_answer_without_room_goes_to_the_queue(desk: Desk) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent)
    desk.call(desk.agent, SNOOZE, ticket_id, None, 1)
    for _ in range(2):
        desk.ticket(assignee_id=desk.agent)
    said = desk.call(desk.client, "reply_to_ticket(%s, 'Już wiem')", ticket_id)
    assert (said["status"], said["assignee_id"]) == ("open", None)
    assert load(desk.db, desk.agent) == 4


def test_a_colleagues_word_wakes_nothing(desk: Desk) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent)
    desk.call(desk.agent, SNOOZE, ticket_id, None, 1)
    desk.call(desk.manager, "reply_to_ticket(%s, 'Pamiętamy o tej sprawie')", ticket_id)
    desk.call(desk.manager, "add_ticket_note(%s, 'Zadzwonię')", ticket_id)
    a_message(desk.db, ticket_id, None, author_kind="assistant")
    assert state(desk.db, ticket_id) == ("pending", desk.agent, True)


def test_by_hand_it_needs_room_or_stays_as_it_is(desk: Desk) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent)
    desk.call(desk.agent, SNOOZE, ticket_id, TOMORROW, 1)
    others = [desk.ticket(assignee_id=desk.agent) for _ in range(2)]
    for wake in ("unsnooze_ticket(%s, 2)", "set_ticket_status(%s, 'pending', 2)"):
        desk.refuse(desk.agent, "PT409", "agent_at_capacity", wake, ticket_id)
    give: LiteralString = "assign_ticket(%s, %s, 2)"
    desk.refuse(desk.manager, "PT409", "agent_at_capacity", give, ticket_id, desk.agent)
    desk.call(desk.agent, "resolve_ticket(%s, 'Gotowe', 1)", others[0])
    woken = desk.call(desk.agent, "unsnooze_ticket(%s, 2)", ticket_id)
    assert (woken["status"], woken["snoozed_until"]) == ("assigned", None)


def test_the_load_can_be_counted_in_the_index_alone(desk: Desk) -> None:
    row = desk.db.execute(
        "select pg_get_indexdef('public.support_tickets_load_idx'::regclass)"
    ).fetchone()
    assert row is not None
    for needed in ("assignee_id", "channel", "status", "snoozed_until IS NULL"):
        assert needed in row[0]


def test_answers_and_new_work_at_once_leave_nobody_beyond_capacity(database_url: str) -> None:
    with lasting_desk(database_url) as (db, desk_id):
        agent = an_agent(db, desk_id=desk_id, capacity_units=4)
        clients = [a_client(db, desk_id=desk_id) for _ in range(4)]
        for client in clients:
            ticket_id = a_ticket(db, client, desk_id=desk_id, assignee_id=agent)
            snoozed = call_as(
                database_url,
                agent,
                "select public.snooze_ticket(%(id)s, null, 1)",
                {"id": ticket_id},
            )
            assert snoozed["status"] == "pending"
        answers = all_at_once(
            database_url,
            clients,
            "select public.reply_to_ticket(ticket.id, 'Już wiem') from public.my_tickets ticket",
            {},
        )
        assert sorted(answer["status"] for answer in answers) == ["assigned"] * 2 + ["open"] * 2
        assert load(db, agent) == 4
