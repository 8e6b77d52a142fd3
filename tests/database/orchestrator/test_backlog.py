"""The backlog: whoever has room again is offered the waiting tickets, the most urgent first."""

from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.database.orchestrator.router import (
    BACKLOG,
    call,
    claim,
    decide,
    record,
    run_backlog,
    run_routing,
)
from tests.factories import a_client, a_desk, a_ticket, a_vip_profile, an_agent
from tests.support.acting import acting_as, refused


@pytest.fixture
def desk(db: psycopg.Connection) -> UUID:
    """A desk of the test's own."""
    return a_desk(db)


def waiting(db: psycopg.Connection, desk: UUID, tier: str = "standard", **details: Any) -> UUID:
    """A ticket nobody could take so far."""
    ticket = a_ticket(db, a_client(db, tier, desk_id=desk), **details)
    run_routing(db)
    return ticket


def comes_online(db: psycopg.Connection, agent: UUID) -> None:
    with acting_as(db, "authenticated", agent):
        db.execute("select public.set_presence('online')")


def requested(db: psycopg.Connection, *tickets: UUID) -> list[UUID]:
    """Which of the tickets the backlog asked for, in that order."""
    return [
        ticket
        for (ticket,) in db.execute(
            "select subject_id from public.events"
            " where kind = 'ticket.routing_requested' and subject_id = any(%s) order by id",
            [list(tickets)],
        )
    ]


def assignee(db: psycopg.Connection, ticket: UUID) -> UUID | None:
    row = db.execute(
        "select assignee_id from public.support_tickets where id = %s", [ticket]
    ).fetchone()
    return row[0] if row else None


def test_somebody_who_comes_online_gets_what_waited(db: psycopg.Connection, desk: UUID) -> None:
    agent = an_agent(db, desk_id=desk, state="offline")
    ticket = waiting(db, desk)
    comes_online(db, agent)
    assert set(run_backlog(db).values()) == {"recorded"}
    assert run_routing(db)[ticket] == "recorded"
    assert assignee(db, ticket) == agent
    assert claim(db, BACKLOG) == []


def test_a_resolved_ticket_makes_room_for_the_next(db: psycopg.Connection, desk: UUID) -> None:
    agent = an_agent(db, desk_id=desk, capacity_units=2)
    first = waiting(db, desk)
    second = waiting(db, desk)
    assert (assignee(db, first), assignee(db, second)) == (agent, None)
    db.execute(
        "update public.support_tickets set status = 'resolved', resolved_at = now() where id = %s",
        [first],
    )
    run_backlog(db)
    run_routing(db)
    assert assignee(db, second) == agent


def test_the_most_urgent_are_asked_for_first_and_only_as_many_as_there_is_room(
    db: psycopg.Connection, desk: UUID
) -> None:
    agent = an_agent(db, desk_id=desk, state="offline", capacity_units=4)
    late = waiting(db, desk, waiting_seconds=60)
    new = waiting(db, desk)
    gold = waiting(db, desk, "vip_gold", waiting_seconds=60)
    comes_online(db, agent)
    run_backlog(db)
    assert requested(db, late, new, gold) == [gold, late]


def test_a_line_nobody_can_serve_does_not_stop_another(db: psycopg.Connection, desk: UUID) -> None:
    agent = an_agent(db, desk_id=desk, state="offline", languages=("de",))
    polish = [waiting(db, desk, "vip_platinum") for _ in range(3)]
    german = waiting(db, desk, language="de")
    comes_online(db, agent)
    run_backlog(db)
    assert requested(db, *polish, german) == [german]


@pytest.mark.parametrize("kind", ["clock.minutely", "ticket.closed"])
def test_what_no_event_told_is_found_by_the_clock(
    db: psycopg.Connection, desk: UUID, kind: str
) -> None:
    agent = an_agent(db, desk_id=desk, capacity_units=1)
    ticket = waiting(db, desk)
    run_backlog(db)
    db.execute("update public.staff_members set capacity_units = 10 where id = %s", [agent])
    assert run_backlog(db) == {}
    db.execute("insert into public.events (kind) values (%s)", [kind])
    run_backlog(db)
    assert requested(db, ticket) == [ticket]


@pytest.mark.parametrize(
    "agent",
    [
        {"state": "away"},
        {"capacity_units": 1},
        {"languages": ("en",)},
    ],
)
def test_nothing_is_asked_for_that_nobody_could_take(
    db: psycopg.Connection, desk: UUID, agent: Any
) -> None:
    an_agent(db, desk_id=desk, **agent)
    ticket = waiting(db, desk)
    db.execute("insert into public.events (kind) values ('clock.minutely')")
    run_backlog(db)
    assert requested(db, ticket) == []


def test_a_ticket_about_to_be_looked_at_is_not_asked_for(
    db: psycopg.Connection, desk: UUID
) -> None:
    an_agent(db, desk_id=desk)
    ticket = a_ticket(db, a_client(db, desk_id=desk))
    run_backlog(db)
    assert requested(db, ticket) == []


def test_a_router_that_read_before_and_waits_after_loses_nobody(
    db: psycopg.Connection, desk: UUID
) -> None:
    agent = an_agent(db, desk_id=desk, state="offline")
    ticket = a_ticket(db, a_client(db, desk_id=desk))
    jobs = claim(db)
    read_before = decide(db, jobs)
    comes_online(db, agent)
    run_backlog(db)
    assert record(db, jobs, read_before)[ticket] == "recorded"
    assert assignee(db, ticket) is None
    run_routing(db)
    assert assignee(db, ticket) == agent


def test_a_lost_lease_asks_for_nothing(db: psycopg.Connection, desk: UUID) -> None:
    agent = an_agent(db, desk_id=desk, state="offline")
    ticket = waiting(db, desk)
    comes_online(db, agent)
    items = [{**job.lease(), "fence": job.fence + 1} for job in claim(db, BACKLOG)]
    with refused(db, "LS001", "lease_lost"), acting_as(db, "service_role"):
        call(db, "record_backlog", {"p_items": items})
    assert requested(db, ticket) == []


def test_waiting_tickets_stay_quiet_while_nothing_changes(
    db: psycopg.Connection, desk: UUID
) -> None:
    db.execute("update public.staff_members set state = 'offline' where state <> 'offline'")
    an_agent(db, desk_id=desk, state="away")
    ticket = waiting(db, desk)
    run_backlog(db)
    assert run_routing(db) == {}
    assert run_backlog(db) == {}
    assert requested(db, ticket) == []


# No starvation: what the free agent may not take never stands in the way -------------------------


def test_a_declined_ticket_does_not_stop_the_one_behind_it(
    db: psycopg.Connection, desk: UUID
) -> None:
    agent = an_agent(db, desk_id=desk, capacity_units=2)
    declined = waiting(db, desk, waiting_seconds=60)
    with acting_as(db, "authenticated", agent):
        db.execute("select public.decline_ticket(%s)", [declined])
    run_routing(db)
    busy_with = waiting(db, desk)
    behind = waiting(db, desk)
    assert (assignee(db, busy_with), assignee(db, behind)) == (agent, None)
    finished(db, busy_with)
    run_backlog(db)
    run_routing(db)
    assert (assignee(db, declined), assignee(db, behind)) == (None, agent)


def test_a_colleagues_own_ticket_does_not_stop_the_one_behind_it(
    db: psycopg.Connection, desk: UUID
) -> None:
    agent = an_agent(db, desk_id=desk, state="offline", capacity_units=2)
    own = a_ticket(db, agent, desk_id=desk, waiting_seconds=60)
    behind = waiting(db, desk)
    comes_online(db, agent)
    run_backlog(db)
    run_routing(db)
    assert (assignee(db, own), assignee(db, behind)) == (None, agent)


def test_a_ticket_whose_stage_is_not_open_does_not_stop_the_one_behind_it(
    db: psycopg.Connection, desk: UUID
) -> None:
    agent = an_agent(db, desk_id=desk, state="offline", capacity_units=1)
    dedicated = an_agent(db, desk_id=desk, state="offline")
    client = a_client(db, "vip_gold", desk_id=desk)
    a_vip_profile(db, client, dedicated_agent_id=dedicated)
    later = a_ticket(db, client, channel="email")
    behind = waiting(db, desk, channel="email")
    comes_online(db, agent)
    run_backlog(db)
    run_routing(db)
    assert (assignee(db, later), assignee(db, behind)) == (None, agent)


def test_a_returner_is_asked_for_no_more_than_their_portion(
    db: psycopg.Connection, desk: UUID
) -> None:
    agent = an_agent(db, desk_id=desk, state="offline", capacity_units=20)
    tickets = [waiting(db, desk, channel="email") for _ in range(5)]
    comes_online(db, agent)
    db.execute("update public.staff_members set returned_at = now() where id = %s", [agent])
    run_backlog(db)
    run_routing(db)
    assert [assignee(db, ticket) for ticket in tickets] == [agent] * 3 + [None] * 2


def test_the_helping_desk_is_asked_once_its_stage_is_open(
    db: psycopg.Connection, desk: UUID
) -> None:
    sopot = a_desk(db)
    db.execute("update public.desks set overflow_desk_id = %s where id = %s", [sopot, desk])
    an_agent(db, desk_id=desk, capacity_units=0)
    helper = an_agent(db, desk_id=sopot, state="offline", capacity_units=2)
    fresh, old = waiting(db, desk), waiting(db, desk, waiting_seconds=301)
    comes_online(db, helper)
    run_backlog(db)
    assert requested(db, fresh, old) == [old]
    run_routing(db)
    assert (assignee(db, fresh), assignee(db, old)) == (None, helper)


def test_a_relaxed_skill_is_found_by_the_backlog_too(db: psycopg.Connection, desk: UUID) -> None:
    agent = an_agent(db, desk_id=desk, state="offline")
    early = waiting(db, desk, category="billing", waiting_seconds=44)
    late = waiting(db, desk, category="billing", waiting_seconds=45)
    comes_online(db, agent)
    run_backlog(db)
    assert requested(db, early, late) == [late]


def test_a_timer_looks_again_when_the_next_stage_opens(db: psycopg.Connection, desk: UUID) -> None:
    client = a_client(db, "vip_gold", desk_id=desk)
    dedicated = an_agent(db, desk_id=desk, capacity_units=0)
    other = an_agent(db, desk_id=desk)
    a_vip_profile(db, client, dedicated_agent_id=dedicated)
    ticket = a_ticket(db, client)
    run_routing(db)
    due: Any = (
        "select extract(epoch from due_at - now())::float from private.timers"
        " where kind = 'ticket.wait_elapsed' and subject_id = %s"
    )
    assert db.execute(due, [ticket]).fetchone() == (10,)
    moved: Any = (
        "update public.support_tickets set opened_at = opened_at - interval '10 s' where id = %s"
    )
    db.execute(moved, [ticket])
    db.execute(
        "insert into public.events (kind, subject_id) values ('ticket.wait_elapsed', %s)", [ticket]
    )
    assert run_routing(db)[ticket] == "recorded"
    assert assignee(db, ticket) == other


def finished(db: psycopg.Connection, ticket: UUID) -> None:
    db.execute(
        "update public.support_tickets set status = 'resolved', resolved_at = now() where id = %s",
        [ticket],
    )
