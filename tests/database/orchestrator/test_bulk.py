"""One action on many tickets: each whole or not at all, and none in the way of another."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.factories import a_client, a_desk, a_manager, a_ticket, an_agent
from tests.support.calling import call, refusal
from tests.support.parallel import call_as, lasting_desk

BULK: LiteralString = "bulk_update_tickets(%s, %s, %s)"


class Desk:
    """A manager, an agent, and five waiting tickets of one client."""

    def __init__(self, db: psycopg.Connection, desk_id: UUID) -> None:
        self.db = db
        self.desk_id = desk_id
        self.client = a_client(db, desk_id=desk_id)
        self.agent = an_agent(db, desk_id=desk_id, capacity_units=100)
        self.colleague = an_agent(db, desk_id=desk_id, capacity_units=4)
        self.manager = a_manager(db, desk_id=desk_id)
        self.tickets = [self.ticket() for _ in range(5)]

    def ticket(self, **details: Any) -> UUID:
        return a_ticket(self.db, self.client, desk_id=self.desk_id, **details)

    def items(self, version: int | None = 1) -> Jsonb:
        return Jsonb([{"ticket_id": str(each), "version": version} for each in self.tickets])

    def bulk(self, action: str, person: UUID | None = None, **arguments: Any) -> list[Any]:
        answer = call(self.db, person or self.manager, BULK, self.items(), action, Jsonb(arguments))
        assert [one["ticket_id"] for one in answer] == [str(each) for each in self.tickets]
        return [one["code"] if one["status"] == "refused" else one["status"] for one in answer]

    def column(self, name: LiteralString) -> list[Any]:
        rows = self.db.execute(
            "select id, to_jsonb(ticket) ->> %s from public.support_tickets ticket"
            " where client_id = %s",
            [name, self.client],
        )
        found = dict(rows.fetchall())
        return [found[each] for each in self.tickets]


@pytest.fixture
def desk(db: psycopg.Connection) -> Desk:
    return Desk(db, a_desk(db))


DONE = ["done"] * 5
ACTIONS: tuple[tuple[str, dict[str, Any], LiteralString, str], ...] = (
    ("set_priority", {"priority": "high"}, "priority", "high"),
    ("set_category", {"category": "billing"}, "category", "billing"),
    ("resolve", {"resolution": "Wyjaśniono"}, "status", "resolved"),
    ("close", {}, "status", "closed"),
)


@pytest.mark.parametrize(("action", "arguments", "column", "value"), ACTIONS)
def test_an_action_is_done_on_all(
    desk: Desk, action: str, arguments: dict[str, Any], column: LiteralString, value: str
) -> None:
    assert desk.bulk(action, **arguments) == DONE
    assert desk.column(column) == [value] * 5


def test_work_is_given_held_snoozed_and_taken_back(desk: Desk) -> None:
    def versions() -> Jsonb:
        return Jsonb(
            [
                {"ticket_id": str(each), "version": int(version)}
                for each, version in zip(desk.tickets, desk.column("version"), strict=True)
            ]
        )

    def do(action: str, **arguments: Any) -> set[str]:
        answer = call(desk.db, desk.manager, BULK, versions(), action, Jsonb(arguments))
        return {one["status"] for one in answer}

    assert do("assign", agent_id=str(desk.agent)) == {"done"}
    assert desk.column("assignee_id") == [str(desk.agent)] * 5
    assert do("set_status", status="on_hold") == {"done"}
    assert do("set_status", status="assigned") == {"done"}
    assert do("snooze", until=(datetime.now(UTC) + timedelta(days=2)).isoformat()) == {"done"}
    assert all(desk.column("snoozed_until"))
    assert do("follow") == {"done"}
    assert do("unassign") == {"done"}
    assert desk.column("status") == ["open"] * 5


def test_a_macro_is_applied_to_each(desk: Desk) -> None:
    macro = call(
        desk.db,
        desk.manager,
        "save_macro('M', 'Przepraszamy, {{client_name}}', %s)",
        Jsonb([{"reply": None}, {"resolve": "Przeprosiny"}]),
    )
    assert desk.bulk("macro", macro_id=macro["id"]) == DONE
    assert desk.column("resolution") == ["Przeprosiny"] * 5


def test_one_refusal_leaves_the_others_and_nothing_half_done(desk: Desk) -> None:
    desk.db.execute(
        "update public.support_tickets set priority = 'low' where id = %s", [desk.tickets[1]]
    )
    foreign = a_ticket(desk.db, a_client(desk.db), desk_id=a_desk(desk.db))
    desk.tickets[3] = foreign
    macro = call(
        desk.db,
        desk.manager,
        "save_macro('M', null, %s)",
        Jsonb([{"reply": "Zaraz"}, {"set_priority": "high"}, {"set_status": "pending"}]),
    )
    desk.db.execute(
        "update public.support_tickets"
        " set status = 'assigned', assignee_id = %s, assigned_at = now() where id = any(%s)",
        [desk.agent, [desk.tickets[0], desk.tickets[4]]],
    )
    answer = call(
        desk.db,
        desk.manager,
        BULK,
        Jsonb(
            [
                {"ticket_id": str(each), "version": 2 if n in (0, 4) else 1}
                for n, each in enumerate(desk.tickets)
            ]
        ),
        "macro",
        Jsonb({"macro_id": macro["id"]}),
    )
    assert [one.get("code", "done") for one in answer] == [
        "done",
        "stale_version",
        "ticket_is_open",
        "ticket_not_found",
        "done",
    ]
    said = desk.db.execute("select ticket_id from public.ticket_messages").fetchall()
    assert {ticket_id for (ticket_id,) in said} >= {desk.tickets[0], desk.tickets[4]}
    assert not {desk.tickets[1], desk.tickets[2], foreign} & {t for (t,) in said}


def test_what_has_no_room_is_refused_ticket_by_ticket(desk: Desk) -> None:
    told = desk.bulk("assign", agent_id=str(desk.colleague))
    assert sorted(told) == ["agent_at_capacity"] * 3 + ["done"] * 2


def test_a_client_and_an_agent_of_elsewhere_change_nothing(desk: Desk) -> None:
    asked = (desk.items(), "close", Jsonb({}))
    assert refusal(desk.db, desk.client, BULK, *asked)[:2] == ("PT403", "staff_required")
    outsider = an_agent(desk.db, desk_id=a_desk(desk.db))
    assert desk.bulk("close", outsider) == ["ticket_not_found"] * 5
    assert desk.bulk("close", desk.agent) == ["not_yours_to_change"] * 5
    assert desk.column("status") == ["open"] * 5


ONE = [{"ticket_id": str(uuid4()), "version": 1}]
BAD: tuple[tuple[Any, str | None, Any, str], ...] = (
    ({}, "close", {}, "items_malformed"),
    ([1], "close", {}, "items_malformed"),
    ([{"ticket_id": "x", "version": 1}], "close", {}, "items_malformed"),
    ([{"ticket_id": ONE[0]["ticket_id"], "version": "1; drop"}], "close", {}, "items_malformed"),
    ([ONE[0] | {"status": "closed"}], "close", {}, "items_malformed"),
    (ONE * 2, "close", {}, "ticket_named_twice"),
    (ONE * 201, "close", {}, "too_many_tickets"),
    (ONE, "explode", {}, "bulk_malformed"),
    (ONE, None, {}, "bulk_malformed"),
    (ONE, "close", [], "bulk_malformed"),
    (ONE, "close", {"force": "true"}, "bulk_malformed"),
    (ONE, "assign", {}, "bulk_malformed"),
    (ONE, "assign", {"agent_id": "x"}, "bulk_malformed"),
    (ONE, "set_status", {"status": 1}, "bulk_malformed"),
    (ONE, "snooze", {"until": "tomorrow"}, "bulk_malformed"),
    (ONE, "snooze", {"until": "2026-02-30T00:00:00Z"}, "bulk_malformed"),
    (ONE, "macro", {"macro_id": "me-too"}, "bulk_malformed"),
)


@pytest.mark.parametrize(("items", "action", "arguments", "message"), BAD)
def test_a_malformed_call_is_refused_whole(
    desk: Desk, items: Any, action: str | None, arguments: Any, message: str
) -> None:
    told = refusal(desk.db, desk.manager, BULK, Jsonb(items), action, Jsonb(arguments))
    assert told[1] == message


def test_a_version_must_be_named(desk: Desk) -> None:
    answer = call(desk.db, desk.manager, BULK, desk.items(None), "close", Jsonb({}))
    assert {one["code"] for one in answer} == {"version_required"}


def test_nothing_to_do_is_no_error(desk: Desk) -> None:
    assert call(desk.db, desk.manager, BULK, Jsonb([]), "close", Jsonb({})) == []


def test_of_two_hundred_whatever_is_out_of_time_is_done_by_asking_again(desk: Desk) -> None:
    """How many fit into one call depends on the machine; none is lost, none is done twice."""
    everything = desk.tickets = [*desk.tickets, *(desk.ticket() for _ in range(195))]
    desk.db.execute("set local statement_timeout = '8s'")
    while desk.tickets:
        results = desk.bulk("set_priority", priority="low")
        assert "done" in results
        assert set(results) <= {"done", "out_of_time"}
        left = [each for each, how in zip(desk.tickets, results, strict=True) if how != "done"]
        desk.tickets = left
    desk.tickets = everything
    assert desk.column("priority") == ["low"] * 200
    assert desk.column("version") == ["2"] * 200


def test_bulk_calls_in_opposite_order_never_wait_in_a_ring(database_url: str) -> None:
    with lasting_desk(database_url) as (db, desk_id):
        desk = Desk(db, desk_id)
        agents = [an_agent(db, desk_id=desk_id, capacity_units=100) for _ in range(2)]
        items = desk.items().obj

        def give(n: int) -> Any:
            return call_as(
                database_url,
                desk.manager,
                "select public.bulk_update_tickets(%(items)s, 'assign', %(to)s)",
                {
                    "items": Jsonb(items if n % 2 else items[::-1]),
                    "to": Jsonb({"agent_id": str(agents[n // 2 % 2])}),
                },
            )

        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(give, range(8)))
        codes = [one.get("code", "done") for answer in answers for one in answer]
        assert set(codes) == {"done", "stale_version"}
        assert codes.count("done") == 5
