"""Who carried how much in a week, when that is alarming, and who may know."""

import asyncio
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.orchestrator.fairness import FairnessPolicy, gini, to_places
from lib.store.orchestrator.fairness import supabase_fairness_store
from tests.database.orchestrator.router import DatabaseRpc, claim
from tests.factories import a_client, a_desk, a_manager, a_staff_member, a_ticket, an_agent
from tests.support.acting import acting_as, refused
from tests.support.house import House, a_house
from workers.orchestrator.fairness import fairness

NAME = "orchestrator.fairness"
TIMES = st.lists(
    st.tuples(st.integers(0, 5_000), st.integers(60, 604_800)), min_size=0, max_size=30
)


@pytest.fixture
def desk(db: psycopg.Connection) -> UUID:
    """A desk nobody else works at, in the week of the test's own transaction."""
    return a_desk(db)


def given_work(
    db: psycopg.Connection,
    agent: UUID,
    count: int,
    *,
    tier: str = "standard",
    units: int = 2,
    state: str = "completed",
    wait: int = 10,
    at: str = "now()",
    answered: bool = True,
) -> None:
    """Assignments of the past; the tickets behind them are all the same one."""
    client = a_client(db, tier)
    ticket = a_ticket(db, client, status="closed")
    db.execute(
        f"""
        insert into public.ticket_assignments (
            ticket_id, cycle, agent_id, state, load_units, tier, is_live, wait_seconds,
            offered_at, answered_at, ended_at
        )
        select %s, 1, %s, %s, %s, %s, true, %s, {at}, case when %s then {at} end, {at}
        from generate_series(1, %s)
        """,
        [ticket, agent, state, units, tier, wait, answered or state == "declined", count],
    )


def was_online(db: psycopg.Connection, agent: UUID, hours: float) -> None:
    """Replaces the record of presence by one spell that ended just now."""
    db.execute("delete from private.presence_spells where staff_id = %s", [agent])
    db.execute(
        "insert into private.presence_spells (staff_id, started_at, ended_at)"
        " values (%s, now() - make_interval(secs => %s), now())",
        [agent, hours * 3600],
    )


def tick(db: psycopg.Connection) -> None:
    """An hour passes and the worker does what it does."""
    with acting_as(db, "service_role"):
        db.execute(
            "select worker.emit_tick('clock.hourly', now() + make_interval(hours => ("
            "select count(*) from private.ticks)::integer))"
        )
    jobs = claim(db, NAME)
    store = supabase_fairness_store(cast("Any", DatabaseRpc(db)))
    handle: Any = fairness(store, FairnessPolicy()).handle
    results = asyncio.run(handle(jobs))
    assert set(results.values()) == {"recorded"}
    assert results


def alarms(db: psycopg.Connection, desk: UUID) -> dict[str, tuple[Decimal, bool]]:
    """The latest value of each kind, and whether the alarm is open."""
    rows = db.execute(
        "select kind, value, resolved_at is null from public.fairness_alarms where desk_id = %s",
        [desk],
    )
    return {kind: (value, is_open) for kind, value, is_open in rows}


def notices(db: psycopg.Connection, person: UUID) -> list[Mapping[str, Any]]:
    rows = db.execute(
        "select details from public.notifications where recipient_id = %s"
        " and kind = 'fairness_alarm' order by id",
        [person],
    )
    return [details for (details,) in rows]


def fairness_as(db: psycopg.Connection, person: UUID, *arguments: Any) -> dict[str, Any]:
    with acting_as(db, "authenticated", person):
        places = ", ".join(["%s"] * len(arguments))
        row = db.execute(f"select public.get_desk_fairness({places})", arguments).fetchone()
    assert row is not None
    return cast("dict[str, Any]", row[0])


# The alarm ---------------------------------------------------------------------------------------


def test_a_skewed_week_alarms_once_and_the_managers_are_told(
    db: psycopg.Connection, desk: UUID
) -> None:
    manager, other = a_manager(db, desk_id=desk), a_manager(db)
    agents = [an_agent(db, desk_id=desk) for _ in range(4)]
    for agent, count in zip(agents, (25, 2, 2, 1), strict=True):
        given_work(db, agent, count)
    tick(db)
    tick(db)
    assert alarms(db, desk) == {"load_gini_per_hour": (Decimal("0.6000"), True)}
    [told] = notices(db, manager)
    assert (told["desk_id"], told["measure"]) == (str(desk), "load_gini_per_hour")
    assert (told["value"], told["limit"]) == (0.6, 0.35)
    assert notices(db, other) == []


def test_a_balanced_week_is_silent(db: psycopg.Connection, desk: UUID) -> None:
    a_manager(db, desk_id=desk)
    for count in (9, 10, 11, 10):
        given_work(db, an_agent(db, desk_id=desk), count)
    tick(db)
    assert alarms(db, desk) == {}


def test_too_little_data_is_silent_and_says_so(db: psycopg.Connection, desk: UUID) -> None:
    manager = a_manager(db, desk_id=desk)
    agents = [an_agent(db, desk_id=desk) for _ in range(3)]
    given_work(db, agents[0], 19)
    tick(db)
    assert alarms(db, desk) == {}
    limits = fairness_as(db, manager)["desk"]["limits"]
    assert {limit["kind"]: limit["has_enough_data"] for limit in limits} == {
        "load_gini_per_hour": False,
        "vip_share_spread": False,
        "wait_p95_seconds": False,
    }


def test_an_alarm_ends_below_its_lower_limit_and_may_come_back(
    db: psycopg.Connection, desk: UUID
) -> None:
    manager = a_manager(db, desk_id=desk)
    busy, *others = [an_agent(db, desk_id=desk) for _ in range(3)]
    given_work(db, busy, 40, units=1)
    for agent in others:
        given_work(db, agent, 10, units=1)
    set_limit(db, "load_gini_per_hour", "0.33", "0.25")
    tick(db)
    assert alarms(db, desk)["load_gini_per_hour"] == (Decimal("0.3333"), True)
    for agent in others:
        given_work(db, agent, 5, units=1)
    tick(db)
    assert alarms(db, desk)["load_gini_per_hour"] == (Decimal("0.2381"), False)
    assert len(notices(db, manager)) == 1
    given_work(db, busy, 60, units=1)
    tick(db)
    assert alarms(db, desk)["load_gini_per_hour"] == (Decimal("0.4359"), True)
    assert len(notices(db, manager)) == 2


def set_limit(db: psycopg.Connection, kind: str, above: str, below: str) -> None:
    with acting_as(db, "service_role"):
        db.execute(
            "select public.set_fairness_limit(%s, null, %s, %s)",
            [kind, Decimal(above), Decimal(below)],
        )


def test_between_the_two_limits_an_open_alarm_stays_and_none_begins(
    db: psycopg.Connection, desk: UUID
) -> None:
    elsewhere = a_desk(db)
    for place, loads in ((desk, (40, 10, 10)), (elsewhere, (40, 16, 16))):
        for load in loads:
            given_work(db, an_agent(db, desk_id=place), load, units=1)
    set_limit(db, "load_gini_per_hour", "0.33", "0.20")
    tick(db)
    assert alarms(db, desk)["load_gini_per_hour"] == (Decimal("0.3333"), True)
    rows = db.execute("select id from public.staff_members where desk_id = %s", [desk]).fetchall()
    for (agent,) in rows:
        given_work(db, agent, 10, units=1)  # 50, 20, 20
    tick(db)
    assert alarms(db, desk)["load_gini_per_hour"] == (Decimal("0.2222"), True)
    assert alarms(db, elsewhere) == {}


def test_vip_work_for_one_alone_and_long_waits_alarm_too(
    db: psycopg.Connection, desk: UUID
) -> None:
    agents = [an_agent(db, desk_id=desk) for _ in range(3)]
    given_work(db, agents[0], 20, tier="vip_gold", wait=20_000)
    for agent in agents[1:]:
        given_work(db, agent, 20)
    tick(db)
    assert alarms(db, desk) == {
        "vip_share_spread": (Decimal(1), True),
        "wait_p95_seconds": (Decimal(20_000), True),
    }


def test_alarms_of_past_weeks_end_with_their_week(db: psycopg.Connection, desk: UUID) -> None:
    an_agent(db, desk_id=desk)
    db.execute(
        "insert into public.fairness_alarms (desk_id, week_on, kind, value, peak_value,"
        " limit_value, agent_count, assignment_count, policy_version)"
        " values (%s, '2026-01-05', 'load_gini_per_hour', 0.5, 0.5, 0.35, 4, 30, 'fairness-1')",
        [desk],
    )
    tick(db)
    row = db.execute(
        "select end_reason, resolved_at is not null from public.fairness_alarms where desk_id = %s",
        [desk],
    ).fetchone()
    assert row == ("week_over", True)


def test_a_desk_may_have_a_limit_of_its_own(db: psycopg.Connection, desk: UUID) -> None:
    for count in (25, 2, 2, 1):
        given_work(db, an_agent(db, desk_id=desk), count)
    with acting_as(db, "service_role"):
        db.execute(
            "select public.set_fairness_limit('load_gini_per_hour', %s, 0.7, p_reason => %s)",
            [desk, "Dyżur"],
        )
    tick(db)
    assert alarms(db, desk) == {}
    history = db.execute(
        "select new_row ->> 'desk_id', reason from private.configuration_history"
        " where table_name = 'public.fairness_limits' order by id desc limit 1"
    ).fetchone()
    assert history == (str(desk), "Dyżur")


# The measures ------------------------------------------------------------------------------------


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(TIMES)
def test_sql_and_python_measure_the_same(
    db: psycopg.Connection, shares: list[tuple[int, int]]
) -> None:
    loads, weights = [load for load, _ in shares], [weight for _, weight in shares]
    row = db.execute(
        "select private.measure_gini(%(l)s::bigint[]),"
        " private.measure_gini(%(l)s::bigint[], %(w)s::bigint[])",
        {"l": loads, "w": weights},
    ).fetchone()
    assert row == (to_places(gini(loads)), to_places(gini(loads, weights)))


def test_what_was_declined_or_lapsed_is_counted_but_was_not_carried(
    db: psycopg.Connection, desk: UUID
) -> None:
    agent = an_agent(db, desk_id=desk)
    given_work(db, agent, 3, units=5)
    given_work(db, agent, 2, units=5, state="declined")
    given_work(db, agent, 1, units=5, state="expired", answered=False)
    given_work(db, agent, 1, units=5, state="withdrawn", answered=False)
    given_work(db, agent, 1, units=5, state="withdrawn")
    [line] = fairness_as(db, agent)["agents"]
    assert (line["received_count"], line["assignment_count"], line["load_units"]) == (8, 4, 20)
    assert (line["declined_count"], line["expired_count"], line["withdrawn_count"]) == (2, 1, 2)


def test_a_week_begins_on_monday_in_warsaw(db: psycopg.Connection, desk: UUID) -> None:
    agent, manager = an_agent(db, desk_id=desk), a_manager(db, desk_id=desk)
    given_work(db, agent, 1, at="'2026-03-29 21:59:59+00'::timestamptz")  # Sunday, summer time
    given_work(db, agent, 2, at="'2026-03-29 22:00:00+00'::timestamptz")  # Monday
    before = fairness_as(db, manager, desk, date(2026, 3, 29))
    after = fairness_as(db, manager, desk, date(2026, 3, 30))
    assert (before["week_on"], after["week_on"]) == ("2026-03-23", "2026-03-30")
    assert before["starts_at"] == "2026-03-22T23:00:00+00:00"
    assert before["ends_at"] == after["starts_at"] == "2026-03-29T22:00:00+00:00"
    assert [week["agents"][0]["received_count"] for week in (before, after)] == [1, 2]


def test_waits_and_shares_of_each_agent(db: psycopg.Connection, desk: UUID) -> None:
    first, second = an_agent(db, desk_id=desk), an_agent(db, desk_id=desk)
    given_work(db, first, 19, wait=10, tier="vip_gold")
    given_work(db, first, 1, wait=110)
    given_work(db, second, 1, wait=7, tier="vip_platinum")
    answer = fairness_as(db, a_manager(db, desk_id=desk))
    lines = {line["agent_id"]: line for line in answer["agents"]}
    busy, idle = lines[str(first)], lines[str(second)]
    assert (busy["wait_median_seconds"], busy["wait_p95_seconds"]) == (10, 15)
    assert (busy["vip_share"], idle["vip_share"]) == (0.95, 0.05)
    assert (busy["load_share"], idle["load_share"]) == (0.9524, 0.0476)
    assert answer["desk"]["vip_share_spread"] == 0.9
    assert answer["desk"]["load_gini"] == 0.4524


# Presence ----------------------------------------------------------------------------------------


def test_presence_is_kept_from_online_to_not_online(db: psycopg.Connection, desk: UUID) -> None:
    agent = an_agent(db, desk_id=desk, state="offline")
    states = ("away", "online", "online", "away", "offline")
    for state in states:
        db.execute("update public.staff_members set state = %s where id = %s", [state, agent])
        row = db.execute(
            "select count(*), count(*) filter (where ended_at is null)"
            " from private.presence_spells where staff_id = %s",
            [agent],
        ).fetchone()
        assert row == (int(state != "away" or row != (0, 0)), int(state == "online"))


def test_hours_of_presence_are_those_within_the_week(db: psycopg.Connection, desk: UUID) -> None:
    agent = an_agent(db, desk_id=desk, state="offline")
    db.execute(
        "insert into private.presence_spells values"
        " (%(id)s, '2026-03-29 20:00+00', '2026-03-30 01:00+00'),"
        " (%(id)s, '2026-03-31 08:00+00', '2026-03-31 12:30+00')",
        {"id": agent},
    )
    manager = a_manager(db, desk_id=desk)
    hours = [
        fairness_as(db, manager, desk, date(2026, 3, 30) + timedelta(weeks=weeks))["agents"]
        for weeks in (-1, 0, 1)
    ]
    assert [[line["hours_present"] for line in lines] for lines in hours] == [[2], [7.5], []]


def test_half_a_post_with_half_the_work_is_fair(db: psycopg.Connection, desk: UUID) -> None:
    for hours, count in ((0.5, 10), (0.5, 10), (0.25, 5)):
        agent = an_agent(db, desk_id=desk, state="offline")
        was_online(db, agent, hours)
        given_work(db, agent, count)
    measured = fairness_as(db, a_manager(db, desk_id=desk))["desk"]
    assert measured["load_gini_per_hour"] < 0.001 or monday_has_just_begun(db)
    assert measured["load_gini"] == 0.1333


def monday_has_just_begun(db: psycopg.Connection) -> bool:
    """Within the first half hour of a week the spells of this test began in the last one."""
    row = db.execute(
        "select now() - date_trunc('week', now(), 'Europe/Warsaw') < interval '1 hour'"
    ).fetchone()
    assert row is not None
    return bool(row[0])


# Who may know ------------------------------------------------------------------------------------


@pytest.fixture
def house(db: psycopg.Connection) -> House:
    return a_house(db)


def test_overseers_see_the_desk_and_agents_their_own_line(
    db: psycopg.Connection, house: House
) -> None:
    for person in ("manager", "executive", "auditor"):
        answer = fairness_as(db, house.people[person])
        lines = {house.name_of(UUID(line["agent_id"])) for line in answer["agents"]}
        assert lines == {"agent", "colleague", "revoked"}
        assert answer["desk"]["agent_count"] == 3
    for person in ("agent", "colleague"):
        answer = fairness_as(db, house.people[person])
        assert [line["agent_id"] for line in answer["agents"]] == [str(house.people[person])]
        assert answer["desk"] is None
    everywhere = fairness_as(db, house.people["admin"], house.desks["far"])
    assert everywhere["desk"]["agent_count"] == 1


def test_a_desk_of_others_answers_like_none(db: psycopg.Connection, house: House) -> None:
    for person in ("agent", "manager", "other_manager", "auditor"):
        foreign = house.desks["near" if person == "other_manager" else "far"]
        for desk_id in (foreign, UUID(int=0)):
            with house.act(db, person), refused(db, "PT404", "desk_not_found"):
                db.execute("select public.get_desk_fairness(%s)", [desk_id])


@pytest.mark.parametrize("day", ["infinity", "-infinity", "1999-12-31", "2100-01-02"])
def test_a_week_out_of_reason_is_refused(db: psycopg.Connection, house: House, day: str) -> None:
    with house.act(db, "manager"), refused(db, "PT422", "week_out_of_range"):
        db.execute("select public.get_desk_fairness(null, %s::date)", [day])


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ("'sentiment'", "PT422", "unknown_measure"),
        ("null", "PT422", "unknown_measure"),
        ("'load_gini_per_hour', %(far_desk)s, 1", "PT422", "limit_out_of_range"),
        ("'load_gini_per_hour', null, 0.3, 0.4", "PT422", "limit_out_of_range"),
        ("'wait_p95_seconds', null, 'NaN'", "PT422", "limit_out_of_range"),
        ("'wait_p95_seconds', null, -1", "PT422", "limit_out_of_range"),
        ("'wait_p95_seconds', p_min_agents => 0", "PT422", "minimum_out_of_range"),
        ("'wait_p95_seconds', p_min_assignments => 2000000", "PT422", "minimum_out_of_range"),
        ("'wait_p95_seconds', gen_random_uuid(), 10", "PT404", "desk_not_found"),
        ("'wait_p95_seconds', null, 10, p_reason => repeat('a', 501)", "PT413", "reason_too_long"),
    ],
)
def test_limits_out_of_reason_are_refused(
    db: psycopg.Connection, house: House, arguments: str, code: str, message: str
) -> None:
    with house.act(db, "admin"), refused(db, code, message):
        db.execute(f"select public.set_fairness_limit({arguments})", house.names)


def test_only_overseers_read_limits_and_alarms(db: psycopg.Connection, house: House) -> None:
    db.execute(
        "insert into public.fairness_alarms (desk_id, week_on, kind, value, peak_value,"
        " limit_value, agent_count, assignment_count, policy_version)"
        " values (%s, '2026-01-05', 'load_gini_per_hour', 0.5, 0.5, 0.35, 4, 30, 'fairness-1')",
        [house.desks["near"]],
    )
    seen = {}
    for person in ("client", "agent", "auditor", "manager", "other_manager", "revoked"):
        with house.act(db, person):
            alarm_count = db.execute("select 1 from public.fairness_alarms").rowcount
            limit_count = db.execute("select 1 from public.fairness_limits").rowcount
        seen[person] = (alarm_count, limit_count)
    assert seen == {
        "client": (0, 0),
        "agent": (0, 0),
        "auditor": (1, 3),
        "manager": (1, 3),
        "other_manager": (0, 3),
        "revoked": (0, 0),
    }


def test_a_manager_is_no_agent_in_the_comparison(db: psycopg.Connection, desk: UUID) -> None:
    manager = a_manager(db, desk_id=desk)
    a_staff_member(db, "quality_auditor", desk_id=desk)
    an_agent(db, desk_id=desk)
    assert fairness_as(db, manager)["desk"]["agent_count"] == 1
