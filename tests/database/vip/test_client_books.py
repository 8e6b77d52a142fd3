"""Client books that change hands: who gets whom, what goes along, and the way back."""

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString, cast
from uuid import UUID, uuid4

import psycopg
import pytest

from lib.store.vip.client_books import supabase_client_book_store
from tests.database.orchestrator.router import DatabaseRpc, claim
from tests.factories import a_client, a_desk, a_manager, a_staff_member, a_ticket
from tests.support.calling import call, refusal
from workers.vip.client_books import client_books

WORKER = "vip.client_books"
ROLES = ("dedicated_agent", "deputy_agent", "relationship_manager")
HAND: LiteralString = "hand_over_client_book(%s, %s, 'Odchodzi z domu')"
SPREAD: LiteralString = "hand_over_client_book(%s, null, 'Urlop macierzyński')"


@dataclass
class Desk:
    """Somebody who leaves, and those who could take their clients."""

    db: psycopg.Connection
    id: UUID
    manager: UUID
    leaver: UUID
    taker: UUID

    def a_client(self, language: str = "pl", **team: UUID) -> UUID:
        """A client of the leaver's (dedicated agent, unless `team` says otherwise)."""
        client = a_client(self.db, "vip_gold", languages=[language], desk_id=self.id)
        people = team or {"dedicated_agent": self.leaver}
        self.db.execute(
            "insert into public.vip_client_profiles"
            " (client_id, tier, dedicated_agent_id, deputy_agent_id, relationship_manager_id)"
            " values (%s, 'vip_gold', %s, %s, %s)",
            [client, *(people.get(role) for role in ROLES)],
        )
        return client

    def team(self, client: UUID) -> dict[str, UUID]:
        row = self.db.execute(
            "select dedicated_agent_id, deputy_agent_id, relationship_manager_id"
            " from public.vip_client_profiles where client_id = %s",
            [client],
        ).fetchone()
        assert row is not None
        return {role: one for role, one in zip(ROLES, row, strict=True) if one is not None}

    def as_manager(self, statement: LiteralString, *values: object) -> Any:
        return call(self.db, self.manager, statement, *values)

    def outcomes(self, handover: Any) -> list[tuple[str, str]]:
        return [(item["kind"], item["outcome"]) for item in handover["items"]]

    def value(self, statement: LiteralString, *values: object) -> Any:
        row = self.db.execute(statement, values).fetchone()
        assert row is not None
        return row[0]


@pytest.fixture
def desk(db: psycopg.Connection) -> Desk:
    desk_id = a_desk(db)
    leaver = a_staff_member(db, desk_id=desk_id, name="Jan Nowak")
    taker = a_staff_member(db, desk_id=desk_id, name="Ewa Kos")
    db.execute("delete from private.timers")
    db.execute("delete from private.jobs where worker = %s", [WORKER])
    return Desk(db, desk_id, a_manager(db, desk_id=desk_id), leaver, taker)


# Who gets whom ------------------------------------------------------------------------------


def test_a_preview_tells_what_would_happen_and_changes_nothing(desk: Desk) -> None:
    clients = [desk.a_client() for _ in range(3)]
    a_ticket(desk.db, clients[0], assignee_id=desk.leaver, desk_id=desk.id)
    seen = desk.as_manager("preview_client_book(%s, %s)", desk.leaver, desk.taker)
    assert (seen["client_count"], seen["ticket_count"]) == (3, 1)
    assert {(i["to_staff_id"], i["outcome"]) for i in seen["items"]} == {(str(desk.taker), "moved")}
    assert all(desk.team(one)["dedicated_agent"] == desk.leaver for one in clients)


def test_every_client_goes_to_the_one_who_is_named_with_a_trace(desk: Desk) -> None:
    client = desk.a_client(dedicated_agent=desk.leaver, relationship_manager=desk.leaver)
    done = desk.as_manager(HAND, desk.leaver, desk.taker)
    assert done["state"] == "done"
    assert desk.outcomes(done) == [("dedicated_agent", "moved"), ("relationship_manager", "moved")]
    assert set(desk.team(client).values()) == {desk.taker}
    changes = desk.db.execute(
        "select field, new_value, reason, changed_by from public.vip_profile_changes"
        " where client_id = %s and new_value = %s order by id",
        [client, str(desk.taker)],
    ).fetchall()
    assert changes == [
        (f"{role}_id", str(desk.taker), "Odchodzi z domu", desk.manager)
        for role in ("dedicated_agent", "relationship_manager")
    ]
    told = desk.value(
        "select details - 'handover_id' from public.notifications where recipient_id = %s"
        " and kind = 'client_book_received'",
        desk.taker,
    )
    assert told == {"from_staff_id": str(desk.leaver), "client_count": 1}


def test_only_the_roles_asked_for_are_handed_over(desk: Desk) -> None:
    client = desk.a_client(dedicated_agent=desk.leaver, relationship_manager=desk.leaver)
    desk.as_manager(
        "hand_over_client_book(%s, %s, 'Awans', '{relationship_manager}')", desk.leaver, desk.taker
    )
    assert desk.team(client) == {
        "dedicated_agent": desk.leaver,
        "relationship_manager": desk.taker,
    }


def test_clients_are_spread_by_language_and_load(desk: Desk) -> None:
    french = a_staff_member(desk.db, desk_id=desk.id, languages=("fr", "pl"))
    third = a_staff_member(desk.db, desk_id=desk.id)
    busy = [desk.a_client(dedicated_agent=third) for _ in range(2)]
    clients = [desk.a_client() for _ in range(7)]
    parisian, berliner = desk.a_client("fr"), desk.a_client("de")
    done = desk.as_manager(SPREAD, desk.leaver)
    assert desk.team(parisian) == {"dedicated_agent": french}
    assert desk.team(berliner) == {"dedicated_agent": desk.leaver}
    assert done["counts"] == {"moved": 8, "no_speaker": 1}
    loads = {
        who: sum(desk.team(c).get("dedicated_agent") == who for c in [*clients, *busy, parisian])
        for who in (desk.taker, french, third)
    }
    assert max(loads.values()) - min(loads.values()) <= 1


def test_whoever_is_on_leave_that_day_takes_nobody(desk: Desk) -> None:
    desk.db.execute(
        "insert into public.staff_absences (staff_id, starts_at, ends_at)"
        " values (%s, now() - interval '1 h', now() + interval '1 day')",
        [desk.taker],
    )
    client = desk.a_client()
    assert desk.as_manager(SPREAD, desk.leaver)["counts"] == {"no_taker": 1}
    assert desk.team(client) == {"dedicated_agent": desk.leaver}


def test_nobody_stands_in_for_themselves_after_a_hand_over(desk: Desk) -> None:
    third = a_staff_member(desk.db, desk_id=desk.id)
    was_deputy = desk.a_client(dedicated_agent=desk.leaver, deputy_agent=desk.taker)
    is_dedicated = desk.a_client(dedicated_agent=desk.taker, deputy_agent=desk.leaver)
    plain = desk.a_client(dedicated_agent=third, deputy_agent=desk.leaver)
    before = [desk.team(one) for one in (was_deputy, is_dedicated, plain)]
    done = desk.as_manager(HAND, desk.leaver, desk.taker)
    assert desk.team(was_deputy) == {"dedicated_agent": desk.taker}
    assert desk.team(is_dedicated) == {"dedicated_agent": desk.taker}
    assert desk.team(plain) == {"dedicated_agent": third, "deputy_agent": desk.taker}
    desk.as_manager("undo_client_book(%s, 'Zostaje')", done["id"])
    assert [desk.team(one) for one in (was_deputy, is_dedicated, plain)] == before


def test_a_client_who_works_here_does_not_serve_themselves(desk: Desk) -> None:
    client = desk.a_client()
    desk.db.execute(
        "insert into public.staff_members (id, desk_id, role) values (%s, %s, 'agent')",
        [client, desk.id],
    )
    done = desk.as_manager(HAND, desk.leaver, client)
    assert desk.outcomes(done) == [("dedicated_agent", "no_taker")]


# What goes along ----------------------------------------------------------------------------


def assignee(desk: Desk, ticket: UUID) -> Any:
    return desk.value("select assignee_id from public.support_tickets where id = %s", ticket)


def test_tickets_promises_steps_cases_and_tasks_go_along(desk: Desk) -> None:
    client = desk.a_client()
    ticket = a_ticket(desk.db, client, assignee_id=desk.leaver, desk_id=desk.id)
    call(desk.db, desk.leaver, "make_promise(%s, now() + interval '3 h', 'Oddzwonię')", ticket)
    service = UUID(
        call(desk.db, client, "activate_white_glove_service(%s, 'welcome')", client)["id"]
    )
    desk.db.execute(
        "update public.white_glove_services set assigned_agent_id = %s where id = %s",
        [desk.leaver, service],
    )
    desk.db.execute(
        "update public.white_glove_steps set owner_id = %s where service_id = %s",
        [desk.leaver, service],
    )
    case = UUID(call(desk.db, desk.leaver, "open_recovery_case(%s, 'Pomyłka')", client)["id"])
    call(desk.db, desk.leaver, "take_recovery_case(%s)", case)
    desk.db.execute(
        "insert into public.outreach_tasks"
        " (client_id, desk_id, owner_id, kind, reason, dedupe_key, due_at, due_until)"
        " values (%s, %s, %s, 'care', 'birthday', '2026', now(), now() + interval '1 day')",
        [client, desk.id, desk.leaver],
    )
    done = desk.as_manager(HAND, desk.leaver, desk.taker)
    kinds = {kind for kind, outcome in desk.outcomes(done) if outcome == "moved"}
    assert kinds == {
        *("dedicated_agent", "ticket", "promise", "service", "step"),
        *("recovery_case", "outreach_task"),
    }
    assert owners(desk, client) == {desk.taker}
    note = desk.value(
        "select body from public.ticket_messages where ticket_id = %s and is_internal", ticket
    )
    assert note == "Ewa Kos przejmuje opiekę nad klientem po: Jan Nowak. Powód: Odchodzi z domu"
    desk.as_manager("undo_client_book(%s, 'Zostaje')", done["id"])
    assert owners(desk, client) == {desk.leaver}


def owners(desk: Desk, client: UUID) -> set[UUID]:
    """Whoever has anything of the client's to do."""
    found = desk.db.execute(
        "select assignee_id from public.support_tickets where client_id = %(client)s"
        " union select promised_by from public.ticket_promises"
        "  join public.support_tickets ticket on ticket.id = ticket_id"
        "  where client_id = %(client)s and kind = 'given'"
        " union select assigned_agent_id from public.white_glove_services"
        "  where client_id = %(client)s"
        " union select owner_id from public.white_glove_steps"
        "  join public.white_glove_services service on service.id = service_id"
        "  where client_id = %(client)s"
        " union select owner_id from public.recovery_cases where client_id = %(client)s"
        " union select owner_id from public.outreach_tasks where client_id = %(client)s"
        " union select dedicated_agent_id from public.vip_client_profiles"
        "  where client_id = %(client)s",
        {"client": client},
    ).fetchall()
    return {one for (one,) in found}


def test_tickets_stay_if_so_chosen_and_go_back_if_the_taker_cannot_do_them(desk: Desk) -> None:
    client = desk.a_client()
    plain = a_ticket(desk.db, client, assignee_id=desk.leaver, desk_id=desk.id)
    medical = a_ticket(
        desk.db, client, category="aesthetic_medicine", assignee_id=desk.leaver, desk_id=desk.id
    )
    done = desk.as_manager(
        "hand_over_client_book(%s, %s, 'Urlop', null, null, null, false)", desk.leaver, desk.taker
    )
    assert {assignee(desk, one) for one in (plain, medical)} == {desk.leaver}
    desk.as_manager("undo_client_book(%s, 'Jednak nie')", done["id"])
    done = desk.as_manager(HAND, desk.leaver, desk.taker)
    assert ("ticket", "queued") in desk.outcomes(done)
    assert (assignee(desk, plain), assignee(desk, medical)) == (desk.taker, None)
    state = desk.db.execute(
        "select state, end_reason from public.ticket_assignments where ticket_id = %s"
        " order by id desc limit 1",
        [medical],
    ).fetchone()
    assert state == ("withdrawn", "handed_over")


def test_tickets_of_other_clients_stay(desk: Desk) -> None:
    desk.a_client()
    other = a_ticket(
        desk.db, a_client(desk.db, desk_id=desk.id), assignee_id=desk.leaver, desk_id=desk.id
    )
    desk.as_manager(HAND, desk.leaver, desk.taker)
    assert assignee(desk, other) == desk.leaver


# Back, and later ----------------------------------------------------------------------------


def test_what_somebody_has_changed_since_is_not_put_back(desk: Desk) -> None:
    third = a_staff_member(desk.db, desk_id=desk.id)
    changed, plain = desk.a_client(), desk.a_client()
    ticket = a_ticket(desk.db, plain, assignee_id=desk.leaver, desk_id=desk.id)
    done = desk.as_manager(HAND, desk.leaver, desk.taker)
    desk.as_manager("set_dedicated_agent(%s, %s, 'Prośba klientki')", changed, third)
    desk.db.execute(
        "update public.support_tickets set assignee_id = %s where id = %s", [third, ticket]
    )
    undone = desk.as_manager("undo_client_book(%s, 'Zostaje')", done["id"])
    assert undone["state"] == "undone"
    assert desk.team(changed) == {"dedicated_agent": third}
    assert desk.team(plain) == {"dedicated_agent": desk.leaver}
    assert assignee(desk, ticket) == third
    again = refusal(desk.db, desk.manager, "undo_client_book(%s, 'Jeszcze raz')", done["id"])
    assert again[1] == "handover_is_over"


def test_undoing_has_its_time_and_needs_somebody_to_go_back_to(desk: Desk) -> None:
    desk.a_client()
    done = desk.as_manager(HAND, desk.leaver, desk.taker)
    undo: LiteralString = "undo_client_book(%s, 'Zostaje')"
    with desk.db.transaction(force_rollback=True):
        desk.db.execute(
            "update public.staff_members set is_active = false, state = 'offline' where id = %s",
            [desk.leaver],
        )
        assert refusal(desk.db, desk.manager, undo, done["id"])[1] == "leaver_is_gone"
    desk.db.execute(
        "update public.book_handovers set undo_until = clock_timestamp() - interval '1 s'"
        " where id = %s",
        [done["id"]],
    )
    assert refusal(desk.db, desk.manager, undo, done["id"])[1] == "too_late_to_undo"


def run(desk: Desk) -> list[str]:
    desk.db.execute(
        "with gone as (delete from private.timers where kind = 'book_handover.reached'"
        " and due_at <= clock_timestamp() returning *)"
        " insert into public.events (kind, subject_id) select kind, subject_id from gone"
    )
    jobs = claim(desk.db, WORKER)
    store = supabase_client_book_store(cast("Any", DatabaseRpc(desk.db)))
    handle: Any = client_books(store).handle
    done: dict[int, str] = asyncio.run(handle(jobs)) if jobs else {}
    return list(done.values())


def planned(desk: Desk) -> Any:
    return desk.as_manager(
        "hand_over_client_book(%s, %s, 'Od poniedziałku', null, null, %s)",
        desk.leaver,
        desk.taker,
        datetime.now(UTC) + timedelta(days=3),
    )


def the_day_comes(desk: Desk) -> None:
    desk.db.execute("update private.timers set due_at = due_at - interval '3 days'")
    desk.db.execute(
        "update public.book_handovers set effective_at = effective_at - interval '3 days'"
    )


def test_a_planned_hand_over_happens_on_its_day_also_for_clients_who_came_since(
    desk: Desk,
) -> None:
    first = desk.a_client()
    assert planned(desk)["state"] == "planned"
    later = desk.a_client()
    assert run(desk) == []
    assert desk.team(first) == {"dedicated_agent": desk.leaver}
    the_day_comes(desk)
    assert run(desk) == ["recorded"]
    assert desk.team(first) == desk.team(later) == {"dedicated_agent": desk.taker}


def test_a_planned_hand_over_can_be_called_off(desk: Desk) -> None:
    client = desk.a_client()
    plan = planned(desk)
    undone = desk.as_manager("undo_client_book(%s, 'Zostaje')", plan["id"])
    assert undone["state"] == "cancelled"
    the_day_comes(desk)
    assert run(desk) == []
    assert desk.team(client) == {"dedicated_agent": desk.leaver}


def test_a_book_whose_taker_has_left_stays_and_the_managers_hear_of_it(desk: Desk) -> None:
    client = desk.a_client()
    planned(desk)
    desk.db.execute(
        "update public.staff_members set is_active = false, state = 'offline' where id = %s",
        [desk.taker],
    )
    the_day_comes(desk)
    assert run(desk) == ["recorded"]
    assert desk.team(client) == {"dedicated_agent": desk.leaver}
    told = desk.value(
        "select count(*) from public.notifications where recipient_id = %s"
        " and kind = 'client_book_not_taken'",
        desk.manager,
    )
    assert told == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("%(leaver)s, %(leaver)s, 'Bo tak'", "takers_contradict"),
        ("%(leaver)s, %(taker)s, 'Bo tak', null, array[%(taker)s]::uuid[]", "takers_contradict"),
        ("%(leaver)s, %(taker)s, 'Bo tak', '{szef}'", "unknown_roles"),
        ("%(leaver)s, %(taker)s, 'Bo tak', '{}'", "unknown_roles"),
        ("%(leaver)s, %(manager)s, 'Bo tak'", "agent_not_found"),
        ("%(nobody)s, %(taker)s, 'Bo tak'", "staff_not_found"),
        ("%(leaver)s, %(taker)s, ' '", "reason_required"),
        (
            "%(leaver)s, %(taker)s, 'Bo tak', null, null, now() + interval '2 years'",
            "effective_out_of_range",
        ),
    ],
)
def test_hand_overs_without_sense_are_refused(desk: Desk, arguments: str, message: str) -> None:
    values = {
        "leaver": desk.leaver,
        "taker": desk.taker,
        "manager": desk.manager,
        "nobody": uuid4(),
    }
    statement: Any = psycopg.ClientCursor(desk.db).mogrify(
        f"hand_over_client_book({arguments})".encode(), values
    )
    assert refusal(desk.db, desk.manager, statement)[1] == message


def test_revoking_the_role_of_somebody_with_a_book_warns_and_does_it(desk: Desk) -> None:
    desk.a_client()
    admin = a_staff_member(desk.db, "admin", desk_id=desk.id)
    answer = call(desk.db, admin, "revoke_staff_role(%s, 'Odchodzi')", desk.leaver)
    assert answer["book_client_count"] == 1
    told = desk.value(
        "select details from public.notifications where recipient_id = %s"
        " and kind = 'client_book_left_behind'",
        desk.manager,
    )
    assert told == {"staff_id": str(desk.leaver), "client_count": 1}
    done = desk.as_manager(HAND, desk.leaver, desk.taker)
    assert done["counts"] == {"moved": 1}


def test_a_thousand_clients_change_hands_in_one_call_within_a_statements_time(desk: Desk) -> None:
    desk.db.execute(
        "with born as (insert into auth.users (id, email, aud, role, raw_user_meta_data)"
        "  select gen_random_uuid(), gen_random_uuid() || '@example.test', 'authenticated',"
        "   'authenticated', '{}' from generate_series(1, 1000) returning id)"
        " select count(*) from born"
    )
    desk.db.execute(
        "update public.profiles set desk_id = %s, preferred_languages = '{pl}'"
        " where created_at = now() and id not in (select id from public.staff_members)",
        [desk.id],
    )
    desk.db.execute(
        "insert into public.vip_client_profiles (client_id, tier, dedicated_agent_id)"
        " select id, tier, %s from public.profiles where desk_id = %s"
        " and id not in (select id from public.staff_members)",
        [desk.leaver, desk.id],
    )
    for _ in range(9):
        a_staff_member(desk.db, desk_id=desk.id)
    desk.db.execute("set local statement_timeout = '8s'")
    begun = time.monotonic()
    done = desk.as_manager(SPREAD, desk.leaver)
    assert time.monotonic() - begun < 8
    assert done["counts"] == {"moved": 1000}
    spread = desk.db.execute(
        "select count(*) from public.vip_client_profiles profile"
        " join public.profiles client on client.id = client_id and client.desk_id = %s"
        " group by dedicated_agent_id",
        [desk.id],
    ).fetchall()
    assert spread == [(100,)] * 10
