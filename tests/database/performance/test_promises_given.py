"""An agent's own word, what people may read of promises, and the targets admins set."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.database.performance.calendars import SALON
from tests.database.performance.promiser import (
    kinds,
    notices,
    post,
    promise,
    promises_of,
    resolve,
    run_promises,
    time_passes,
    told,
    work_alone,
)
from tests.factories import a_client, a_desk, a_manager, a_ticket, an_admin, an_agent
from tests.support.calling import call, refusal, rows

MAKE = "make_promise(%s, %s, %s)"
GET = "get_promises(%s)"
SET = "set_promise_target(%s, %s, %s::text = 'live', %s, %s)"
WORDS = "Oddzwonimy do 15:00"


@pytest.fixture
def desk(db: psycopg.Connection) -> UUID:
    work_alone(db)
    return a_desk(db)


@pytest.fixture
def agent(db: psycopg.Connection, desk: UUID) -> UUID:
    return an_agent(db, desk_id=desk)


@pytest.fixture
def manager(db: psycopg.Connection, desk: UUID) -> UUID:
    return a_manager(db, desk_id=desk)


@pytest.fixture
def client(db: psycopg.Connection, desk: UUID) -> UUID:
    return a_client(db, "premium", desk_id=desk)


@pytest.fixture
def ticket(db: psycopg.Connection, client: UUID, agent: UUID, manager: UUID) -> UUID:
    """An e-mail that was answered once."""
    found = a_ticket(db, client, assignee_id=agent, channel="email")
    post(db, found, client)
    post(db, found, agent, "agent")
    return found


def in_seconds(db: psycopg.Connection, seconds: float) -> datetime:
    row = db.execute("select clock_timestamp()").fetchone()
    assert row is not None
    now: datetime = row[0]
    return now.replace(microsecond=0) + timedelta(seconds=seconds)


def test_a_word_is_warned_of_a_quarter_of_an_hour_before_and_broken_at_its_time(
    db: psycopg.Connection, ticket: UUID, agent: UUID, manager: UUID
) -> None:
    due_at = in_seconds(db, 3600)
    call(db, agent, MAKE, ticket, due_at, WORDS)
    given = promise(db, ticket, "given")
    assert given.due_at == due_at
    assert given.next_notice_at == due_at - timedelta(minutes=15)
    time_passes(db, 2702)
    run_promises(db)
    assert told(db, agent) == [("promise_warned", "given", "last_warning")]
    time_passes(db, 900)
    run_promises(db)
    assert notices(db, ticket) == [("given", "last_warning"), ("given", "breach")]
    assert told(db, manager) == [("promise_breached", "given", "breach")]


def test_the_next_public_answer_keeps_a_word(
    db: psycopg.Connection, ticket: UUID, client: UUID, agent: UUID
) -> None:
    call(db, agent, MAKE, ticket, in_seconds(db, 600), WORDS)
    given = promise(db, ticket, "given")
    assert given.due_at is not None
    assert given.next_notice_at == given.due_at - timedelta(minutes=5)
    post(db, ticket, client)
    assert kinds(db, ticket)["given"] == "running"
    time_passes(db, 300)
    post(db, ticket, agent, "agent")
    assert kinds(db, ticket)["given"] == "met"


def test_a_word_does_not_rest_with_the_ticket(
    db: psycopg.Connection, ticket: UUID, agent: UUID
) -> None:
    call(db, agent, MAKE, ticket, in_seconds(db, 600), WORDS)
    db.execute("update public.support_tickets set status = 'pending' where id = %s", [ticket])
    assert kinds(db, ticket)["given"] == "running"
    assert kinds(db, ticket)["resolution"] == "paused"


@pytest.mark.parametrize("seconds", [-5, 30, 91 * 86400])
def test_a_word_is_for_a_time_one_can_keep(
    db: psycopg.Connection, ticket: UUID, agent: UUID, seconds: float
) -> None:
    told_so = refusal(db, agent, MAKE, ticket, in_seconds(db, seconds), WORDS)
    assert told_so[:2] == ("PT422", "due_out_of_range")


def test_who_has_a_ticket_gives_the_word_and_nobody_else(
    db: psycopg.Connection, ticket: UUID, client: UUID, manager: UUID, desk: UUID
) -> None:
    due_at = in_seconds(db, 600)
    assert call(db, manager, MAKE, ticket, due_at, WORDS)["promised_by"] == str(manager)
    colleague, stranger = an_agent(db, desk_id=desk), an_agent(db, desk_id=a_desk(db))
    assert refusal(db, colleague, MAKE, ticket, due_at, WORDS)[:2] == (
        "PT404",
        "ticket_not_found",
    )
    assert refusal(db, stranger, MAKE, ticket, due_at, WORDS) == refusal(
        db, stranger, MAKE, uuid4(), due_at, WORDS
    )
    assert refusal(db, client, MAKE, ticket, due_at, WORDS)[0] == "PT403"


def test_five_words_are_enough(db: psycopg.Connection, ticket: UUID, agent: UUID) -> None:
    for _ in range(5):
        call(db, agent, MAKE, ticket, in_seconds(db, 600), WORDS)
    assert refusal(db, agent, MAKE, ticket, in_seconds(db, 600), WORDS)[1] == "too_many_promises"


def test_a_done_ticket_gets_no_word(db: psycopg.Connection, ticket: UUID, agent: UUID) -> None:
    resolve(db, ticket)
    assert refusal(db, agent, MAKE, ticket, in_seconds(db, 600), WORDS)[0] == "PT409"


def test_staff_read_everything_and_the_client_what_was_said_to_them(
    db: psycopg.Connection, ticket: UUID, client: UUID, agent: UUID
) -> None:
    call(db, agent, MAKE, ticket, in_seconds(db, 600), WORDS)
    full = {each["kind"]: each for each in call(db, agent, GET, ticket)["promises"]}
    assert full.keys() == {"first_response", "resolution", "given"}
    assert [span["cause"] for span in full["resolution"]["spans"]] == ["opened"]
    assert all(each["notices"] == [] for each in full.values())
    [said] = call(db, client, GET, ticket)["promises"]
    assert said.keys() == {"id", "kind", "wording", "started_at", "due_at", "state", "met_at"}
    assert (said["kind"], said["wording"]) == ("given", WORDS)
    assert not rows(db, client, "select id from public.ticket_promises")
    assert not rows(db, client, "select promise_id from public.promise_spans")


def test_a_foreign_ticket_has_no_promises_to_read(db: psycopg.Connection, ticket: UUID) -> None:
    stranger = an_agent(db, desk_id=a_desk(db))
    assert refusal(db, stranger, GET, ticket)[:2] == ("PT404", "ticket_not_found")
    assert refusal(db, stranger, GET, uuid4()) == refusal(db, stranger, GET, ticket)
    assert not rows(db, stranger, "select id from public.ticket_promises")


def test_a_word_follows_its_ticket_into_another(
    db: psycopg.Connection, ticket: UUID, client: UUID, agent: UUID
) -> None:
    kept = a_ticket(db, client, assignee_id=agent, channel="email")
    post(db, kept, client)
    post(db, kept, agent, "agent")
    post(db, ticket, client)
    call(db, agent, MAKE, ticket, in_seconds(db, 600), WORDS)
    row = db.execute(
        "select version from public.support_tickets where id = %s", [ticket]
    ).fetchone()
    assert row is not None
    call(db, agent, "merge_tickets(%s, %s, %s, %s)", ticket, kept, row[0], "To samo")
    assert kinds(db, ticket) == {
        "first_response": "met",
        "next_response": "cancelled",
        "resolution": "cancelled",
    }
    assert {each.end_cause for each in promises_of(db, ticket)} == {"answered", "merged"}
    assert kinds(db, kept) | {"given": "running", "next_response": "running"} == kinds(db, kept)
    call(db, agent, "undo_ticket_merge(%s, %s)", ticket, "Jednak nie")
    assert kinds(db, ticket) == {
        "first_response": "met",
        "next_response": "running",
        "resolution": "running",
    }
    assert promise(db, ticket, "resolution").causes == ["opened", "restored"]


def test_admins_set_targets_and_running_promises_keep_theirs(
    db: psycopg.Connection, ticket: UUID, client: UUID
) -> None:
    before = promise(db, ticket, "resolution")
    admin = an_admin(db)
    call(db, admin, SET, "premium", "resolution", "other", None, 7200)
    assert promise(db, ticket, "resolution") == before
    later = a_ticket(db, client, channel="email")
    assert promise(db, later, "resolution").target_seconds == 7200
    history = call(db, admin, "get_configuration_history('promise_targets')")
    assert history[0]["new_row"]["target_seconds"] == 7200


def test_the_most_special_target_wins(db: psycopg.Connection, client: UUID) -> None:
    admin = an_admin(db)
    row: Any = call(
        db,
        admin,
        "set_promise_target(p_tier => 'premium', p_kind => 'resolution', p_is_live => false,"
        " p_priority => 'high', p_target_seconds => 600, p_calendar_id => %s,"
        " p_last_warning_share => 0.9)",
        SALON,
    )
    assert (row["first_warning_share"], row["last_warning_share"]) == (0.5, 0.9)
    ticket = a_ticket(db, client, channel="email")
    db.execute("update public.support_tickets set priority = 'high' where id = %s", [ticket])
    # Whole seconds: what passed while the salon was open is rounded up.
    assert promise(db, ticket, "resolution").target_seconds in (600, 601)
    delete = "delete_promise_target('premium', 'resolution', false, 'high')"
    assert call(db, admin, delete)["priority"] == "high"
    assert refusal(db, admin, delete)[:2] == ("PT404", "target_not_found")


@pytest.mark.parametrize(
    ("values", "code", "message"),
    [
        (("diamond", "resolution", "live", None, 60), "PT404", "tier_not_found"),
        (("premium", "delivery", "live", None, 60), "PT404", "calendar_not_found"),
        (("premium", "resolution", "live", None, 0), "PT422", "target_out_of_range"),
        (("premium", "resolution", "live", "soon", 60), "PT404", "calendar_not_found"),
        (("premium", "first_response", "live", None, 60), "PT409", "said_by_service_level"),
    ],
)
def test_a_target_that_makes_no_sense_is_refused(
    db: psycopg.Connection, values: tuple[Any, ...], code: str, message: str
) -> None:
    assert refusal(db, an_admin(db), SET, *values)[:2] == (code, message)


def test_nobody_but_admins_sets_targets(db: psycopg.Connection, manager: UUID) -> None:
    assert refusal(db, manager, SET, "premium", "resolution", "live", None, 60)[0] == "PT403"


def test_a_service_level_is_what_first_responses_are_promised(
    db: psycopg.Connection, client: UUID
) -> None:
    db.execute("update public.service_levels set response_seconds = 77 where tier = 'premium'")
    row = db.execute(
        "select target_seconds, private.find_response_due_at('premium', 'chat', now()) - now()"
        " from public.current_promise_targets where tier = 'premium' and kind = 'first_response'"
        " and is_live and priority = 'normal'"
    ).fetchone()
    assert row == (77, timedelta(seconds=77))
