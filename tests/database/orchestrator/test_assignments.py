"""Offers: every time somebody gets a ticket, and how it ended."""

from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.database.orchestrator.router import run_routing
from tests.factories import (
    a_client,
    a_desk,
    a_manager,
    a_message,
    a_ticket,
    an_admin,
    an_agent,
)
from tests.support.acting import acting_as, refused


@pytest.fixture
def desk(db: psycopg.Connection) -> UUID:
    """A desk of the test's own."""
    return a_desk(db)


@pytest.fixture
def agent(db: psycopg.Connection, desk: UUID) -> UUID:
    """The desk's only agent."""
    return an_agent(db, desk_id=desk)


def offered(db: psycopg.Connection, desk: UUID, tier: str = "standard", **details: Any) -> UUID:
    """A ticket the house has just given to somebody of the desk."""
    ticket = a_ticket(db, a_client(db, tier, desk_id=desk), **details)
    run_routing(db)
    return ticket


def say(db: psycopg.Connection, person: UUID, call: LiteralString, *values: Any) -> Any:
    with acting_as(db, "authenticated", person):
        row = db.execute("select public." + call, values).fetchone()
    assert row is not None
    return row[0]


def history(db: psycopg.Connection, ticket: UUID) -> list[tuple[Any, ...]]:
    return db.execute(
        "select agent_id, state, end_reason from public.ticket_assignments"
        " where ticket_id = %s order by id",
        [ticket],
    ).fetchall()


def state(db: psycopg.Connection, ticket: UUID) -> str:
    return str(history(db, ticket)[-1][1])


def version(db: psycopg.Connection, ticket: UUID) -> int:
    row = db.execute(
        "select version from public.support_tickets where id = %s", [ticket]
    ).fetchone()
    assert row is not None
    return int(row[0])


def expiry(db: psycopg.Connection, ticket: UUID) -> tuple[float, float] | None:
    """Seconds until the offer lapses: by the row, and by its timer."""
    return db.execute(
        """
        select extract(epoch from held.expires_at - now())::float,
            extract(epoch from timer.due_at - now())::float
        from public.ticket_assignments held
        join private.timers timer
            on timer.subject_id = held.ticket_id and timer.kind = 'ticket.offer_expired'
        where held.ticket_id = %s and held.ended_at is null
        """,
        [ticket],
    ).fetchone()


# Offered ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tier", "channel", "seconds"),
    [
        ("vip_platinum", "chat", 10),
        ("standard", "phone", 120),
        ("vip_platinum", "email", 900),
        ("standard", "email", 43_200),
    ],
)
def test_an_offer_of_the_house_lapses_by_tier_and_kind_of_channel(
    db: psycopg.Connection, desk: UUID, agent: UUID, tier: str, channel: str, seconds: float
) -> None:
    ticket = offered(db, desk, tier, channel=channel)
    assert history(db, ticket) == [(agent, "offered", None)]
    assert expiry(db, ticket) == (seconds, seconds)


def test_the_row_says_what_the_work_was_and_how_long_the_client_had_waited(
    db: psycopg.Connection, desk: UUID, agent: UUID
) -> None:
    ticket = offered(db, desk, "vip_gold", channel="phone", waiting_seconds=42)
    row = db.execute(
        "select agent_id, cycle, assigned_by, stage, load_units, tier, is_live, wait_seconds"
        " from public.ticket_assignments where ticket_id = %s",
        [ticket],
    ).fetchone()
    assert row == (agent, 1, None, "desk", 5, "vip_gold", True, 42)


def test_what_somebody_takes_themselves_is_accepted_at_once(
    db: psycopg.Connection, desk: UUID
) -> None:
    agent = an_agent(db, desk_id=desk, state="away")
    ticket = offered(db, desk)
    say(db, agent, "take_ticket(%s)", ticket)
    assert history(db, ticket) == [(agent, "accepted", None)]
    assert expiry(db, ticket) is None


def test_what_a_colleague_hands_over_is_an_offer(
    db: psycopg.Connection, desk: UUID, agent: UUID
) -> None:
    ticket = offered(db, desk)
    colleague = an_agent(db, desk_id=desk)
    say(db, agent, "assign_ticket(%s, %s, %s)", ticket, colleague, version(db, ticket))
    assert history(db, ticket) == [
        (agent, "withdrawn", "reassigned"),
        (colleague, "offered", None),
    ]


# Accepted -----------------------------------------------------------------------------------

FIRST_ACTIONS: dict[str, LiteralString] = {
    "accepts it": "accept_ticket(%(ticket)s)",
    "answers the client": "reply_to_ticket(%(ticket)s, 'Dzień dobry')",
    "writes a note": "add_ticket_note(%(ticket)s, 'Dzwonię')",
    "changes the status": "set_ticket_status(%(ticket)s, 'pending', %(version)s)",
}


@pytest.mark.parametrize("action", FIRST_ACTIONS)
def test_the_first_action_of_the_assignee_accepts(
    db: psycopg.Connection, desk: UUID, agent: UUID, action: str
) -> None:
    ticket = offered(db, desk)
    with acting_as(db, "authenticated", agent):
        db.execute(
            "select public." + FIRST_ACTIONS[action],
            {"ticket": ticket, "version": version(db, ticket)},
        )
    assert state(db, ticket) == "accepted"
    assert expiry(db, ticket) is None


def test_what_others_do_accepts_nothing(db: psycopg.Connection, desk: UUID, agent: UUID) -> None:
    ticket = offered(db, desk)
    say(db, a_manager(db, desk_id=desk), "reply_to_ticket(%s, %s)", ticket, "Już sprawdzamy")
    a_message(db, ticket, None, author_kind="assistant")
    assert history(db, ticket) == [(agent, "offered", None)]


def test_accepting_twice_changes_nothing(db: psycopg.Connection, desk: UUID, agent: UUID) -> None:
    ticket = offered(db, desk)
    assert say(db, agent, "accept_ticket(%s)", ticket) == say(
        db, agent, "accept_ticket(%s)", ticket
    )
    assert history(db, ticket) == [(agent, "accepted", None)]


# Declined -----------------------------------------------------------------------------------


def test_whoever_declines_gives_it_to_the_next_and_never_gets_it_again(
    db: psycopg.Connection, desk: UUID, agent: UUID
) -> None:
    ticket = offered(db, desk)
    answer = say(db, agent, "decline_ticket(%s, %s)", ticket, "Mam klientkę w gabinecie")
    assert answer == {"ticket_id": str(ticket), "status": "open"}
    assert history(db, ticket) == [(agent, "declined", "Mam klientkę w gabinecie")]
    assert run_routing(db)[ticket] == "recorded"
    assert len(history(db, ticket)) == 1
    colleague = an_agent(db, desk_id=desk)
    say(db, colleague, "request_ticket_routing(%s)", ticket)
    run_routing(db)
    assert history(db, ticket)[-1] == (colleague, "offered", None)


def test_a_declined_ticket_may_still_be_taken_by_hand(
    db: psycopg.Connection, desk: UUID, agent: UUID
) -> None:
    ticket = offered(db, desk)
    say(db, agent, "decline_ticket(%s)", ticket)
    say(db, agent, "take_ticket(%s)", ticket)
    assert history(db, ticket) == [(agent, "declined", None), (agent, "accepted", None)]


def test_accepted_work_may_be_declined_later(
    db: psycopg.Connection, desk: UUID, agent: UUID
) -> None:
    ticket = offered(db, desk)
    say(db, agent, "accept_ticket(%s)", ticket)
    say(db, agent, "decline_ticket(%s, 'Koniec zmiany')", ticket)
    assert history(db, ticket) == [(agent, "declined", "Koniec zmiany")]


def test_a_storm_of_declines_ends_with_the_last_agent(db: psycopg.Connection, desk: UUID) -> None:
    agents = {an_agent(db, desk_id=desk) for _ in range(5)}
    ticket = offered(db, desk)
    for _ in agents:
        say(db, history(db, ticket)[-1][0], "decline_ticket(%s)", ticket)
        run_routing(db)
    assert {row[:2] for row in history(db, ticket)} == {(agent, "declined") for agent in agents}
    assert len(history(db, ticket)) == 5


def test_only_the_assignee_answers_an_offer(
    db: psycopg.Connection, desk: UUID, agent: UUID
) -> None:
    ticket = offered(db, desk)
    colleague, stranger = an_agent(db, desk_id=desk), an_agent(db, desk_id=a_desk(db))
    for call in ("accept_ticket(%s)", "decline_ticket(%s)"):
        with refused(db, "PT403", "not_your_ticket"):
            say(db, a_manager(db, desk_id=desk), call, ticket)
        for person, unseen in ((colleague, ticket), (stranger, ticket), (agent, uuid4())):
            with refused(db, "PT404", "ticket_not_found"):
                say(db, person, call, unseen)
    with refused(db, "PT413", "reason_too_long"):
        say(db, agent, "decline_ticket(%s, %s)", ticket, "a" * 501)
    assert history(db, ticket) == [(agent, "offered", None)]
    say(db, agent, "resolve_ticket(%s, 'Umówiono', %s)", ticket, version(db, ticket))
    with refused(db, "PT409", "ticket_is_resolved"):
        say(db, agent, "decline_ticket(%s)", ticket)


# Ended --------------------------------------------------------------------------------------


def test_each_end_has_its_word(db: psycopg.Connection, desk: UUID, agent: UUID) -> None:
    ticket = offered(db, desk)
    manager = a_manager(db, desk_id=desk)
    say(db, manager, "unassign_ticket(%s, %s)", ticket, version(db, ticket))
    say(db, agent, "take_ticket(%s)", ticket)
    say(db, agent, "unassign_ticket(%s, %s, 'Nie moja')", ticket, version(db, ticket))
    say(db, agent, "take_ticket(%s)", ticket)
    say(db, agent, "resolve_ticket(%s, 'Umówiono', %s)", ticket, version(db, ticket))
    assert [row[1:] for row in history(db, ticket)] == [
        ("withdrawn", "returned"),
        ("withdrawn", "handed_back"),
        ("completed", None),
    ]


def test_what_was_said_first_stands(db: psycopg.Connection, desk: UUID, agent: UUID) -> None:
    ticket = offered(db, desk)
    db.execute("select private.end_assignments(%s, 'expired', 'silent')", [[ticket]])
    db.execute(
        "update public.support_tickets set status = 'open', assignee_id = null, assigned_at = null"
        " where id = %s",
        [ticket],
    )
    assert history(db, ticket) == [(agent, "expired", "silent")]
    assert db.execute(
        "select count(*) from private.timers where subject_id = %s"
        " and kind = 'ticket.offer_expired'",
        [ticket],
    ).fetchone() == (0,)


def test_a_ticket_has_one_open_assignment_at_most(
    db: psycopg.Connection, desk: UUID, agent: UUID
) -> None:
    ticket = offered(db, desk)
    with refused(db, "23505"):
        db.execute("select private.begin_assignments(%s)", [[ticket]])


def test_a_bulk_change_is_kept_row_by_row(db: psycopg.Connection, desk: UUID) -> None:
    one, other = an_agent(db, desk_id=desk), an_agent(db, desk_id=desk)
    client = a_client(db, desk_id=desk)
    tickets = [a_ticket(db, client, channel="email", assignee_id=one) for _ in range(6)]
    db.execute(
        "update public.support_tickets set assignee_id = %s where id = any(%s)",
        [other, tickets[:3]],
    )
    ends = [[row[1:] for row in history(db, ticket)] for ticket in tickets]
    assert (
        ends == [[("withdrawn", "reassigned"), ("offered", None)]] * 3 + [[("offered", None)]] * 3
    )


# Seen ---------------------------------------------------------------------------------------


def test_agents_see_their_own_and_overseers_the_desks(
    db: psycopg.Connection, desk: UUID, agent: UUID
) -> None:
    client = a_client(db, desk_id=desk)
    ticket = a_ticket(db, client)
    run_routing(db)

    def sees(person: UUID) -> bool:
        with acting_as(db, "authenticated", person):
            return bool(
                db.execute(
                    "select 1 from public.ticket_assignments where ticket_id = %s", [ticket]
                ).fetchall()
            )

    assert sees(agent)
    assert sees(a_manager(db, desk_id=desk))
    assert not sees(an_agent(db, desk_id=desk))
    assert not sees(a_manager(db, desk_id=a_desk(db)))
    assert not sees(client)


# Promises -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tier", "channel", "seconds"),
    [("vip_platinum", "chat", 30), ("vip_platinum", "email", 3_600), ("standard", "email", 86_400)],
)
def test_an_answer_is_due_by_tier_and_kind_of_channel(
    db: psycopg.Connection, tier: str, channel: str, seconds: int
) -> None:
    row = db.execute(
        "select extract(epoch from private.find_response_due_at(%s, %s, now()) - now())::integer",
        [tier, channel],
    ).fetchone()
    assert row == (seconds,)


def test_admins_set_what_a_tier_is_promised(db: psycopg.Connection) -> None:
    admin = an_admin(db)
    with acting_as(db, "authenticated", admin):
        row = db.execute(
            "select public.set_service_level('premium', p_async_response_seconds => 7200,"
            " p_offer_seconds => 45, p_silence_share => 0.4, p_is_preemptive => true)"
        ).fetchone()
    assert row is not None
    assert row[0]["response_seconds"] == 300
    kept = ("async_response_seconds", "offer_seconds", "silence_share", "is_preemptive")
    assert [row[0][name] for name in kept] == [7200, 45, 0.4, True]


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ("p_offer_seconds => 0", "offer_out_of_range"),
        ("p_offer_seconds => 301", "offer_out_of_range"),
        ("p_silence_share => 1", "offer_out_of_range"),
        ("p_silence_share => 1000", "offer_out_of_range"),
        ("p_async_response_seconds => 0", "service_level_out_of_range"),
        ("p_boost => 100000", "service_level_out_of_range"),
        ("p_response_seconds => -1", "service_level_out_of_range"),
    ],
)
def test_promises_that_make_no_sense_are_refused(
    db: psycopg.Connection, wish: Any, message: str
) -> None:
    with refused(db, "PT422", message), acting_as(db, "authenticated", an_admin(db)):
        db.execute(f"select public.set_service_level('premium', {wish})")
