"""Tiers with a beginning and an end, and what a change does to work under way."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

import psycopg
import pytest

from lib.store.vip.tier_changes import supabase_tier_change_store
from lib.vip.tier_changes import TierPolicy
from tests.database.orchestrator.router import DatabaseRpc, claim
from tests.database.performance.promiser import promise, promises_of, work_alone
from tests.database.performance.test_promises_properties import History
from tests.factories import (
    a_client,
    a_desk,
    a_manager,
    a_staff_member,
    a_ticket,
    a_vip_profile,
    an_agent,
)
from tests.support.calling import call, refusal, rows
from workers.vip.tier_changes import tier_changes

WORKER = "vip.tier_changes"
SOON = datetime.now(UTC) + timedelta(days=30)


@pytest.fixture
def manager(db: psycopg.Connection) -> UUID:
    db.execute("delete from private.timers")
    db.execute("delete from private.jobs where worker = %s", [WORKER])
    return a_manager(db, desk_id=a_desk(db))


@pytest.fixture
def client(db: psycopg.Connection, manager: UUID) -> UUID:
    return a_client(db, "premium", desk_id=desk_of(db, manager))


def desk_of(db: psycopg.Connection, staff: UUID) -> UUID:
    row = db.execute("select desk_id from public.staff_members where id = %s", [staff]).fetchone()
    assert row is not None
    found: UUID = row[0]
    return found


def periods(db: psycopg.Connection, client: UUID) -> list[tuple[str, str | None, str | None]]:
    """Tier, cause of its end, reason; in order."""
    return db.execute(
        "select tier, end_cause, reason from public.client_tier_periods"
        " where client_id = %s order by began_at",
        [client],
    ).fetchall()


def tier_of(db: psycopg.Connection, client: UUID) -> str:
    row = db.execute("select tier from public.profiles where id = %s", [client]).fetchone()
    assert row is not None
    return str(row[0])


def run(db: psycopg.Connection) -> list[str]:
    """What is due becomes events, and the worker does its part; the results."""
    db.execute(
        "with gone as (delete from private.timers where kind like 'tier_period.%%'"
        " and due_at <= clock_timestamp() returning *)"
        " insert into public.events (kind, subject_id) select kind, subject_id from gone"
    )
    jobs = claim(db, WORKER)
    if not jobs:
        return []
    store = supabase_tier_change_store(cast("Any", DatabaseRpc(db)))
    handle: Any = tier_changes(store, TierPolicy()).handle
    done: dict[int, str] = asyncio.run(handle(jobs))
    return [done[job.id] for job in jobs]


def time_passes(db: psycopg.Connection, **by: float) -> None:
    values = {"by": timedelta(**by)}
    db.execute(
        "update public.client_tier_periods set began_at = began_at - %(by)s,"
        " valid_until = valid_until - %(by)s, ended_at = ended_at - %(by)s",
        values,
    )
    db.execute("delete from private.jobs where worker = 'vip.tier_changes'")
    db.execute("update private.timers set due_at = due_at - %(by)s", values)


def told(db: psycopg.Connection, person: UUID) -> list[str]:
    found = db.execute(
        "select kind from public.notifications where recipient_id = %s and kind like 'tier_%%'"
        " order by id",
        [person],
    ).fetchall()
    return [kind for (kind,) in found]


# Periods ------------------------------------------------------------------------------------


def test_every_tier_has_its_period_whoever_changed_it(
    db: psycopg.Connection, manager: UUID, client: UUID
) -> None:
    call(db, manager, "set_client_tier(%s, 'vip_gold', 'Jubileusz')", client)
    db.execute("select set_config('luxury.change_reason', '', true)")
    db.execute("update public.profiles set tier = 'vip_platinum' where id = %s", [client])
    assert periods(db, client)[-3:] == [
        ("premium", "changed", None),
        ("vip_gold", "changed", "Jubileusz"),
        ("vip_platinum", None, None),
    ]


def test_saying_the_same_twice_changes_nothing(
    db: psycopg.Connection, manager: UUID, client: UUID
) -> None:
    for _ in range(2):
        call(db, manager, "set_client_tier(%s, 'vip_gold', 'Próba', %s)", client, SOON)
    assert [tier for tier, *_ in periods(db, client)].count("vip_gold") == 1


def test_a_tier_that_is_extended_is_a_period_of_its_own(
    db: psycopg.Connection, manager: UUID, client: UUID
) -> None:
    call(db, manager, "set_client_tier(%s, 'vip_gold', 'Próba', %s)", client, SOON)
    later = SOON + timedelta(days=30)
    answer = call(
        db, manager, "set_client_tier(%s, 'vip_gold', 'Drugi miesiąc', %s)", client, later
    )
    assert datetime.fromisoformat(answer.pop("valid_until")) == later
    assert answer == {"client_id": str(client), "tier": "vip_gold", "next_tier": "standard"}
    assert periods(db, client)[-2:] == [
        ("vip_gold", "extended", "Próba"),
        ("vip_gold", None, "Drugi miesiąc"),
    ]


@pytest.mark.parametrize(
    ("tier", "valid", "then", "message"),
    [
        ("vip_gold", "-1 day", None, "valid_until_out_of_range"),
        ("vip_gold", "11 years", None, "valid_until_out_of_range"),
        ("vip_gold", "1 year", "diamond", "unknown_tier"),
        ("vip_gold", "1 year", "vip_gold", "next_tier_is_the_same"),
        ("vip_gold", None, "premium", "valid_until_required"),
        ("standard", "1 year", None, "next_tier_is_the_same"),
    ],
)
def test_terms_without_sense_are_refused(
    db: psycopg.Connection,
    manager: UUID,
    client: UUID,
    tier: str,
    valid: str | None,
    then: str | None,
    message: str,
) -> None:
    refused = refusal(
        db,
        manager,
        "set_client_tier(%s, %s, 'Bo tak', now() + %s::interval, %s)",
        client,
        tier,
        valid,
        then,
    )
    assert refused[:2] == ("PT422", message)


def test_an_ending_tier_is_told_to_the_relationship_manager_and_ends(
    db: psycopg.Connection, manager: UUID, client: UUID
) -> None:
    keeper = a_staff_member(db, "relationship_manager", desk_id=desk_of(db, manager))
    a_vip_profile(db, client, relationship_manager_id=keeper)
    call(db, manager, "set_client_tier(%s, 'vip_gold', 'Próba', %s, 'premium')", client, SOON)
    assert run(db) == ["recorded"]
    time_passes(db, days=15)
    assert run(db) == []
    time_passes(db, days=2)
    assert run(db) == ["recorded"]
    assert (told(db, keeper), tier_of(db, client)) == (["tier_ending"], "vip_gold")
    time_passes(db, days=14)
    assert run(db) == ["recorded"]
    assert (told(db, keeper), tier_of(db, client)) == (["tier_ending", "tier_ended"], "premium")
    assert told(db, manager) == []
    assert periods(db, client)[-2:] == [
        ("vip_gold", "expired", "Próba"),
        ("premium", None, "tier_expired"),
    ]
    change = db.execute(
        "select old_value, new_value, reason from public.vip_profile_changes"
        " where client_id = %s and field = 'tier' order by id desc limit 1",
        [client],
    ).fetchone()
    assert change == ("vip_gold", "premium", "tier_expired")


def test_a_tier_made_permanent_before_its_end_does_not_end(
    db: psycopg.Connection, manager: UUID, client: UUID
) -> None:
    call(db, manager, "set_client_tier(%s, 'vip_gold', 'Próba', %s)", client, SOON)
    run(db)
    call(db, manager, "set_client_tier(%s, 'vip_gold', 'Na stałe')", client)
    time_passes(db, days=31)
    assert run(db) == []
    assert tier_of(db, client) == "vip_gold"


def test_without_people_of_their_own_the_managers_hear_of_the_end(
    db: psycopg.Connection, manager: UUID, client: UUID
) -> None:
    call(
        db,
        manager,
        "set_client_tier(%s, 'standard', 'Zawieszenie', now() + interval '1 day', 'premium')",
        client,
    )
    run(db)
    assert told(db, manager) == ["tier_ending"]


def test_periods_are_seen_by_those_who_look_after_the_client(
    db: psycopg.Connection, manager: UUID, client: UUID
) -> None:
    desk = desk_of(db, manager)
    agent, stranger = an_agent(db, desk_id=desk), an_agent(db, desk_id=desk)
    a_vip_profile(db, client, dedicated_agent_id=agent)
    seen = "select 1 from public.client_tier_periods where client_id = %s limit 1"
    found = {who: len(rows(db, who, seen, client)) for who in (manager, agent, stranger, client)}
    assert found == {manager: 1, agent: 1, stranger: 0, client: 0}


# Work under way -----------------------------------------------------------------------------


def ticket_row(db: psycopg.Connection, ticket: UUID) -> tuple[str, datetime]:
    row = db.execute(
        "select tier, first_response_due_at from public.support_tickets where id = %s", [ticket]
    ).fetchone()
    assert row is not None
    return row[0], row[1]


def test_a_better_tier_counts_for_open_tickets_from_now_on(
    db: psycopg.Connection, manager: UUID, client: UUID
) -> None:
    ticket = a_ticket(db, client)
    before = promise(db, ticket, "first_response")
    call(db, manager, "set_client_tier(%s, 'vip_platinum', 'Awans')", client)
    after = promise(db, ticket, "first_response")
    assert before.due_at is not None
    assert after.due_at is not None
    assert after.due_at < before.due_at
    assert (after.tier, after.causes) == ("vip_platinum", ["opened", "tier_changed"])
    assert ticket_row(db, ticket) == ("vip_platinum", after.due_at)
    asked = db.execute(
        "select reason from public.routing_requests where ticket_id = %s", [ticket]
    ).fetchall()
    assert asked == [("tier_changed",)]


def test_a_raised_ticket_moves_up_in_the_queue(
    db: psycopg.Connection, manager: UUID, client: UUID
) -> None:
    other = a_client(db, "vip_gold", desk_id=desk_of(db, manager))
    mine, theirs = (a_ticket(db, who, channel="email") for who in (client, other))
    order = (
        "select ticket.id from public.support_tickets ticket"
        " join public.service_levels level using (tier) where ticket.id = any (%s)"
        " order by level.boost desc, ticket.first_response_due_at"
    )
    assert db.execute(order, [[mine, theirs]]).fetchall() == [(theirs,), (mine,)]
    call(db, manager, "set_client_tier(%s, 'vip_platinum', 'Awans')", client)
    assert db.execute(order, [[mine, theirs]]).fetchall() == [(mine,), (theirs,)]


def test_a_lower_tier_takes_nothing_away_until_the_next_cycle(
    db: psycopg.Connection, manager: UUID
) -> None:
    client = a_client(db, "vip_platinum", desk_id=desk_of(db, manager))
    ticket = a_ticket(db, client, channel="email")
    before = [(each.kind, each.due_at) for each in promises_of(db, ticket)]
    call(db, manager, "set_client_tier(%s, 'standard', 'Wygasło')", client)
    assert [(each.kind, each.due_at) for each in promises_of(db, ticket)] == before
    assert ticket_row(db, ticket)[0] == "vip_platinum"
    db.execute(
        "update public.support_tickets set status = 'resolved', resolved_at = now() where id = %s",
        [ticket],
    )
    db.execute(
        "select private.reopen(ticket) from public.support_tickets ticket where id = %s", [ticket]
    )
    tier, due_at = ticket_row(db, ticket)
    again = promise(db, ticket, "first_response")
    assert (tier, again.tier, again.due_at) == ("standard", "standard", due_at)
    assert again.seconds == 86400


def test_a_word_given_by_an_agent_is_kept_through_changes_of_tier(
    db: psycopg.Connection, manager: UUID, client: UUID
) -> None:
    agent = an_agent(db, desk_id=desk_of(db, manager))
    ticket = a_ticket(db, client, assignee_id=agent)
    call(db, agent, "make_promise(%s, now() + interval '3 h', 'Oddzwonimy')", ticket)
    given = promise(db, ticket, "given")
    for tier in ("vip_platinum", "standard"):
        call(db, manager, "set_client_tier(%s, %s, 'Zmiana')", client, tier)
    assert promise(db, ticket, "given") == given


def test_what_is_resolved_stays_as_it_was(
    db: psycopg.Connection, manager: UUID, client: UUID
) -> None:
    ticket = a_ticket(db, client, assignee_id=an_agent(db), status="resolved")
    call(db, manager, "set_client_tier(%s, 'vip_platinum', 'Awans')", client)
    assert ticket_row(db, ticket)[0] == "premium"


def test_after_every_random_change_of_tier_the_ledger_still_says_it_all(
    db: psycopg.Connection,
) -> None:
    work_alone(db)
    history = History(db, 11)
    boss = a_manager(db, desk_id=history.desk)
    for turn in range(24):
        history.step()
        due = {each.id: each.due_at for each in history.promises()}
        tier = history.random.choice(("standard", "premium", "vip_gold", "vip_platinum"))
        call(db, boss, "set_client_tier(%s, %s, 'Zmiana')", history.client, tier)
        history.look(history.calendars)
        for each in history.promises():
            was = due.get(each.id)
            assert was is None or each.due_at is None or each.due_at <= was, turn
