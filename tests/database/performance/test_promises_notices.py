"""Who is told of a promise that is half over, nearly over, or broken: each once."""

from uuid import UUID

import psycopg
import pytest

from tests.database.performance.promiser import (
    WORKER,
    change,
    events,
    kinds,
    notices,
    post,
    promise,
    resolve,
    run_between,
    run_promises,
    time_passes,
    told,
    work_alone,
)
from tests.factories import a_client, a_desk, a_manager, a_ticket, an_agent


@pytest.fixture(autouse=True)
def _alone(db: psycopg.Connection) -> None:
    work_alone(db)


@pytest.fixture
def desk(db: psycopg.Connection) -> UUID:
    return a_desk(db)


@pytest.fixture
def agent(db: psycopg.Connection, desk: UUID) -> UUID:
    return an_agent(db, desk_id=desk)


@pytest.fixture
def manager(db: psycopg.Connection, desk: UUID) -> UUID:
    return a_manager(db, desk_id=desk)


@pytest.fixture
def client(db: psycopg.Connection, desk: UUID) -> UUID:
    return a_client(db, "vip_platinum", desk_id=desk)


@pytest.fixture
def ticket(db: psycopg.Connection, client: UUID, agent: UUID, manager: UUID) -> UUID:
    """A platinum client's chat: 30 s, with warnings at 15 s and 24 s."""
    return a_ticket(db, client, assignee_id=agent)


def test_warnings_at_half_and_four_fifths_and_the_breach_at_the_second(
    db: psycopg.Connection, ticket: UUID, agent: UUID, manager: UUID
) -> None:
    row = promise(db, ticket, "first_response")
    assert row.next_notice_at is not None
    assert (row.next_notice_at - row.started_at).total_seconds() == 15
    seen = []
    for seconds in (10, 6, 3, 6, 1, 6, 60):  # with room for the time we take ourselves
        time_passes(db, seconds)
        run_promises(db)
        seen.append(notices(db, ticket))
    first, last, breach = [
        ("first_response", n) for n in ("first_warning", "last_warning", "breach")
    ]
    both, all_three = [first, last], [first, last, breach]
    assert seen == [[], [first], [first], both, both, all_three, all_three]
    assert told(db, agent) == [
        ("promise_warned", "first_response", "first_warning"),
        ("promise_warned", "first_response", "last_warning"),
        ("promise_breached", "first_response", "breach"),
    ]
    assert told(db, manager) == [("promise_breached", "first_response", "breach")]
    assert events(db, ticket) == [
        ("promise.warned", "first_response"),
        ("promise.warned", "first_response"),
        ("promise.breached", "first_response"),
    ]
    broken = promise(db, ticket, "first_response")
    assert (broken.state, broken.timer_at, broken.next_notice_at) == ("breached", None, None)
    assert broken.breached_at == broken.due_at


def test_a_notice_keeps_the_moment_it_was_due(db: psycopg.Connection, ticket: UUID) -> None:
    time_passes(db, 31)
    run_promises(db)
    row = db.execute(
        "select notice.due_at = promise.due_at, noticed_at > notice.due_at"
        " from public.promise_notices notice join public.ticket_promises promise"
        " on promise.id = promise_id where ticket_id = %s",
        [ticket],
    ).fetchall()
    assert row == [(True, True)]


def test_warnings_that_nobody_could_give_are_not_made_up_for(
    db: psycopg.Connection, ticket: UUID
) -> None:
    time_passes(db, 3000)
    run_promises(db)
    assert sorted(notices(db, ticket)) == [
        ("first_response", "breach"),
        ("resolution", "last_warning"),
    ]


def test_a_ticket_nobody_has_warns_the_managers(
    db: psycopg.Connection, client: UUID, manager: UUID
) -> None:
    ticket = a_ticket(db, client)
    for seconds in (16, 9, 6):
        time_passes(db, seconds)
        run_promises(db)
    assert [notice for _, notice in notices(db, ticket)] == [
        "first_warning",
        "last_warning",
        "breach",
    ]
    assert told(db, manager) == [
        ("promise_warned", "first_response", "last_warning"),
        ("promise_breached", "first_response", "breach"),
    ]


def test_a_client_who_works_here_is_not_told_of_their_own_ticket(
    db: psycopg.Connection, desk: UUID, agent: UUID, manager: UUID
) -> None:
    db.execute("update public.profiles set desk_id = %s where id = %s", [desk, manager])
    a_ticket(db, manager, assignee_id=agent)
    time_passes(db, 86400)
    run_promises(db)
    assert told(db, agent)
    assert not told(db, manager)


@pytest.mark.parametrize("meanwhile", ["answered", "resolved", "pending"])
def test_what_is_kept_or_rests_between_read_and_write_is_told_to_nobody(
    db: psycopg.Connection, ticket: UUID, client: UUID, agent: UUID, meanwhile: str
) -> None:
    post(db, ticket, client)
    time_passes(db, 16)

    def happens() -> None:
        if meanwhile == "answered":
            post(db, ticket, agent, "agent")
        elif meanwhile == "resolved":
            resolve(db, ticket)
        else:
            change(db, ticket, status="pending")

    assert set(run_between(db, happens).values()) == {"gone"}
    assert not notices(db, ticket)
    assert not told(db, agent)


def test_a_promise_that_is_due_at_another_time_now_is_read_afresh(
    db: psycopg.Connection, ticket: UUID
) -> None:
    time_passes(db, 16)

    def postpone() -> None:
        db.execute(
            "update public.support_tickets set first_response_due_at = first_response_due_at"
            " + interval '10 minutes' where id = %s",
            [ticket],
        )

    assert set(run_between(db, postpone).values()) == {"stale"}
    assert not notices(db, ticket)


def test_a_resolved_ticket_never_alarms(db: psycopg.Connection, ticket: UUID, client: UUID) -> None:
    post(db, ticket, client)
    resolve(db, ticket)
    time_passes(db, 86400)
    assert run_promises(db) == {}
    assert not notices(db, ticket)


def test_an_answer_a_moment_too_late_is_a_breach_and_no_alarm(
    db: psycopg.Connection, ticket: UUID, client: UUID, agent: UUID, manager: UUID
) -> None:
    post(db, ticket, client)
    time_passes(db, 31)
    post(db, ticket, agent, "agent")
    assert set(run_promises(db).values()) <= {"gone"}
    assert events(db, ticket) == [("promise.breached", "first_response")]
    assert not told(db, manager)


def test_a_breach_found_by_another_change_is_told_all_the_same(
    db: psycopg.Connection, ticket: UUID, manager: UUID
) -> None:
    time_passes(db, 31)
    change(db, ticket, status="pending")
    assert kinds(db, ticket) == {"first_response": "breached", "resolution": "paused"}
    run_promises(db)
    assert told(db, manager) == [("promise_breached", "first_response", "breach")]


def test_the_same_timer_twice_tells_once(db: psycopg.Connection, ticket: UUID, agent: UUID) -> None:
    time_passes(db, 16)
    run_promises(db)
    row = promise(db, ticket, "first_response")
    assert row.timer_at is not None
    assert (row.timer_at - row.started_at).total_seconds() == 24
    db.execute(
        "select private.set_timers('promise.threshold_reached', array[%s::uuid], array[now()])",
        [row.id],
    )
    assert run_promises(db) == {row.id: "gone"}
    assert len(told(db, agent)) == 1
    assert promise(db, ticket, "first_response").timer_at == row.timer_at


def test_a_promise_that_is_gone_is_no_work(db: psycopg.Connection, ticket: UUID) -> None:
    row = promise(db, ticket, "first_response")
    db.execute("delete from public.support_tickets where id = %s", [ticket])
    time_passes(db, 0)
    db.execute(
        "select private.set_timers('promise.threshold_reached', array[%s::uuid], array[now()])",
        [row.id],
    )
    assert run_promises(db)[row.id] == "gone"


def test_kept_promises_are_announced(
    db: psycopg.Connection, ticket: UUID, client: UUID, agent: UUID
) -> None:
    post(db, ticket, client)
    post(db, ticket, agent, "agent")
    resolve(db, ticket)
    assert events(db, ticket) == [
        ("promise.kept", "first_response"),
        ("promise.kept", "resolution"),
    ]


def test_two_hundred_breaches_are_one_batch(
    db: psycopg.Connection, client: UUID, agent: UUID, manager: UUID
) -> None:
    db.execute(
        "insert into public.support_tickets (client_id, desk_id, channel, subject, tier, status,"
        " assignee_id, assigned_at, first_response_due_at)"
        " select id, desk_id, 'chat', 'Wizyta', tier, 'assigned', %s, now(),"
        " now() + interval '30 seconds' from public.profiles, generate_series(1, 200)"
        " where id = %s",
        [agent, client],
    )
    time_passes(db, 31)
    assert list(run_promises(db).values()) == ["recorded"] * 200
    assert len(told(db, manager)) == 200
    row = db.execute("select count(*) from private.jobs where worker = %s", [WORKER]).fetchone()
    assert row == (0,)
