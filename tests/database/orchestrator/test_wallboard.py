"""How a desk stands right now: one answer, for those who oversee it."""

import time
from typing import Any, cast
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.factories import (
    a_client,
    a_desk,
    a_manager,
    a_ticket,
    an_agent,
)
from tests.support.acting import acting_as, refused
from tests.support.house import House, a_house

HISTORY = 20_000


@pytest.fixture
def desk(db: psycopg.Connection) -> UUID:
    return a_desk(db)


@pytest.fixture
def manager(db: psycopg.Connection, desk: UUID) -> UUID:
    return a_manager(db, desk_id=desk)


def board(db: psycopg.Connection, person: UUID, desk_id: UUID | None = None) -> dict[str, Any]:
    with acting_as(db, "authenticated", person):
        row = db.execute("select public.get_wallboard(%s)", [desk_id]).fetchone()
    assert row is not None
    return cast("dict[str, Any]", row[0])


def do(db: psycopg.Connection, person: UUID, call: str, *arguments: Any) -> Any:
    with acting_as(db, "authenticated", person):
        row = db.execute(f"select public.{call}", arguments).fetchone()
    assert row is not None
    return row[0]


# What it shows -----------------------------------------------------------------------------------


def test_an_empty_desk_is_all_zeros(db: psycopg.Connection, desk: UUID, manager: UUID) -> None:
    shown = board(db, manager)
    assert shown.pop("read_at")
    name = shown["desk"].pop("name")
    assert name.startswith("Desk ")
    assert shown == {
        "desk": {"id": str(desk)},
        "queue": [],
        "offers": {"count": 0, "live_count": 0, "next_expires_at": None},
        "agents": [],
        "today": {
            "opened": 0,
            "resolved": 0,
            "reopened": 0,
            "assigned": 0,
            "declined": 0,
            "rescued": 0,
            "wait_median_seconds": None,
            "wait_p95_seconds": None,
        },
        "identity_check_count": 0,
        "alarms": [],
    }


def test_the_queue_by_tier_and_kind_of_channel(db: psycopg.Connection, manager: UUID) -> None:
    desk = UUID(board(db, manager)["desk"]["id"])
    gold, plain = a_client(db, "vip_gold", desk_id=desk), a_client(db, desk_id=desk)
    for waiting in (70, 5):  # gold: promised within 60 s
        a_ticket(db, gold, waiting_seconds=waiting)
    for waiting in (880, 30):  # standard: within 900 s
        a_ticket(db, plain, channel="email", waiting_seconds=waiting)
    a_ticket(db, plain, channel="phone", waiting_seconds=10)
    assert board(db, manager)["queue"] == [
        line("vip_gold", count=2, is_live=True, longest=70, overdue=1, soon=1),
        line("standard", count=1, is_live=True, longest=10),
        line("standard", count=2, is_live=False, longest=880, soon=1),
    ]


def line(
    tier: str, *, count: int, is_live: bool, longest: int, overdue: int = 0, soon: int = 0
) -> dict[str, Any]:
    return {
        "tier": tier,
        "is_live": is_live,
        "count": count,
        "longest_wait_seconds": longest,
        "overdue_count": overdue,
        "due_soon_count": soon,
    }


def test_agents_with_load_room_and_what_keeps_work_from_them(
    db: psycopg.Connection, desk: UUID, manager: UUID
) -> None:
    busy = an_agent(db, desk_id=desk, name="Anna Lis", capacity_units=12)
    away = an_agent(db, desk_id=desk, name="Bartek Mróz", state="away")
    client = a_client(db, desk_id=desk)
    a_ticket(db, client, channel="phone", assignee_id=busy)
    a_ticket(db, client, channel="email", assignee_id=busy)
    a_ticket(db, client, channel="chat", assignee_id=busy, status="on_hold")
    db.execute("update public.staff_members set steady_at = now() - interval '1 hour'")
    db.execute(
        "update public.staff_members set returned_at = now() - interval '1 minute',"
        " steady_at = now() + interval '1 minute' where id = %s",
        [away],
    )
    db.execute(
        "insert into public.staff_absences (staff_id, starts_at, ends_at, kind)"
        " values (%s, now() - interval '1 day', now() + interval '1 day', 'leave')",
        [away],
    )
    first, second = board(db, manager)["agents"]
    assert (first["id"], first["name"], first["state"]) == (str(busy), "Anna Lis", "online")
    assert (first["load_units"], first["capacity_units"]) == (6, 12)
    assert (first["live_count"], first["async_count"], first["offered_count"]) == (1, 1, 2)
    assert [first[word] for word in ("is_on_leave", "is_steady", "is_ramping")] == [
        False,
        True,
        False,
    ]
    assert (second["id"], second["state"]) == (str(away), "away")
    assert [second[word] for word in ("is_on_leave", "is_steady", "is_ramping")] == [
        True,
        False,
        True,
    ]


def test_offers_count_until_somebody_answers(
    db: psycopg.Connection, desk: UUID, manager: UUID
) -> None:
    agent, client = an_agent(db, desk_id=desk), a_client(db, "vip_gold", desk_id=desk)
    live = a_ticket(db, client, channel="chat", assignee_id=agent)
    a_ticket(db, client, channel="email", assignee_id=agent)
    offers = board(db, manager)["offers"]
    assert (offers["count"], offers["live_count"]) == (2, 1)
    assert offers["next_expires_at"] is not None
    do(db, agent, "accept_ticket(%s)", live)
    assert board(db, manager)["offers"]["live_count"] == 0


def test_what_happened_today(db: psycopg.Connection, desk: UUID, manager: UUID) -> None:
    agent, client = an_agent(db, desk_id=desk), a_client(db, desk_id=desk)
    tickets = [
        a_ticket(db, client, channel="email", waiting_seconds=waiting) for waiting in (0, 0, 60)
    ]
    for ticket in tickets:
        do(db, manager, "assign_ticket(%s, %s, 1)", ticket, agent)
    do(db, agent, "decline_ticket(%s, 'Nie znam tematu')", tickets[0])
    solved = do(db, manager, "resolve_ticket(%s, 'Gotowe', 2)", tickets[1])
    assert solved["status"] == "resolved"
    do(db, manager, "reopen_ticket(%s, 'Jednak nie')", tickets[1])
    db.execute("select private.end_assignments(%s, 'expired', 'silent')", [[tickets[2]]])
    today = board(db, manager)["today"]
    assert (today["declined"], today["rescued"], today["reopened"]) == (1, 1, 1)
    assert (today["resolved"], today["wait_p95_seconds"]) == (0, 54)
    assert today["assigned"] >= 3
    assert today["opened"] >= 2


def test_what_was_yesterday_is_not_today(db: psycopg.Connection, desk: UUID, manager: UUID) -> None:
    agent, client = an_agent(db, desk_id=desk), a_client(db, desk_id=desk)
    ticket = a_ticket(db, client, assignee_id=agent, status="resolved", waiting_seconds=200_000)
    db.execute(
        "update public.support_tickets set assigned_at = now() - interval '30 hours',"
        " resolved_at = now() - interval '25 hours' where id = %s",
        [ticket],
    )
    today = board(db, manager)["today"]
    assert (today["opened"], today["resolved"]) == (0, 0)


def test_open_questions_of_the_desk(db: psycopg.Connection, desk: UUID, manager: UUID) -> None:
    db.execute(
        "insert into public.fairness_alarms (desk_id, week_on, kind, value, peak_value,"
        " limit_value, agent_count, assignment_count, policy_version)"
        " values (%s, '2026-11-16', 'load_gini_per_hour', 0.5, 0.5, 0.35, 4, 30, 'fairness-1')",
        [desk],
    )
    db.execute(
        "insert into public.identity_checks (client_id, desk_id, contact_kind, contact_value,"
        " candidates) values (%s, %s, 'email', 'anna@example.test', '[]')",
        [a_client(db), desk],
    )
    shown = board(db, manager)
    assert shown["identity_check_count"] == 1
    [alarm] = shown["alarms"]
    assert (alarm["kind"], alarm["value"], alarm["limit_value"]) == (
        "load_gini_per_hour",
        0.5,
        0.35,
    )


# Who may see it ----------------------------------------------------------------------------------


@pytest.fixture
def house(db: psycopg.Connection) -> House:
    return a_house(db)


def test_overseers_see_their_desk_and_admins_any(db: psycopg.Connection, house: House) -> None:
    for person in ("manager", "executive", "auditor", "admin"):
        shown = board(db, house.people[person], house.desks["near"])
        assert {house.name_of(UUID(agent["id"])) for agent in shown["agents"]} == {
            "agent",
            "colleague",
        }
    assert [queue["count"] for queue in board(db, house.people["other_manager"])["queue"]] == [1]
    assert board(db, house.people["admin"], house.desks["far"])["desk"]["id"] == str(
        house.desks["far"]
    )


def test_agents_are_told_that_it_is_not_for_them(db: psycopg.Connection, house: House) -> None:
    for desk_id in (None, house.desks["near"]):
        with house.act(db, "agent"), refused(db, "PT403", "overseer_required"):
            db.execute("select public.get_wallboard(%s)", [desk_id])


def test_a_desk_of_others_answers_like_none(db: psycopg.Connection, house: House) -> None:
    for person in ("agent", "manager", "auditor", "executive"):
        for desk_id in (house.desks["far"], uuid4()):
            with house.act(db, person), refused(db, "PT404", "desk_not_found"):
                db.execute("select public.get_wallboard(%s)", [desk_id])
    with house.act(db, "admin"), refused(db, "PT404", "desk_not_found"):
        db.execute("select public.get_wallboard(%s)", [uuid4()])


# How fast ----------------------------------------------------------------------------------------


def test_it_stays_fast_with_weeks_of_tickets_behind_it(
    db: psycopg.Connection, desk: UUID, manager: UUID
) -> None:
    agents = [an_agent(db, desk_id=desk) for _ in range(40)]
    client = a_client(db, desk_id=desk)
    fill_history(db, desk, client, agents)
    shown = board(db, manager)
    assert shown["today"]["opened"] > 0
    assert sum(queue["count"] for queue in shown["queue"]) == 200
    took = min(seconds_for(db, manager) for _ in range(7))
    assert took < 0.1  # 8 ms on a quiet machine, and the same with 100,000 tickets


def seconds_for(db: psycopg.Connection, person: UUID) -> float:
    begin = time.perf_counter()
    board(db, person)
    return time.perf_counter() - begin


def fill_history(db: psycopg.Connection, desk: UUID, client: UUID, agents: list[UUID]) -> None:
    """Solved tickets of weeks, 200 that wait and 120 in hand; without triggers, for speed."""
    db.execute("alter table public.support_tickets disable trigger user")
    db.execute(
        """
        insert into public.support_tickets (
            client_id, desk_id, channel, subject, tier, status, assignee_id, opened_at,
            assigned_at, first_response_due_at, last_message_at, resolved_at
        )
        select
            %(client)s, %(desk)s, case when n %% 3 = 0 then 'email' else 'chat' end, 'Wizyta',
            'standard',
            case when n <= 200 then 'open' when n <= 320 then 'assigned' else 'resolved' end,
            case when n > 200 then (%(agents)s::uuid[])[1 + n %% 40] end, born.at,
            case when n > 200 then born.at + interval '20 seconds' end,
            born.at + interval '15 minutes', born.at,
            case when n > 320 then born.at + interval '1 hour' end
        from generate_series(1, %(history)s) as made (n)
        cross join lateral (select now() - n * interval '52 seconds' as at) born
        """,
        {"client": client, "desk": desk, "agents": agents, "history": HISTORY},
    )
    db.execute("alter table public.support_tickets enable trigger user")
    db.execute(
        """
        insert into public.ticket_assignments (
            ticket_id, cycle, agent_id, state, load_units, tier, is_live, wait_seconds,
            offered_at, answered_at, ended_at
        )
        select
            ticket.id, 1, ticket.assignee_id,
            case when ticket.status = 'resolved' then 'completed' else 'accepted' end, 2,
            'standard', true, 20, ticket.assigned_at, ticket.assigned_at, ticket.resolved_at
        from public.support_tickets ticket
        where ticket.desk_id = %s and ticket.assignee_id is not null
        """,
        [desk],
    )
    db.execute("analyze public.support_tickets")
    db.execute("analyze public.ticket_assignments")
