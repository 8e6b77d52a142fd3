"""Numbered threats around what oversees the desk: fairness, hours of presence, the wallboard."""

import json
from typing import LiteralString

import psycopg
import pytest

from tests.support.acting import refused
from tests.support.house import EVERYBODY, House, a_house


@pytest.fixture
def house(db: psycopg.Connection) -> House:
    return a_house(db)


def test_threat_470_an_agent_learns_nothing_of_colleagues_from_their_own_line(
    db: psycopg.Connection, house: House
) -> None:
    with house.act(db, "agent"):
        row = db.execute("select public.get_desk_fairness(%(near_desk)s)", house.names).fetchone()
    assert row is not None
    told = json.dumps(row[0])
    for person in ("colleague", "manager", "auditor", "client"):
        assert str(house.people[person]) not in told
    assert row[0]["desk"] is None


def test_threat_471_oversight_ends_with_the_desk(db: psycopg.Connection, house: House) -> None:
    db.execute(
        "insert into public.fairness_alarms (desk_id, week_on, kind, value, peak_value,"
        " limit_value, agent_count, assignment_count, policy_version)"
        " values (%(near_desk)s, '2026-01-05', 'vip_share_spread', 1, 1, 0.6, 4, 30, 'fairness-1')",
        house.names,
    )
    with house.act(db, "other_manager"):
        assert not db.execute("select 1 from public.fairness_alarms").fetchall()
        for call in CALLS_WITH_A_DESK:
            with refused(db, "PT404", "desk_not_found"):
                db.execute(call, house.names)


CALLS_WITH_A_DESK: tuple[LiteralString, ...] = (
    "select public.get_wallboard(%(near_desk)s)",
    "select public.get_desk_fairness(%(near_desk)s)",
)


@pytest.mark.parametrize("call", CALLS_WITH_A_DESK)
def test_threat_472_a_role_that_is_taken_away_takes_the_board_with_it(
    db: psycopg.Connection, house: House, call: LiteralString
) -> None:
    with house.act(db, "manager"):
        assert db.execute(call, house.names).fetchone()
    db.execute(
        "update public.staff_members set is_active = false, state = 'offline'"
        " where id = %(manager)s",
        house.names,
    )
    with house.act(db, "manager"), refused(db, "PT403", "staff_required"):
        db.execute(call, house.names)


WRITES: tuple[LiteralString, ...] = (
    "update public.fairness_alarms set resolved_at = now(), end_reason = 'evened_out'",
    "delete from public.fairness_alarms",
    "update public.fairness_limits set raise_above = 0.99",
    "insert into private.presence_spells (staff_id) values (%(agent)s)",
    "update private.presence_spells set ended_at = now()",
)


@pytest.mark.parametrize("write", WRITES)
def test_threat_473_nobody_silences_an_alarm_or_rewrites_their_hours(
    db: psycopg.Connection, house: House, write: LiteralString
) -> None:
    for person in EVERYBODY:
        with house.act(db, person), refused(db, "42501"):
            db.execute(write, house.names)


INNER_CALLS: tuple[LiteralString, ...] = (
    "select worker.fairness_contexts()",
    "select worker.record_fairness('[]', '[]')",
    "select private.raise_fairness_alarms('[]')",
    "select private.resolve_fairness_alarms('[]')",
    "select private.list_agent_shares(array[%(near_desk)s::uuid], now(), now())",
    "select private.describe_queue(%(near_desk)s)",
    "select private.describe_shares(%(near_desk)s, now(), now(), null)",
)


@pytest.mark.parametrize("call", INNER_CALLS)
def test_threat_474_what_the_doors_check_cannot_be_reached_around_them(
    db: psycopg.Connection, house: House, call: LiteralString
) -> None:
    for person in sorted(set(EVERYBODY) - {"service"}):
        with house.act(db, person), refused(db, "42501"):
            db.execute(call, house.names)


def test_threat_475_hours_are_not_won_by_switching_to_and_fro(
    db: psycopg.Connection, house: House
) -> None:
    for state in ("away", "online", "away", "online"):
        with house.act(db, "agent"):
            db.execute("select public.set_presence(%s)", [state])
    row = db.execute(
        "select count(*), count(*) filter (where ended_at is null)"
        " from private.presence_spells where staff_id = %(agent)s",
        house.names,
    ).fetchone()
    assert row == (1, 1)
