"""Saved views: what a filter may ask, what it shows to whom, in which order and on which page."""

from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.factories import a_client, a_desk, a_manager, a_ticket, an_admin, an_agent
from tests.support.calling import call, refusal, rows

SAVE: LiteralString = "save_view('Widok', %s, %s)"
SHARE: LiteralString = "save_view('Widok', %s, p_scope => 'desk', p_desk_id => %s)"


class Desk:
    """A desk with an agent, a manager and tickets of several kinds, by name."""

    def __init__(self, db: psycopg.Connection) -> None:
        self.db = db
        self.desk_id = a_desk(db)
        self.agent = an_agent(db, desk_id=self.desk_id)
        self.manager = a_manager(db, desk_id=self.desk_id)
        self.admin = an_admin(db)
        gold = a_client(db, "vip_gold", desk_id=self.desk_id)
        plain = a_client(db, desk_id=self.desk_id)
        self.tickets = {
            "gold": self.ticket(gold, waiting_seconds=30),
            "mail": self.ticket(plain, channel="email", subject="Wizytę proszę"),
            "late": self.ticket(plain, waiting_seconds=3600, language="en", category="billing"),
            "mine": self.ticket(plain, assignee_id=self.agent),
            "snoozed": self.ticket(plain, assignee_id=self.agent, status="pending"),
            "done": self.ticket(plain, assignee_id=self.agent, status="resolved"),
        }
        db.execute(
            "update public.support_tickets set snoozed_until = now() + interval '1 day'"
            " where id = %s",
            [self.tickets["snoozed"]],
        )
        db.execute(
            "update public.support_tickets set priority = 'urgent' where id = %s",
            [self.tickets["mail"]],
        )

    def ticket(self, client: UUID, **details: Any) -> UUID:
        return a_ticket(self.db, client, desk_id=self.desk_id, **details)

    def view(self, fields: dict[str, Any], sort: str = "urgency") -> UUID:
        return UUID(call(self.db, self.manager, SAVE, Jsonb(fields), sort)["id"])

    def names(self, view_id: UUID, person: UUID | None = None, limit: int = 100) -> list[str]:
        page = call(self.db, person or self.manager, "get_view_tickets(%s, %s)", view_id, limit)
        by_id = {str(ticket_id): name for name, ticket_id in self.tickets.items()}
        return [by_id[ticket["id"]] for ticket in page["tickets"]]


@pytest.fixture
def desk(db: psycopg.Connection) -> Desk:
    return Desk(db)


FILTERS: tuple[tuple[dict[str, Any], str], ...] = (
    ({}, "gold mail late mine snoozed done"),
    ({"status": ["open"]}, "gold mail late"),
    ({"status": ["resolved", "pending"]}, "snoozed done"),
    ({"tier": ["vip_gold", "vip_platinum"]}, "gold"),
    ({"channel": ["email"]}, "mail"),
    ({"category": ["billing"]}, "late"),
    ({"language": ["en"]}, "late"),
    ({"priority": ["urgent", "high"]}, "mail"),
    ({"assignee": "none"}, "gold mail late"),
    ({"assignee": "me"}, ""),
    ({"waiting_seconds": 600}, "late"),
    ({"waiting_seconds": 10, "tier": ["vip_gold"]}, "gold"),
    ({"due_within_seconds": 60}, "gold late"),
    ({"is_snoozed": True}, "snoozed"),
    ({"is_snoozed": False, "status": ["assigned", "pending"]}, "mine"),
    ({"is_followed": True}, ""),
    ({"subject": "wizyte"}, "mail"),
    ({"subject": "WIZYTĘ P"}, "mail"),
    ({"subject": "%"}, ""),
    ({"channel": ["email"], "status": ["resolved"]}, ""),
)


@pytest.mark.parametrize(("fields", "names"), FILTERS)
def test_a_filter_shows_exactly_these(desk: Desk, fields: dict[str, Any], names: str) -> None:
    assert set(desk.names(desk.view(fields))) == set(names.split())


def test_ids_can_be_asked_for(desk: Desk) -> None:
    assert set(desk.names(desk.view({"assignee": str(desk.agent)}))) == {"mine", "snoozed", "done"}
    assert desk.names(desk.view({"desk_id": str(uuid4())})) == []
    assert len(desk.names(desk.view({"desk_id": str(desk.desk_id)}))) == 6


def test_what_one_follows_can_be_asked_for(desk: Desk) -> None:
    call(desk.db, desk.manager, "follow_ticket(%s)", desk.tickets["mail"])
    assert desk.names(desk.view({"is_followed": True})) == ["mail"]
    assert "mail" not in desk.names(desk.view({"is_followed": False}))


BAD_FILTERS: tuple[tuple[Any, str], ...] = (
    ([], "filter: an object"),
    ({"colour": ["red"]}, "filter.colour: one of status, tier"),
    ({"status": "open"}, "filter.status: a list of open"),
    ({"status": []}, "filter.status: a list of open"),
    ({"status": ["open", "gone"]}, "filter.status: a list of open"),
    ({"status": [["open"]]}, "filter.status: a list of open"),
    ({"tier": ["gold"]}, "filter.tier: a list of"),
    ({"language": ["xx"]}, "filter.language: a list of"),
    ({"assignee": "you"}, 'filter.assignee: "me", "none" or the id'),
    ({"assignee": ["me"]}, 'filter.assignee: "me", "none" or the id'),
    ({"desk_id": "near"}, "filter.desk_id: the id of a desk"),
    ({"waiting_seconds": -1}, "filter.waiting_seconds: whole seconds"),
    ({"waiting_seconds": 1.5}, "filter.waiting_seconds: whole seconds"),
    ({"due_within_seconds": "60"}, "filter.due_within_seconds: whole seconds"),
    ({"due_within_seconds": 1e30}, "filter.due_within_seconds: whole seconds"),
    ({"is_followed": "yes"}, "filter.is_followed: true or false"),
    ({"is_snoozed": None}, "filter.is_snoozed: true or false"),
    ({"subject": ""}, "filter.subject: text"),
    ({"subject": "x" * 101}, "filter.subject: text"),
    ({"subject') or true --": 1}, "filter.subject') or true --: one of"),
)


@pytest.mark.parametrize(("fields", "hint"), BAD_FILTERS)
def test_what_is_wrong_is_told_with_its_place(desk: Desk, fields: Any, hint: str) -> None:
    told = refusal(desk.db, desk.agent, SAVE, Jsonb(fields), "urgency")
    assert told[:2] == ("PT422", "filter_malformed")
    assert told[2].startswith(hint)


SORTS = {
    "urgency": ["gold", "late", "mail"],
    "due": ["late", "gold", "mail"],
    "oldest": ["late", "gold", "mail"],
    "newest": ["mail", "gold", "late"],
}


@pytest.mark.parametrize("sort", SORTS)
def test_views_are_in_their_order_page_by_page(desk: Desk, sort: str) -> None:
    view_id = desk.view({"status": ["open"]}, sort)
    assert desk.names(view_id) == SORTS[sort]
    seen: list[str] = []
    after = None
    while True:
        page = call(desk.db, desk.manager, "get_view_tickets(%s, 1, %s)", view_id, after)
        seen += [ticket["id"] for ticket in page["tickets"]]
        if (after := page["next"]) is None:
            break
    assert seen == [str(desk.tickets[name]) for name in SORTS[sort]]


def test_an_unknown_sort_or_cursor_is_refused(desk: Desk) -> None:
    assert refusal(desk.db, desk.agent, SAVE, Jsonb({}), "id; drop")[1] == "unknown_sort"
    told = refusal(desk.db, desk.agent, "get_view_tickets(%s, 5, 'x')", desk.view({}))
    assert told[:2] == ("PT422", "cursor_malformed")


def test_the_same_view_shows_everybody_their_own(desk: Desk) -> None:
    shared = UUID(call(desk.db, desk.manager, SHARE, Jsonb({"assignee": "me"}), desk.desk_id)["id"])
    assert set(desk.names(shared, desk.agent)) == {"mine", "snoozed", "done"}
    assert desk.names(shared, desk.manager) == []
    everything = UUID(call(desk.db, desk.manager, SHARE, Jsonb({}), desk.desk_id)["id"])
    other = an_agent(desk.db, desk_id=desk.desk_id)
    assert set(desk.names(everything, other)) == {"gold", "mail", "late"}


def test_badges_count_no_further_than_two_hundred(desk: Desk) -> None:
    view_id = desk.view({"status": ["open"]})
    count: LiteralString = "count_view_tickets(%s::uuid[])"
    told = call(desk.db, desk.manager, count, [view_id])
    assert told == [{"view_id": str(view_id), "count": 3, "label": "3"}]
    desk.db.execute(
        "insert into public.support_tickets"
        " (client_id, desk_id, channel, subject, tier, first_response_due_at)"
        " select client_id, desk_id, channel, subject, tier, now() + interval '1 hour'"
        " from public.support_tickets, generate_series(1, 198) where id = %s",
        [desk.tickets["gold"]],
    )
    assert call(desk.db, desk.manager, count, [view_id])[0]["label"] == "200+"
    assert len(call(desk.db, desk.agent, "count_view_tickets()")) == 5


def test_the_house_brings_its_own_views(desk: Desk) -> None:
    titles = rows(
        desk.db,
        desk.agent,
        "select title, id from public.saved_views where owner_id is null and desk_id is null",
    )
    views = dict(titles)
    assert set(views) == {"Waiting", "Mine", "VIP", "Due soon", "Unassigned e-mails"}
    assert desk.names(views["Waiting"], desk.agent) == ["gold", "late", "mail"]
    assert desk.names(views["Mine"], desk.agent) == ["mine"]
    assert desk.names(views["VIP"], desk.agent) == ["gold"]
    assert desk.names(views["Unassigned e-mails"], desk.agent) == ["mail"]
    assert set(desk.names(views["Due soon"], desk.agent)) >= {"late", "gold"}


def test_views_are_changed_by_whoever_keeps_them(desk: Desk) -> None:
    own = UUID(call(desk.db, desk.agent, SAVE, Jsonb({}), "due")["id"])
    shared = UUID(call(desk.db, desk.manager, SHARE, Jsonb({}), desk.desk_id)["id"])
    [house] = rows(desk.db, desk.agent, "select id from public.saved_views where title = 'VIP'")
    change: LiteralString = "save_view('Nowy', '{}', p_view_id => %s, p_version => %s)"
    assert call(desk.db, desk.agent, change, own, 1)["version"] == 2
    assert refusal(desk.db, desk.agent, change, own, 1)[:2] == ("PT409", "stale_version")
    assert refusal(desk.db, desk.manager, change, own, 2)[:2] == ("PT404", "view_not_found")
    assert refusal(desk.db, desk.agent, change, shared, 1)[:2] == ("PT403", "manager_required")
    assert refusal(desk.db, desk.manager, change, house[0], 1)[:2] == ("PT403", "admin_required")
    assert refusal(desk.db, desk.agent, SHARE, Jsonb({}), desk.desk_id)[1] == "manager_required"
    assert call(desk.db, desk.agent, "delete_view(%s, 2)", own) == {"view_id": str(own)}
    outsider = an_agent(desk.db, desk_id=a_desk(desk.db))
    told = refusal(desk.db, outsider, "get_view_tickets(%s)", shared)
    assert told == refusal(desk.db, outsider, "get_view_tickets(%s)", uuid4())
    assert told[:2] == ("PT404", "view_not_found")


def test_the_queue_of_the_desk_keeps_working(desk: Desk) -> None:
    queue = call(desk.db, desk.agent, "get_desk_queue()")
    ids = [str(desk.tickets[name]) for name in ("gold", "late", "mail")]
    assert [ticket["id"] for ticket in queue] == ids
