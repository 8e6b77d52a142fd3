"""Reports: who asks, what they are made of, and that it stays so."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any, LiteralString

import psycopg
import pytest

from lib.analytics.models.reports import ReportContext
from lib.analytics.monthly_reports import MonthlyReportPolicy
from lib.analytics.report.render import render
from tests.database.analytics.reporter import as_server, ask, begin_day, draw
from tests.database.performance.measured import a_cycle, a_promise, a_rating
from tests.factories import a_client, a_desk, a_staff_member
from tests.support.calling import call, refusal

LAST_YEAR = "2025-03"
MARCH = datetime(2025, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def desk_id(db: psycopg.Connection) -> Any:
    """A desk with two days of service in March 2025: three cycles, two answers, a promise each."""
    desk_id = a_desk(db)
    agent_id = a_staff_member(db, "agent", desk_id=desk_id)
    client_id = a_client(db, "vip_platinum", desk_id=desk_id)
    for number, csat in enumerate((5, 4, None)):
        at = MARCH + timedelta(days=number // 2)
        ticket_id = a_cycle(
            db,
            client_id,
            desk_id,
            at,
            response_seconds=20 + 20 * number,
            resolve_seconds=600,
            assignees=[agent_id],
        )
        if csat is not None:
            a_rating(db, client_id, ticket_id, at + timedelta(hours=2), csat)
            a_promise(db, ticket_id, at + timedelta(minutes=5), is_kept=csat == 5)
    return desk_id


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_report_is_drawn_from_what_happened_in_its_period(
    db: psycopg.Connection, desk_id: Any
) -> None:
    manager = a_staff_member(db, "manager", desk_id=desk_id)
    asked = call(db, manager, "request_success_report(%s, 'en')", LAST_YEAR)
    assert (asked["status"], asked["requested_by"]) == ("pending", str(manager))
    assert asked["desk_id"] == str(desk_id)
    assert call(db, manager, "get_report(%s)", asked["id"])["html"] is None
    assert draw(db) == {"recorded"}
    made = call(db, manager, "get_report(%s)", asked["id"])
    assert made["status"] == "completed"
    assert "March\u00a02025" in made["html"]
    assert {table["name"] for table in made["tables"]} >= {"surveys", "promises"}
    promises = rows_of(call(db, manager, "get_report_table(%s, 'promises')", asked["id"]))
    # Those of the tickets themselves were made today: they are of another time.
    assert [(row["Kept"], row["Broken"]) for row in promises] == [("1", "1")]
    (total, *_) = rows_of(call(db, manager, "get_report_table(%s, 'surveys')", asked["id"]))
    assert (total["Sent"], total["Satisfaction"]) == ("2", "4.5")


def test_figures_of_a_report_are_those_of_the_dictionary(
    db: psycopg.Connection, desk_id: Any
) -> None:
    report_id = ask(db, LAST_YEAR, "executive")
    draw(db)
    days = rows_of(as_server(db, "get_report_table", report_id, "days"))
    (measured,) = db.execute(
        "select jsonb_object_agg(day, jsonb_build_array(value, sample_count)) from"
        " private.list_metric_days('vip_response_time', '2025-02-28 23:00+00',"
        " '2025-03-31 22:00+00') where sample_count > 0"
    ).fetchone() or ({},)
    found = {
        row["Dzień"]: [float(row["Odpowiedź VIP"]), int(row["Odpowiedzi VIP"])]
        for row in days
        if row["Odpowiedź VIP"]
    }
    assert found == measured
    assert {"2025-03-10", "2025-03-11"} <= found.keys()


def test_a_tier_is_told_by_what_its_clients_had(db: psycopg.Connection, desk_id: Any) -> None:
    (tiers,) = db.execute(
        "select private.describe_report_tiers('2025-03-01', '2025-04-01', array[%s]::uuid[])",
        [desk_id],
    ).fetchone() or ([],)
    assert [tier["tier"] for tier in tiers][:2] == ["vip_platinum", "vip_gold"]
    platinum, gold = tiers[:2]
    assert (platinum["client_count"], platinum["cycle_count"]) == (1, 3)
    assert platinum["answers"] == {"count": 3, "median": 40, "p90": 56}
    assert platinum["satisfaction"]["value"] == 4.5
    kept = platinum["promises"]
    assert (kept["count"], kept["total"], gold["promises"]["total"]) == (0, 0, 2)
    assert (gold["client_count"], gold["cycle_count"]) == (0, 0)


def test_inputs_are_frozen_with_their_digest_before_anything_is_drawn(
    db: psycopg.Connection, desk_id: Any
) -> None:
    report_id = ask(db, LAST_YEAR)
    read: LiteralString = "select worker.report_contexts(array[%s]::uuid[])"
    (first,) = db.execute(read, [report_id]).fetchone() or ([],)
    a_cycle(
        db, a_client(db, desk_id=desk_id), desk_id, MARCH, response_seconds=9,
        resolve_seconds=60, answers=0,
    )  # fmt: skip
    (again,) = db.execute(read, [report_id]).fetchone() or ([],)
    assert first == again, "what has happened since changes nothing"
    (text, digest) = db.execute(
        "select inputs::text, inputs_digest from private.report_contents where report_id = %s",
        [report_id],
    ).fetchone() or ("", "")
    assert sha256(text.encode()).hexdigest() == digest == first[0]["inputs_digest"]


def test_the_frozen_inputs_give_the_stored_page_again_to_the_byte(
    db: psycopg.Connection, desk_id: Any
) -> None:
    report_id = ask(db, LAST_YEAR, "executive", "pl")
    read: LiteralString = "select worker.report_contexts(array[%s]::uuid[])"
    ((context,),) = db.execute(read, [report_id]).fetchone() or ([],)
    draw(db)
    made = as_server(db, "get_report", report_id)
    html = render(ReportContext.model_validate(context)).html
    assert html == made["html"]
    assert sha256(html.encode()).hexdigest() == made["html_digest"]
    assert context["inputs_digest"] == made["inputs_digest"]


@pytest.mark.parametrize(
    ("period", "first", "last", "before"),
    [
        ("2024", "2024-01-01", "2024-12-31", "2023-01-01"),
        ("2025-Q2", "2025-04-01", "2025-06-30", "2025-01-01"),
        ("2024-02", "2024-02-01", "2024-02-29", "2024-01-01"),
        ("2025-03-29/2025-03-31", "2025-03-29", "2025-03-31", "2025-03-26"),
    ],
)
def test_periods_are_days_in_warsaw_and_have_one_before(
    db: psycopg.Connection, period: str, first: str, last: str, before: str
) -> None:
    found = db.execute(
        "select known.period, starts_on, ends_on, previous_starts_on"
        " from private.read_report_period(%s) known",
        [period],
    ).fetchone()
    assert found == (period, *map(date.fromisoformat, (first, last, before)))


def test_so_many_days_end_yesterday(db: psycopg.Connection) -> None:
    (days, last) = db.execute(
        "select ends_on - starts_on + 1, ends_on - (now() at time zone 'Europe/Warsaw')::date"
        " from private.read_report_period('30d')"
    ).fetchone() or (0, 0)
    assert (days, last) == (30, -1)


@pytest.mark.parametrize(
    ("period", "language", "refused"),
    [
        ("october", "pl", "period_malformed"),
        ("2026-13", "pl", "period_malformed"),
        ("2025-03-31/2025-03-01", "pl", "period_malformed"),
        (None, "pl", "period_malformed"),
        ("2024-01-01/2025-06-30", "pl", "period_too_long"),
        ("2199-01", "pl", "period_not_begun"),
        ("2025-03", "de", "language_unknown"),
    ],
)
def test_what_makes_no_sense_is_refused(
    db: psycopg.Connection, period: str | None, language: str, refused: str
) -> None:
    executive = a_staff_member(db, "executive")
    told = refusal(db, executive, "request_executive_report(%s, %s)", period, language)
    assert told[:2] == ("PT422", refused)


def test_while_one_is_being_made_the_same_is_not_made_again(db: psycopg.Connection) -> None:
    first = ask(db, LAST_YEAR)
    assert ask(db, LAST_YEAR) == first
    assert ask(db, LAST_YEAR, language="en") != first
    draw(db)
    assert ask(db, LAST_YEAR) != first, "what is made is a new report"


def test_a_period_that_goes_on_is_compared_with_as_much_of_the_one_before(
    db: psycopg.Connection,
) -> None:
    (running,) = db.execute(
        "select to_char(now() at time zone 'Europe/Warsaw', 'YYYY')"
    ).fetchone() or ("",)
    report_id = ask(db, running)
    (period, read_at) = db.execute(
        "select (worker.report_contexts(array[%s]::uuid[]) -> 0 -> 'inputs') -> 'period', now()",
        [report_id],
    ).fetchone() or ({}, None)
    moments = {name: datetime.fromisoformat(period[name]) for name in period if name[-3:] == "_at"}
    assert period["is_preliminary"]
    assert moments["until_at"] == read_at
    assert moments["until_at"] - moments["since_at"] == (
        moments["previous_until_at"] - moments["previous_since_at"]
    )


def test_the_month_before_reports_itself_once(db: psycopg.Connection, desk_id: Any) -> None:
    del desk_id  # The house was open then.
    db.execute(
        "update public.support_tickets set opened_at = %s"
        " where number = (select min(number) from public.support_tickets)",
        [MARCH],
    )
    policy = MonthlyReportPolicy(kinds=("success",), languages=("en",), days=28)
    # After the 28th nothing would be due: the calendar decides, not the day this runs on.
    db.execute("delete from private.jobs where worker = 'analytics.monthly_reports'")
    assert begin_day(db, policy) == {"recorded"}
    made: LiteralString = (
        "select count(*) from public.reports where requested_by is null and kind = 'success'"
        " and language = 'en' and starts_on = date_trunc('month',"
        " now() at time zone 'Europe/Warsaw' - interval '1 month')::date"
    )
    (is_time,) = db.execute(
        "select extract(day from now() at time zone 'Europe/Warsaw') <= 28"
    ).fetchone() or (False,)
    assert db.execute(made).fetchone() == (1 if is_time else 0,)
    known = as_server(db, "list_reports", "success")
    assert [one["language"] for one in known[:1]] == (["en"] if is_time else [])
    draw(db)
    (calendar,) = db.execute("select worker.report_calendar()").fetchone() or ({},)
    assert (len(calendar["known"]) > 0) is is_time
