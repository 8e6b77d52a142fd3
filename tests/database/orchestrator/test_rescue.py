"""Rescue on real Postgres: what is taken back from whom, when, and what stands."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.database.orchestrator import router
from tests.database.orchestrator.rescuer import (
    RESCUE,
    assignee,
    call_as,
    decisions,
    fire,
    pending_timers,
    plan,
    presence,
    record,
    run_rescue,
    time_passes,
    work_alone,
)
from tests.database.orchestrator.router import claim, run_routing
from tests.factories import a_client, a_desk, a_manager, a_message, a_ticket, an_admin, an_agent


@pytest.fixture
def desk(db: psycopg.Connection) -> UUID:
    work_alone(db)
    return a_desk(db)


@pytest.fixture
def agent(db: psycopg.Connection, desk: UUID) -> UUID:
    return an_agent(db, desk_id=desk)


def held(db: psycopg.Connection, agent: UUID, desk: UUID, **details: Any) -> UUID:
    """A ticket the house gave to the agent."""
    client = a_client(db, details.pop("tier", "standard"), desk_id=desk)
    return a_ticket(db, client, assignee_id=agent, **details)


def client_of(db: psycopg.Connection, ticket: UUID) -> UUID:
    row = db.execute("select client_id from public.support_tickets where id = %s", [ticket])
    found = row.fetchone()
    assert found is not None
    client: UUID = found[0]
    return client


def client_writes(db: psycopg.Connection, ticket: UUID) -> None:
    call_as(
        db,
        client_of(db, ticket),
        "select public.reply_to_ticket(%s, 'Czy coś już wiadomo?')",
        ticket,
    )


def ends(db: psycopg.Connection, ticket: UUID) -> list[tuple[str, str]]:
    """How each assignment of the ticket ended, and why."""
    return db.execute(
        "select state, end_reason from public.ticket_assignments"
        " where ticket_id = %s and ended_at is not null order by id",
        [ticket],
    ).fetchall()


# Silent -------------------------------------------------------------------------------------


def test_whoever_does_nothing_in_time_loses_the_ticket_to_the_next(
    db: psycopg.Connection, desk: UUID, agent: UUID
) -> None:
    ticket = held(db, agent, desk)
    colleague = an_agent(db, desk_id=desk)
    assert run_rescue(db) == {}
    time_passes(db, 3600)
    assert run_rescue(db) == {ticket: "recorded"}
    assert assignee(db, ticket) is None
    assert ends(db, ticket) == [("expired", "silent")]
    assert decisions(db, ticket) == [("silent", "returned", "silent")]
    run_routing(db)
    assert assignee(db, ticket) == colleague


def test_whoever_has_acted_in_time_keeps_it(
    db: psycopg.Connection, desk: UUID, agent: UUID
) -> None:
    ticket = held(db, agent, desk)
    call_as(db, agent, "select public.reply_to_ticket(%s, 'Już sprawdzam')", ticket)
    time_passes(db, 3600)
    assert run_rescue(db) == {}
    assert assignee(db, ticket) == agent


@pytest.mark.parametrize(
    "act",
    [
        "select public.reply_to_ticket(%s, 'Już sprawdzam')",
        "select public.add_ticket_note(%s, 'Dzwonię do gabinetu')",
        "select public.set_ticket_status(%s, 'pending', seen)",
        "select public.accept_ticket(%s)",
    ],
)
def test_an_act_in_the_moment_of_rescue_stands(
    db: psycopg.Connection, desk: UUID, agent: UUID, act: str
) -> None:
    ticket = held(db, agent, desk)
    time_passes(db, 3600)
    fire(db)
    jobs = claim(db, RESCUE)
    read_before = plan(db, jobs)
    assert read_before.decisions[ticket][0].action == "returned"
    call_as(db, agent, act.replace("seen", str(version_of(db, ticket))), ticket)
    assert record(db, jobs, read_before) == {ticket: "stale"}
    assert record(db, jobs, plan(db, jobs)) == {ticket: "gone"}
    assert assignee(db, ticket) == agent
    assert decisions(db, ticket) == []


def version_of(db: psycopg.Connection, ticket: UUID) -> int:
    row = db.execute(
        "select version from public.support_tickets where id = %s", [ticket]
    ).fetchone()
    assert row is not None
    version: int = row[0]
    return version


def test_what_a_manager_gave_to_somebody_else_meanwhile_stays_there(
    db: psycopg.Connection, desk: UUID, agent: UUID
) -> None:
    ticket = held(db, agent, desk)
    colleague, manager = an_agent(db, desk_id=desk), a_manager(db, desk_id=desk)
    time_passes(db, 3600)
    fire(db)
    jobs = claim(db, RESCUE)
    read_before = plan(db, jobs)
    call_as(
        db,
        manager,
        "select public.assign_ticket(%s, %s, %s)",
        ticket,
        colleague,
        version_of(db, ticket),
    )
    assert record(db, jobs, read_before) == {ticket: "gone"}
    assert assignee(db, ticket) == colleague


# Offline ------------------------------------------------------------------------------------


def test_live_work_of_somebody_gone_returns_at_once_and_the_rest_stays(
    db: psycopg.Connection, desk: UUID, agent: UUID
) -> None:
    chat, mail = held(db, agent, desk), held(db, agent, desk, channel="email")
    presence(db, agent, "offline")
    assert run_rescue(db) == {}
    time_passes(db, 11)
    assert run_rescue(db) == {agent: "recorded"}
    assert (assignee(db, chat), assignee(db, mail)) == (None, agent)
    assert ends(db, chat) == [("withdrawn", "absent")]
    assert decisions(db, chat) == [("offline", "returned", "live")]
    assert decisions(db, mail) == [("offline", "kept", "until_deadline")]


def test_flapping_moves_nothing_and_leaving_moves_all(
    db: psycopg.Connection, desk: UUID, agent: UUID
) -> None:
    chats = [held(db, agent, desk) for _ in range(3)]
    for _ in range(6):
        presence(db, agent, "offline")
        time_passes(db, 3)
        assert run_rescue(db) == {}
        presence(db, agent, "online")
        time_passes(db, 3)
        assert run_rescue(db) == {}
    assert {assignee(db, chat) for chat in chats} == {agent}
    presence(db, agent, "offline")
    time_passes(db, 11)
    assert run_rescue(db)[agent] == "recorded"
    assert {assignee(db, chat) for chat in chats} == {None}


def test_somebody_back_between_read_and_write_keeps_everything(
    db: psycopg.Connection, desk: UUID, agent: UUID
) -> None:
    chat = held(db, agent, desk)
    presence(db, agent, "offline")
    time_passes(db, 11)
    fire(db)
    jobs = claim(db, RESCUE)
    read_before = plan(db, jobs)
    presence(db, agent, "online")
    assert record(db, jobs, read_before) == {agent: "stale"}
    assert record(db, jobs, plan(db, jobs)) == {agent: "gone"}
    assert assignee(db, chat) == agent


def test_a_client_who_writes_to_somebody_gone_is_heard_by_somebody_else(
    db: psycopg.Connection, desk: UUID, agent: UUID
) -> None:
    mail = held(db, agent, desk, channel="email")
    call_as(db, agent, "select public.reply_to_ticket(%s, 'Sprawdzę i odpiszę')", mail)
    time_passes(db, 60)
    presence(db, agent, "offline")
    time_passes(db, 600)
    run_rescue(db)
    assert decisions(db, mail) == [("offline", "kept", "until_client_writes")]
    colleague = an_agent(db, desk_id=desk)
    client_writes(db, mail)
    assert run_rescue(db) == {mail: "recorded"}
    assert decisions(db, mail)[1:] == [("offline", "returned", "client_wrote")]
    run_routing(db)
    assert assignee(db, mail) == colleague


def test_a_client_who_writes_within_the_grace_is_not_forgotten(
    db: psycopg.Connection, desk: UUID, agent: UUID
) -> None:
    mail = held(db, agent, desk, channel="email")
    call_as(db, agent, "select public.reply_to_ticket(%s, 'Sprawdzę i odpiszę')", mail)
    time_passes(db, 60)
    presence(db, agent, "offline")
    client_writes(db, mail)
    assert run_rescue(db) == {mail: "gone"}
    assert assignee(db, mail) == agent
    time_passes(db, 11)
    run_rescue(db)
    assert decisions(db, mail) == [("offline", "returned", "client_wrote")]


def test_nobody_is_told_of_clients_who_write_to_somebody_there(
    db: psycopg.Connection, desk: UUID, agent: UUID
) -> None:
    mail = held(db, agent, desk, channel="email")
    client_writes(db, mail)
    assert run_rescue(db) == {}


def test_an_unanswered_mail_returns_before_its_deadline(
    db: psycopg.Connection, desk: UUID, agent: UUID
) -> None:
    mail = held(db, agent, desk, channel="email")
    db.execute(
        "update public.support_tickets set first_response_due_at = now() + interval '2 hours'"
        " where id = %s",
        [mail],
    )
    db.execute(
        "update public.ticket_assignments set expires_at = 'infinity' where ticket_id = %s", [mail]
    )
    presence(db, agent, "offline")
    time_passes(db, 11)
    run_rescue(db)
    assert decisions(db, mail) == [("offline", "kept", "until_deadline")]
    assert "ticket.deadline_approached" in pending_timers(db, mail)
    time_passes(db, 3500)
    assert mail not in run_rescue(db)
    time_passes(db, 100)
    assert run_rescue(db)[mail] == "recorded"
    assert decisions(db, mail)[1:] == [("offline", "returned", "deadline_near")]


@pytest.mark.parametrize("end", ["back", "answered", "resolved"])
def test_the_deadline_of_what_was_taken_care_of_moves_nothing(
    db: psycopg.Connection, desk: UUID, agent: UUID, end: str
) -> None:
    mail = held(db, agent, desk, channel="email")
    presence(db, agent, "offline")
    time_passes(db, 11)
    run_rescue(db)
    if end == "back":
        presence(db, agent, "online")
        call_as(db, agent, "select public.accept_ticket(%s)", mail)
    elif end == "answered":
        call_as(db, agent, "select public.reply_to_ticket(%s, 'Odpisuję z telefonu')", mail)
    else:
        call_as(
            db,
            agent,
            "select public.resolve_ticket(%s, 'Załatwione', %s)",
            mail,
            version_of(db, mail),
        )
    time_passes(db, 86_400)
    run_rescue(db)
    assert assignee(db, mail) == agent


def test_work_on_hold_waits_with_its_owner_until_the_client_writes(
    db: psycopg.Connection, desk: UUID, agent: UUID
) -> None:
    chat = held(db, agent, desk, status="on_hold")
    call_as(db, agent, "select public.accept_ticket(%s)", chat)
    time_passes(db, 60)
    presence(db, agent, "offline")
    time_passes(db, 11)
    run_rescue(db)
    assert decisions(db, chat) == [("offline", "kept", "on_hold")]
    client_writes(db, chat)
    run_rescue(db)
    assert assignee(db, chat) is None


def test_what_rests_is_left_in_peace_and_looked_at_when_it_wakes(
    db: psycopg.Connection, desk: UUID, agent: UUID
) -> None:
    mail = held(db, agent, desk, channel="email")
    call_as(db, agent, "select public.snooze_ticket(%s, null, %s)", mail, version_of(db, mail))
    time_passes(db, 60)
    presence(db, agent, "offline")
    time_passes(db, 11)
    run_rescue(db)
    assert decisions(db, mail) == [("offline", "kept", "resting")]
    db.execute(
        "update public.support_tickets set status = 'assigned', snoozed_until = null where id = %s",
        [mail],
    )
    assert run_rescue(db) == {mail: "recorded"}
    assert decisions(db, mail)[1:] == [("offline", "kept", "until_deadline")]


def test_the_same_absence_is_written_down_once(
    db: psycopg.Connection, desk: UUID, agent: UUID
) -> None:
    mail = held(db, agent, desk, channel="email")
    presence(db, agent, "offline")
    time_passes(db, 11)
    run_rescue(db)
    db.execute("delete from private.timers where subject_id = %s", [mail])
    db.execute(
        "insert into public.events (kind, subject_id) values ('agent.absence_confirmed', %s)",
        [agent],
    )
    assert run_rescue(db) == {agent: "recorded"}
    assert len(decisions(db, mail)) == 1


# Leave --------------------------------------------------------------------------------------


def on_leave(db: psycopg.Connection, agent: UUID, seconds: int = 3600) -> None:
    """Leave that begins in so many seconds and lasts a fortnight."""
    starts_at = datetime.now(UTC) + timedelta(seconds=seconds)
    call_as(
        db,
        agent,
        "select public.set_absence(%s, %s, 'leave', 'Toskania')",
        starts_at,
        starts_at + timedelta(days=14),
    )


def test_leave_that_begins_is_absence_whatever_presence_call_as(
    db: psycopg.Connection, desk: UUID, agent: UUID
) -> None:
    chat, mail = held(db, agent, desk), held(db, agent, desk, channel="email")
    for ticket in (chat, mail):
        call_as(db, agent, "select public.reply_to_ticket(%s, 'Sprawdzę')", ticket)
    on_leave(db, agent)
    assert run_rescue(db) == {}
    time_passes(db, 3610)
    assert set(run_rescue(db).values()) == {"recorded"}
    assert decisions(db, chat) == [("leave", "returned", "live")]
    assert decisions(db, mail) == [("leave", "kept", "until_client_writes")]
    client_writes(db, mail)
    run_rescue(db)
    assert decisions(db, mail)[1:] == [("leave", "returned", "client_wrote")]


def test_nobody_waits_a_fortnight_for_an_answer(
    db: psycopg.Connection, desk: UUID, agent: UUID
) -> None:
    mail = held(db, agent, desk, channel="email")
    call_as(db, agent, "select public.reply_to_ticket(%s, 'Sprawdzę')", mail)
    time_passes(db, 60)
    client_writes(db, mail)
    on_leave(db, agent)
    time_passes(db, 3610)
    run_rescue(db)
    assert decisions(db, mail) == [("leave", "returned", "client_waits")]


def test_leave_cancelled_in_time_moves_nothing(
    db: psycopg.Connection, desk: UUID, agent: UUID
) -> None:
    chat = held(db, agent, desk)
    call_as(db, agent, "select public.accept_ticket(%s)", chat)
    on_leave(db, agent)
    row = db.execute("select id from public.staff_absences where staff_id = %s", [agent]).fetchone()
    assert row is not None
    call_as(db, agent, "select public.cancel_absence(%s)", row[0])
    time_passes(db, 3610)
    assert run_rescue(db) == {}
    assert assignee(db, chat) == agent


# Gone from the desk -------------------------------------------------------------------------


@pytest.mark.parametrize("channel", ["chat", "email"])
@pytest.mark.parametrize("status", ["assigned", "pending", "on_hold"])
@pytest.mark.parametrize("move", ["desk", "role", "revoked"])
def test_nothing_stays_with_somebody_who_left(
    db: psycopg.Connection, desk: UUID, agent: UUID, move: str, status: str, channel: str
) -> None:
    ticket = held(db, agent, desk, status=status, channel=channel)
    moves = {
        "desk": ("select public.set_staff_role(%s, 'agent', %s)", agent, a_desk(db)),
        "role": ("select public.set_staff_role(%s, 'quality_auditor')", agent),
        "revoked": ("select public.revoke_staff_role(%s, 'Odchodzi')", agent),
    }
    an_admin(db)
    call_as(db, an_admin(db), *moves[move])
    assert assignee(db, ticket) is None
    assert ends(db, ticket) == [("withdrawn", "departed")]
    assert run_rescue(db)[agent] == "gone"


@pytest.mark.parametrize(
    "change",
    ["is_active = false, state = 'offline'", "role = 'manager'", "desk_id = %(other)s"],
)
def test_a_change_by_hand_is_found_by_the_rescue(
    db: psycopg.Connection, desk: UUID, agent: UUID, change: str
) -> None:
    ticket = held(db, agent, desk, status="on_hold", channel="email")
    statement = f"update public.staff_members set {change} where id = %(agent)s"
    db.execute(statement.encode(), {"agent": agent, "other": a_desk(db)})
    assert run_rescue(db)[agent] == "recorded"
    assert decisions(db, ticket) == [("departed", "returned", "departed")]
    assert ends(db, ticket) == [("withdrawn", "departed")]


def test_work_stays_with_an_agent_of_the_desk_it_overflows_to(
    db: psycopg.Connection, desk: UUID, agent: UUID
) -> None:
    ticket = held(db, agent, desk)
    elsewhere = a_desk(db)
    db.execute("update public.desks set overflow_desk_id = %s where id = %s", [elsewhere, desk])
    call_as(db, an_admin(db), "select public.set_staff_role(%s, 'agent', %s)", agent, elsewhere)
    assert run_rescue(db)[agent] == "gone"
    assert assignee(db, ticket) == agent


@pytest.mark.parametrize("move", ["desk", "revoked", "leave", "offline"])
def test_somebody_who_leaves_between_read_and_write_gets_nothing(
    db: psycopg.Connection, desk: UUID, agent: UUID, move: str
) -> None:
    ticket = a_ticket(db, a_client(db, desk_id=desk))
    jobs = claim(db)
    read_before = router.decide(db, jobs)
    assert read_before[ticket].agent_id == agent
    if move == "desk":
        call_as(
            db, an_admin(db), "select public.set_staff_role(%s, 'agent', %s)", agent, a_desk(db)
        )
    elif move == "revoked":
        call_as(db, an_admin(db), "select public.revoke_staff_role(%s)", agent)
    elif move == "leave":
        on_leave(db, agent, seconds=-60)
    else:
        presence(db, agent, "offline")
    colleague = an_agent(db, desk_id=desk)
    assert router.record(db, jobs, read_before) == {ticket: "stale"}
    assert assignee(db, ticket) is None
    assert router.record(db, jobs, router.decide(db, jobs)) == {ticket: "recorded"}
    assert assignee(db, ticket) == colleague


def test_a_reopened_ticket_of_somebody_absent_reaches_somebody_else(
    db: psycopg.Connection, desk: UUID, agent: UUID
) -> None:
    ticket = held(db, agent, desk, channel="email")
    call_as(db, agent, "select public.resolve_ticket(%s, 'Zwrot wysłany', 1)", ticket)
    presence(db, agent, "offline")
    colleague = an_agent(db, desk_id=desk)
    time_passes(db, 600)
    run_rescue(db)
    call_as(db, client_of(db, ticket), "select public.reopen_ticket(%s, 'Nie dotarł')", ticket)
    run_routing(db)
    assert assignee(db, ticket) == colleague


# Silent desks -------------------------------------------------------------------------------


def test_a_desk_that_falls_silent_is_offline_and_then_its_work_returns(
    db: psycopg.Connection, desk: UUID, agent: UUID
) -> None:
    chat = held(db, agent, desk)
    call_as(db, agent, "select public.accept_ticket(%s)", chat)
    call_as(db, agent, "select public.keep_presence()")
    time_passes(db, 60)
    call_as(db, agent, "select public.keep_presence()")
    time_passes(db, 60)
    assert run_rescue(db) == {}
    time_passes(db, 31)
    assert run_rescue(db) == {agent: "recorded"}
    time_passes(db, 11)
    assert run_rescue(db) == {agent: "recorded"}
    assert assignee(db, chat) is None


def test_a_heartbeat_in_the_last_moment_counts(
    db: psycopg.Connection, desk: UUID, agent: UUID
) -> None:
    call_as(db, agent, "select public.keep_presence()")
    time_passes(db, 91)
    fire(db)
    jobs = claim(db, RESCUE)
    read_before = plan(db, jobs)
    assert read_before.silent_staff_ids == {agent}
    call_as(db, agent, "select public.keep_presence()")
    assert record(db, jobs, read_before) == {agent: "gone"}
    row = db.execute("select state from public.staff_members where id = %s", [agent]).fetchone()
    assert row == ("online",)


# Clocks -------------------------------------------------------------------------------------


@pytest.mark.parametrize("skew", [-86_400, 86_400])
def test_a_worker_whose_clock_is_wrong_decides_the_same(
    db: psycopg.Connection, desk: UUID, agent: UUID, skew: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail, chat = held(db, agent, desk, channel="email"), held(db, agent, desk)
    present = time.time
    monkeypatch.setattr(time, "time", lambda: present() + skew)
    presence(db, agent, "offline")
    assert run_rescue(db) == {}
    time_passes(db, 11)
    run_rescue(db)
    assert (assignee(db, chat), assignee(db, mail)) == (None, agent)
    row = db.execute(
        "select look_again_at - absent_at, decided_at = now() from public.rescue_decisions"
        " where ticket_id = %s",
        [mail],
    ).fetchone()
    assert row is not None
    assert timedelta() < row[0] < timedelta(days=1)
    assert row[1]


def test_a_lost_lease_takes_nothing_away(db: psycopg.Connection, desk: UUID, agent: UUID) -> None:
    chat = held(db, agent, desk)
    a_message(db, chat, client_of(db, chat))
    presence(db, agent, "offline")
    time_passes(db, 11)
    fire(db)
    jobs = claim(db, RESCUE)
    made = plan(db, jobs)
    db.execute("update private.jobs set fence = fence + 1 where worker = %s", [RESCUE])
    with pytest.raises(psycopg.Error) as caught, db.transaction():
        record(db, jobs, made)
    assert caught.value.sqlstate == "LS001"
    assert assignee(db, chat) == agent
