"""Numbered threats around workflows: rules that people write and the house carries out."""

from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.database.orchestrator.automation import ALWAYS, SAVE, Desk, is_field, settle
from tests.database.security.test_threats import NASTY, refusal
from tests.factories import a_client, a_desk, a_manager, a_ticket
from tests.support.acting import refused
from tests.support.calling import call, rows
from tests.support.house import EVERYBODY, House, a_house

CALLS_WITH_A_WORKFLOW: tuple[LiteralString, ...] = (
    "set_workflow_active(%(id)s, true, 1)",
    "delete_workflow(%(id)s, 1)",
    "save_workflow('W', 'ticket.opened', '{\"all\": []}', '[{\"set_priority\": \"low\"}]',"
    " %(desk)s, p_workflow_id => %(id)s, p_version => 1)",
)


@pytest.fixture
def house(db: psycopg.Connection) -> House:
    return a_house(db)


@pytest.fixture
def desk(db: psycopg.Connection) -> Desk:
    return Desk(db)


@pytest.mark.parametrize("function", CALLS_WITH_A_WORKFLOW)
def test_threat_520_a_foreign_workflow_answers_like_none_at_all(
    db: psycopg.Connection, desk: Desk, house: House, function: LiteralString
) -> None:
    workflow = desk.save("ticket.opened", {"set_priority": "high"})
    with house.act(db, "manager"):
        foreign, unknown, nothing = (
            refusal(db, function, {"id": workflow_id, "desk": house.desks["near"]})
            for workflow_id in (workflow, uuid4(), uuid4())
        )
    assert foreign == unknown == nothing
    asked: LiteralString = "request_workflow_dry_run(p_workflow_id => %(id)s)"
    with house.act(db, "manager"):
        assert refusal(db, asked, {"id": workflow}) == refusal(db, asked, {"id": uuid4()})


@pytest.mark.parametrize("person", [name for name in EVERYBODY if name != "visitor"])
def test_threat_521_nobody_writes_rules_runs_or_results_past_the_doors(
    db: psycopg.Connection, house: House, person: str
) -> None:
    statements: tuple[LiteralString, ...] = (
        "update public.workflows set is_active = true",
        "delete from public.workflows",
        "insert into public.workflow_runs default values",
        "update public.workflow_runs set status = 'done'",
        "delete from public.workflow_runs",
        "update public.workflow_dry_runs set status = 'done'",
        "insert into public.workflow_events (event_kind, subject, label) values ('a.b', 'x', 'y')",
        "delete from public.workflow_fields",
    )
    for statement in statements:
        with house.act(db, person), refused(db, "42501"):
            db.execute(statement)


@pytest.mark.parametrize("person", [name for name in EVERYBODY if name != "service"])
def test_threat_522_texts_and_effects_are_the_workers_alone(
    db: psycopg.Connection, house: House, person: str
) -> None:
    calls: tuple[LiteralString, ...] = (
        "select worker.workflow_contexts('{1}')",
        "select worker.record_workflows('[]')",
        "select worker.workflow_dry_run_contexts('{}')",
        "select worker.record_workflow_dry_runs('[]')",
        "select private.apply_workflows('[]')",
        "select private.store_dry_runs('[]')",
    )
    for statement in calls:
        with house.act(db, person), refused(db, "42501"):
            db.execute(statement)


def test_threat_523_a_manager_who_left_rules_no_more(db: psycopg.Connection, desk: Desk) -> None:
    workflow = desk.save("ticket.opened", {"set_priority": "high"})
    elsewhere = a_desk(db)
    db.execute(
        "update public.staff_members set desk_id = %s where id = %s", [elsewhere, desk.manager]
    )
    with pytest.raises(psycopg.Error, match="workflow_not_found"), db.transaction():
        call(db, desk.manager, "set_workflow_active(%s, false, 1)", workflow)
    db.execute("reset role")


def test_threat_524_what_clients_write_is_never_read_as_a_template(desk: Desk) -> None:
    desk.save(
        "message.posted",
        {"add_note": "{{client_name}}: {{subject}}"},
        conditions=is_field("message.author_kind", "client"),
    )
    desk.db.execute(
        "update public.profiles set display_name = '{{subject}}' where id = %s", [desk.client]
    )
    desk.db.execute(
        "update public.support_tickets set subject = '{{agent_name}}' where id = %s", [desk.ticket]
    )
    desk.says("{{client_name}}")
    settle(desk.db)
    assert desk.notes() == ["{{subject}}: {{agent_name}}"]


@pytest.mark.parametrize("nasty", NASTY)
def test_threat_525_conditions_are_data(desk: Desk, nasty: str) -> None:
    with desk.db.transaction(force_rollback=True):
        values: list[Any] = [
            is_field("message.text", [nasty], "contains"),
            is_field(nasty, 1),
            is_field("ticket.cycle", 1, nasty),
            {nasty: []},
        ]
        for conditions in values:
            assert outcome(desk, conditions) in {None, "PT422", "22P05"}


def outcome(desk: Desk, conditions: Any) -> str | None:
    """What saving such a workflow is refused with; None when it is not."""
    try:
        with desk.db.transaction():
            desk.save("message.posted", {"add_note": "n"}, conditions=conditions)
    except psycopg.Error as error:
        desk.db.execute("reset role")
        return error.sqlstate
    return None


def test_threat_526_a_tree_without_end_is_refused_not_followed(desk: Desk) -> None:
    deep = "{" + '"not": {' * 900 + '"all": []' + "}" * 901
    values = ("W", "message.posted", deep, Jsonb([{"add_note": "n"}]), desk.desk_id, 50)
    with pytest.raises(psycopg.Error, match="conditions_malformed"), desk.db.transaction():
        call(desk.db, desk.manager, SAVE, *values)
    desk.db.execute("reset role")


def test_threat_527_who_works_here_reads_no_rule_of_the_house_about_themselves(
    desk: Desk,
) -> None:
    """A colleague writes as a client; what the house made of it is not for them."""
    desk.ticket = a_ticket(desk.db, desk.agent, desk_id=desk.desk_id)
    desk.client = desk.agent
    desk.save("message.posted", {"notify": {"roles": ["followers"], "people": [str(desk.agent)]}})
    desk.says("Halo")
    settle(desk.db)
    assert desk.runs() == [("done", "matched")]
    assert desk.told() == {desk.manager}, "the client is told nothing of their own ticket"
    assert rows(desk.db, desk.agent, "select id from public.workflow_runs") == []


def test_threat_528_a_workflow_of_a_desk_follows_no_ticket_that_moved_away(
    db: psycopg.Connection, desk: Desk
) -> None:
    """The event happened at the desk; the ticket is elsewhere when the rule is carried out."""
    desk.save("message.posted", {"set_priority": "urgent"})
    desk.says("Halo")
    db.execute(
        "update public.support_tickets set desk_id = %s where id = %s", [a_desk(db), desk.ticket]
    )
    settle(db)
    assert desk.ticket_now()["priority"] == "normal"
    assert desk.runs() == []


def test_threat_529_a_dry_run_shows_only_events_of_the_own_desk(
    db: psycopg.Connection, desk: Desk
) -> None:
    other = a_desk(db)
    a_ticket(db, a_client(db, desk_id=other), desk_id=other)
    spy = a_manager(db, desk_id=desk.desk_id)
    trial = {
        "desk_id": str(desk.desk_id),
        "event_kind": "ticket.opened",
        "conditions": ALWAYS,
        "actions": [{"set_priority": "low"}],
    }
    asked = call(db, spy, "request_workflow_dry_run(%s)", Jsonb(trial))
    settle(db)
    ((result,),) = rows(
        db, spy, "select result from public.workflow_dry_runs where id = %s", UUID(asked["id"])
    )
    assert {match["ticket_id"] for match in result["matches"]} == {str(desk.ticket)}
    wider = Jsonb({**trial, "desk_id": str(other)})
    with pytest.raises(psycopg.Error, match="desk_not_found"), db.transaction():
        call(db, spy, "request_workflow_dry_run(%s)", wider)
    db.execute("reset role")
