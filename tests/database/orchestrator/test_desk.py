"""What people do with tickets, step by step, and what they are told when it cannot be done."""

from collections.abc import Mapping
from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.factories import a_client, a_desk, a_manager, a_ticket, an_agent
from tests.support.acting import acting_as, refused
from tests.support.parallel import all_at_once, lasting_desk

OPEN: LiteralString = "select public.open_ticket(%(subject)s, %(body)s, %(channel)s)"
GOOD = {"subject": "Wizyta w sobotę", "body": "Czy jest wolny termin?", "channel": "chat"}


class Desk:
    """A desk in the middle of its day: one client, two agents and a manager act on it."""

    def __init__(self, db: psycopg.Connection) -> None:
        self.db = db
        self.desk_id = a_desk(db)
        self.client = a_client(db, "vip_gold", desk_id=self.desk_id)
        self.agent = an_agent(db, desk_id=self.desk_id, capacity_units=4)
        self.colleague = an_agent(db, desk_id=self.desk_id, capacity_units=4)
        self.manager = a_manager(db, desk_id=self.desk_id)

    def ticket(self, **details: Any) -> UUID:
        return a_ticket(self.db, self.client, desk_id=self.desk_id, **details)

    def call(self, person: UUID, statement: LiteralString, *values: Any) -> Any:
        """The answer of `select public.<statement>` to this person."""
        with acting_as(self.db, "authenticated", person):
            row = self.db.execute("select public." + statement, values).fetchone()
        assert row is not None
        return row[0]

    def refuse(self, person: UUID, code: str, message: str, call: LiteralString, *v: Any) -> None:
        """Expects this refusal, and that it changed nothing at all."""
        before = self.everything()
        with acting_as(self.db, "authenticated", person), refused(self.db, code, message):
            self.db.execute("select public." + call, v)
        assert self.everything() == before

    def everything(self) -> list[Any]:
        """Tickets, messages, timeline and events of this desk's client."""
        statements: tuple[LiteralString, ...] = (
            "select * from public.support_tickets where client_id = %s order by id",
            "select message.* from public.ticket_messages message join public.support_tickets"
            " ticket on ticket.id = ticket_id where ticket.client_id = %s order by message.id",
            "select event.id from public.events event join public.support_tickets ticket"
            " on ticket.id = subject_id where client_id = %s order by event.id",
        )
        return [self.db.execute(each, [self.client]).fetchall() for each in statements]


@pytest.fixture
def desk(db: psycopg.Connection) -> Desk:
    return Desk(db)


# -- Open ------------------------------------------------------------------------------------------


def test_a_client_opens_a_ticket(desk: Desk) -> None:
    ticket = desk.call(
        desk.client, "open_ticket('  Wizyta ', 'Czy jest termin?', 'chat', 'booking', 'en')"
    )
    assert ticket["status"] == "open"
    assert ticket["subject"] == "Wizyta"
    assert (ticket["tier"], ticket["language"]) == ("vip_gold", "en")
    assert ticket["required_skills"] == ["category.booking"]
    assert (ticket["desk_id"], ticket["version"]) == (str(desk.desk_id), 1)
    assert ticket["message"]["body"] == "Czy jest termin?"
    assert ticket["message"]["author_kind"] == "client"


def test_the_promise_is_the_tiers_seconds_from_the_opening(desk: Desk) -> None:
    ticket_id = desk.call(desk.client, "open_ticket('Wizyta', 'Termin?', 'chat')")["id"]
    row = desk.db.execute(
        "select first_response_due_at - opened_at = interval '60 seconds'"
        " from public.support_tickets where id = %s",
        [ticket_id],
    ).fetchone()
    assert row == (True,)


@pytest.mark.parametrize(
    ("locale", "preferred", "language"),
    [("pl", [], "pl"), ("pl", ["uk", "en"], "uk"), ("ja-JP", [], "en"), ("ja", ["ko", "de"], "de")],
)
def test_the_language_is_the_first_the_client_likes_and_the_house_speaks(
    desk: Desk, locale: str, preferred: list[str], language: str
) -> None:
    client = a_client(desk.db, locale=locale, languages=preferred)
    ticket = desk.call(client, "open_ticket('Wizyta', 'Termin?', 'chat')")
    assert ticket["language"] == language


def test_an_agent_notes_a_call_for_the_client(desk: Desk) -> None:
    ticket = desk.call(
        desk.agent,
        "open_ticket('Telefon', 'Pyta o masaż', 'phone', p_client_id => %s)",
        desk.client,
    )
    assert ticket["client_id"] == str(desk.client)
    assert ticket["message"]["author_kind"] == "client"
    assert ticket["message"]["author_id"] == str(desk.agent)
    assert ticket["first_responded_at"] is None


def test_the_server_opens_for_a_client(desk: Desk) -> None:
    with acting_as(desk.db, "service_role"):
        row = desk.db.execute(
            "select public.open_ticket('Mail', 'Treść', 'email', p_client_id => %s)", [desk.client]
        ).fetchone()
    assert row is not None
    assert row[0]["message"]["author_id"] == str(desk.client)


BAD_OPENINGS: tuple[tuple[str, str, Mapping[str, Any]], ...] = (
    ("PT400", "subject_required", {"subject": None}),
    ("PT400", "subject_required", {"subject": " \n\t "}),
    ("PT400", "body_required", {"body": ""}),
    ("PT413", "subject_too_long", {"subject": "ż" * 201}),
    ("PT413", "body_too_long", {"body": "ż" * 10_001}),
    ("PT422", "subject_malformed", {"subject": "dzień\x07dobry"}),
    ("PT422", "body_malformed", {"body": "\x1b[2J"}),
    ("PT422", "unknown_channel", {"channel": "telegraf"}),
    ("PT422", "unknown_channel", {"channel": None}),
    ("PT422", "unknown_category", {"category": "astrologia"}),
    ("PT422", "unknown_language", {"language": "xx"}),
    ("PT422", "unknown_language", {"language": "pl'; drop table public.desks; --"}),
    ("PT400", "idempotency_key_malformed", {"key": ""}),
    ("PT400", "idempotency_key_malformed", {"key": "k" * 201}),
    ("PT404", "client_not_found", {"client": uuid4()}),
)


@pytest.mark.parametrize(("code", "message", "change"), BAD_OPENINGS)
def test_a_bad_opening_is_refused_and_changes_nothing(
    desk: Desk, code: str, message: str, change: Mapping[str, Any]
) -> None:
    given = {**GOOD, "category": "general", "language": "pl", "key": "k", "client": None, **change}
    names = ("subject", "body", "channel", "category", "language", "key", "client")
    call = "open_ticket(%s, %s, %s, %s, %s, %s, %s)"
    desk.refuse(desk.client, code, message, call, *(given[name] for name in names))


def test_a_nul_byte_never_reaches_a_text(desk: Desk) -> None:
    with acting_as(desk.db, "authenticated", desk.client), refused(desk.db, "22P05"):
        desk.db.execute(
            """select public.open_ticket('{"a": "\\u0000"}'::jsonb ->> 'a', 'b', 'chat')"""
        )


# -- The same call twice, and too many calls -------------------------------------------------------


def test_the_same_key_opens_one_ticket(desk: Desk) -> None:
    first, again = (
        desk.call(desk.client, "open_ticket('Wizyta', 'Termin?', 'chat', 'general', null, 'k-7')")
        for _ in range(2)
    )
    assert first == again
    assert len(desk.everything()[0]) == 1


def test_a_key_belongs_to_one_request_and_one_person(desk: Desk) -> None:
    key = "open_ticket(%s, 'Termin?', 'chat', 'general', null, 'k-7')"
    mine = desk.call(desk.client, key, "Wizyta")
    desk.refuse(desk.client, "PT422", "idempotency_key_reused", key, "Inna sprawa")
    reply = "reply_to_ticket(%s, 'Termin?', 'k-7')"
    desk.refuse(desk.client, "PT422", "idempotency_key_reused", reply, mine["id"])
    theirs = desk.call(a_client(desk.db), key, "Wizyta")
    assert theirs["id"] != mine["id"]


def test_a_failed_call_keeps_its_key_free(desk: Desk) -> None:
    call = "open_ticket('Wizyta', 'Termin?', %s, 'general', null, 'k-8')"
    desk.refuse(desk.client, "PT422", "unknown_channel", call, "telegraf")
    assert desk.call(desk.client, call, "chat")["status"] == "open"


def test_the_same_reply_is_posted_once(desk: Desk) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent)
    for _ in range(2):
        desk.call(desk.agent, "reply_to_ticket(%s, 'Zapraszamy', 'r-1')", ticket_id)
    assert len(desk.everything()[1]) == 1


def test_old_keys_are_forgotten(desk: Desk) -> None:
    desk.db.execute(
        "insert into private.idempotency_keys"
        " (actor_id, key, function_name, request_hash, created_at)"
        " values (%s, 'old', 'open_ticket', 'x', now() - interval '4 days')",
        [desk.client],
    )
    desk.call(desk.client, "open_ticket('Wizyta', 'Termin?', 'chat', 'general', null, 'new')")
    keys = desk.db.execute(
        "select key from private.idempotency_keys where actor_id = %s", [desk.client]
    ).fetchall()
    assert keys == [("new",)]


def test_twelve_identical_calls_at_once_open_one_ticket(database_url: str) -> None:
    with lasting_desk(database_url) as (db, desk_id):
        client = a_client(db, desk_id=desk_id)
        answers = all_at_once(
            database_url,
            [client] * 12,
            "select public.open_ticket('Wizyta', 'Termin?', 'chat', p_idempotency_key => %(key)s)",
            {"key": "together"},
        )
        assert len({answer["id"] for answer in answers}) == 1
        count = db.execute(
            "select count(*) from public.support_tickets where client_id = %s", [client]
        )
        assert count.fetchone() == (1,)


def _refilled(desk: Desk, after: str) -> None:
    """As if the bucket had been refilled so long from now: how slow we are is not the question."""
    desk.db.execute(
        "update private.rate_buckets set refilled_at = clock_timestamp() + %s::interval"
        " where actor_id = %s",
        [after, desk.client],
    )


def test_a_client_who_opens_too_many_is_slowed_down_and_recovers(desk: Desk) -> None:
    call = "open_ticket('Wizyta', 'Termin?', 'chat')"
    for _ in range(30):
        desk.call(desk.client, call)
        _refilled(desk, "1 hour")
    desk.refuse(desk.client, "PT429", "too_many_requests", call)
    _refilled(desk, "-2 seconds")
    desk.call(desk.client, call)
    _refilled(desk, "1 hour")
    desk.refuse(desk.client, "PT429", "too_many_requests", call)
    desk.call(a_client(desk.db), call)


# -- Talk ------------------------------------------------------------------------------------------


def test_the_first_public_word_of_an_agent_is_the_first_response(desk: Desk) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent)
    noted = desk.call(desk.agent, "add_ticket_note(%s, 'Stała klientka')", ticket_id)
    assert noted["message"]["is_internal"]
    client_said = desk.call(desk.client, "reply_to_ticket(%s, 'Halo?')", ticket_id)
    assert client_said["first_responded_at"] is None
    answered = desk.call(desk.agent, "reply_to_ticket(%s, 'Dzień dobry')", ticket_id)
    assert answered["first_responded_at"] is not None


def test_the_clients_word_wakes_a_pending_ticket_and_not_one_on_hold(desk: Desk) -> None:
    for status, then in {"pending": "assigned", "on_hold": "on_hold"}.items():
        ticket_id = desk.ticket(assignee_id=desk.agent, status=status)
        said = desk.call(desk.client, "reply_to_ticket(%s, 'Już wiem')", ticket_id)
        assert (said["status"], said["assignee_id"]) == (then, str(desk.agent))


def test_the_clients_word_reopens_a_resolved_ticket_with_its_own_clocks(desk: Desk) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent, waiting_seconds=5000)
    desk.call(desk.agent, "reply_to_ticket(%s, 'Umówiono')", ticket_id)
    solved = desk.call(desk.manager, "resolve_ticket(%s, 'Umówiono', %s)", ticket_id, 2)
    assert solved["status"] == "resolved"
    reopened = desk.call(desk.client, "reply_to_ticket(%s, 'Jednak nie')", ticket_id)
    assert (reopened["status"], reopened["cycle"]) == ("open", 2)
    assert (reopened["assignee_id"], reopened["first_responded_at"]) == (None, None)
    assert reopened["first_response_due_at"] > reopened["reopened_at"] > reopened["opened_at"]
    told = desk.db.execute(
        "select payload from public.events where subject_id = %s and kind = 'ticket.reopened'",
        [ticket_id],
    ).fetchall()
    assert told == [({"cycle": 2, "previous_assignee_id": str(desk.agent)},)]


def test_nobody_writes_to_a_closed_ticket(desk: Desk) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent, status="closed")
    for person in (desk.client, desk.agent, desk.manager):
        desk.refuse(person, "PT409", "ticket_is_closed", "reply_to_ticket(%s, 'Halo')", ticket_id)
    desk.refuse(desk.client, "PT409", "ticket_is_closed", "reopen_ticket(%s, 'Halo')", ticket_id)


# -- Assign ----------------------------------------------------------------------------------------


def test_an_agent_takes_a_waiting_ticket(desk: Desk) -> None:
    ticket_id = desk.ticket()
    taken = desk.call(desk.agent, "take_ticket(%s)", ticket_id)
    assert (taken["status"], taken["assignee_id"]) == ("assigned", str(desk.agent))
    desk.refuse(desk.colleague, "PT404", "ticket_not_found", "take_ticket(%s)", ticket_id)
    desk.refuse(desk.agent, "PT409", "ticket_is_assigned", "take_ticket(%s)", ticket_id)


def test_two_agents_who_take_at_once_do_not_both_have_it(database_url: str) -> None:
    with lasting_desk(database_url) as (db, desk_id):
        agents = [an_agent(db, desk_id=desk_id) for _ in range(6)]
        ticket_id = a_ticket(db, a_client(db, desk_id=desk_id), desk_id=desk_id)
        answers = all_at_once(
            database_url, agents, "select public.take_ticket(%(id)s)", {"id": ticket_id}
        )
        winners = [answer for answer in answers if isinstance(answer, dict)]
        assert len(winners) == 1
        assert answers.count("ticket_not_found") == 5


def test_an_assignment_by_hand_is_announced_and_remembered(desk: Desk) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent)
    given = desk.call(desk.agent, "assign_ticket(%s, %s, 1)", ticket_id, desk.colleague)
    assert given["assignee_id"] == str(desk.colleague)
    row = desk.db.execute(
        "select last_assigned_at is not null from public.staff_members where id = %s",
        [desk.colleague],
    ).fetchone()
    assert row == (True,)
    kinds = desk.db.execute(
        "select kind from public.events where subject_id = %s order by id", [ticket_id]
    ).fetchall()
    assert kinds[-1] == ("ticket.assigned",)


def test_capacity_binds_people_too_but_a_manager_may_insist(desk: Desk) -> None:
    for _ in range(2):
        desk.ticket(assignee_id=desk.agent)
    ticket_id = desk.ticket()
    call = "assign_ticket(%s, %s, 1, %s)"
    desk.refuse(desk.manager, "PT409", "agent_at_capacity", call, ticket_id, desk.agent, None)
    desk.refuse(desk.agent, "PT409", "agent_at_capacity", "take_ticket(%s)", ticket_id)
    desk.refuse(desk.agent, "PT403", "manager_required", call, ticket_id, desk.agent, "yes")
    assert desk.call(desk.manager, call, ticket_id, desk.agent, "yes")["status"] == "assigned"


def test_an_agent_who_takes_many_at_once_stays_within_capacity(database_url: str) -> None:
    with lasting_desk(database_url) as (db, desk_id):
        agent = an_agent(db, desk_id=desk_id, capacity_units=4)
        manager = a_manager(db, desk_id=desk_id)
        client = a_client(db, desk_id=desk_id)
        for _ in range(6):
            a_ticket(db, client, desk_id=desk_id)
        answers = all_at_once(
            database_url,
            [agent, manager] * 3,
            "select jsonb_agg(public.assign_ticket(ticket.id, %(agent)s, 1))"
            " from (select id from public.support_tickets where queue_desk_id = %(desk)s"
            " order by random() limit 1) ticket",
            {"agent": agent, "desk": desk_id},
        )
        known = {"agent_at_capacity", "stale_version", "ticket_is_assigned", "ticket_not_found"}
        assert all(isinstance(answer, list) or answer in known for answer in answers), answers
        load = db.execute("select load_units from private.agent_loads(array[%s])", [agent])
        assert load.fetchone() in {(2,), (4,)}


@pytest.mark.parametrize("wrong", ["nobody", "client", "manager", "far_agent", "former"])
def test_only_an_active_agent_of_the_desk_is_given_a_ticket(desk: Desk, wrong: str) -> None:
    former = an_agent(desk.db, desk_id=desk.desk_id, state="offline")
    desk.db.execute("update public.staff_members set is_active = false where id = %s", [former])
    target = {
        "nobody": uuid4(),
        "client": desk.client,
        "manager": desk.manager,
        "far_agent": an_agent(desk.db),
        "former": former,
    }[wrong]
    ticket_id = desk.ticket()
    call = "assign_ticket(%s, %s, 1)"
    desk.refuse(desk.manager, "PT404", "agent_not_found", call, ticket_id, target)


def test_nobody_serves_themselves(desk: Desk) -> None:
    ticket_id = a_ticket(desk.db, desk.colleague, desk_id=desk.desk_id)
    call = "assign_ticket(%s, %s, 1)"
    desk.refuse(desk.agent, "PT422", "own_ticket", call, ticket_id, desk.colleague)
    desk.refuse(desk.colleague, "PT403", "not_yours_to_change", "take_ticket(%s)", ticket_id)


def test_a_ticket_goes_back_to_the_queue_with_a_note(desk: Desk) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent)
    back = desk.call(desk.agent, "unassign_ticket(%s, 1, 'Koniec zmiany')", ticket_id)
    assert (back["status"], back["assignee_id"], back["assigned_at"]) == ("open", None, None)
    notes = desk.db.execute(
        "select body, is_internal from public.ticket_messages where ticket_id = %s", [ticket_id]
    ).fetchall()
    assert notes == [("Koniec zmiany", True)]


# -- State -----------------------------------------------------------------------------------------

WRITES_WITH_A_VERSION: tuple[LiteralString, ...] = (
    "assign_ticket(%(ticket)s, %(colleague)s, %(version)s)",
    "unassign_ticket(%(ticket)s, %(version)s)",
    "set_ticket_status(%(ticket)s, 'pending', %(version)s)",
    "resolve_ticket(%(ticket)s, 'Umówiono', %(version)s)",
    "close_ticket(%(ticket)s, %(version)s)",
)


@pytest.mark.parametrize("call", WRITES_WITH_A_VERSION)
def test_who_has_not_seen_the_last_change_changes_nothing(desk: Desk, call: LiteralString) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent)
    seen = {"ticket": ticket_id, "colleague": desk.colleague, "version": 1}
    desk.call(desk.client, "reply_to_ticket(%s, 'Jeszcze jedno')", ticket_id)
    before = desk.everything()
    with acting_as(desk.db, "authenticated", desk.manager):
        with refused(desk.db, "PT409", "stale_version"):
            desk.db.execute("select public." + call, seen)
        with refused(desk.db, "PT400", "version_required"):
            desk.db.execute("select public." + call, seen | {"version": None})
    assert desk.everything() == before


NOT_IN_STATE: dict[str, tuple[LiteralString, ...]] = {
    "open": (
        "set_ticket_status(%s, 'pending', 1)",
        "unassign_ticket(%s, 1)",
        "reopen_ticket(%s, 'a')",
    ),
    "assigned": ("reopen_ticket(%s, 'a')", "take_ticket(%s)"),
    "resolved": (
        "set_ticket_status(%s, 'pending', 1)",
        "unassign_ticket(%s, 1)",
        "resolve_ticket(%s, 'a', 1)",
    ),
    "closed": ("close_ticket(%s, 1)", "resolve_ticket(%s, 'a', 1)", "unassign_ticket(%s, 1)"),
}


@pytest.mark.parametrize(
    ("status", "call"), [(state, call) for state, calls in NOT_IN_STATE.items() for call in calls]
)
def test_what_does_not_fit_the_state_is_refused(
    desk: Desk, status: str, call: LiteralString
) -> None:
    assignee = None if status == "open" else desk.agent
    ticket_id = desk.ticket(assignee_id=assignee, status=status)
    desk.refuse(desk.manager, "PT409", f"ticket_is_{status}", call, ticket_id)


def test_work_on_hold_frees_capacity_and_needs_room_again(desk: Desk) -> None:
    first = desk.ticket(assignee_id=desk.agent, channel="chat")
    desk.ticket(assignee_id=desk.agent, channel="chat")
    call = "set_ticket_status(%s, %s, %s)"
    assert desk.call(desk.agent, call, first, "on_hold", 1)["status"] == "on_hold"
    waiting = desk.ticket(channel="chat")
    desk.call(desk.agent, "take_ticket(%s)", waiting)
    desk.refuse(desk.agent, "PT409", "agent_at_capacity", call, first, "assigned", 2)
    desk.call(desk.agent, "resolve_ticket(%s, 'Gotowe', 2)", waiting)
    assert desk.call(desk.agent, call, first, "assigned", 2)["status"] == "assigned"


def test_an_unknown_state_is_refused(desk: Desk) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent)
    for status in ("open", "closed", "resolved", "zen", None):
        call = "set_ticket_status(%s, %s, 1)"
        desk.refuse(desk.agent, "PT422", "unknown_status", call, ticket_id, status)


def test_reopening_keeps_the_reason_where_it_belongs(desk: Desk) -> None:
    for person, kind, is_note in ((desk.client, "client", False), (desk.agent, "agent", True)):
        ticket_id = desk.ticket(assignee_id=desk.agent, status="resolved")
        assert desk.call(person, "reopen_ticket(%s, 'Nie działa')", ticket_id)["cycle"] == 2
        said = desk.db.execute(
            "select author_kind, is_internal, body from public.ticket_messages"
            " where ticket_id = %s",
            [ticket_id],
        ).fetchall()
        assert said == [(kind, is_note, "Nie działa")]


def test_a_ticket_is_resolved_closed_and_reopened_by_a_manager(desk: Desk) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent)
    solved = desk.call(desk.agent, "resolve_ticket(%s, ' Umówiono na sobotę ', 1)", ticket_id)
    assert (solved["resolution"], solved["status"]) == ("Umówiono na sobotę", "resolved")
    closed = desk.call(desk.agent, "close_ticket(%s, 2)", ticket_id)
    assert closed["closed_at"] is not None
    assert desk.call(desk.manager, "reopen_ticket(%s, 'Pomyłka')", ticket_id)["status"] == "open"


# -- Read ------------------------------------------------------------------------------------------


def test_a_client_reads_the_conversation_with_names_and_without_notes(desk: Desk) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent)
    desk.call(desk.manager, "add_ticket_note(%s, 'Proszę o rabat')", ticket_id)
    desk.call(desk.agent, "reply_to_ticket(%s, 'Dzień dobry')", ticket_id)
    mine = desk.call(desk.client, "get_ticket(%s)", ticket_id)
    assert [message["body"] for message in mine["messages"]] == ["Dzień dobry"]
    assert set(mine["people"]) == {str(desk.client), str(desk.agent)}
    assert [step["kind"] for step in mine["timeline"]][-2:] == ["message_posted", "first_responded"]
    assert (mine["id"], mine["routing"]) == (str(ticket_id), None)
    theirs = desk.call(desk.agent, "get_ticket(%s)", ticket_id)
    assert len(theirs["messages"]) == 2
    assert str(desk.manager) in theirs["people"]


def test_staff_read_why_the_ticket_came_to_them(desk: Desk) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent)
    desk.db.execute(
        "insert into public.routing_decisions"
        " (ticket_id, cycle, outcome, candidates, skipped, policy_version)"
        " values (%s, 1, 'waiting', '[]', '{}', 'test')",
        [ticket_id],
    )
    assert desk.call(desk.agent, "get_ticket(%s)", ticket_id)["routing"]["outcome"] == "waiting"
    assert desk.call(desk.client, "get_ticket(%s)", ticket_id)["routing"] is None


def test_the_queue_is_ordered_by_tier_and_then_by_deadline(desk: Desk) -> None:
    standard = a_client(desk.db, "standard", desk_id=desk.desk_id)
    platinum = a_client(desk.db, "vip_platinum", desk_id=desk.desk_id)
    late, early = (
        a_ticket(desk.db, standard, desk_id=desk.desk_id, waiting_seconds=wait)
        for wait in (10, 500)
    )
    first = a_ticket(desk.db, platinum, desk_id=desk.desk_id)
    second = desk.ticket()
    desk.ticket(assignee_id=desk.colleague)
    queue = desk.call(desk.agent, "get_desk_queue()")
    assert [row["id"] for row in queue] == [str(i) for i in (first, second, early, late)]
    assert queue[0]["client_name"] == "Zofia Wiśniewska"
    assert len(desk.call(desk.agent, "get_desk_queue(2)")) == 2
    assert len(desk.call(desk.agent, "get_desk_queue(-5)")) == 1


# -- Somebody leaves -------------------------------------------------------------------------------


def test_who_leaves_keeps_no_ticket_and_no_right(desk: Desk, db: psycopg.Connection) -> None:
    held = [desk.ticket(assignee_id=desk.agent, status=s) for s in ("assigned", "pending")]
    solved = desk.ticket(assignee_id=desk.agent, status="resolved")
    with acting_as(db, "service_role"):
        row = db.execute("select public.revoke_staff_role(%s, 'Odchodzi')", [desk.agent]).fetchone()
    left = {"staff_id": str(desk.agent), "returned_count": 2, "book_client_count": 0}
    assert row == (left,)
    rows = db.execute(
        "select id, status from public.support_tickets where id = any(%s)", [[*held, solved]]
    ).fetchall()
    assert dict(rows) == {held[0]: "open", held[1]: "open", solved: "resolved"}
    with acting_as(db, "authenticated", desk.agent):
        assert db.execute("select 1 from public.support_tickets").fetchall() == []
        with refused(db, "PT403", "staff_required"):
            db.execute("select public.set_presence('online')")
