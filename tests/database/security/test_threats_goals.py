"""Numbered threats around KPIs and goals."""

from typing import Any, LiteralString

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.support.acting import acting_as, refused
from tests.support.calling import call, rows
from tests.support.house import EVERYBODY, House, a_house

GOALS: LiteralString = """
insert into public.success_goals (
    title, kpi_key, measure, unit, desk_id, owner_id, baseline, target, starts_on, due_on
)
select told.title, told.kpi, told.measure, 'x', told.desk_id, told.owner_id, 0, 9,
    current_date - 9, current_date + 9
from (values
    ('own', null, 'Szkolenia', %(near_desk)s::uuid, %(agent)s::uuid),
    ('measured', 'brand_consistency', null, %(near_desk)s, %(agent)s),
    ('money', 'revenue_attribution', null, %(near_desk)s, %(manager)s),
    ('house', null, 'Nagrody', null, %(executive)s),
    ('far', null, 'Szkolenia', %(far_desk)s, %(outsider)s)
) told (title, kpi, measure, desk_id, owner_id)
returning title, id
"""


@pytest.fixture
def house(db: psycopg.Connection) -> House:
    return a_house(db)


@pytest.fixture
def goals(db: psycopg.Connection, house: House) -> dict[str, Any]:
    """Of the near desk: one told of and one measured by the agent, one about money; two others."""
    made = db.execute(GOALS, house.names).fetchall()
    db.execute(
        "insert into public.success_goal_updates (goal_id, kind, state, progress)"
        " select id, 'set', 'open', 0 from public.success_goals"
    )
    return {title: str(goal_id) for title, goal_id in made}


WRITES: tuple[LiteralString, ...] = (
    "update public.kpis set target = 0",
    "delete from public.kpis",
    "update public.success_goals set progress = 100, state = 'reached'",
    "delete from public.success_goals",
    "insert into public.success_goal_updates (goal_id, kind, state, progress)"
    " select id, 'stated', 'reached', 100 from public.success_goals",
    "update public.success_goal_updates set note = 'x'",
    "delete from public.success_goal_updates",
    "insert into public.experience_weights (part, weight) values ('survey', 1)",
    "update public.experience_scores set score = 100",
    "delete from private.white_glove_days",
)


def test_threat_680_nobody_embellishes_a_goal_or_its_history_by_hand(
    db: psycopg.Connection, house: House, goals: dict[str, Any]
) -> None:
    for person in EVERYBODY:
        for write in WRITES:
            with house.act(db, person), refused(db, "42501"):
                db.execute(write)


def test_threat_681_everybody_sees_the_goals_that_concern_them(
    db: psycopg.Connection, house: House, goals: dict[str, Any]
) -> None:
    seen = {}
    for person in house.people:
        mine = rows(db, house.people[person], "select id::text from public.success_goals")
        steps = rows(
            db, house.people[person], "select goal_id::text from public.success_goal_updates"
        )
        assert {goal for (goal,) in steps} == {goal for (goal,) in mine}, person
        seen[person] = {title for title, goal in goals.items() if (goal,) in mine}
    desk = {"own", "measured"}
    everything = set(goals)
    nobody: dict[str, set[str]] = {person: set() for person in house.people}
    assert seen == nobody | {
        "agent": desk,
        "colleague": desk,
        "auditor": desk | {"house"},
        "manager": desk | {"house", "money"},
        "executive": everything,
        "admin": everything,
        "outsider": {"far"},
        "other_manager": {"far", "house"},
    }


def test_threat_682_foreign_goals_are_answered_like_unknown_ones(
    db: psycopg.Connection, house: House, goals: dict[str, Any]
) -> None:
    calls: tuple[LiteralString, ...] = (
        "select public.update_goal_progress(%s, 50)",
        "select public.set_success_goal('{\"target\": 5}', %s)",
    )
    for person, title in (
        ("other_manager", "own"),
        ("outsider", "house"),
        ("agent", "money"),
        ("client", "own"),
        ("revoked", "own"),
        ("banned", "own"),
    ):
        for statement in calls:
            with house.act(db, person), refused(db, "PT404", "goal_not_found"):
                db.execute(statement, [goals[title]])


def test_threat_683_who_only_watches_a_goal_does_not_tell_of_it_nor_move_it(
    db: psycopg.Connection, house: House, goals: dict[str, Any]
) -> None:
    for person, title in (("colleague", "own"), ("auditor", "own"), ("manager", "house")):
        with house.act(db, person), refused(db, "PT403", "goal_owner_required"):
            db.execute("select public.update_goal_progress(%s, 100)", [goals[title]])
    for person, title in (("agent", "own"), ("auditor", "own"), ("manager", "house")):
        with house.act(db, person), refused(db, "PT403", "manager_required"):
            db.execute("select public.set_success_goal('{\"target\": 1}', %s)", [goals[title]])


def test_threat_684_nobody_writes_the_progress_of_what_the_house_measures(
    db: psycopg.Connection, house: House, goals: dict[str, Any]
) -> None:
    for person in ("agent", "manager", "executive", "admin", "service"):
        with house.act(db, person), refused(db, "PT409", "goal_is_measured"):
            db.execute("select public.update_goal_progress(%s, 100)", [goals["measured"]])


def test_threat_685_a_manager_sets_goals_of_their_own_desk_and_people_alone(
    db: psycopg.Connection, house: House
) -> None:
    plain = {
        "title": "Spokój",
        "measure": "Spokój",
        "unit": "x",
        "baseline": 0,
        "target": 9,
        "due_on": "2099-01-01",
        "starts_on": "2098-01-01",
    }
    for changes, refusal in (
        ({"desk_id": None}, ("PT403", "executive_required")),
        ({"desk_id": str(house.desks["far"])}, ("PT404", "desk_not_found")),
        ({"owner_id": str(house.people["outsider"])}, ("PT404", "colleague_not_found")),
        ({"owner_id": str(house.people["revoked"])}, ("PT404", "colleague_not_found")),
        ({"owner_id": str(house.people["client"])}, ("PT404", "colleague_not_found")),
    ):
        with house.act(db, "manager"), refused(db, *refusal):
            db.execute("select public.set_success_goal(%s)", [Jsonb(plain | changes)])
    made = call(db, house.people["manager"], "set_success_goal(%s)", Jsonb(plain))
    assert (made["desk_id"], made["owner_id"]) == (
        str(house.desks["near"]),
        str(house.people["manager"]),
    )


def test_threat_686_a_worker_without_the_job_writes_no_goal(
    db: psycopg.Connection, house: House, goals: dict[str, Any]
) -> None:
    judgement = {"goal_id": goals["own"], "version": 1, "state": "reached", "progress": 100}
    with acting_as(db, "service_role"), refused(db, "LS001", "lease_lost"):
        db.execute(
            'select worker.record_goals(\'[{"job_id": 1, "fence": 1}]\', %s)',
            [Jsonb([judgement])],
        )
    for person in ("client", "agent", "manager", "admin"):
        for statement in (
            "select worker.goal_contexts()",
            "select private.apply_goal_judgements('[]')",
            "select private.settle_goal('{}')",
        ):
            with house.act(db, person), refused(db, "42501"):
                db.execute(statement)


def test_threat_687_numbers_of_one_desk_are_no_other_desks(
    db: psycopg.Connection, house: House
) -> None:
    db.execute(
        "with said as (insert into public.ticket_messages (ticket_id, author_id, author_kind, body)"
        " select %(held)s, %(agent)s, 'agent', 'Tak' from generate_series(1, 5) returning id)"
        " insert into public.brand_checks (message_id, ticket_id, agent_id, channel, tier,"
        " language, score, verdict, parts, findings, guidelines_version)"
        " select id, %(held)s, %(agent)s, 'chat', 'vip_gold', 'pl', 99, 'pass', '[]', '[]', 1"
        " from said",
        house.names,
    )
    asked = Jsonb({"key": "brand_consistency"})
    counts = {
        person: call(db, house.people[person], "get_kpis(%s)", asked)[0]["sample_count"]
        for person in ("agent", "manager", "outsider", "other_manager")
    }
    assert counts == {"agent": 5, "manager": 5, "outsider": 0, "other_manager": 0}


def test_threat_688_what_a_cycle_was_like_is_not_for_its_client_nor_who_is_to_judge_it(
    db: psycopg.Connection, house: House
) -> None:
    db.execute(
        "insert into public.quality_checks (ticket_id, cycle, agent_id, desk_id, channel, tier,"
        " score, policy_version, ended_at) select id, cycle, %(agent)s, desk_id, channel, tier, 90,"
        " 'p', resolved_at from public.support_tickets where id = %(solved)s",
        house.names,
    )
    statement: LiteralString = "select 1 from public.experience_scores where ticket_id = %s"
    found = {
        person
        for person in house.people
        if rows(db, house.people[person], statement, house.tickets["solved"])
    }
    assert found == {"agent", "auditor", "manager", "admin"}
    db.execute(
        "update public.support_tickets set client_id = %(manager)s where id = %(solved)s",
        house.names,
    )
    assert rows(db, house.people["manager"], statement, house.tickets["solved"]) == []
    with house.act(db, "auditor"):
        db.execute("select public.open_quality_calibration(%(solved)s)", house.names)
    assert rows(db, house.people["auditor"], statement, house.tickets["solved"]) == []


def test_threat_689_whoever_left_owns_goals_no_more(
    db: psycopg.Connection, house: House, goals: dict[str, Any]
) -> None:
    db.execute(
        "update public.staff_members set is_active = false, state = 'offline' where id = %(agent)s",
        house.names,
    )
    with house.act(db, "agent"), refused(db, "PT404", "goal_not_found"):
        db.execute("select public.update_goal_progress(%s, 100)", [goals["own"]])
    assert rows(db, house.people["agent"], "select 1 from public.success_goals") == []
