"""Two tickets about one thing become one, and two again; and answers that cross each other."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.database.orchestrator.test_desk import Desk
from tests.database.orchestrator.test_notifications import told
from tests.factories import a_client, a_manager, a_message, a_staff_member, a_ticket, an_agent
from tests.support.acting import acting_as
from tests.support.parallel import all_at_once, call_as, lasting_desk

MERGE: LiteralString = "merge_tickets(%s, %s, %s, 'Ta sama sprawa')"
UNDO: LiteralString = "undo_ticket_merge(%s, 'Jednak dwie')"


@pytest.fixture
def desk(db: psycopg.Connection) -> Desk:
    return Desk(db)


@pytest.fixture
def pair(desk: Desk) -> tuple[UUID, UUID]:
    """A ticket in the queue, and one of the agent, of one client."""
    return desk.ticket(subject="Ta sama wizyta"), desk.ticket(assignee_id=desk.agent)


def row(db: psycopg.Connection, ticket_id: UUID) -> Any:
    with db.cursor(row_factory=psycopg.rows.namedtuple_row) as cursor:
        return cursor.execute(
            "select * from public.support_tickets where id = %s", [ticket_id]
        ).fetchone()


def bodies(ticket: Any) -> list[str]:
    return [message["body"] for message in ticket["messages"]]


# -- Merge -----------------------------------------------------------------------------------------


def test_the_merged_ticket_is_closed_and_the_kept_one_shows_both(
    desk: Desk, pair: tuple[UUID, UUID]
) -> None:
    merged, kept = pair
    a_message(desk.db, merged, desk.client, "Piszę drugi raz")
    desk.call(desk.agent, "add_ticket_note(%s, 'To samo co wczoraj')", merged)
    answer = desk.call(desk.agent, MERGE, merged, kept, 1)
    assert answer["id"] == str(kept)
    after = row(desk.db, merged)
    assert (after.status, after.merged_into_id, after.assignee_id) == ("closed", kept, None)
    shown = desk.call(desk.agent, "get_ticket(%s)", kept)
    assert bodies(shown) == ["Piszę drugi raz", "To samo co wczoraj"]
    assert {message["ticket_id"] for message in shown["messages"]} == {str(merged)}
    assert [(each["id"], each["subject"]) for each in shown["merged"]] == [
        (str(merged), "Ta sama wizyta")
    ]
    kinds = [(step["ticket_id"], step["kind"]) for step in shown["timeline"]]
    assert (str(merged), "merged") in kinds
    assert (str(kept), "merge_received") in kinds


def test_the_client_keeps_both_and_reads_no_note(desk: Desk, pair: tuple[UUID, UUID]) -> None:
    merged, kept = pair
    a_message(desk.db, merged, desk.client, "Piszę drugi raz")
    desk.call(desk.agent, "add_ticket_note(%s, 'To samo co wczoraj')", merged)
    desk.call(desk.agent, MERGE, merged, kept, 1)
    for ticket_id in pair:
        mine = desk.call(desk.client, "get_ticket(%s)", ticket_id)
        assert bodies(mine) == ["Piszę drugi raz"]
        assert not [step for step in mine["timeline"] if step["is_internal"]]
    with acting_as(desk.db, "authenticated", desk.client):
        listed = desk.db.execute("select id, merged_into_id from public.my_tickets").fetchall()
        reasons = desk.db.execute("select 1 from public.ticket_merges").fetchall()
    assert dict(listed) == {merged: kept, kept: None}
    assert reasons == []


def test_what_the_client_still_writes_to_it_lands_on_the_kept_one(
    desk: Desk, pair: tuple[UUID, UUID]
) -> None:
    merged, kept = pair
    desk.call(desk.agent, MERGE, merged, kept, 1)
    said = desk.call(desk.client, "reply_to_ticket(%s, 'Halo?')", merged)
    assert (said["id"], said["message"]["ticket_id"]) == (str(kept), str(kept))
    desk.call(desk.agent, "resolve_ticket(%s, 'Gotowe', %s)", kept, said["version"])
    again = desk.call(desk.client, "reply_to_ticket(%s, 'Jednak nie')", merged)
    assert (again["id"], again["status"], again["cycle"]) == (str(kept), "open", 2)
    refusing: LiteralString = "reopen_ticket(%s, 'Halo')"
    for person in (desk.client, desk.manager):
        desk.refuse(person, "PT409", "ticket_is_merged", refusing, merged)
    desk.refuse(desk.manager, "PT409", "ticket_is_closed", "reply_to_ticket(%s, 'Halo')", merged)


def test_the_same_reply_is_posted_once_across_a_merge(desk: Desk, pair: tuple[UUID, UUID]) -> None:
    merged, kept = pair
    call: LiteralString = "reply_to_ticket(%s, 'Halo?', 'key-1')"
    first = desk.call(desk.client, call, merged)
    desk.call(desk.agent, MERGE, merged, kept, 2)
    assert desk.call(desk.client, call, merged) == first
    assert bodies(desk.call(desk.client, "get_ticket(%s)", kept)) == ["Halo?"]


def test_whoever_had_the_merged_one_is_told_and_free_again(desk: Desk) -> None:
    merged, kept = desk.ticket(assignee_id=desk.colleague), desk.ticket(assignee_id=desk.agent)
    auditor = a_staff_member(desk.db, "quality_auditor", desk_id=desk.desk_id)
    desk.call(auditor, "follow_ticket(%s)", merged)
    desk.call(desk.manager, MERGE, merged, kept, 1)
    assert told(desk.db, desk.colleague) == told(desk.db, auditor) == ["ticket_merged"]
    load = desk.db.execute(
        "select load_units from private.agent_loads(array[%s])", [desk.colleague]
    )
    assert load.fetchone() == (0,)
    ended = desk.db.execute(
        "select state, end_reason from public.ticket_assignments where ticket_id = %s", [merged]
    ).fetchall()
    assert ended == [("withdrawn", "merged")]
    # Who followed the one follows the other.
    desk.call(desk.client, "reply_to_ticket(%s, 'Halo?')", merged)
    assert told(desk.db, auditor)[-1] == "client_replied"


def test_a_merge_is_a_row_with_who_when_and_why(desk: Desk, pair: tuple[UUID, UUID]) -> None:
    merged, kept = pair
    desk.call(desk.agent, MERGE, merged, kept, 1)
    desk.call(desk.manager, UNDO, merged)
    made: LiteralString = (
        "select ticket_id, into_ticket_id, reason, previous_status, merged_by, undo_reason,"
        " undone_by from public.ticket_merges"
    )
    with acting_as(desk.db, "authenticated", desk.agent):
        rows = desk.db.execute(made).fetchall()
    reasons = ("Ta sama sprawa", "open", desk.agent, "Jednak dwie", desk.manager)
    assert rows == [(merged, kept, *reasons)]


def test_both_tickets_are_announced(desk: Desk, pair: tuple[UUID, UUID]) -> None:
    merged, kept = pair
    desk.call(desk.agent, MERGE, merged, kept, 1)
    desk.call(desk.agent, UNDO, merged)
    rows = desk.db.execute(
        "select kind, payload from public.events where subject_id = %s and kind in"
        " ('ticket.merged', 'ticket.separated') order by id",
        [merged],
    ).fetchall()
    payload = {"cycle": 1, "kept_ticket_id": str(kept)}
    assert rows == [("ticket.merged", payload), ("ticket.separated", payload)]


# -- No chains, no rings, no strangers -------------------------------------------------------------


def test_there_are_no_chains_and_no_rings(desk: Desk, pair: tuple[UUID, UUID]) -> None:
    merged, kept = pair
    other = desk.ticket()
    desk.call(desk.agent, MERGE, merged, kept, 1)
    kept_version = row(desk.db, kept).version
    call: LiteralString = MERGE
    desk.refuse(desk.manager, "PT409", "already_merged", call, other, merged, 1)
    version = row(desk.db, merged).version
    desk.refuse(desk.manager, "PT409", "already_merged", call, merged, other, version)
    desk.refuse(desk.manager, "PT409", "already_merged", call, kept, merged, kept_version)
    desk.refuse(desk.manager, "PT409", "has_merged_tickets", call, kept, other, kept_version)
    assert desk.call(desk.manager, call, other, kept, 1)["id"] == str(kept)


@pytest.mark.parametrize("into", ["self", "ring", "stranger", "nothing"])
def test_not_even_by_hand(desk: Desk, pair: tuple[UUID, UUID], into: str) -> None:
    merged, kept = pair
    desk.call(desk.agent, MERGE, merged, kept, 1)
    other = desk.ticket(status="closed", assignee_id=desk.agent)
    target = {
        "self": other,
        "ring": merged,
        "stranger": a_ticket(desk.db, a_client(desk.db), desk_id=desk.desk_id),
        "nothing": uuid4(),
    }[into]
    with pytest.raises(psycopg.Error) as caught, desk.db.transaction():
        desk.db.execute(
            "update public.support_tickets set merged_into_id = %s where id = %s", [target, other]
        )
    assert caught.value.sqlstate == "PT409"


def test_a_merged_ticket_stays_closed(desk: Desk, pair: tuple[UUID, UUID]) -> None:
    desk.call(desk.agent, MERGE, *pair, 1)
    with (
        pytest.raises(psycopg.errors.CheckViolation, match="merged_are_closed"),
        desk.db.transaction(),
    ):
        desk.db.execute(
            "update public.support_tickets set status = 'open', resolved_at = null,"
            " closed_at = null where id = %s",
            [pair[0]],
        )


def test_a_kept_ticket_is_not_deleted_alone(desk: Desk, pair: tuple[UUID, UUID]) -> None:
    merged, kept = pair
    desk.call(desk.agent, MERGE, merged, kept, 1)
    desk.db.execute("set constraints all immediate")
    with pytest.raises(psycopg.errors.ForeignKeyViolation), desk.db.transaction():
        desk.db.execute("delete from public.support_tickets where id = %s", [kept])
    desk.db.execute("set constraints all deferred")
    desk.db.execute("delete from public.support_tickets where id = any(%s)", [[kept, merged]])
    desk.db.execute("set constraints all immediate")


def test_what_does_not_fit_is_refused(desk: Desk, pair: tuple[UUID, UUID]) -> None:
    merged, kept = pair
    stranger = a_ticket(desk.db, a_client(desk.db, desk_id=desk.desk_id), desk_id=desk.desk_id)
    closed = desk.ticket(assignee_id=desk.agent, status="closed")
    theirs = desk.ticket(assignee_id=desk.colleague)
    cases: tuple[tuple[UUID, str, str, tuple[Any, ...]], ...] = (
        (desk.agent, "PT422", "same_ticket", (kept, kept, 1)),
        (desk.agent, "PT409", "stale_version", (merged, kept, 2)),
        (desk.agent, "PT400", "version_required", (merged, kept, None)),
        (desk.agent, "PT409", "different_clients", (stranger, kept, 1)),
        (desk.agent, "PT409", "ticket_is_closed", (merged, closed, 1)),
        (desk.agent, "PT404", "ticket_not_found", (merged, theirs, 1)),
        (desk.agent, "PT404", "ticket_not_found", (theirs, merged, 1)),
        (desk.agent, "PT404", "ticket_not_found", (merged, uuid4(), 1)),
        (desk.client, "PT403", "staff_required", (merged, kept, 1)),
        (an_agent(desk.db), "PT404", "ticket_not_found", (merged, kept, 1)),
    )
    for person, code, message, values in cases:
        desk.refuse(person, code, message, MERGE, *values)
    reason: LiteralString = "merge_tickets(%s, %s, 1, %s)"
    desk.refuse(desk.agent, "PT400", "reason_required", reason, merged, kept, " ")
    desk.refuse(desk.agent, "PT413", "reason_too_long", reason, merged, kept, "a" * 2001)
    desk.refuse(desk.agent, "PT409", "ticket_is_not_merged", UNDO, merged)
    desk.refuse(desk.agent, "PT404", "ticket_not_found", UNDO, theirs)


# -- Undo ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["open", "assigned", "pending", "on_hold"])
def test_what_was_live_waits_for_somebody_again(desk: Desk, status: str) -> None:
    holder = None if status == "open" else desk.colleague
    merged = desk.ticket(assignee_id=holder, status=status)
    kept = desk.ticket(assignee_id=desk.agent)
    due = row(desk.db, merged).first_response_due_at
    desk.call(desk.manager, MERGE, merged, kept, 1)
    answer = desk.call(desk.agent, UNDO, merged)
    assert (answer["status"], answer["assignee_id"]) == ("open", None)
    after = row(desk.db, merged)
    assert (after.merged_into_id, after.resolved_at, after.closed_at) == (None, None, None)
    assert (after.cycle, after.first_response_due_at) == (1, due)
    routed = desk.db.execute(
        "select count(*) > 0 from private.jobs where subject_id = %s"
        " and worker = 'orchestrator.routing'",
        [merged],
    )
    assert routed.fetchone() == (True,)


@pytest.mark.parametrize("status", ["resolved", "closed"])
def test_what_was_done_is_as_it_was(desk: Desk, status: str) -> None:
    merged = desk.ticket(assignee_id=desk.colleague, status=status)
    kept = desk.ticket(assignee_id=desk.agent)
    before = row(desk.db, merged)
    desk.call(desk.manager, MERGE, merged, kept, 1)
    desk.call(desk.manager, UNDO, merged)
    changed = {"version", "updated_at"}
    after = row(desk.db, merged)
    assert {k: v for k, v in after._asdict().items() if k not in changed} == {
        k: v for k, v in before._asdict().items() if k not in changed
    }


def test_after_undoing_each_has_its_own_words_and_can_be_merged_again(
    desk: Desk, pair: tuple[UUID, UUID]
) -> None:
    merged, kept = pair
    a_message(desk.db, merged, desk.client, "Piszę drugi raz")
    desk.call(desk.agent, MERGE, merged, kept, 1)
    desk.call(desk.client, "reply_to_ticket(%s, 'Do którego?')", merged)
    desk.call(desk.agent, UNDO, merged)
    assert bodies(desk.call(desk.agent, "get_ticket(%s)", kept)) == ["Do którego?"]
    assert bodies(desk.call(desk.agent, "get_ticket(%s)", merged)) == ["Piszę drugi raz"]
    assert desk.call(desk.client, "reply_to_ticket(%s, 'A teraz?')", merged)["id"] == str(merged)
    version = row(desk.db, merged).version
    assert desk.call(desk.agent, MERGE, merged, kept, version)["id"] == str(kept)


# -- Answers that cross ----------------------------------------------------------------------------

REPLY: LiteralString = "reply_to_ticket(%s, 'Zapraszamy', p_seen_message_id => %s)"


def test_who_has_not_read_a_colleagues_answer_sends_none(desk: Desk) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent)
    seen = desk.call(desk.client, "reply_to_ticket(%s, 'Halo?')", ticket_id)["message"]["id"]
    theirs = desk.call(desk.manager, REPLY, ticket_id, seen)["message"]["id"]
    desk.refuse(desk.agent, "PT409", "answered_meanwhile", REPLY, ticket_id, seen)
    with (
        acting_as(desk.db, "authenticated", desk.agent),
        pytest.raises(psycopg.Error) as caught,
        desk.db.transaction(),
    ):
        desk.db.execute("select public." + REPLY, [ticket_id, seen])
    assert json.loads(caught.value.diag.message_detail or "") == {
        "message_id": theirs,
        "author_id": str(desk.manager),
        "author_name": "Ewa Maj",
    }
    assert desk.call(desk.agent, REPLY, ticket_id, theirs)["message"]["body"] == "Zapraszamy"


def test_only_a_public_answer_of_somebody_else_stands_in_the_way(desk: Desk) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent)
    seen = desk.call(desk.client, "reply_to_ticket(%s, 'Halo?')", ticket_id)["message"]["id"]
    desk.call(desk.manager, "add_ticket_note(%s, 'Proszę o rabat')", ticket_id)
    desk.call(desk.client, "reply_to_ticket(%s, 'Jest tam ktoś?')", ticket_id)
    desk.call(desk.agent, REPLY, ticket_id, seen)
    desk.call(desk.agent, REPLY, ticket_id, seen)
    desk.call(desk.agent, "reply_to_ticket(%s, 'Bez nazwy')", ticket_id)
    # A client is never told what they should have read.
    assert desk.call(desk.client, REPLY, ticket_id, seen)["message"]["author_kind"] == "client"
    desk.refuse(desk.manager, "PT409", "answered_meanwhile", REPLY, ticket_id, seen)


def test_the_seen_message_must_be_of_this_conversation(desk: Desk, pair: tuple[UUID, UUID]) -> None:
    other, held = pair
    elsewhere = a_message(desk.db, other, desk.client)
    for message_id in (elsewhere, uuid4()):
        desk.refuse(desk.agent, "PT404", "message_not_found", REPLY, held, message_id)
    desk.call(desk.agent, MERGE, other, held, 1)
    desk.call(desk.agent, REPLY, held, elsewhere)


def test_a_refused_answer_leaves_its_key_free(desk: Desk) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent)
    seen = desk.call(desk.client, "reply_to_ticket(%s, 'Halo?')", ticket_id)["message"]["id"]
    theirs = desk.call(desk.manager, REPLY, ticket_id, seen)["message"]["id"]
    call: LiteralString = "reply_to_ticket(%s, 'Zapraszamy', 'key-2', %s)"
    desk.refuse(desk.agent, "PT409", "answered_meanwhile", call, ticket_id, seen)
    first = desk.call(desk.agent, call, ticket_id, theirs)
    assert desk.call(desk.agent, call, ticket_id, seen) == first


# -- At the same moment ----------------------------------------------------------------------------


def test_of_two_who_answer_at_once_one_is_heard(database_url: str) -> None:
    with lasting_desk(database_url) as (db, desk_id):
        agent = an_agent(db, desk_id=desk_id)
        people = [agent, *(a_manager(db, desk_id=desk_id) for _ in range(5))]
        client = a_client(db, desk_id=desk_id)
        ticket_id = a_ticket(db, client, desk_id=desk_id, assignee_id=agent)
        seen = a_message(db, ticket_id, client)
        answers = all_at_once(
            database_url,
            people,
            "select public.reply_to_ticket(%(id)s, 'Zapraszamy', p_seen_message_id => %(seen)s)",
            {"id": ticket_id, "seen": seen},
        )
        assert len([answer for answer in answers if isinstance(answer, dict)]) == 1
        assert answers.count("answered_meanwhile") == 5


def test_a_client_who_writes_while_it_is_merged_is_heard_once(database_url: str) -> None:
    with lasting_desk(database_url) as (db, desk_id):
        agent = an_agent(db, desk_id=desk_id)
        for _ in range(6):
            client = a_client(db, desk_id=desk_id)
            merged = a_ticket(db, client, desk_id=desk_id)
            kept = a_ticket(db, client, desk_id=desk_id, assignee_id=agent)
            values = {"merged": merged, "kept": kept}
            merging, *replies = at_once(
                database_url,
                (agent, "select public.merge_tickets(%(merged)s, %(kept)s, 1, 'Ta sama')", values),
                (client, "select public.reply_to_ticket(%(merged)s, 'Halo?')", values),
                (client, "select public.reply_to_ticket(%(merged)s, 'Jest tam ktoś?')", values),
            )
            # Either the merge saw a ticket nobody had written to, or it is told to read again.
            assert isinstance(merging, dict) or merging == "stale_version"
            where = {reply["id"] for reply in replies}
            assert where <= ({str(kept)} if isinstance(merging, dict) else {str(merged)})
            spoken = db.execute(
                "select count(*) from public.ticket_messages where ticket_id = any(%s)",
                [[merged, kept]],
            )
            assert spoken.fetchone() == (2,)


def test_two_merges_that_would_make_a_ring_end_as_one(database_url: str) -> None:
    with lasting_desk(database_url) as (db, desk_id):
        agents = [an_agent(db, desk_id=desk_id) for _ in range(2)]
        client = a_client(db, desk_id=desk_id)
        one, two = (a_ticket(db, client, desk_id=desk_id) for _ in range(2))
        values = {"one": one, "two": two}
        answers = at_once(
            database_url,
            (agents[0], "select public.merge_tickets(%(one)s, %(two)s, 1, 'Ta sama')", values),
            (agents[1], "select public.merge_tickets(%(two)s, %(one)s, 1, 'Ta sama')", values),
        )
        assert len([answer for answer in answers if isinstance(answer, dict)]) == 1
        rings = db.execute(
            "select count(*) from public.support_tickets where merged_into_id is not null"
            " and client_id = %s",
            [client],
        )
        assert rings.fetchone() == (1,)


def at_once(database_url: str, *calls: tuple[UUID, LiteralString, dict[str, Any]]) -> list[Any]:
    """What each is answered when all say their own thing together."""
    start = Barrier(len(calls))

    def say(each: tuple[UUID, LiteralString, dict[str, Any]]) -> Any:
        start.wait(10)
        return call_as(database_url, *each)

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(say, calls))
