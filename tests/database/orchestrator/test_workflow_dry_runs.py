"""What a workflow would have done: asked for by managers, judged as real events are, harmless."""

from typing import Any, LiteralString
from uuid import UUID

import psycopg
import pytest
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from tests.database.orchestrator.automation import ALWAYS, Desk, is_field, settle
from tests.factories import a_client, a_desk, a_manager, a_ticket
from tests.support.calling import call, refusal, rows

ASK: LiteralString = "request_workflow_dry_run(p_workflow => %s, p_range => %s, p_limit => %s)"
ALARM = is_field("message.text", ["opuch*", "swelling"], "contains")
TABLES = ("support_tickets", "ticket_messages", "notifications", "workflow_runs", "events")


@pytest.fixture
def desk(db: psycopg.Connection) -> Desk:
    return Desk(db)


def a_trial(desk: Desk, **changes: Any) -> Jsonb:
    """Alarm words in messages of the desk make a ticket urgent."""
    plain = {
        "desk_id": str(desk.desk_id),
        "event_kind": "message.posted",
        "conditions": ALARM,
        "actions": [{"set_priority": "urgent"}],
    }
    return Jsonb({**plain, **changes})


def ask(desk: Desk, *, limit: int = 200, since: str = "7d", **changes: Any) -> UUID:
    return UUID(call(desk.db, desk.manager, ASK, a_trial(desk, **changes), since, limit)["id"])


def answer(desk: Desk, dry_run: UUID) -> dict[str, Any]:
    """What its manager reads, once the worker has been there."""
    settle(desk.db)
    statement: LiteralString = "select result from public.workflow_dry_runs where id = %s"
    ((result,),) = rows(desk.db, desk.manager, statement, dry_run)
    assert result is not None
    found: dict[str, Any] = result
    return found


def counts(db: psycopg.Connection) -> list[Any]:
    whole = ", ".join(f"(select count(*) from public.{table})" for table in TABLES)
    return list(db.execute(f"select {whole}".encode()).fetchone() or ())


def test_a_dry_run_tells_what_would_have_been_done(desk: Desk) -> None:
    for body in ("Dzień dobry", "Mam opuchliznę", "Dziękuję", "The swelling is worse"):
        desk.says(body)
    result = answer(desk, ask(desk))
    assert (result["looked_at_count"], result["matched_count"]) == (4, 2)
    assert result["failed"] == {"conditions": 2}
    assert [(match["ticket_id"], match["actions"]) for match in result["matches"]] == [
        (str(desk.ticket), [{"set_priority": "urgent"}])
    ] * 2
    assert result["matches"][0]["ticket_number"] == desk.ticket_now()["number"]
    assert result["since"] is not None


def test_a_dry_run_changes_nothing(desk: Desk) -> None:
    desk.says("Mam opuchliznę")
    dry_run = ask(desk)
    before = (counts(desk.db), desk.ticket_now())
    answer(desk, dry_run)
    assert (counts(desk.db), desk.ticket_now()) == before


def test_a_dry_run_and_the_real_run_agree(desk: Desk) -> None:
    workflow = desk.save("message.posted", {"add_note": "Alarm"}, conditions=ALARM)
    for body in ("Dzień dobry", "OPUCHLIZNA", "opuchnięta", "puchnie", "Swelling!", "spuchło"):
        desk.says(body)
        settle(desk.db)
    desk.db.execute("delete from public.ticket_messages where is_internal")
    result = answer(desk, ask(desk))
    real = desk.db.execute(
        "select event_id from public.workflow_runs where workflow_id = %s and status = 'done'"
        " order by id",
        [workflow],
    ).fetchall()
    assert [match["event_id"] for match in result["matches"]] == [event_id for (event_id,) in real]
    assert len(real) == 3


def test_a_ring_would_have_been_stopped(desk: Desk) -> None:
    """The real workflow wrote notes; one that answers every message would have met its own."""
    desk.save(
        "message.posted",
        {"add_note": "Echo"},
        conditions=is_field("message.author_kind", "client"),
    )
    desk.says("Halo")
    settle(desk.db)
    result = answer(desk, ask(desk, conditions=ALWAYS))
    assert (result["matched_count"], result["loop_count"]) == (1, 1)


def test_a_saved_workflow_is_tried_as_it_is(desk: Desk) -> None:
    desk.says("Mam opuchliznę")
    workflow = desk.save("message.posted", {"set_priority": "urgent"}, conditions=ALARM)
    asked = call(desk.db, desk.manager, "request_workflow_dry_run(p_workflow_id => %s)", workflow)
    assert answer(desk, UUID(asked["id"]))["matched_count"] == 1


def test_only_the_latest_are_looked_at(desk: Desk) -> None:
    for _ in range(5):
        desk.says("Mam opuchliznę")
    result = answer(desk, ask(desk, limit=3))
    assert (result["looked_at_count"], result["is_cut"]) == (3, True)
    assert not answer(desk, ask(desk, limit=5))["is_cut"]


def test_only_the_range_is_looked_at(desk: Desk) -> None:
    desk.says("Mam opuchliznę")
    desk.db.execute("update public.events set occurred_at = occurred_at - interval '2 days'")
    assert answer(desk, ask(desk, since="24h"))["looked_at_count"] == 0
    assert answer(desk, ask(desk, since="3d"))["looked_at_count"] == 1


def test_other_desks_are_not_looked_at(db: psycopg.Connection, desk: Desk) -> None:
    elsewhere = a_desk(db)
    foreign = a_ticket(db, a_client(db, desk_id=elsewhere), desk_id=elsewhere)
    ours = {"event_kind": "ticket.opened", "conditions": ALWAYS}
    assert answer(desk, ask(desk, **ours))["looked_at_count"] == 1
    house = a_trial(desk, desk_id=None, **ours)
    asked = call(db, desk.admin, ASK, house, "24h", 100)["id"]
    settle(db)
    statement: LiteralString = "select result from public.workflow_dry_runs where id = %s"
    ((result,),) = rows(db, desk.admin, statement, asked)
    assert {str(desk.ticket), str(foreign)} <= {match["ticket_id"] for match in result["matches"]}


@pytest.mark.parametrize(
    ("changes", "since", "limit", "message"),
    [
        ({"conditions": {"some": []}}, "7d", 10, "conditions_malformed"),
        ({"actions": []}, "7d", 10, "actions_malformed"),
        ({"event_kind": "ticket.exploded"}, "7d", 10, "unknown_event"),
        ({"desk_id": "Warszawa"}, "7d", 10, "workflow_malformed"),
        ({"is_active": True}, "7d", 10, "workflow_malformed"),
        ({}, "yesterday", 10, "range_malformed"),
        ({}, "0d", 10, "range_malformed"),
        ({}, "2026-13-01/2026-13-02", 10, "range_malformed"),
        ({}, "2026-02-02/2026-02-01", 10, "range_malformed"),
        ({}, "7d", 0, "limit_out_of_range"),
        ({}, "7d", 501, "limit_out_of_range"),
    ],
)
def test_what_cannot_be_tried_is_refused(
    desk: Desk, changes: dict[str, Any], since: str, limit: int, message: str
) -> None:
    found = refusal(desk.db, desk.manager, ASK, a_trial(desk, **changes), since, limit)
    assert found[:2] == ("PT422", message)


def test_who_may_not_save_may_not_try(db: psycopg.Connection, desk: Desk) -> None:
    stranger = a_manager(db, desk_id=a_desk(db))
    asked = {
        desk.agent: "manager_required",
        stranger: "desk_not_found",
        desk.client: "staff_required",
    }
    for person, message in asked.items():
        assert refusal(db, person, ASK, a_trial(desk), "7d", 10)[1] == message
    house = a_trial(desk, desk_id=None)
    assert refusal(db, desk.manager, ASK, house, "7d", 10)[1] == "admin_required"


def test_results_are_for_who_asked_while_they_manage_the_desk(
    db: psycopg.Connection, desk: Desk
) -> None:
    dry_run = ask(desk)
    settle(db)
    statement: LiteralString = "select id from public.workflow_dry_runs where id = %s"

    def readers() -> list[UUID]:
        people = (desk.manager, desk.admin, desk.agent, desk.client)
        return [person for person in people if rows(db, person, statement, dry_run)]

    assert readers() == [desk.manager]
    db.execute("update public.staff_members set role = 'agent' where id = %s", [desk.manager])
    assert readers() == []


def test_an_answer_is_written_once(desk: Desk) -> None:
    dry_run = ask(desk)
    first = answer(desk, dry_run)
    desk.says("Mam opuchliznę")
    desk.db.execute(
        "insert into private.jobs (event_id, worker, kind, subject_id)"
        " values (0, 'orchestrator.workflows', 'workflow.dry_run_requested', %s)",
        [dry_run],
    )
    assert answer(desk, dry_run) == first


def test_an_answered_dry_run_says_by_which_policy_and_when(desk: Desk) -> None:
    dry_run = ask(desk)
    settle(desk.db)
    with desk.db.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            "select * from public.workflow_dry_runs where id = %s", [dry_run]
        ).fetchone()
    assert row is not None
    assert (row["status"], row["policy_version"]) == ("done", "workflows-1")
    assert row["completed_at"] >= row["created_at"]
