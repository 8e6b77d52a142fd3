"""What a client is promised on a ticket: when it begins, rests, is kept and is broken."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from tests.database.performance.calendars import SALON, VIP_DESK, a_calendar, an_exception
from tests.database.performance.promiser import (
    change,
    kinds,
    post,
    promise,
    promises_of,
    reopen,
    resolve,
    time_passes,
)
from tests.factories import a_client, a_message, a_ticket, an_agent

MINUTE = 60
HOUR = 3600


@pytest.fixture
def agent(db: psycopg.Connection) -> UUID:
    return an_agent(db)


@pytest.fixture
def client(db: psycopg.Connection) -> UUID:
    return a_client(db, "vip_gold")


@pytest.fixture
def ticket(db: psycopg.Connection, client: UUID, agent: UUID) -> UUID:
    """A chat of a gold client, with an agent, not answered yet."""
    return a_ticket(db, client, assignee_id=agent)


@pytest.fixture
def answered(db: psycopg.Connection, ticket: UUID, client: UUID, agent: UUID) -> UUID:
    """The same after its first response."""
    post(db, ticket, client)
    post(db, ticket, agent, "agent")
    return ticket


@pytest.mark.parametrize(
    ("tier", "channel", "first", "resolution"),
    [
        ("vip_platinum", "chat", 30, 3600),
        ("vip_gold", "phone", 60, 7200),
        ("vip_platinum", "email", 3600, 14400),
        ("vip_gold", "phone_note", 7200, 28800),
        ("premium", "whatsapp", 300, 28800),
        ("standard", "email", 86400, 118800),
    ],
)
def test_a_ticket_begins_with_a_first_response_and_a_resolution(
    db: psycopg.Connection, tier: str, channel: str, first: int, resolution: int
) -> None:
    client = a_client(db, tier)
    row = db.execute(
        "insert into public.support_tickets (client_id, channel, subject, tier,"
        " first_response_due_at)"
        " values (%(client)s, %(channel)s, 'Wizyta', %(tier)s,"
        " private.find_response_due_at(%(tier)s, %(channel)s, now()))"
        " returning id, first_response_due_at",
        {"client": client, "channel": channel, "tier": tier},
    ).fetchone()
    assert row is not None
    ticket, due_at = row
    response = promise(db, ticket, "first_response")
    assert (response.state, response.target_seconds, response.seconds) == ("running", first, first)
    assert response.due_at == due_at
    assert promise(db, ticket, "resolution").target_seconds == resolution
    assert [each.causes for each in promises_of(db, ticket)] == [["opened"], ["opened"]]


def test_what_is_imported_as_done_promises_nothing(db: psycopg.Connection, client: UUID) -> None:
    assert not promises_of(db, a_ticket(db, client, status="resolved", assignee_id=an_agent(db)))


def test_giving_a_ticket_to_somebody_changes_no_promise(
    db: psycopg.Connection, client: UUID, agent: UUID
) -> None:
    ticket = a_ticket(db, client)
    before = promises_of(db, ticket)
    db.execute(
        "update public.support_tickets set status = 'assigned', assignee_id = %s,"
        " assigned_at = now() where id = %s",
        [agent, ticket],
    )
    assert promises_of(db, ticket) == before


def test_the_first_public_answer_of_a_person_keeps_the_first_response(
    db: psycopg.Connection, ticket: UUID, client: UUID, agent: UUID
) -> None:
    post(db, ticket, client)
    a_message(db, ticket, None, author_kind="assistant")
    a_message(db, ticket, agent, author_kind="agent", is_internal=True)
    assert kinds(db, ticket)["first_response"] == "running"
    post(db, ticket, agent, "agent")
    kept = promise(db, ticket, "first_response")
    assert (kept.state, kept.end_cause, kept.timer_at) == ("met", "answered", None)
    assert kept.met_at is not None
    assert kept.met_at == kept.ended_at
    assert kinds(db, ticket) == {"first_response": "met", "resolution": "running"}


def test_a_first_response_noted_on_the_ticket_alone_counts(
    db: psycopg.Connection, ticket: UUID
) -> None:
    change(db, ticket, first_responded_at=datetime.now(UTC) + timedelta(milliseconds=1))
    assert kinds(db, ticket)["first_response"] == "met"


def test_an_answer_after_the_due_time_is_late_also_if_nobody_has_noticed(
    db: psycopg.Connection, ticket: UUID, client: UUID, agent: UUID
) -> None:
    post(db, ticket, client)
    time_passes(db, 61)
    post(db, ticket, agent, "agent")
    late = promise(db, ticket, "first_response")
    assert late.state == "breached"
    assert late.breached_at == late.due_at
    assert late.met_at is not None
    assert late.breached_at is not None
    assert late.met_at > late.breached_at


def test_an_answer_we_hear_of_late_counts_from_when_it_was_written(
    db: psycopg.Connection, ticket: UUID, client: UUID, agent: UUID
) -> None:
    post(db, ticket, client)
    time_passes(db, 90)
    change(db, ticket, priority="high")  # Whatever happens in between finds it broken.
    change(db, ticket, status="pending")
    assert kinds(db, ticket)["first_response"] == "breached"
    db.execute(
        "insert into public.ticket_messages (ticket_id, author_id, author_kind, body, created_at)"
        " select id, %s, 'agent', 'Już oddzwaniam', opened_at + interval '50 seconds'"
        " from public.support_tickets where id = %s",
        [agent, ticket],
    )
    kept = promise(db, ticket, "first_response")
    assert (kept.state, kept.breached_at) == ("met", None)


def test_each_wait_is_counted_from_its_oldest_unanswered_message(
    db: psycopg.Connection, answered: UUID, client: UUID, agent: UUID
) -> None:
    post(db, answered, client)
    first = promise(db, answered, "next_response")
    post(db, answered, client)
    assert promise(db, answered, "next_response").id == first.id
    assert (first.state, first.target_seconds, first.causes) == ("running", 120, ["client_wrote"])
    post(db, answered, agent, "agent")
    post(db, answered, client)
    waits = [each for each in promises_of(db, answered) if each.kind == "next_response"]
    assert [each.state for each in waits] == ["met", "running"]


def test_a_message_that_arrives_late_moves_the_beginning_of_the_wait(
    db: psycopg.Connection, answered: UUID, client: UUID
) -> None:
    time_passes(db, 10 * MINUTE)
    post(db, answered, client)
    before = promise(db, answered, "next_response")
    a_late_message(db, answered, client, 30)
    moved = promise(db, answered, "next_response")
    assert moved.id == before.id
    assert moved.causes == ["late_message", "client_wrote"]
    assert moved.seconds == before.seconds == 120
    assert 29 < (before.started_at - moved.started_at).total_seconds() < 31


def test_a_late_message_that_was_answered_since_begins_no_wait(
    db: psycopg.Connection, answered: UUID, client: UUID, agent: UUID
) -> None:
    time_passes(db, MINUTE)
    post(db, answered, agent, "agent")
    a_late_message(db, answered, client, 30)
    assert "next_response" not in kinds(db, answered)


def a_late_message(db: psycopg.Connection, ticket: UUID, client: UUID, seconds: int) -> None:
    db.execute(
        "insert into public.ticket_messages (ticket_id, author_id, author_kind, body, created_at)"
        " values (%s, %s, 'client', 'Halo?', clock_timestamp() - make_interval(secs => %s))",
        [ticket, client, seconds],
    )


@pytest.mark.parametrize("snoozed_until", [None, datetime(2199, 1, 1, tzinfo=UTC)])
def test_pending_stops_the_clock_and_the_clients_answer_starts_it_again(
    db: psycopg.Connection, answered: UUID, client: UUID, snoozed_until: datetime | None
) -> None:
    before = promise(db, answered, "resolution")
    time_passes(db, 1000)
    change(db, answered, status="pending", snoozed_until=snoozed_until)
    paused = promise(db, answered, "resolution")
    assert (paused.state, paused.due_at, paused.timer_at) == ("paused", None, None)
    time_passes(db, 500_000)
    post(db, answered, client)
    resumed = promise(db, answered, "resolution")
    assert resumed.causes == [
        "opened",
        "snoozed" if snoozed_until else "pending",
        "client_answered",
    ]
    assert before.seconds is not None
    assert resumed.seconds == pytest.approx(before.seconds + 500_000, abs=1)
    assert kinds(db, answered)["next_response"] == "running"


def test_on_hold_stops_nothing(db: psycopg.Connection, answered: UUID) -> None:
    before = promise(db, answered, "resolution")
    change(db, answered, status="on_hold")
    assert promise(db, answered, "resolution") == before


def test_a_pause_of_the_first_response_moves_the_tickets_own_due_time(
    db: psycopg.Connection, ticket: UUID
) -> None:
    time_passes(db, 20)
    change(db, ticket, status="pending")
    time_passes(db, HOUR)
    change(db, ticket, status="assigned")
    response = promise(db, ticket, "first_response")
    assert response.causes == ["opened", "pending", "resumed"]
    row = db.execute(
        "select first_response_due_at from public.support_tickets where id = %s", [ticket]
    ).fetchone()
    assert row == (response.due_at,)
    assert response.seconds == pytest.approx(HOUR + 60, abs=1)


def test_from_pause_straight_to_resolved_is_in_time(db: psycopg.Connection, answered: UUID) -> None:
    change(db, answered, status="pending")
    time_passes(db, 50 * 86400)
    resolve(db, answered)
    kept = promise(db, answered, "resolution")
    assert (kept.state, kept.due_at, kept.end_cause) == ("met", None, "resolved")


def test_resolving_ends_whatever_was_still_to_say(
    db: psycopg.Connection, answered: UUID, client: UUID
) -> None:
    post(db, answered, client)
    resolve(db, answered)
    assert kinds(db, answered) == {
        "first_response": "met",
        "next_response": "cancelled",
        "resolution": "met",
    }
    assert not [each for each in promises_of(db, answered) if each.timer_at or not each.ended_at]


def test_three_cycles_have_three_resolutions_and_the_first_stays(
    db: psycopg.Connection, answered: UUID, agent: UUID
) -> None:
    for _ in range(2):
        time_passes(db, 40)
        resolve(db, answered)
        time_passes(db, 1000)
        reopen(db, answered)
    time_passes(db, 40)
    db.execute(
        "update public.support_tickets set status = 'assigned', assignee_id = %s,"
        " assigned_at = now() where id = %s",
        [agent, answered],
    )
    resolve(db, answered)
    done = [each for each in promises_of(db, answered) if each.kind == "resolution"]
    assert [(each.cycle, each.state) for each in done] == [(1, "met"), (2, "met"), (3, "met")]
    assert [each.causes for each in done] == [["opened"], ["reopened"], ["reopened"]]
    lasted = [(each.met_at - each.started_at).total_seconds() for each in done if each.met_at]
    assert lasted == pytest.approx([40, 40, 40], abs=1)
    asked = [each.state for each in promises_of(db, answered) if each.kind == "first_response"]
    assert asked == ["met", "cancelled", "cancelled"]


def test_a_lower_tier_changes_nothing_of_what_was_promised(
    db: psycopg.Connection, ticket: UUID
) -> None:
    before = promises_of(db, ticket)
    change(db, ticket, tier="standard")
    assert promises_of(db, ticket) == before


def test_a_higher_tier_counts_from_now_on_and_never_later(
    db: psycopg.Connection, agent: UUID
) -> None:
    ticket = a_ticket(db, a_client(db, "standard"), assignee_id=agent)
    time_passes(db, 600)
    change(db, ticket, tier="vip_platinum")
    better = promise(db, ticket, "first_response")
    assert (better.tier, better.causes) == ("vip_platinum", ["opened", "tier_changed"])
    assert better.seconds == pytest.approx(600 + 30, abs=2)
    row = db.execute(
        "select first_response_due_at from public.support_tickets where id = %s", [ticket]
    ).fetchone()
    assert row == (better.due_at,)
    assert promise(db, ticket, "resolution").calendar_id == VIP_DESK
    time_passes(db, 20)
    due = promise(db, ticket, "first_response").due_at
    change(db, ticket, tier="vip_gold")
    assert promise(db, ticket, "first_response").due_at == due


def test_urgency_comes_and_goes_with_the_priority(db: psycopg.Connection, answered: UUID) -> None:
    time_passes(db, 1000)
    change(db, answered, priority="urgent")
    urgent = promise(db, answered, "resolution")
    assert urgent.seconds == pytest.approx(1000 + HOUR, abs=2)
    change(db, answered, priority="normal")
    normal = promise(db, answered, "resolution")
    assert (normal.target_seconds, normal.causes) == (
        2 * HOUR,
        ["opened", "priority_changed", "priority_changed"],
    )
    assert normal.seconds == pytest.approx(2 * HOUR, abs=0.01)


def test_a_due_time_written_on_the_ticket_is_what_is_promised(
    db: psycopg.Connection, ticket: UUID
) -> None:
    row = db.execute(
        "update public.support_tickets set first_response_due_at = first_response_due_at"
        " + interval '10 minutes' where id = %s returning first_response_due_at",
        [ticket],
    ).fetchone()
    moved = promise(db, ticket, "first_response")
    assert (moved.due_at,) == row
    assert (moved.target_seconds, moved.causes) == (660, ["opened", "due_changed"])


def test_another_calendar_counts_from_when_it_was_saved(db: psycopg.Connection) -> None:
    calendar = a_calendar(db, is_always_open=True)
    target(db, "standard", calendar)
    ticket = a_ticket(db, a_client(db, "standard"), channel="email")
    time_passes(db, 2 * HOUR)
    before = promise(db, ticket, "resolution")
    assert before.seconds == 118_800
    # Closed for three days from tomorrow on, then open again.
    row = db.execute("select (now() at time zone 'Europe/Warsaw')::date").fetchone()
    assert row is not None
    for days in (1, 2, 3):
        an_exception(db, calendar, row[0] + timedelta(days=days))
    moved = promise(db, ticket, "resolution")
    assert moved.causes == ["opened", "calendar_changed"]
    assert before.due_at is not None
    assert moved.due_at == find_due(db, calendar, moved.id)
    assert moved.due_at is not None
    assert moved.due_at > before.due_at + timedelta(days=2)


def test_a_calendar_that_never_opens_again_keeps_no_message_out(db: psycopg.Connection) -> None:
    calendar = a_calendar(db)
    target(db, "standard", calendar)
    ticket = a_ticket(db, a_client(db, "standard"), channel="email")
    row = db.execute(
        "select due_at = 'infinity' from public.ticket_promises"
        " where ticket_id = %s and kind = 'resolution'",
        [ticket],
    ).fetchone()
    assert row == (True,)
    time_passes(db, HOUR)
    db.execute("update public.calendars set is_always_open = true where id = %s", [calendar])
    opened = promise(db, ticket, "resolution")
    assert opened.seconds == pytest.approx(118_800 + HOUR, abs=2)
    assert opened.timer_at is not None


def test_a_calendar_with_promises_cannot_be_deleted(db: psycopg.Connection) -> None:
    calendar = a_calendar(db, is_always_open=True)
    target(db, "standard", calendar)
    a_ticket(db, a_client(db, "standard"))
    target(db, "standard", SALON)
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        db.execute("delete from public.calendars where id = %s", [calendar])


def target(db: psycopg.Connection, tier: str, calendar: UUID) -> None:
    db.execute(
        "update public.promise_targets set calendar_id = %s"
        " where tier = %s and kind = 'resolution' and priority is null",
        [calendar, tier],
    )


def find_due(db: psycopg.Connection, calendar: UUID, promise_id: UUID) -> datetime | None:
    """By the new calendar from the last span on, for what was left then."""
    row = db.execute(
        "select private.add_working_microseconds(%s, last.starts_at,"
        "  118800000000 - (select sum(used_microseconds)::bigint from public.promise_spans"
        "  where promise_id = last.promise_id))"
        " from public.promise_spans last where promise_id = %s and ends_at is null",
        [calendar, promise_id],
    ).fetchone()
    assert row is not None
    found: datetime | None = row[0]
    return found
