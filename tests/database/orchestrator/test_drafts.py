"""Drafts: nothing typed is lost, colleagues learn who writes and never what."""

from typing import Any, LiteralString

import psycopg
import pytest

from tests.factories import a_client, a_desk, a_manager, a_ticket, an_agent
from tests.support.acting import acting_as
from tests.support.calling import call, refusal, rows

SAVE: LiteralString = "save_draft(%s, %s)"
BODIES: LiteralString = "select body, is_internal from public.ticket_drafts order by is_internal"


class Desk:
    """One ticket, its agent, and a manager who may answer too."""

    def __init__(self, db: psycopg.Connection) -> None:
        self.db = db
        self.desk_id = a_desk(db)
        self.client = a_client(db, desk_id=self.desk_id)
        self.agent = an_agent(db, desk_id=self.desk_id, name="Jan Kowalski")
        self.manager = a_manager(db, desk_id=self.desk_id)
        self.ticket = a_ticket(db, self.client, desk_id=self.desk_id, assignee_id=self.agent)

    def notices(self) -> list[Any]:
        return self.db.execute(
            "select payload - 'id', private from realtime.messages"
            " where topic = %s and event = 'drafting' and extension = 'broadcast'",
            [f"ticket-desk:{self.ticket}"],
        ).fetchall()


@pytest.fixture
def desk(db: psycopg.Connection) -> Desk:
    return Desk(db)


def test_the_latest_words_are_kept_and_only_for_their_author(desk: Desk) -> None:
    call(desk.db, desk.agent, SAVE, desk.ticket, "Dzień")
    told = call(desk.db, desk.agent, SAVE, desk.ticket, "Dzień dobry ")
    assert told["saved_at"] is not None
    assert told["others_drafting"] == []
    assert rows(desk.db, desk.agent, BODIES) == [("Dzień dobry ", False)]
    assert rows(desk.db, desk.manager, BODIES) == []
    assert rows(desk.db, desk.client, BODIES) == []


def test_two_who_answer_learn_of_each_other_but_not_the_text(desk: Desk) -> None:
    call(desk.db, desk.agent, SAVE, desk.ticket, "Sekret agenta")
    told = call(desk.db, desk.manager, SAVE, desk.ticket, "Już piszę")
    [other] = told["others_drafting"]
    assert (other["staff_id"], other["display_name"]) == (str(desk.agent), "Jan Kowalski")
    assert other.keys() == {"staff_id", "display_name", "updated_at"}
    assert "Sekret" not in str(told)


def test_old_drafts_and_notes_are_no_collision(desk: Desk) -> None:
    call(desk.db, desk.agent, SAVE, desk.ticket, "Odłożone")
    desk.db.execute(
        "update public.ticket_drafts set updated_at = now() - interval '121 seconds'"
        " where not is_internal"
    )
    call(desk.db, desk.agent, "save_draft(%s, 'Notatka', true)", desk.ticket)
    assert call(desk.db, desk.manager, SAVE, desk.ticket, "Piszę")["others_drafting"] == []


def test_who_left_is_not_drafting(desk: Desk) -> None:
    call(desk.db, desk.agent, SAVE, desk.ticket, "Odchodzę")
    desk.db.execute(
        "update public.staff_members set is_active = false, state = 'offline' where id = %s",
        [desk.agent],
    )
    assert call(desk.db, desk.manager, SAVE, desk.ticket, "Piszę")["others_drafting"] == []


def test_an_empty_or_discarded_draft_is_forgotten(desk: Desk) -> None:
    call(desk.db, desk.agent, SAVE, desk.ticket, "Dzień")
    assert call(desk.db, desk.agent, SAVE, desk.ticket, " \n")["saved_at"] is None
    assert rows(desk.db, desk.agent, BODIES) == []
    call(desk.db, desk.agent, SAVE, desk.ticket, "Dzień")
    call(desk.db, desk.agent, "save_draft(%s, 'Notatka', true)", desk.ticket)
    call(desk.db, desk.agent, "discard_draft(%s)", desk.ticket)
    assert rows(desk.db, desk.agent, BODIES) == [("Notatka", True)]


def test_what_is_sent_is_no_draft_any_more(desk: Desk) -> None:
    call(desk.db, desk.agent, SAVE, desk.ticket, "Odpowiedź")
    call(desk.db, desk.agent, "save_draft(%s, 'Notatka', true)", desk.ticket)
    call(desk.db, desk.manager, SAVE, desk.ticket, "Moja")
    call(desk.db, desk.agent, "reply_to_ticket(%s, 'Odpowiedź')", desk.ticket)
    assert rows(desk.db, desk.agent, BODIES) == [("Notatka", True)]
    assert rows(desk.db, desk.manager, BODIES) == [("Moja", False)]
    call(desk.db, desk.agent, "add_ticket_note(%s, 'Notatka')", desk.ticket)
    assert rows(desk.db, desk.agent, BODIES) == []


def test_bad_drafts_are_refused(desk: Desk) -> None:
    outsider = an_agent(desk.db, desk_id=a_desk(desk.db))
    told = refusal(desk.db, desk.agent, SAVE, desk.ticket, "x" * 10_001)
    assert told[:2] == ("PT413", "body_too_long")
    assert refusal(desk.db, desk.agent, SAVE, desk.ticket, "\x1b")[1] == "body_malformed"
    assert refusal(desk.db, desk.agent, SAVE, None, "x")[1] == "ticket_not_found"
    assert refusal(desk.db, outsider, SAVE, desk.ticket, "x")[:2] == ("PT404", "ticket_not_found")
    assert refusal(desk.db, desk.client, SAVE, desk.ticket, "x")[:2] == ("PT403", "staff_required")


def test_whoever_is_the_client_drafts_nothing_there(desk: Desk) -> None:
    mine = a_ticket(desk.db, desk.agent, desk_id=desk.desk_id)
    told = refusal(desk.db, desk.agent, SAVE, mine, "x")
    assert told[:2] == ("PT403", "not_yours_to_change")


def test_forgotten_drafts_go_after_a_month(desk: Desk) -> None:
    call(desk.db, desk.manager, SAVE, desk.ticket, "Stare")
    desk.db.execute("update public.ticket_drafts set updated_at = now() - interval '31 days'")
    call(desk.db, desk.agent, SAVE, desk.ticket, "Nowe")
    assert rows(desk.db, desk.manager, BODIES) == []


# -- Telling colleagues ----------------------------------------------------------------------------


def test_colleagues_are_told_once_in_thirty_seconds(desk: Desk) -> None:
    for text in ("D", "Dz", "Dzień"):
        call(desk.db, desk.agent, SAVE, desk.ticket, text)
    call(desk.db, desk.agent, "discard_draft(%s)", desk.ticket)
    call(desk.db, desk.agent, SAVE, desk.ticket, "Od nowa")
    told = {"ticket_id": str(desk.ticket), "staff_id": str(desk.agent)}
    assert desk.notices() == [(told, True)]
    desk.db.execute("update private.drafting_notices set sent_at = now() - interval '31 seconds'")
    call(desk.db, desk.agent, SAVE, desk.ticket, "Dalej")
    assert len(desk.notices()) == 2
    call(desk.db, desk.manager, SAVE, desk.ticket, "Ja też")
    assert len(desk.notices()) == 3


def test_notes_are_not_announced(desk: Desk) -> None:
    call(desk.db, desk.agent, "save_draft(%s, 'Notatka', true)", desk.ticket)
    assert desk.notices() == []


def test_the_desks_topic_is_for_staff_who_see_the_ticket(desk: Desk) -> None:
    outsider = an_agent(desk.db, desk_id=a_desk(desk.db))
    own = a_ticket(desk.db, desk.agent, desk_id=desk.desk_id)
    topic = f"ticket-desk:{desk.ticket}"
    expected = {
        (desk.agent, topic): True,
        (desk.manager, topic): True,
        (desk.client, topic): False,
        (outsider, topic): False,
        (desk.agent, f"ticket-desk:{own}"): False,
        (desk.manager, f"ticket-desk:{own}"): True,
        (desk.client, f"ticket:{desk.ticket}"): True,
    }
    found = {}
    for person, asked in expected:
        with acting_as(desk.db, "authenticated", person):
            row = desk.db.execute("select private.is_topic_of_mine(%s)", [asked]).fetchone()
        found[person, asked] = bool(row and row[0])
    assert found == expected
