"""Fifty clients who want the same few places at the same moment, on connections of their own."""

from collections.abc import Iterator
from typing import LiteralString
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.database.vip.exclusive_house import an_item
from tests.factories import a_client, a_vip_profile
from tests.support.parallel import all_at_once, lasting_desk

CALLERS = 50
RESERVE: LiteralString = "select public.reserve_exclusive_access(%(item)s)"
RELEASE: LiteralString = "select public.release_exclusive_access(%(item)s)"
SETTLE: LiteralString = "select private.settle_exclusive_item(%(item)s)"
CLEAN_UP: tuple[LiteralString, ...] = (
    "delete from private.timers where subject_id in"
    " (select id from public.exclusive_items where desk_id = %(desk)s"
    "  union select id from public.profiles where desk_id = %(desk)s)",
    "delete from private.jobs where subject_id in"
    " (select id from public.exclusive_items where desk_id = %(desk)s)",
    "delete from public.exclusive_items where desk_id = %(desk)s",
)


@pytest.fixture
def place(database_url: str) -> Iterator[tuple[psycopg.Connection, UUID]]:
    """A desk whose people and items are committed, and gone afterwards."""
    with lasting_desk(database_url) as (db, desk):
        try:
            yield db, desk
        finally:
            for statement in CLEAN_UP:
                db.execute(statement, {"desk": desk})


def a_lasting_item(db: psycopg.Connection, desk: UUID) -> UUID:
    """Ten places, of which Gold may have four."""
    with db.transaction():
        db.execute("""select set_config('request.jwt.claims', '{"role": "service_role"}', true)""")
        row = db.execute(
            "select public.save_exclusive_item(%s) ->> 'id'",
            [
                Jsonb(
                    an_item(
                        desk_id=str(desk), capacity=10, quotas={"vip_platinum": 8, "vip_gold": 4}
                    )
                )
            ],
        ).fetchone()
    assert row is not None
    return UUID(row[0])


def counted(db: psycopg.Connection, item: UUID) -> tuple[int, int, int, int]:
    """Places held in all, by Platinum and by Gold clients, and the item's own counter."""
    row = db.execute(
        "select count(*), count(*) filter (where tier = 'vip_platinum'),"
        " count(*) filter (where tier = 'vip_gold'),"
        " (select taken_count from public.exclusive_items where id = %(item)s)"
        " from public.exclusive_reservations"
        " where item_id = %(item)s and state in ('offered', 'reserved')",
        {"item": item},
    ).fetchone()
    assert row is not None
    return row


def test_fifty_at_once_never_get_more_places_than_there_are(
    place: tuple[psycopg.Connection, UUID], database_url: str
) -> None:
    db, desk = place
    item = a_lasting_item(db, desk)
    clients = []
    for number in range(CALLERS):
        tier = "vip_gold" if number % 2 else "vip_platinum"
        clients.append(a_client(db, tier, desk_id=desk))
        a_vip_profile(db, clients[-1])
    answers = all_at_once(database_url, clients, RESERVE, {"item": item})
    states = [answer["state"] for answer in answers]
    held, platinum, gold, counter = counted(db, item)
    assert (held, counter, states.count("reserved")) == (10, 10, 10)
    assert platinum <= 8
    assert gold <= 4
    assert states.count("waiting") == CALLERS - 10

    # Half of them give back at once while the list moves on: still never more, and none idle.
    happy = [c for c, state in zip(clients, states, strict=True) if state == "reserved"][:5]
    released = all_at_once(database_url, happy, RELEASE, {"item": item})
    assert [answer["state"] for answer in released] == ["released"] * 5
    with db.transaction():
        db.execute(SETTLE, {"item": item})
    held, platinum, gold, counter = counted(db, item)
    assert (held, counter) == (10, 10)
    assert platinum <= 8
    assert gold <= 4


def test_the_list_moves_on_while_others_reserve_and_give_back(
    place: tuple[psycopg.Connection, UUID], database_url: str
) -> None:
    db, desk = place
    item = a_lasting_item(db, desk)
    clients = [a_client(db, "vip_platinum", desk_id=desk) for _ in range(12)]
    for client in clients:
        a_vip_profile(db, client)
    all_at_once(database_url, clients, RESERVE, {"item": item})
    for statement in (RELEASE, RESERVE, RELEASE):
        all_at_once(database_url, clients, statement, {"item": item})
        with db.transaction():
            db.execute(SETTLE, {"item": item})
        held, platinum, _, counter = counted(db, item)
        assert held == counter == platinum <= 8
