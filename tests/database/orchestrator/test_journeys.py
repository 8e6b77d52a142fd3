"""Journeys: measures equal to the rows at every moment, insights as rows, and nobody's business."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.orchestrator.journeys import JourneyPolicy, decide
from tests.database.orchestrator.chronicle import (
    NOW,
    a_life,
    a_store,
    break_promise,
    claim_journeys,
    days_ago,
    follow,
    work_alone,
)
from tests.factories import (
    a_client,
    a_desk,
    a_manager,
    a_message,
    a_ticket,
    a_vip_profile,
    an_agent,
)
from tests.factories_house import a_membership, a_purchase, a_visit
from tests.support.calling import call, refusal, rows
from workers.orchestrator.journeys import journeys

STORED = "select to_jsonb(known) from public.client_journeys known where client_id = %s"
MEASURED = (
    "select to_jsonb(private.measure_journey(known.client_id, known.measured_on))"
    " from public.client_journeys known where client_id = %s"
)


@pytest.fixture
def db(db: psycopg.Connection) -> psycopg.Connection:
    work_alone(db)
    return db


def one(db: psycopg.Connection, statement: Any, *values: Any) -> Any:
    row = db.execute(statement, values).fetchone()
    return row and row[0]


def measures(journey: Any) -> Any:
    """The journey without when and for the how-manieth time it was written."""
    return {k: v for k, v in journey.items() if k not in ("revision", "measured_at")}


def insights(db: psycopg.Connection, client_id: UUID) -> list[str]:
    found = db.execute(
        "select kind from public.journey_insights where client_id = %s and ended_at is null"
        " order by kind",
        [client_id],
    ).fetchall()
    return [kind for (kind,) in found]


# --------------------------------------------------------------------------------------------------
# Measures
# --------------------------------------------------------------------------------------------------
def test_a_journey_says_in_numbers_what_happened(db: psycopg.Connection) -> None:
    client, agent = a_client(db), an_agent(db)
    quick, slow = (a_ticket(db, client, channel=c, assignee_id=agent) for c in ("chat", "email"))
    for ticket in (quick, slow, slow):
        a_message(db, ticket, client)
    for ticket, seconds in ((quick, 60), (slow, 600)):
        answer_after(db, ticket, seconds)
    break_promise(db, a_ticket(db, client, channel="phone", assignee_id=agent), NOW)
    resolve(db, slow)
    a_visit(db, client, starts_at=days_ago(10))
    a_visit(db, client, starts_at=days_ago(100))
    a_visit(db, client, status="missed")
    a_purchase(db, client, amount_minor=5000, refunded_minor=1000)
    follow(db)
    told = call(db, a_manager(db), "get_client_journey_metrics(%s)", client)
    assert told["touchpoints"]["by_channel"] == {
        "chat": 1,
        "email": 1,
        "phone": 1,
        "visit": 2,
    }
    assert told["touchpoints"]["total"] == 5
    assert told["waits"] == {"count": 2, "median_seconds": 330, "worst_seconds": 600}
    assert told["effort"] == {
        "client_messages": 3,
        "resolutions": 1,
        "messages_per_resolution": 3.0,
        "reopenings": 0,
        "transfers": 0,
    }
    assert told["visits"] == {"completed": 2, "missed": 1}
    assert told["spending"] == {"PLN": 4000}
    assert told["promises"]["broken"] == 1
    assert (told["trend"]["recent"]["visits"], told["trend"]["earlier"]["visits"]) == (1, 1)
    assert told["trend"]["directions"]["visits"] == "steady"
    assert told["trend"]["directions"]["touchpoints"] == "rising"


def answer_after(db: psycopg.Connection, ticket_id: UUID, seconds: int) -> None:
    """As if the first answer to this ticket had come so long after its opening."""
    db.execute(
        "update public.ticket_promises set state = 'met', met_at = started_at"
        "  + make_interval(secs => %(s)s), ended_at = started_at + make_interval(secs => %(s)s),"
        "  end_cause = 'answered'"
        " where ticket_id = %(id)s and kind = 'first_response'",
        {"s": seconds, "id": ticket_id},
    )


def resolve(db: psycopg.Connection, ticket_id: UUID) -> None:
    db.execute(
        "update public.support_tickets set status = 'resolved', resolved_at = now()"
        " where id = %s and status not in ('resolved', 'closed')",
        [ticket_id],
    )


def reopen(db: psycopg.Connection, ticket_id: UUID) -> None:
    db.execute(
        "update public.support_tickets set status = 'open', resolved_at = null, closed_at = null,"
        "  assignee_id = null, assigned_at = null, cycle = cycle + 1, reopened_at = now(),"
        "  first_responded_at = null, first_response_due_at = now() + interval '1 h'"
        " where id = %s and status = 'resolved'",
        [ticket_id],
    )


def test_a_transfer_is_a_solved_cycle_that_changed_hands(db: psycopg.Connection) -> None:
    client = a_client(db)
    first, second, third = an_agent(db), an_agent(db), an_agent(db)
    ticket = a_ticket(db, client, assignee_id=first)
    db.execute("delete from public.ticket_assignments where ticket_id = %s", [ticket])
    for agent, state in ((first, "withdrawn"), (third, "declined"), (second, "completed")):
        db.execute(
            "insert into public.ticket_assignments (ticket_id, cycle, agent_id, state, load_units,"
            "  tier, is_live, wait_seconds, answered_at, ended_at)"
            " values (%s, 1, %s, %s, 2, 'standard', true, 0, now(), now())",
            [ticket, agent, state],
        )
    assert measured(db, client)["transfer_count"] == 0
    resolve(db, ticket)
    assert measured(db, client)["transfer_count"] == 1
    reopen(db, ticket)
    found = measured(db, client)
    counts = ("transfer_count", "reopening_count", "resolution_count")
    assert [found[name] for name in counts] == [1, 1, 1]


def measured(db: psycopg.Connection, client_id: UUID) -> Any:
    return one(db, "select to_jsonb(private.measure_journey(%s, current_date))", client_id)


DEEDS = st.sampled_from(
    [
        *("open", "write", "answer", "keep", "break", "resolve", "reopen"),
        *("visit", "miss", "buy", "join", "follow"),
    ]
)


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(DEEDS, max_size=12))
def test_what_is_stored_is_what_would_be_measured_afresh(
    db: psycopg.Connection, deeds: list[str]
) -> None:
    with db.transaction(force_rollback=True):
        client, agent = a_client(db), an_agent(db)
        for place, deed in enumerate([*deeds, "follow"]):
            do(db, deed, client, agent, place)
        stored = one(db, STORED, client)
        if stored is None:
            assert set(deeds) <= {"follow", "write", "answer", "keep", "break", "resolve", "reopen"}
        else:
            assert measures(stored) == measures(one(db, MEASURED, client))


def do(db: psycopg.Connection, deed: str, client: UUID, agent: UUID, place: int) -> None:
    found = db.execute(
        "select id from public.support_tickets where client_id = %s order by number desc limit 1",
        [client],
    ).fetchone()
    at, broken_at = days_ago(place * 20), NOW - timedelta(minutes=place)
    whenever: dict[str, Callable[[], object]] = {
        "open": lambda: a_ticket(db, client, channel=("chat", "email")[place % 2]),
        "visit": lambda: a_visit(db, client, starts_at=at),
        "miss": lambda: a_visit(db, client, starts_at=at, status="missed"),
        "buy": lambda: a_purchase(db, client, purchased_at=at),
        "join": lambda: a_membership(db, client),
        "follow": lambda: follow(db),
    }
    on_ticket: dict[str, Callable[[UUID], object]] = {
        "write": lambda ticket: a_message(db, ticket, client),
        "answer": lambda ticket: a_message(db, ticket, agent, author_kind="agent"),
        "keep": lambda ticket: answer_after(db, ticket, 60 * place),
        "break": lambda ticket: break_promise(db, ticket, broken_at),
        "resolve": lambda ticket: resolve(db, ticket),
        "reopen": lambda ticket: reopen(db, ticket),
    }
    if deed in whenever:
        whenever[deed]()
    elif found is not None:
        on_ticket[deed](found[0])


# --------------------------------------------------------------------------------------------------
# The worker
# --------------------------------------------------------------------------------------------------
def test_all_that_happens_to_a_client_at_once_is_one_measurement(db: psycopg.Connection) -> None:
    client = a_client(db)
    a_life(db, client, an_agent(db))
    jobs = claim_journeys(db)
    contexts = asyncio.run(a_store(db).journey_contexts(jobs))
    [journey] = [known for known in contexts.journeys if known.client_id == client]
    assert len(journey.job_ids) > 4
    results = asyncio.run(cast("Any", journeys(a_store(db), JourneyPolicy()).handle(jobs)))
    assert set(results.values()) == {"recorded"}
    assert one(db, STORED, client)["revision"] == 1


def test_a_journey_written_meanwhile_is_decided_again(db: psycopg.Connection) -> None:
    client = a_client(db)
    a_visit(db, client)
    jobs = claim_journeys(db)
    store = a_store(db)
    contexts = asyncio.run(store.journey_contexts(jobs))
    db.execute(
        "insert into public.client_journeys (client_id, measured_on) values (%s, current_date)",
        [client],
    )
    decisions = decide(contexts, JourneyPolicy())
    results = asyncio.run(cast("Any", store.record_journeys(jobs, decisions, "v1")))
    assert set(results.values()) == {"stale"}
    assert insights(db, client) == []


def test_a_client_who_is_gone_needs_nothing(db: psycopg.Connection) -> None:
    client, other = a_client(db), a_client(db)
    a_visit(db, client)
    a_visit(db, other)
    db.execute("delete from auth.users where id = %s", [client])
    assert sorted(follow(db)) == ["gone", "recorded"]
    assert one(db, STORED, other)["visit_count"] == 1


def test_after_a_merge_there_is_one_journey_and_after_its_undo_two(db: psycopg.Connection) -> None:
    kept, duplicate, manager = a_client(db), a_client(db), a_manager(db)
    for client in (kept, duplicate):
        a_visit(db, client)
        a_purchase(db, client, purchased_at=days_ago(55))
    follow(db)
    assert insights(db, duplicate) == ["product_running_out"]
    merge = call(db, manager, "merge_clients(%s, %s, 'Ta sama osoba')", kept, duplicate)
    follow(db)
    assert one(db, STORED, duplicate) is None
    assert insights(db, duplicate) == []
    assert one(db, STORED, kept)["visit_count"] == 2
    told = call(db, manager, "get_client_journey_metrics(%s)", duplicate)
    assert (told["client_id"], told["visits"]["completed"]) == (str(kept), 2)
    call(db, manager, "undo_client_merge(%s, 'Jednak nie')", merge["id"])
    follow(db)
    assert [one(db, STORED, client)["visit_count"] for client in (kept, duplicate)] == [1, 1]


def test_a_client_is_looked_at_again_without_being_asked(db: psycopg.Connection) -> None:
    client = a_client(db)
    a_visit(db, client)
    follow(db)
    due = one(db, "select due_at from private.timers where subject_id = %s", client)
    assert timedelta(0) < due - NOW <= timedelta(hours=26)
    db.execute("update private.timers set due_at = now() where subject_id = %s", [client])
    db.execute(
        "update public.visits set starts_at = starts_at - interval '500 days',"
        " ended_at = ended_at - interval '500 days' where client_id = %s",
        [client],
    )
    db.execute("select private.fire_due_timers(100)")
    follow(db)
    assert one(db, STORED, client)["trend"]["recent"]["visits"] == 0
    assert one(db, "select count(*) from private.timers where subject_id = %s", client) == 0


# --------------------------------------------------------------------------------------------------
# Insights
# --------------------------------------------------------------------------------------------------
def test_an_insight_begins_is_said_once_and_ends(db: psycopg.Connection) -> None:
    client, manager = a_client(db), a_manager(db)
    bought = a_purchase(db, client, purchased_at=days_ago(55))
    follow(db)
    [first] = call(db, manager, "get_personalized_insights(%s)", client)
    assert (first["kind"], first["topic"]) == ("product_running_out", "serum_vitamin_c")
    assert first["sentence_pl"].startswith("Serum z witaminą C 30 ml: zakup 55 dni temu")
    assert first["reason"]["evidence"] == [{"table": "purchases", "id": str(bought)}]
    a_visit(db, client)
    follow(db)
    assert [i["id"] for i in call(db, manager, "get_personalized_insights(%s)", client)] == [
        first["id"]
    ]
    a_purchase(db, client)
    follow(db)
    assert call(db, manager, "get_personalized_insights(%s)", client) == []
    assert one(db, "select count(*) from public.journey_insights where client_id = %s", client) == 1


def test_of_a_client_nothing_is_known_of_nothing_is_said(db: psycopg.Connection) -> None:
    client, manager = a_client(db), a_manager(db)
    assert call(db, manager, "get_personalized_insights(%s)", client) == []
    told = call(db, manager, "get_client_journey_metrics(%s)", client)
    assert told["touchpoints"]["total"] == 0
    assert told["waits"]["median_seconds"] is None
    assert told["promises"]["kept_share"] is None


def test_facts_leave_out_what_was_given_back_renewed_or_answered(db: psycopg.Connection) -> None:
    client = a_client(db)
    a_purchase(db, client, amount_minor=100, refunded_minor=100, purchased_at=days_ago(55))
    later = a_membership(db, client, starts_on=days_ago(-20).date())
    a_membership(db, client, ends_on=days_ago(-19).date(), status="renewed", renewed_by_id=later)
    ticket = a_ticket(db, client, assignee_id=an_agent(db))
    answer_after(db, ticket, 60)
    [facts] = contexts_of(db, client)
    assert (facts["products"], facts["unanswered"]) == ([], [])
    assert [known["id"] for known in facts["memberships"]] == [str(later)]


def contexts_of(db: psycopg.Connection, client_id: UUID) -> Iterator[Any]:
    contexts = asyncio.run(a_store(db).journey_contexts(claim_journeys(db)))
    for known in contexts.journeys:
        if known.client_id == client_id:
            yield known.model_dump(mode="json")


# --------------------------------------------------------------------------------------------------
# Who reads it
# --------------------------------------------------------------------------------------------------
def test_clients_never_read_what_the_house_thinks_of_them(db: psycopg.Connection) -> None:
    client = a_client(db)
    a_purchase(db, client, purchased_at=days_ago(55))
    follow(db)
    for function in ("get_client_journey_metrics(%s)", "get_personalized_insights(%s)"):
        assert refusal(db, client, function, client)[:2] == ("PT403", "staff_required")
    for table in ("client_journeys", "journey_insights"):
        assert rows(db, client, cast("Any", f"select 1 from public.{table}")) == []


def test_who_looks_after_them_or_oversees_their_desk_reads_it(db: psycopg.Connection) -> None:
    client, dedicated, busy = a_client(db, "vip_gold"), an_agent(db), an_agent(db)
    a_vip_profile(db, client, dedicated_agent_id=dedicated)
    a_ticket(db, client, assignee_id=busy)
    follow(db)
    for person in (dedicated, busy, a_manager(db)):
        assert call(db, person, "get_client_journey_metrics(%s)", client)["measured_at"]
        found = rows(
            db, person, "select 1 from public.client_journeys where client_id = %s", client
        )
        assert len(found) == 1
    for person in (an_agent(db), a_manager(db, desk_id=a_desk(db))):
        for function in ("get_client_journey_metrics(%s)", "get_personalized_insights(%s)"):
            assert refusal(db, person, function, client)[:2] == ("PT404", "client_not_found")
        found = rows(
            db, person, "select 1 from public.client_journeys where client_id = %s", client
        )
        assert found == []


def test_an_agent_who_is_a_client_too_does_not_read_about_themselves(
    db: psycopg.Connection,
) -> None:
    agent = an_agent(db)
    a_visit(db, agent)
    follow(db)
    assert refusal(db, agent, "get_personalized_insights(%s)", agent)[:2] == (
        "PT403",
        "own_client",
    )
    assert rows(db, agent, "select 1 from public.client_journeys") == []
