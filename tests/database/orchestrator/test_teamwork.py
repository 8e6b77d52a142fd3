"""Working on a ticket together: followers, notes that name colleagues, links, corrections."""

from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.database.orchestrator.test_desk import Desk
from tests.database.orchestrator.test_notifications import told
from tests.factories import (
    a_client,
    a_desk,
    a_manager,
    a_staff_member,
    a_ticket,
    an_admin,
    an_agent,
)
from tests.support.acting import acting_as


@pytest.fixture
def desk(db: psycopg.Connection) -> Desk:
    return Desk(db)


def sees(db: psycopg.Connection, person: UUID, ticket_id: UUID) -> bool:
    with acting_as(db, "authenticated", person):
        row = db.execute("select 1 from public.support_tickets where id = %s", [ticket_id])
        return row.fetchone() is not None


# -- Followers -------------------------------------------------------------------------------------


def test_a_follower_reads_and_writes_notes_and_nothing_else(desk: Desk) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent)
    assert not sees(desk.db, desk.colleague, ticket_id)
    row = desk.call(desk.agent, "add_follower(%s, %s)", ticket_id, desk.colleague)
    assert (row["staff_id"], row["added_by"]) == (str(desk.colleague), str(desk.agent))
    assert sees(desk.db, desk.colleague, ticket_id)
    assert desk.call(desk.colleague, "get_ticket(%s)", ticket_id)["id"] == str(ticket_id)
    noted = desk.call(desk.colleague, "add_ticket_note(%s, 'Znam tę klientkę')", ticket_id)
    assert noted["message"]["is_internal"]
    for call in FOR_WORKERS:
        desk.refuse(desk.colleague, "PT403", "not_yours_to_change", call, ticket_id)


FOR_WORKERS: tuple[LiteralString, ...] = (
    "reply_to_ticket(%s, 'Halo')",
    "resolve_ticket(%s, 'Gotowe', 1)",
    "set_ticket_status(%s, 'pending', 1)",
    "unassign_ticket(%s, 1)",
    "set_ticket_details(%s, 1, p_priority => 'high')",
    "snooze_ticket(%s, null, 1)",
    "close_ticket(%s, 1)",
    "reopen_ticket(%s, 'Halo')",
)


def test_who_follows_a_waiting_ticket_sees_it_after_somebody_took_it(desk: Desk) -> None:
    ticket_id = desk.ticket()
    desk.call(desk.colleague, "follow_ticket(%s)", ticket_id)
    desk.call(desk.agent, "take_ticket(%s)", ticket_id)
    assert sees(desk.db, desk.colleague, ticket_id)
    gone = desk.call(desk.colleague, "unfollow_ticket(%s)", ticket_id)
    assert gone["was_following"]
    assert not sees(desk.db, desk.colleague, ticket_id)
    assert not desk.call(desk.agent, "unfollow_ticket(%s)", ticket_id)["was_following"]


def test_following_twice_is_following_once_and_keeps_who_asked_first(desk: Desk) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent)
    first = desk.call(desk.agent, "add_follower(%s, %s)", ticket_id, desk.colleague)
    assert desk.call(desk.colleague, "follow_ticket(%s)", ticket_id) == first


def test_only_who_may_be_told_can_follow(desk: Desk) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent)
    former = an_agent(desk.db, desk_id=desk.desk_id, state="offline")
    desk.db.execute("update public.staff_members set is_active = false where id = %s", [former])
    for person in (uuid4(), None, desk.client, an_agent(desk.db), former, a_manager(desk.db)):
        call: LiteralString = "add_follower(%s, %s)"
        desk.refuse(desk.agent, "PT404", "staff_not_found", call, ticket_id, person)
    for person in (an_admin(desk.db), a_staff_member(desk.db, "executive", desk_id=desk.desk_id)):
        desk.call(desk.agent, "add_follower(%s, %s)", ticket_id, person)


def test_assignee_and_manager_send_a_follower_away_and_others_only_themselves(desk: Desk) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent)
    other = an_agent(desk.db, desk_id=desk.desk_id)
    for person in (desk.colleague, other):
        desk.call(desk.agent, "add_follower(%s, %s)", ticket_id, person)
    call: LiteralString = "unfollow_ticket(%s, %s)"
    desk.refuse(other, "PT403", "not_yours_to_change", call, ticket_id, desk.colleague)
    for person in (desk.agent, desk.manager):
        assert sees(desk.db, desk.colleague, ticket_id) is (person == desk.agent)
        desk.call(person, call, ticket_id, desk.colleague)
    assert sees(desk.db, other, ticket_id)


def test_followers_are_known_to_staff_and_not_to_the_client(desk: Desk) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent)
    desk.call(desk.agent, "add_follower(%s, %s)", ticket_id, desk.colleague)
    theirs = desk.call(desk.agent, "get_ticket(%s)", ticket_id)
    assert [row["staff_id"] for row in theirs["followers"]] == [str(desk.colleague)]
    assert str(desk.colleague) in theirs["people"]
    mine = desk.call(desk.client, "get_ticket(%s)", ticket_id)
    assert (mine["followers"], mine["links"]) == ([], [])
    assert (mine["assignment"], mine["routing"]) == (None, None)
    assert str(desk.colleague) not in mine["people"]


def test_a_follower_knows_the_clients_name_while_there_is_work(desk: Desk) -> None:
    far = a_desk(desk.db)
    client = a_client(desk.db, name="Helena Zawadzka", desk_id=far)
    ticket_id = a_ticket(desk.db, client, desk_id=desk.desk_id, assignee_id=desk.agent)
    desk.call(desk.agent, "add_follower(%s, %s)", ticket_id, desk.colleague)
    name: LiteralString = "select display_name from public.profiles where id = %s"
    with acting_as(desk.db, "authenticated", desk.colleague):
        assert desk.db.execute(name, [client]).fetchone() == ("Helena Zawadzka",)
    desk.call(desk.manager, "resolve_ticket(%s, 'Gotowe', 1)", ticket_id)
    with acting_as(desk.db, "authenticated", desk.colleague):
        assert desk.db.execute(name, [client]).fetchone() is None


# -- Notes that name colleagues --------------------------------------------------------------------


def test_whoever_is_named_in_a_note_is_told_and_follows(desk: Desk) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent)
    call: LiteralString = "add_ticket_note(%s, 'Pomożesz?', %s::uuid[])"
    named = [desk.colleague, desk.colleague, None, desk.manager]
    noted = desk.call(desk.agent, call, ticket_id, named)
    assert set(noted["message"]["mentions"]) == {str(desk.colleague), str(desk.manager)}
    assert told(desk.db, desk.colleague) == told(desk.db, desk.manager) == ["mentioned"]
    assert sees(desk.db, desk.colleague, ticket_id)
    desk.call(desk.agent, call, ticket_id, [desk.manager])
    assert told(desk.db, desk.colleague) == ["mentioned", "note_added"]
    assert told(desk.db, desk.manager) == ["mentioned", "mentioned"]


def test_a_note_that_names_somebody_else_says_nothing_at_all(desk: Desk) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent)
    call: LiteralString = "add_ticket_note(%s, 'Pomożesz?', %s::uuid[])"
    for person in (uuid4(), desk.client, an_agent(desk.db)):
        named = [desk.colleague, person]
        desk.refuse(desk.agent, "PT404", "staff_not_found", call, ticket_id, named)
    assert told(desk.db, desk.colleague) == []
    assert not sees(desk.db, desk.colleague, ticket_id)
    many = [uuid4() for _ in range(21)]
    desk.refuse(desk.agent, "PT413", "too_many_people", call, ticket_id, many)


def test_what_clients_read_names_nobody(desk: Desk) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent)
    with (
        pytest.raises(psycopg.errors.CheckViolation, match="only_notes_mention_colleagues"),
        desk.db.transaction(),
    ):
        desk.db.execute(
            "insert into public.ticket_messages (ticket_id, author_id, author_kind, body, mentions)"
            " values (%(ticket)s, %(agent)s, 'agent', 'Halo', array[%(agent)s::uuid])",
            {"ticket": ticket_id, "agent": desk.agent},
        )


# -- Links -----------------------------------------------------------------------------------------


def links(desk: Desk, ticket_id: UUID) -> list[tuple[str, str, str]]:
    """As the manager sees them: which, to which, how."""
    found = desk.call(desk.manager, "get_ticket(%s)", ticket_id)["links"]
    return [(link["ticket_id"], link["linked_ticket_id"], link["kind"]) for link in found]


def test_linked_tickets_are_shown_on_both_sides(desk: Desk) -> None:
    one, two = desk.ticket(), desk.ticket(subject="Druga sprawa")
    desk.call(desk.agent, "link_tickets(%s, %s, 'follow_up')", one, two)
    assert links(desk, one) == links(desk, two) == [(str(one), str(two), "follow_up")]
    shown = desk.call(desk.manager, "get_ticket(%s)", one)["links"][0]
    assert (shown["subject"], shown["status"]) == ("Druga sprawa", "open")


def test_two_tickets_have_one_link_whichever_way_it_is_told(desk: Desk) -> None:
    one, two = desk.ticket(), desk.ticket()
    desk.call(desk.agent, "link_tickets(%s, %s)", one, two)
    first = desk.call(desk.agent, "link_tickets(%s, %s)", one, two)
    assert desk.call(desk.agent, "link_tickets(%s, %s, 'related')", one, two) == first
    desk.call(desk.agent, "link_tickets(%s, %s, 'duplicate')", two, one)
    assert links(desk, one) == [(str(two), str(one), "duplicate")]
    assert desk.call(desk.agent, "unlink_tickets(%s, %s)", one, two)["was_linked"]
    assert not desk.call(desk.agent, "unlink_tickets(%s, %s)", two, one)["was_linked"]
    assert links(desk, two) == []


def test_both_tickets_must_be_seen_and_none_as_the_client(desk: Desk) -> None:
    mine, theirs = desk.ticket(assignee_id=desk.agent), desk.ticket(assignee_id=desk.colleague)
    for call in ("link_tickets(%s, %s)", "unlink_tickets(%s, %s)"):
        for pair in ((mine, theirs), (theirs, mine), (mine, uuid4()), (uuid4(), mine)):
            desk.refuse(desk.agent, "PT404", "ticket_not_found", call, *pair)
        own = a_ticket(desk.db, desk.agent, desk_id=desk.desk_id)
        desk.refuse(desk.agent, "PT403", "not_yours_to_change", call, mine, own)
        desk.refuse(desk.client, "PT403", "staff_required", call, mine, theirs)
    desk.refuse(desk.agent, "PT422", "same_ticket", "link_tickets(%s, %s)", mine, mine)
    kind: LiteralString = "link_tickets(%s, %s, %s)"
    for wrong in ("sibling", "", None):
        desk.refuse(desk.agent, "PT422", "unknown_link_kind", kind, mine, mine, wrong)


def test_a_link_to_what_one_does_not_see_is_not_shown(desk: Desk) -> None:
    mine, theirs = desk.ticket(assignee_id=desk.agent), desk.ticket(assignee_id=desk.colleague)
    desk.call(desk.manager, "link_tickets(%s, %s)", mine, theirs)
    for person, count in {desk.agent: 0, desk.manager: 1, desk.client: 0}.items():
        with acting_as(desk.db, "authenticated", person):
            rows = desk.db.execute("select 1 from public.ticket_links").fetchall()
        assert len(rows) == count
        assert len(desk.call(person, "get_ticket(%s)", mine)["links"]) == count


# -- Corrections -----------------------------------------------------------------------------------


def change(desk: Desk, ticket_id: UUID, version: int, **details: Any) -> Any:
    names = ("subject", "category", "priority", "language")
    return desk.call(
        desk.agent,
        "set_ticket_details(%s, %s, %s, %s, %s, %s)",
        ticket_id,
        version,
        *(details.get(name) for name in names),
    )


def test_what_is_not_named_stays(desk: Desk) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent)
    before = change(desk, ticket_id, 1)
    assert before["version"] == 1
    after = change(desk, ticket_id, 1, subject="  Masaż ", priority="urgent")
    assert (after["subject"], after["priority"]) == ("Masaż", "urgent")
    assert (after["category"], after["language"]) == (before["category"], before["language"])
    assert after["version"] == 2
    assert change(desk, ticket_id, 2, priority="urgent")["version"] == 2


def test_another_category_asks_for_other_skills_and_keeps_the_rest(desk: Desk) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent, category="billing")
    desk.db.execute(
        "update public.support_tickets set required_skills = required_skills || %s::text"
        " where id = %s",
        ["category.fitness", ticket_id],
    )
    after = change(desk, ticket_id, 2, category="aesthetic_medicine")
    assert after["required_skills"] == ["category.fitness", "certificate.aesthetic_medicine"]
    assert change(desk, ticket_id, 3, category="general")["required_skills"] == ["category.fitness"]


def test_a_waiting_ticket_that_asks_for_somebody_else_is_routed_anew(desk: Desk) -> None:
    asked: LiteralString = "select count(*) from public.routing_requests where ticket_id = %s"
    waiting, held = desk.ticket(), desk.ticket(assignee_id=desk.agent)
    for ticket_id, first, then in ((waiting, 0, 1), (held, 0, 0)):
        change(desk, ticket_id, 1, priority="high")
        assert desk.db.execute(asked, [ticket_id]).fetchone() == (first,)
        change(desk, ticket_id, 2, language="uk")
        assert desk.db.execute(asked, [ticket_id]).fetchone() == (then,)


def test_the_timeline_tells_corrections_without_texts(desk: Desk) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent)
    change(desk, ticket_id, 1, subject="Ciąża", category="billing")
    row = desk.db.execute(
        "select details, actor_id from public.ticket_events"
        " where ticket_id = %s and kind = 'details_changed'",
        [ticket_id],
    ).fetchone()
    assert row == ({"subject": {}, "category": {"from": "general", "to": "billing"}}, desk.agent)


@pytest.mark.parametrize(
    ("code", "message", "details"),
    [
        ("PT400", "subject_required", {"p_subject": " "}),
        ("PT413", "subject_too_long", {"p_subject": "ż" * 201}),
        ("PT422", "subject_malformed", {"p_subject": "a\x07"}),
        ("PT422", "unknown_category", {"p_category": "astrologia"}),
        ("PT422", "unknown_priority", {"p_priority": "wczoraj"}),
        ("PT422", "unknown_language", {"p_language": "xx"}),
    ],
)
def test_a_bad_correction_is_refused(
    desk: Desk, code: str, message: str, details: dict[str, str]
) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent)
    names = ("p_subject", "p_category", "p_priority", "p_language")
    values = [details.get(name) for name in names]
    call: LiteralString = "set_ticket_details(%s, 1, %s, %s, %s, %s)"
    desk.refuse(desk.agent, code, message, call, ticket_id, *values)


def test_corrections_need_a_stance_a_version_and_a_ticket_that_is_not_done(desk: Desk) -> None:
    call: LiteralString = "set_ticket_details(%s, %s, p_priority => 'high')"
    held = desk.ticket(assignee_id=desk.agent)
    desk.refuse(desk.agent, "PT409", "stale_version", call, held, 7)
    desk.refuse(desk.agent, "PT400", "version_required", call, held, None)
    desk.refuse(desk.colleague, "PT404", "ticket_not_found", call, held, 1)
    desk.refuse(desk.client, "PT403", "staff_required", call, held, 1)
    assert desk.call(desk.colleague, call, desk.ticket(), 1)["priority"] == "high"
    for status in ("resolved", "closed"):
        done = desk.ticket(assignee_id=desk.agent, status=status)
        desk.refuse(desk.manager, "PT409", f"ticket_is_{status}", call, done, 1)
