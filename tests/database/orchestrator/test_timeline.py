"""The lifelong timeline: order, pages, rights; and that a page reads a page."""

from typing import Any, LiteralString
from uuid import UUID

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from tests.database.orchestrator.chronicle import NOW, a_life, days_ago, timeline
from tests.factories import (
    a_client,
    a_desk,
    a_manager,
    a_ticket,
    a_vip_profile,
    an_agent,
)
from tests.factories_house import a_purchase, a_visit
from tests.support.acting import acting_as
from tests.support.calling import call, refusal

EVERYTHING = [
    "ticket",
    "note",
    "message",
    "promise_broken",
    "visit",
    "purchase",
    "membership",
    "outreach",
    "survey",
    "recovery_case",
    "tier_change",
]
FOR_STAFF = {"note", "promise_broken", "recovery_case", "tier_change"}
# Without what follows from each row: what is measured here is reading.
QUIET = SQL("alter table public.{} disable trigger user")
# Plans go by statistics, and those of a used database know nothing of this life.
KNOWN = SQL("analyze public.{}")
MANY: dict[str, LiteralString] = {
    "support_tickets": """
        insert into public.support_tickets
            (client_id, channel, subject, tier, opened_at, first_response_due_at,
            last_message_at, status, resolved_at, closed_at)
        select %(client)s, 'email', 'Temat ' || n, 'standard', now() - n * interval '1 day',
            now() - n * interval '1 day' + interval '1 h', now(), 'closed', now(), now()
        from generate_series(1, %(many)s) n
    """,
    "ticket_messages": """
        insert into public.ticket_messages
            (ticket_id, client_id, author_id, author_kind, is_internal, body, created_at)
        select ticket.id, ticket.client_id, case n when 0 then ticket.client_id end,
            case n when 0 then 'client' else 'assistant' end, n = 2, 'Dzień dobry',
            ticket.opened_at + n * interval '1 h'
        from public.support_tickets ticket, generate_series(0, 2) n
        where ticket.client_id = %(client)s
    """,
    "visits": """
        insert into public.visits
            (client_id, treatment_id, source, external_ref, starts_at, price_minor)
        select %(client)s, 'massage_deep', 'bulk', n::text, now() - n * interval '1 day', 1
        from generate_series(1, %(many)s) n
    """,
}


def kinds(page: Any) -> list[str]:
    return [entry["kind"] for entry in page["entries"]]


def test_a_life_is_told_from_its_end_to_its_beginning(db: psycopg.Connection) -> None:
    client, manager = a_client(db), a_manager(db)
    ticket = a_life(db, client, an_agent(db))
    page = timeline(db, manager, client)
    assert kinds(page) == EVERYTHING
    assert page["next"] is None
    by_kind = {entry["kind"]: entry for entry in page["entries"]}
    assert by_kind["message"]["details"]["body"] == "Czy mogę przełożyć wizytę?"
    assert by_kind["promise_broken"]["ticket_id"] == str(ticket)
    assert by_kind["membership"]["details"]["plan_id"] == "fitness_annual"


def test_steps_of_a_service_stand_beside_the_rest(db: psycopg.Connection) -> None:
    client, manager = a_client(db, "vip_gold"), a_manager(db)
    a_vip_profile(db, client)
    call(db, manager, "trigger_white_glove_service(%s, 'welcome')", client)
    # The machine of services is another test's; here it is only when a step was carried out.
    db.execute("alter table public.white_glove_steps disable trigger user")
    db.execute(
        "update public.white_glove_steps step set executed_at = now() + interval '1 s',"
        "  executed_rank = 1,"
        "  state = 'done' from public.white_glove_services service"
        " where service.id = step.service_id and service.client_id = %s and step.position = 1",
        [client],
    )
    page = timeline(db, manager, client, kinds=["service", "service_step"])
    assert kinds(page) == ["service_step", "service"]


def test_clients_read_their_own_life_without_what_the_house_says_among_itself(
    db: psycopg.Connection,
) -> None:
    client = a_client(db)
    a_life(db, client, an_agent(db))
    page = timeline(db, client, client)
    assert kinds(page) == [kind for kind in EVERYTHING if kind not in FOR_STAFF]
    assert timeline(db, client, client, kinds=list(FOR_STAFF))["entries"] == []


def test_whoever_looks_after_a_client_reads_what_the_tables_show_them(
    db: psycopg.Connection,
) -> None:
    client, dedicated = a_client(db, "vip_gold"), an_agent(db)
    a_vip_profile(db, client, dedicated_agent_id=dedicated)
    a_life(db, client, an_agent(db))
    shown = set(kinds(timeline(db, dedicated, client)))
    assert {"visit", "purchase", "membership", "outreach", "recovery_case"} <= shown
    assert not shown & {"ticket", "message", "note", "promise_broken"}  # a colleague has them


def test_others_hear_that_there_is_no_such_client(db: psycopg.Connection) -> None:
    client = a_client(db)
    for person in (a_client(db), an_agent(db), a_manager(db, desk_id=a_desk(db))):
        for wanted in (client, UUID(int=1), None):
            told = refusal(db, person, "get_client_timeline(%s)", wanted)
            assert told[:2] == ("PT404", "client_not_found")


def test_a_merged_client_has_one_life_with_the_one_that_was_kept(db: psycopg.Connection) -> None:
    kept, duplicate, manager = a_client(db), a_client(db), a_manager(db)
    a_life(db, duplicate, an_agent(db))
    merge = call(db, manager, "merge_clients(%s, %s, 'Ta sama osoba')", kept, duplicate)
    for asked in (kept, duplicate):
        page = timeline(db, manager, asked, kinds=["message", "promise_broken", "visit"])
        assert (page["client_id"], kinds(page)) == (
            str(kept),
            ["message", "promise_broken", "visit"],
        )
    call(db, manager, "undo_client_merge(%s, 'Jednak nie')", merge["id"])
    assert timeline(db, manager, kept, kinds=["message", "promise_broken"])["entries"] == []
    again = timeline(db, manager, duplicate, kinds=["message", "promise_broken"])
    assert kinds(again) == ["message", "promise_broken"]


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_pages_joined_are_the_whole_also_where_much_happened_at_one_moment(
    db: psycopg.Connection, limit: int
) -> None:
    client, manager = a_client(db), a_manager(db)
    a_life(db, client, an_agent(db))
    for _ in range(4):
        a_visit(db, client, starts_at=days_ago(20))
        a_purchase(db, client, purchased_at=days_ago(20))
    whole = timeline(db, manager, client)["entries"]
    assert len(whole) == len(EVERYTHING) + 8
    found: list[Any] = []
    before = None
    while True:
        page = timeline(db, manager, client, before=before, limit=limit)
        found += page["entries"]
        before = page["next"]
        if before is None:
            break
        assert len(page["entries"]) == limit
    assert found == whole


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"kinds": ["visit", "secret"]}, "unknown_kind"),
        ({"before": "yesterday"}, "cursor_malformed"),
        ({"before": "1.000000/visit/'; drop table visits"}, "cursor_malformed"),
        ({"before": "1.000000/visit/nonsense"}, "cursor_malformed"),
        ({"before": f"1.000000/visit/{'-' * 36}"}, "cursor_malformed"),
    ],
)
def test_what_no_page_answered_is_refused(
    db: psycopg.Connection, how: dict[str, Any], code: str
) -> None:
    client = a_client(db)
    told = refusal(
        db,
        client,
        "get_client_timeline(%s, %s, 10, %s)",
        client,
        how.get("before"),
        how.get("kinds"),
    )
    assert told[:2] == ("PT422", code)


def test_a_mark_at_the_edges_of_time_and_names_is_an_ordinary_mark(db: psycopg.Connection) -> None:
    client = a_client(db)
    a_visit(db, client, starts_at=NOW)
    for before in (
        "0.000000/tier_change/1",
        "99999999999.000000/zzz/00000000-0000-0000-0000-000000000000",
    ):
        answer = timeline(db, client, client, before=before)
        assert len(answer["entries"]) == (0 if before.startswith("0.") else 1)


def reads(db: psycopg.Connection) -> dict[str, tuple[int, int]]:
    """Rows read so far in this transaction, by table: in sequence, and through an index."""
    rows = db.execute(
        "select relname, seq_tup_read, coalesce(idx_tup_fetch, 0)"
        " from pg_stat_xact_user_tables where relname = any (%s)",
        [list(MANY)],
    ).fetchall()
    return {name: (in_sequence, by_index) for name, in_sequence, by_index in rows}


@pytest.mark.parametrize("who", ["client", "manager"])
def test_a_page_reads_a_page_however_long_the_life(db: psycopg.Connection, who: str) -> None:
    client, manager = a_client(db), a_manager(db)
    for table, statement in MANY.items():
        db.execute(QUIET.format(Identifier(table)))
        db.execute(statement, {"client": client, "many": 500})
        db.execute(KNOWN.format(Identifier(table)))
    person = client if who == "client" else manager
    marks = [None, *(f"{days_ago(n).timestamp():.6f}/visit/{UUID(int=0)}" for n in (250, 499))]
    for mark in marks:
        with acting_as(db, "authenticated", person):
            db.execute("select public.get_client_timeline(%s, %s, 20)", [client, mark])
            before = reads(db)
            db.execute("select public.get_client_timeline(%s, %s, 20)", [client, mark])
            after = reads(db)
        for table in MANY:
            in_sequence, by_index = (after[table][n] - before[table][n] for n in (0, 1))
            assert in_sequence == 0, table
            # A page of each kind and one row to know of a next; a message asks for its ticket.
            # A life of 500 of everything would be thousands.
            assert by_index <= 21 * (6 if table == "support_tickets" else 2), (table, by_index)


def test_messages_and_promises_keep_their_client_whoever_writes_them(
    db: psycopg.Connection,
) -> None:
    client, other = a_client(db), a_client(db)
    ticket = a_life(db, client, an_agent(db))
    elsewhere = a_ticket(db, other)
    db.execute(
        "update public.ticket_messages set ticket_id = %s where ticket_id = %s and is_internal",
        [elsewhere, ticket],
    )
    wrong = db.execute(
        "select count(*) from public.ticket_messages message"
        " join public.support_tickets ticket on ticket.id = message.ticket_id"
        " where message.client_id <> ticket.client_id"
    ).fetchone()
    assert wrong == (0,)
