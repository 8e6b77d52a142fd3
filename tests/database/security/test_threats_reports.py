"""Numbered threats around reports: peeking, rewriting what was said, forged pages, floods."""

from datetime import UTC, datetime
from typing import LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.database.analytics.reporter import as_server, ask, draw
from tests.database.orchestrator.router import claim
from tests.database.performance.measured import a_cycle, a_rating
from tests.factories import a_client, a_desk, a_staff_member
from tests.support.acting import acting_as
from tests.support.calling import call, refusal, rows

PERIOD = "2025-03"
MARCH = datetime(2025, 3, 10, 12, tzinfo=UTC)
EVIL = "<script>fetch('//evil')</script>"


@pytest.fixture
def made(db: psycopg.Connection) -> UUID:
    """An executive report of the house with tables, completed."""
    a_client(db)
    report_id = ask(db, PERIOD, "executive")
    draw(db)
    return report_id


def test_threat_700_reports_of_the_house_are_hidden_from_the_desks(
    db: psycopg.Connection, made: UUID
) -> None:
    desk_id = a_desk(db)
    manager = a_staff_member(db, "manager", desk_id=desk_id)
    for person in (manager, a_staff_member(db, "agent"), a_staff_member(db, "quality_auditor")):
        told = refusal(db, person, "get_report(%s)", made)
        assert told == refusal(db, person, "get_report(%s)", uuid4()), "as if there were none"
        assert told[:2] == ("PT404", "report_not_found")
        assert refusal(db, person, "get_report_table(%s, 'kpis')", made)[0] == "PT404"
        assert rows(db, person, "select id from public.reports") == []
        assert call(db, person, "list_reports()") == []
    executive = a_staff_member(db, "executive")
    assert call(db, executive, "get_report(%s)", made)["status"] == "completed"


def test_threat_701_a_manager_reads_no_other_desks_report(db: psycopg.Connection) -> None:
    near, far = a_desk(db), a_desk(db)
    own = a_staff_member(db, "manager", desk_id=near)
    other = a_staff_member(db, "manager", desk_id=far)
    auditor = a_staff_member(db, "quality_auditor", desk_id=near)
    report_id = call(db, own, "request_success_report(%s)", PERIOD)["id"]
    draw(db)
    seen: LiteralString = "select id from public.reports"
    for person in (other, auditor, a_client(db)):
        assert rows(db, person, seen) == []
    assert rows(db, own, seen) == [(UUID(report_id),)]
    assert refusal(db, other, "get_report(%s)", report_id)[0] == "PT404"
    # It names what service costs and earns, which auditors are not told.
    assert refusal(db, auditor, "get_report(%s)", report_id)[0] == "PT404"
    assert refusal(db, auditor, "request_success_report(%s)", PERIOD)[1] == "manager_required"


CHANGES: tuple[LiteralString, ...] = (
    "update private.report_contents set html = '<p>lepiej</p>'",
    "update private.report_contents set inputs = '{}'",
    "update private.report_contents set inputs_digest = repeat('0', 64)",
    "update private.report_tables set csv = 'a'",
    "insert into private.report_tables select report_id, 99, 'more', 'M', 0, ''"
    " from private.report_contents",
    "delete from private.report_tables",
    "delete from private.report_contents",
    "update public.reports set period = '2025-04'",
    "update public.reports set html_digest = repeat('0', 64)",
    "update public.reports set status = 'pending', completed_at = null",
    "delete from public.reports",
)


def test_threat_702_what_was_reported_cannot_be_changed_even_by_the_owner(
    db: psycopg.Connection, made: UUID
) -> None:
    before = as_server(db, "get_report", made)
    assert before["tables"] or before["html"]
    for change in CHANGES:
        with pytest.raises(psycopg.Error) as refused, db.transaction():
            db.execute(change)
        assert refused.value.diag.message_primary == "report_is_frozen", change
    assert as_server(db, "get_report", made) == before


def test_threat_703_a_page_of_other_inputs_is_not_taken(db: psycopg.Connection) -> None:
    report_id = ask(db, PERIOD)
    (job,) = claim(db, "analytics.reports")
    with acting_as(db, "service_role"):
        db.execute("select worker.report_contexts(array[%s]::uuid[])", [report_id])
        forged = {"report_id": str(report_id), "inputs_digest": "0" * 64, "html": EVIL,
                  "renderer_version": "x", "tables": []}  # fmt: skip
        item = {"job_id": job.id, "fence": job.fence, "report": forged}
        told = db.execute("select worker.record_reports(%s)", [Jsonb([item])]).fetchone()
    assert told == ([{"job_id": job.id, "status": "stale"}],)
    assert as_server(db, "get_report", report_id)["html"] is None


def test_threat_704_inputs_with_a_false_digest_are_not_kept(db: psycopg.Connection) -> None:
    report_id = ask(db, PERIOD)
    with pytest.raises(psycopg.errors.CheckViolation), db.transaction():
        db.execute(
            "insert into private.report_contents (report_id, inputs, inputs_digest)"
            " values (%s, '{}', repeat('0', 64))",
            [report_id],
        )


def test_threat_705_a_name_that_is_a_script_is_only_a_name(db: psycopg.Connection) -> None:
    desk_id = a_desk(db)
    db.execute("update public.desks set name = %s where id = %s", [EVIL, desk_id])
    manager = a_staff_member(db, "manager", desk_id=desk_id)
    report_id = call(db, manager, "request_success_report(%s)", PERIOD)["id"]
    draw(db)
    html = call(db, manager, "get_report(%s)", report_id)["html"]
    assert "<script" not in html
    assert "&lt;script&gt;fetch(" in html


def test_threat_706_pages_and_inputs_are_read_through_the_functions_alone(
    db: psycopg.Connection, made: UUID
) -> None:
    admin = a_staff_member(db, "admin")
    assert call(db, admin, "get_report(%s)", made)["html"]
    reading: tuple[LiteralString, ...] = (
        "select html from private.report_contents",
        "select csv from private.report_tables",
        "insert into public.reports default values",
        "update public.reports set status = status",
        "delete from public.reports",
    )
    for statement in reading:
        with (
            pytest.raises(psycopg.errors.InsufficientPrivilege),
            db.transaction(),
            acting_as(db, "authenticated", admin),
        ):
            db.execute(statement)
        db.execute("reset role")


def test_threat_707_nobody_floods_the_house_with_reports(db: psycopg.Connection) -> None:
    executive = a_staff_member(db, "executive")
    for day in range(1, 31):
        call(db, executive, "request_executive_report(%s)", f"2025-03-{day:02}/2025-03-{day:02}")
    told = refusal(db, executive, "request_executive_report('2025-02')")
    assert told[:2] == ("PT429", "too_many_requests")


def test_threat_708_what_clients_wrote_and_who_they_are_stays_out(db: psycopg.Connection) -> None:
    desk_id = a_desk(db)
    client_id = a_client(db, "vip_platinum", desk_id=desk_id)
    agent_id = a_staff_member(db, "agent", desk_id=desk_id)
    ticket_id = a_cycle(
        db, client_id, desk_id, MARCH, response_seconds=9, resolve_seconds=60, assignees=[agent_id]
    )
    a_rating(db, client_id, ticket_id, MARCH, 2)
    db.execute(
        "update public.profiles set display_name = 'Zofia Nieujawniona' where id = %s", [client_id]
    )
    db.execute(
        "update public.support_tickets set subject = 'Nieujawniona sprawa' where id = %s",
        [ticket_id],
    )
    read: LiteralString = "select (worker.report_contexts(array[%s]::uuid[]))::text"
    for kind in ("executive", "success"):
        (text,) = db.execute(read, [ask(db, PERIOD, kind)]).fetchone() or ("",)
        assert '"sample_count": 1' in text
        assert "ieujawnion" not in text
        assert str(client_id) not in text
