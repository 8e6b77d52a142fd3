"""What the booking system and the till tell: item by item, as often as they like, in any order."""

from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.factories import a_client, a_manager, a_ticket
from tests.factories_house import a_membership, a_purchase, a_visit
from tests.support.acting import acting_as
from tests.support.calling import call

RECORD: dict[str, LiteralString] = {
    "visit": "select public.record_visits(%s)",
    "purchase": "select public.record_purchases(%s)",
    "membership": "select public.record_memberships(%s)",
}


def tell(db: psycopg.Connection, concept: str, *items: Any) -> list[dict[str, Any]]:
    with acting_as(db, "service_role"):
        row = db.execute(RECORD[concept], [Jsonb(list(items))]).fetchone()
    assert row is not None
    answers: list[dict[str, Any]] = row[0]
    return answers


def a_told_visit(client_id: UUID, ref: str = "v1", **changes: Any) -> dict[str, Any]:
    return {
        "source": "versum",
        "external_ref": ref,
        "client_id": str(client_id),
        "treatment_id": "massage_deep",
        "starts_at": "2026-03-14T18:30:00+01:00",
    } | changes


def a_told_purchase(client_id: UUID, ref: str = "p1", **changes: Any) -> dict[str, Any]:
    return {
        "source": "versum",
        "external_ref": ref,
        "client_id": str(client_id),
        "product_id": "collagen",
        "amount_minor": 17900,
        "purchased_at": "2026-03-14T19:40:00+01:00",
    } | changes


def a_told_membership(client_id: UUID, ref: str = "m1", **changes: Any) -> dict[str, Any]:
    return {
        "source": "versum",
        "external_ref": ref,
        "client_id": str(client_id),
        "plan_id": "fitness_annual",
        "starts_on": "2026-01-01",
        "ends_on": "2026-12-31",
    } | changes


TOLD: dict[str, Any] = {
    "visit": a_told_visit,
    "purchase": a_told_purchase,
    "membership": a_told_membership,
}


def events_of(db: psycopg.Connection, *kinds: str) -> list[tuple[str, Any]]:
    return db.execute(
        "select kind, payload from public.events where split_part(kind, '.', 1) = any (%s)"
        " and occurred_at = now() order by id",
        [list(kinds)],
    ).fetchall()


@pytest.mark.parametrize("concept", TOLD)
def test_told_twice_it_is_there_once_and_answered_alike(
    db: psycopg.Connection, concept: str
) -> None:
    item = TOLD[concept](a_client(db))
    [first] = tell(db, concept, item)
    [second] = tell(db, concept, item)
    assert (first["status"], second["status"]) == ("recorded", "unchanged")
    assert first["id"] == second["id"]
    assert len(events_of(db, concept)) == 1


@pytest.mark.parametrize("concept", TOLD)
def test_an_older_telling_that_arrives_later_changes_nothing(
    db: psycopg.Connection, concept: str
) -> None:
    client, other = a_client(db), a_client(db)
    make = TOLD[concept]
    tell(db, concept, make(client, told_at="2026-03-15T10:00:00Z"))
    [late] = tell(db, concept, make(other, told_at="2026-03-15T09:59:59Z"))
    assert late["status"] == "stale"
    [same] = tell(db, concept, make(client, told_at="2026-03-15T10:00:01Z"))
    assert same["status"] == "unchanged"


@pytest.mark.parametrize("concept", TOLD)
def test_a_bad_item_is_refused_and_its_neighbours_are_recorded(
    db: psycopg.Connection, concept: str
) -> None:
    client = a_client(db)
    make = TOLD[concept]
    items = [
        make(client, "c"),
        make(uuid4(), "b"),
        7,
        make(client, "a", told_at="yesterday"),
        make(client, " "),
        make(client, "d", told_at="2026-03-15 10:00"),
    ]
    answers = tell(db, concept, *items)
    assert [answer.get("error", answer["status"]) for answer in answers] == [
        "recorded",
        "client_not_found",
        "item_malformed",
        "told_at_malformed",
        "external_ref_required",
        "told_at_malformed",
    ]
    assert all(answer["hint"] for answer in answers[1:])


@pytest.mark.parametrize(
    ("concept", "changes", "error"),
    [
        ("visit", {"treatment_id": "nothing"}, "unknown_treatment"),
        ("visit", {"starts_at": None}, "starts_at_required"),
        ("visit", {"starts_at": "2026-02-30T10:00:00Z"}, "starts_at_malformed"),
        ("visit", {"price_minor": -1}, "price_minor_malformed"),
        ("visit", {"status": "lost"}, "item_malformed"),
        ("visit", {"status": "completed", "ended_at": "2026-03-14T10:00:00Z"}, "item_malformed"),
        ("purchase", {"product_id": "nothing"}, "unknown_product"),
        ("purchase", {"amount_minor": None}, "amount_minor_required"),
        ("purchase", {"refunded_minor": 17901}, "item_malformed"),
        ("purchase", {"kind": "gift_card"}, "item_malformed"),
        ("purchase", {"visit_ref": "none", "kind": "treatment"}, "visit_not_found"),
        ("purchase", {"ticket_id": "x"}, "ticket_not_found"),
        ("membership", {"plan_id": "nothing"}, "unknown_plan"),
        ("membership", {"ends_on": "2025-12-31"}, "item_malformed"),
        ("membership", {"ends_on": None}, "days_required"),
        ("membership", {"renews_ref": "none"}, "membership_not_found"),
        ("membership", {"status": "paused"}, "item_malformed"),
    ],
)
def test_what_is_wrong_is_said_by_a_stable_word(
    db: psycopg.Connection, concept: str, changes: dict[str, Any], error: str
) -> None:
    [answer] = tell(db, concept, TOLD[concept](a_client(db), **changes))
    assert (answer["status"], answer["error"]) == ("refused", error)


def test_what_is_no_list_of_1_to_500_is_refused_whole(db: psycopg.Connection) -> None:
    for value, code in (([], "PT400"), ({}, "PT400"), ([{}] * 501, "PT413")):
        with (
            pytest.raises(psycopg.Error) as caught,
            db.transaction(),
            acting_as(db, "service_role"),
        ):
            db.execute(RECORD["visit"], [Jsonb(value)])
        db.execute("reset role")
        assert caught.value.sqlstate == code


def test_a_visit_is_announced_at_each_turn_it_takes(db: psycopg.Connection) -> None:
    client = a_client(db)
    for status in ("booked", "booked", "cancelled", "cancelled_late", "booked", "completed"):
        tell(db, "visit", a_told_visit(client, status=status))
    tell(db, "visit", a_told_visit(client, status="completed", provider="Marta"))
    found = events_of(db, "visit")
    assert [kind for kind, _ in found] == [
        "visit.booked",
        "visit.cancelled",
        "visit.changed",
        "visit.booked",
        "visit.completed",
        "visit.changed",
    ]
    assert {payload["client_id"] for _, payload in found} == {str(client)}


def test_a_renewal_ends_the_period_before_and_is_not_forgotten(db: psycopg.Connection) -> None:
    client = a_client(db)
    first = a_told_membership(client)
    second = a_told_membership(
        client, "m2", starts_on="2027-01-01", ends_on="2027-12-31", renews_ref="m1"
    )
    before, after = tell(db, "membership", first, second)
    [again] = tell(db, "membership", first)
    assert again["status"] == "unchanged"
    row = db.execute(
        "select status, renewed_by_id::text from public.memberships where id = %s", [before["id"]]
    ).fetchone()
    assert row == ("renewed", after["id"])
    assert [(kind, payload["status"]) for kind, payload in events_of(db, "membership")] == [
        ("membership.started", "active"),
        ("membership.started", "active"),
        ("membership.ended", "renewed"),
    ]


def test_a_purchase_names_its_visit_its_membership_and_its_ticket(db: psycopg.Connection) -> None:
    client, other = a_client(db), a_client(db)
    ticket = a_ticket(db, client)
    tell(db, "visit", a_told_visit(client))
    tell(db, "membership", a_told_membership(client))
    paid = a_told_purchase(client, kind="treatment", visit_ref="v1", ticket_id=str(ticket))
    del paid["product_id"]
    assert tell(db, "purchase", paid)[0]["status"] == "recorded"
    stolen = paid | {"client_id": str(other), "external_ref": "p2"}
    assert tell(db, "purchase", stolen)[0]["error"] == "visit_not_found"
    refunded = paid | {"refunded_minor": 100}
    assert tell(db, "purchase", refunded)[0]["status"] == "recorded"
    assert [kind for kind, _ in events_of(db, "purchase")] == [
        "purchase.recorded",
        "purchase.changed",
    ]


def test_a_merge_takes_everything_along_and_its_undo_brings_exactly_that_back(
    db: psycopg.Connection,
) -> None:
    kept, duplicate, manager = a_client(db), a_client(db), a_manager(db)
    moved = {a_visit(db, duplicate), a_purchase(db, duplicate), a_membership(db, duplicate)}
    mine = {a_visit(db, kept), a_purchase(db, kept), a_membership(db, kept)}
    merge = call(db, manager, "merge_clients(%s, %s, 'Ta sama osoba')", kept, duplicate)
    assert owned(db, kept) == moved | mine
    assert merge["moved"] | {"identity": 0} == {
        "visit": 1,
        "purchase": 1,
        "membership": 1,
        "identity": 0,
    }
    [told] = tell(db, "visit", a_told_visit(duplicate, "after"))
    assert UUID(told["id"]) in owned(db, kept)
    call(db, manager, "undo_client_merge(%s, 'Jednak dwie osoby')", merge["id"])
    assert owned(db, duplicate) == moved
    assert owned(db, kept) == mine | {UUID(told["id"])}


def owned(db: psycopg.Connection, client_id: UUID) -> set[UUID]:
    rows = db.execute(
        "select id from public.visits where client_id = %(id)s"
        " union all select id from public.purchases where client_id = %(id)s"
        " union all select id from public.memberships where client_id = %(id)s",
        {"id": client_id},
    )
    return {row[0] for row in rows}
