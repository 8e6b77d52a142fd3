"""A client moves to another desk: who may say so, what stays, what is remembered."""

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.factories import DEFAULT_DESK, a_client, a_desk, a_manager, a_ticket, an_admin, an_agent
from tests.support.acting import acting_as, refused


def move(
    db: psycopg.Connection, person: UUID, client: UUID, desk: UUID, reason: str | None = "Bliżej"
) -> Any:
    with acting_as(db, "authenticated", person):
        row = db.execute(
            "select public.set_client_desk(%s, %s, %s)", [client, desk, reason]
        ).fetchone()
    assert row is not None
    return row[0]


def desk_of(db: psycopg.Connection, client: UUID) -> UUID:
    row = db.execute("select desk_id from public.profiles where id = %s", [client]).fetchone()
    assert row is not None
    return row[0]


def test_the_next_ticket_goes_to_the_new_desk_and_the_open_one_stays(
    db: psycopg.Connection,
) -> None:
    client, desk = a_client(db), a_desk(db)
    before = a_ticket(db, client)
    assert move(db, a_manager(db), client, desk) == {
        "client_id": str(client),
        "desk_id": str(desk),
    }
    after = a_ticket(db, client)
    desks = db.execute(
        "select desk_id from public.support_tickets where id = any(%s) order by number",
        [[before, after]],
    ).fetchall()
    assert desks == [(DEFAULT_DESK,), (desk,)]


def test_it_is_remembered_who_moved_them_and_why(db: psycopg.Connection) -> None:
    client, desk, manager = a_client(db), a_desk(db), a_manager(db)
    move(db, manager, client, desk)
    rows = db.execute(
        "select field, old_value, new_value, reason, changed_by"
        " from public.vip_profile_changes where client_id = %s",
        [client],
    ).fetchall()
    assert rows == [("desk_id", str(DEFAULT_DESK), str(desk), "Bliżej", manager)]


def test_an_admin_may_move_anybody(db: psycopg.Connection) -> None:
    desk = a_desk(db)
    client = a_client(db, desk_id=a_desk(db))
    move(db, an_admin(db), client, desk)
    assert desk_of(db, client) == desk


@pytest.mark.parametrize(
    ("who", "code", "message"),
    [
        ("agent", "PT403", "manager_required"),
        ("client", "PT403", "manager_required"),
        ("manager elsewhere", "PT404", "client_not_found"),
    ],
)
def test_others_may_not(db: psycopg.Connection, who: str, code: str, message: str) -> None:
    client, desk = a_client(db), a_desk(db)
    person = {
        "agent": lambda: an_agent(db),
        "client": lambda: client,
        "manager elsewhere": lambda: a_manager(db, desk_id=desk),
    }[who]()
    with refused(db, code, message):
        move(db, person, client, desk)
    assert desk_of(db, client) == DEFAULT_DESK


def test_nobody_moves_to_a_desk_that_is_not_there_or_without_a_reason(
    db: psycopg.Connection,
) -> None:
    client, manager = a_client(db), a_manager(db)
    with refused(db, "PT404", "desk_not_found"):
        move(db, manager, client, uuid4())
    with refused(db, "PT400", "reason_required"):
        move(db, manager, client, a_desk(db), None)
