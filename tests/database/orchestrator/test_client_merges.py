"""Two records, one client: what a merge moves, and that taking it back moves exactly that."""

from collections.abc import Callable, Sequence
from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.sql import SQL, Identifier

from tests.factories import (
    a_client,
    a_desk,
    a_manager,
    a_message,
    a_ticket,
    a_vip_profile,
    an_admin,
    an_agent,
)
from tests.support.acting import acting_as, refused
from tests.support.parallel import all_at_once, lasting_desk

MERGE: LiteralString = "select public.merge_clients(%s, %s, 'Ta sama osoba')"
UNDO: LiteralString = "select public.undo_client_merge(%s, 'Jednak dwie siostry')"


def one(db: psycopg.Connection, statement: LiteralString, *values: Any) -> Any:
    row = db.execute(statement, values).fetchone()
    assert row is not None
    return row[0]


def merge(db: psycopg.Connection, person: UUID, kept: UUID, merged: UUID) -> Any:
    with acting_as(db, "authenticated", person):
        return one(db, MERGE, kept, merged)


def undo(db: psycopg.Connection, person: UUID, merge_id: str) -> Any:
    with acting_as(db, "authenticated", person):
        return one(db, UNDO, merge_id)


def tickets_of(db: psycopg.Connection, client_id: UUID) -> set[UUID]:
    rows = db.execute("select id from public.support_tickets where client_id = %s", [client_id])
    return {row[0] for row in rows}


def identity(
    db: psycopg.Connection, client_id: UUID, kind: str, value: str, *, is_verified: bool = False
) -> UUID:
    found = one(
        db,
        "insert into public.client_identities (client_id, kind, value, is_verified, source)"
        " values (%s, %s, %s, %s, 'staff') returning id",
        *(client_id, kind, value, is_verified),
    )
    assert isinstance(found, UUID)
    return found


# --------------------------------------------------------------------------------------------------
# Merge
# --------------------------------------------------------------------------------------------------
def test_what_the_duplicate_had_is_the_kept_clients(db: psycopg.Connection) -> None:
    kept, duplicate, manager = a_client(db), a_client(db), a_manager(db)
    mine, moved = a_ticket(db, kept), a_ticket(db, duplicate)
    identity(db, duplicate, "email", "druga@klient.test", is_verified=True)
    answer = merge(db, manager, kept, duplicate)
    assert tickets_of(db, kept) == {mine, moved}
    assert answer["moved"] == {"ticket": 1, "identity": 2}
    found = one(db, "select private.resolve_client('email', 'druga@klient.test', null)")
    assert (found["certainty"], found["client_id"]) == ("exact", str(kept))


def test_a_merged_account_sees_the_kept_clients_tickets_and_after_undoing_its_own(
    db: psycopg.Connection,
) -> None:
    kept, duplicate, manager = a_client(db), a_client(db), a_manager(db)
    mine, theirs = a_ticket(db, kept), a_ticket(db, duplicate)

    def seen_by(person: UUID) -> set[UUID]:
        with acting_as(db, "authenticated", person):
            return {row[0] for row in db.execute("select id from public.my_tickets")}

    answer = merge(db, manager, kept, duplicate)
    assert seen_by(duplicate) == seen_by(kept) == {mine, theirs}
    undo(db, manager, answer["id"])
    assert (seen_by(kept), seen_by(duplicate)) == ({mine}, {theirs})


def test_the_higher_tier_is_kept_and_said_why(db: psycopg.Connection) -> None:
    kept, duplicate, manager = a_client(db, "premium"), a_client(db, "vip_gold"), a_manager(db)
    profile = a_vip_profile(db, duplicate, dedicated_agent_id=an_agent(db))
    answer = merge(db, manager, kept, duplicate)
    assert one(db, "select tier from public.profiles where id = %s", kept) == "vip_gold"
    vip = one(db, "select client_id from public.vip_client_profiles where id = %s", profile)
    assert vip == kept
    told = db.execute(
        "select field, old_value, new_value, reason, changed_by from public.vip_profile_changes"
        " where client_id = %s and field = 'tier' order by id desc limit 1",
        [kept],
    ).fetchone()
    assert told == ("tier", "premium", "vip_gold", "Ta sama osoba", manager)
    undo(db, manager, answer["id"])
    assert one(db, "select tier from public.profiles where id = %s", kept) == "premium"


def test_the_kept_clients_own_vip_profile_wins(db: psycopg.Connection) -> None:
    kept, duplicate = a_client(db, "vip_gold"), a_client(db, "vip_platinum")
    own, other = a_vip_profile(db, kept), a_vip_profile(db, duplicate)
    merge(db, a_manager(db), kept, duplicate)
    rows = db.execute("select id, client_id, tier from public.vip_client_profiles").fetchall()
    assert {row for row in rows if row[0] in (own, other)} == {
        (own, kept, "vip_platinum"),
        (other, duplicate, "vip_platinum"),
    }


def test_a_tier_changed_by_hand_since_stays(db: psycopg.Connection) -> None:
    kept, duplicate, manager = a_client(db), a_client(db, "vip_gold"), a_manager(db)
    answer = merge(db, manager, kept, duplicate)
    with acting_as(db, "authenticated", manager):
        db.execute("select public.set_client_tier(%s, 'vip_platinum', 'Jubileusz')", [kept])
    undo(db, manager, answer["id"])
    assert one(db, "select tier from public.profiles where id = %s", kept) == "vip_platinum"


def test_what_came_after_the_merge_stays_with_the_kept_client(db: psycopg.Connection) -> None:
    kept, duplicate, manager = a_client(db), a_client(db), a_manager(db)
    before = a_ticket(db, duplicate)
    answer = merge(db, manager, kept, duplicate)
    with acting_as(db, "authenticated", duplicate):
        after = one(db, "select public.open_ticket('Wizyta', 'Proszę o termin', 'chat')")
    undo(db, manager, answer["id"])
    assert tickets_of(db, duplicate) == {before}
    assert tickets_of(db, kept) == {UUID(after["id"])}


def test_an_account_takes_its_new_address_along(db: psycopg.Connection) -> None:
    kept, duplicate, manager = a_client(db), a_client(db), a_manager(db)
    answer = merge(db, manager, kept, duplicate)
    db.execute("update auth.users set email = 'nowy@klient.test' where id = %s", [duplicate])
    holder: LiteralString = (
        "select client_id from public.client_identities where value = 'nowy@klient.test'"
    )
    assert one(db, holder) == kept
    undo(db, manager, answer["id"])
    assert one(db, holder) == duplicate


def test_delegates_move_and_nobody_becomes_their_own(db: psycopg.Connection) -> None:
    kept, duplicate, assistant = a_client(db), a_client(db), a_client(db)
    rows = [
        one(
            db,
            "insert into public.client_delegates (client_id, kind, delegate_client_id)"
            " values (%s, %s, %s) returning id",
            *(client, kind, delegate),
        )
        for client, kind, delegate in [
            (duplicate, "assistant", assistant),
            (kept, "household", duplicate),
        ]
    ]
    merge(db, a_manager(db), kept, duplicate)
    found = db.execute(
        "select id, client_id, delegate_client_id from public.client_delegates where id = any (%s)",
        [rows],
    ).fetchall()
    assert set(found) == {(rows[0], kept, assistant), (rows[1], kept, duplicate)}


def test_every_step_is_on_the_timeline_for_staff_alone(db: psycopg.Connection) -> None:
    kept, duplicate, manager = a_client(db), a_client(db), a_manager(db)
    ticket = a_ticket(db, duplicate)
    answer = merge(db, manager, kept, duplicate)
    undo(db, manager, answer["id"])
    told = db.execute(
        "select kind, is_internal, actor_id, details ->> 'merge_id' from public.ticket_events"
        " where ticket_id = %s and kind like 'client_merge%%' order by id",
        [ticket],
    ).fetchall()
    assert told == [
        ("client_merged", True, manager, answer["id"]),
        ("client_merge_undone", True, manager, answer["id"]),
    ]


def test_waiting_tickets_are_looked_at_again(db: psycopg.Connection) -> None:
    kept, duplicate = a_client(db, "vip_gold"), a_client(db)
    waiting = a_ticket(db, duplicate)
    held = a_ticket(db, duplicate, assignee_id=an_agent(db))
    merge(db, a_manager(db), kept, duplicate)
    asked = db.execute(
        "select ticket_id from public.routing_requests where reason = 'client_merged'"
        " and ticket_id = any (%s)",
        [[waiting, held]],
    ).fetchall()
    assert asked == [(waiting,)]


# --------------------------------------------------------------------------------------------------
# Refusals
# --------------------------------------------------------------------------------------------------
def merged_before(db: psycopg.Connection, manager: UUID) -> tuple[UUID, UUID]:
    kept, duplicate = a_client(db), a_client(db)
    merge(db, manager, kept, duplicate)
    return kept, duplicate


REFUSALS: dict[str, tuple[Callable[[UUID, UUID, UUID], tuple[UUID, UUID]], str, str]] = {
    "with itself": (lambda kept, merged, other: (kept, kept), "PT422", "same_client"),
    "twice": (lambda kept, merged, other: (kept, merged), "PT409", "already_merged"),
    "into another": (lambda kept, merged, other: (other, merged), "PT409", "already_merged"),
    "into a duplicate": (lambda kept, merged, other: (merged, other), "PT409", "client_is_merged"),
    "in a chain": (lambda kept, merged, other: (other, kept), "PT409", "client_has_duplicates"),
    "in a ring": (lambda kept, merged, other: (merged, kept), "PT409", "client_is_merged"),
    "with nobody": (lambda kept, merged, other: (kept, uuid4()), "PT404", "client_not_found"),
}


@pytest.mark.parametrize("case", sorted(REFUSALS))
def test_clients_are_not_merged(db: psycopg.Connection, case: str) -> None:
    manager = a_manager(db)
    kept, merged = merged_before(db, manager)
    choose, sqlstate, message = REFUSALS[case]
    pair = choose(kept, merged, a_client(db))
    with acting_as(db, "authenticated", manager), refused(db, sqlstate, message):
        db.execute(MERGE, pair)


def test_a_colleagues_record_stays_apart(db: psycopg.Connection) -> None:
    client, agent, manager = a_client(db), an_agent(db), a_manager(db)
    for pair in ([client, agent], [agent, client]):
        with acting_as(db, "authenticated", manager), refused(db, "PT409", "client_is_staff"):
            db.execute(MERGE, pair)


def test_only_who_manages_both_desks_merges_them(db: psycopg.Connection) -> None:
    far = a_desk(db)
    near_client, far_client = a_client(db), a_client(db, desk_id=far)
    for person, expected in {
        a_manager(db): ("PT404", "client_not_found"),
        a_manager(db, desk_id=far): ("PT404", "client_not_found"),
        an_agent(db): ("PT403", "manager_required"),
        near_client: ("PT403", "manager_required"),
    }.items():
        with acting_as(db, "authenticated", person), refused(db, *expected):
            db.execute(MERGE, [near_client, far_client])
    ticket = a_ticket(db, far_client)
    merge(db, an_admin(db), near_client, far_client)
    row = db.execute(
        "select client_id, desk_id from public.support_tickets where id = %s", [ticket]
    ).fetchone()
    assert row == (near_client, far)


def test_a_merge_is_taken_back_once(db: psycopg.Connection) -> None:
    manager = a_manager(db)
    answer = merge(db, manager, a_client(db), a_client(db))
    undo(db, manager, answer["id"])
    with acting_as(db, "authenticated", manager):
        with refused(db, "PT409", "already_undone"):
            db.execute(UNDO, [answer["id"]])
        with refused(db, "PT404", "client_not_found"):
            db.execute(UNDO, [uuid4()])


def test_tickets_merged_across_the_two_are_taken_apart_first(db: psycopg.Connection) -> None:
    kept, duplicate, manager = a_client(db), a_client(db), a_manager(db)
    mine, theirs = a_ticket(db, kept), a_ticket(db, duplicate)
    answer = merge(db, manager, kept, duplicate)
    with acting_as(db, "authenticated", manager):
        joined = one(
            db,
            "select public.merge_tickets(%s, %s, %s, 'To samo')",
            *(theirs, mine, version(db, theirs)),
        )
        with refused(db, "PT409", "tickets_are_merged"):
            db.execute(UNDO, [answer["id"]])
    assert joined is not None


def version(db: psycopg.Connection, ticket_id: UUID) -> Any:
    return one(db, "select version from public.support_tickets where id = %s", ticket_id)


def test_after_undoing_it_can_be_merged_again(db: psycopg.Connection) -> None:
    kept, duplicate, manager = a_client(db), a_client(db), a_manager(db)
    undo(db, manager, merge(db, manager, kept, duplicate)["id"])
    merge(db, manager, duplicate, kept)
    assert one(db, "select merged_into_id from public.profiles where id = %s", kept) == duplicate


# --------------------------------------------------------------------------------------------------
# Merge and undo leave everything as it was
# --------------------------------------------------------------------------------------------------
ROWS: dict[str, tuple[str, ...]] = {
    "profiles": ("id", "tier", "merged_into_id"),
    "support_tickets": ("id", "client_id", "desk_id", "tier", "status", "assignee_id", "cycle"),
    "client_identities": ("id", "client_id", "kind", "value", "is_verified", "source"),
    "client_delegates": ("id", "client_id", "delegate_client_id", "kind", "is_authorised"),
    "vip_client_profiles": ("id", "client_id", "tier", "dedicated_agent_id"),
    "ticket_messages": ("id", "ticket_id", "author_id", "body"),
    "identity_checks": ("id", "client_id", "status", "confirmed_client_id", "decided_at"),
}
TIERS = st.sampled_from(["standard", "premium", "vip_gold", "vip_platinum"])
# Whose address, shared or not; the same few values, so that both often have them.
ADDRESSES = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(["600100200", "600100201"]), st.booleans()),
    max_size=5,
)
DELEGATES = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 2)).filter(lambda pair: pair[0] != pair[1]),
    max_size=4,
    unique=True,
)


def picture(db: psycopg.Connection) -> dict[str, set[tuple[Any, ...]]]:
    """Every row of the tables a merge touches, without clocks and versions."""
    return {
        table: set(
            db.execute(
                SQL("select {} from public.{}").format(
                    SQL(", ").join(map(Identifier, columns)), Identifier(table)
                )
            )
        )
        for table, columns in ROWS.items()
    }


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    tiers=st.tuples(TIERS, TIERS, TIERS),
    profiles=st.tuples(st.booleans(), st.booleans()),
    tickets=st.lists(st.integers(0, 2), max_size=5),
    addresses=ADDRESSES,
    delegates=DELEGATES,
    is_writer=st.booleans(),
)
def test_merging_and_undoing_changes_nothing(
    db: psycopg.Connection,
    *,
    tiers: tuple[str, str, str],
    profiles: tuple[bool, bool],
    tickets: list[int],
    addresses: list[tuple[int, str, bool]],
    delegates: list[tuple[int, int]],
    is_writer: bool,
) -> None:
    with db.transaction(force_rollback=True):
        manager, people = a_manager(db), [a_client(db, tier) for tier in tiers]
        furnish(db, people, profiles, tickets, addresses, delegates)
        if is_writer:
            people[1] = a_writer(db, "48600100200")
        before = picture(db)
        answer = merge(db, manager, people[0], people[1])
        during = picture(db)
        assert not [row for row in during["support_tickets"] if row[1] == people[1]]
        undo(db, manager, answer["id"])
        assert picture(db) == before


def furnish(
    db: psycopg.Connection,
    people: Sequence[UUID],
    profiles: tuple[bool, bool],
    tickets: Sequence[int],
    addresses: Sequence[tuple[int, str, bool]],
    delegates: Sequence[tuple[int, int]],
) -> None:
    for place in tickets:
        a_message(db, a_ticket(db, people[place]), people[place])
    for place, has_profile in enumerate(profiles):
        if has_profile:
            a_vip_profile(db, people[place])
    for place, value, is_verified in addresses:
        db.execute(
            "insert into public.client_identities (client_id, kind, value, is_verified, source)"
            " values (%s, 'phone', '+48' || %s, %s, 'staff') on conflict do nothing",
            [people[place], value, is_verified],
        )
    for client, delegate in delegates:
        db.execute(
            "insert into public.client_delegates (client_id, kind, delegate_client_id)"
            " values (%s, 'assistant', %s)",
            [people[client], people[delegate]],
        )


def a_writer(db: psycopg.Connection, number: str) -> UUID:
    """Somebody who wrote from this number without an account; perhaps a question is open."""
    with acting_as(db, "service_role"):
        answer = one(
            db,
            "select public.receive_message('whatsapp', %s, 'Dzień dobry', null, 'Zosia')",
            number,
        )
    return UUID(answer["client_id"])


# --------------------------------------------------------------------------------------------------
# Together
# --------------------------------------------------------------------------------------------------
def test_of_two_opposite_merges_at_once_one_wins(database_url: str) -> None:
    with lasting_desk(database_url) as (db, desk_id):
        managers = [a_manager(db, desk_id=desk_id) for _ in range(6)]
        pair = [a_client(db, desk_id=desk_id) for _ in range(2)]
        a_ticket(db, pair[0])
        a_ticket(db, pair[1])
        turned: LiteralString = (
            "select public.merge_clients(ids[1 + turn], ids[2 - turn], 'Ta sama') ->> 'id'"
            " from (select array[%(one)s, %(two)s]::uuid[] as ids,"
            " (get_byte(uuid_send(auth.uid()), 15) %% 2)::integer as turn) choice"
        )
        answers = all_at_once(database_url, managers, turned, {"one": pair[0], "two": pair[1]})
        won = [answer for answer in answers if answer not in ("already_merged", "client_is_merged")]
        assert len(won) == 1, answers
        merged = one(
            db, "select count(*) from public.profiles where merged_into_id = any (%s)", pair
        )
        assert merged == 1
        assert sorted(len(tickets_of(db, person)) for person in pair) == [0, 2]
        db.execute("delete from public.client_merges where kept_client_id = any (%s)", [pair])
        db.execute(
            "update public.profiles set merged_into_id = null where merged_into_id = any (%s)",
            [pair],
        )


def test_no_ticket_is_opened_behind_a_merges_back(database_url: str) -> None:
    with lasting_desk(database_url) as (db, desk_id):
        manager = a_manager(db, desk_id=desk_id)
        kept, duplicate = (a_client(db, desk_id=desk_id) for _ in range(2))
        either: LiteralString = (
            "select case when auth.uid() = %(manager)s"
            " then public.merge_clients(%(kept)s, %(duplicate)s, 'Ta sama')"
            " else public.open_ticket('Wizyta', 'Proszę', 'chat') end ->> 'id'"
        )
        values = {"manager": manager, "kept": kept, "duplicate": duplicate}
        answers = all_at_once(database_url, [manager, *[duplicate] * 5], either, values)
        assert all(UUID(answer) for answer in answers)
        assert tickets_of(db, duplicate) == set()
        assert len(tickets_of(db, kept)) == 5
        db.execute("delete from public.client_merges where kept_client_id = %s", [kept])
        db.execute("update public.profiles set merged_into_id = null where id = %s", [duplicate])
