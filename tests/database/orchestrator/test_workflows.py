"""Saving workflows: what is refused and where, who may, what it costs, and what is shipped."""

from typing import Any, LiteralString
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.database.orchestrator.automation import ALWAYS, SAVE, WORKER, Desk, is_field, settle
from tests.factories import a_client, a_desk, a_manager, a_staff_member, a_ticket, an_agent
from tests.support.acting import acting_as
from tests.support.calling import call, refusal, rows

NOTE = [{"add_note": "n"}]


@pytest.fixture
def desk(db: psycopg.Connection) -> Desk:
    return Desk(db)


def refused(
    desk: Desk,
    conditions: Any = ALWAYS,
    actions: Any = NOTE,
    event_kind: str = "message.posted",
    person: UUID | None = None,
) -> tuple[str, str, str]:
    values = ("Reguła", event_kind, Jsonb(conditions), Jsonb(actions), desk.desk_id, 50)
    return refusal(desk.db, person or desk.manager, SAVE, *values)


def deep(levels: int) -> dict[str, Any]:
    tree: dict[str, Any] = is_field("ticket.cycle", 1)
    for _ in range(levels - 1):
        tree = {"not": tree}
    return tree


# What is refused, with its place ------------------------------------------------------------


MALFORMED: list[tuple[Any, str]] = [
    (None, "conditions: an object"),
    ([], "conditions: an object"),
    ({}, "conditions: one of all, any, not"),
    ({"all": [], "any": []}, "conditions: one of all, any, not"),
    ({"none": []}, "conditions: one of all, any, not"),
    ({"all": {}}, "conditions.all: a list"),
    ({"any": []}, "conditions.any: a list"),
    ({"all": [ALWAYS] * 21}, "conditions.all: a list of conditions, at most 20"),
    ({"not": 1}, "conditions.not: an object"),
    (deep(7), "conditions.not.not.not.not.not.not: at most 6 levels"),
    (
        {"all": [ALWAYS, is_field("ticket.colour", "red")]},
        "conditions.all[1].field: unknown",
    ),
    ({"any": [{"not": is_field("x", 1)}]}, "conditions.any[0].not.field: unknown"),
    (is_field("ticket.cycle", 1, "like"), "conditions.op: one of eq, ne, in, gte, lte, is_null"),
    (is_field("message.text", "a", "eq"), "conditions.op: one of contains, is_null"),
    (is_field("client.is_new", [1], "in"), "conditions.op: one of eq, ne, is_null"),
    ({"field": "ticket.cycle", "op": "eq"}, "conditions.value: missing"),
    (is_field("ticket.cycle", "1"), "conditions.value: a whole number"),
    (is_field("ticket.cycle", 1.5), "conditions.value: a whole number"),
    (is_field("ticket.cycle", 10**10), "conditions.value: a whole number"),
    (is_field("ticket.cycle", 1, "is_null"), "conditions.value: true or false"),
    (is_field("client.is_new", "yes"), "conditions.value: true or false"),
    (is_field("client.tier", "gold"), "conditions.value: one of "),
    (is_field("client.tier", ["vip_gold", "gold"], "in"), "conditions.value[1]: one of "),
    (is_field("client.tier", "vip_gold", "in"), "conditions.value: a list of 1 to 50"),
    (is_field("client.tier", [], "in"), "conditions.value: a list of 1 to 50"),
    (is_field("ticket.desk", "Warszawa"), "conditions.value: an id"),
    (is_field("message.text", ["zguba", "*"], "contains"), "conditions.value[1]: words"),
    (is_field("message.text", ["x" * 61], "contains"), "conditions.value[0]: words"),
    (is_field("event.changed", ["status"], "contains"), "conditions.value[0]: one of subject"),
    (is_field("ticket.cycle", 1) | {"unless": 2}, "conditions: field, op and value, nothing else"),
]


@pytest.mark.parametrize(("conditions", "hint"), MALFORMED)
def test_malformed_conditions_are_refused_with_their_place(
    desk: Desk, conditions: Any, hint: str
) -> None:
    code, message, told = refused(desk, conditions)
    assert (code, message) == ("PT422", "conditions_malformed")
    assert told.startswith(hint)


def test_conditions_are_few_and_small(desk: Desk) -> None:
    many = {"all": [{"any": [is_field("ticket.cycle", n)] * 17} for n in range(3)]}
    long = {"all": [is_field("message.text", ["y" * 60] * 50, "contains")] * 3}
    for conditions in (many, long):
        assert refused(desk, conditions)[2].startswith("conditions: at most 50 comparisons")


@pytest.mark.parametrize(
    ("actions", "hint"),
    [
        ([], "actions: a list of one to ten"),
        ({}, "actions: a list of one to ten"),
        (NOTE * 11, "actions: a list of one to ten"),
        ([1], "actions[0]: an object with one key"),
        ([{"add_note": "n", "notify": {}}], "actions[0]: an object with one key"),
        ([*NOTE, {"call_url": "https://example.test"}], "actions[1].call_url: unknown; one of"),
        ([{"add_note": None}], "actions[0].add_note: a text"),
        ([{"add_note": "{{password}}"}], "actions[0].add_note: {{password}} is no variable"),
        ([{"set_priority": "top"}], "actions[0].set_priority: one of low"),
        ([{"set_category": "gossip"}], "actions[0].set_category: a category"),
        ([{"snooze_hours": 0}], "actions[0].snooze_hours: whole hours"),
        ([{"notify": {"roles": []}}], "actions[0].notify: an object with roles"),
        ([{"notify": {"roles": ["client"]}}], "actions[0].notify: roles are"),
        ([{"notify": {"who": ["managers"]}}], "actions[0].notify: an object with roles"),
        ([{"assign_to": "me"}], "actions[0].assign_to: dedicated_agent"),
        ([{"add_follower": "managers"}], "actions[0].add_follower: dedicated_agent"),
        ([{"apply_macro": "polite"}], "actions[0].apply_macro: the id of a shared macro"),
        ([{"open_white_glove": "No such"}], "actions[0].open_white_glove: a white-glove"),
        ([{"request_routing": False}], "actions[0].request_routing: true"),
    ],
)
def test_malformed_actions_are_refused_with_their_place(
    desk: Desk, actions: Any, hint: str
) -> None:
    code, message, told = refused(desk, actions=actions)
    assert (code, message) == ("PT422", "actions_malformed")
    assert told.startswith(hint)


@pytest.mark.parametrize("action", ["notify", "assign_to", "add_follower"])
def test_people_of_other_desks_cannot_be_named(
    db: psycopg.Connection, desk: Desk, action: str
) -> None:
    stranger = str(an_agent(db, desk_id=a_desk(db)))
    argument: Any = {"people": [stranger]} if action == "notify" else stranger
    assert refused(desk, actions=[{action: argument}])[1] == "actions_malformed"


def test_macros_that_need_a_person_cannot_be_applied(desk: Desk) -> None:
    def macro(scope: str, *actions: dict[str, Any]) -> str:
        save: LiteralString = "save_macro('M', p_actions => %s, p_scope => %s, p_desk_id => %s)"
        desk_id = desk.desk_id if scope == "desk" else None
        saved: str = call(desk.db, desk.manager, save, Jsonb(actions), scope, desk_id)["id"]
        return saved

    for needs_somebody in (
        macro("own", {"note": "n"}),
        macro("desk", {"assign_to": "me"}),
        macro("desk", {"resolve": "Załatwione"}),
    ):
        told = refused(desk, actions=[{"apply_macro": needs_somebody}])
        assert told[2].startswith("actions[0].apply_macro")


def test_unknown_events_are_refused(desk: Desk) -> None:
    for kind in ("ticket.exploded", "clock.minutely", "workflow.dry_run_requested"):
        assert refused(desk, event_kind=kind)[:2] == ("PT422", "unknown_event")


def test_where_there_is_no_ticket_nothing_can_be_asked_or_done_about_one(desk: Desk) -> None:
    kind = "client.registered"
    about = refused(desk, is_field("ticket.cycle", 1), event_kind=kind)
    assert about[2] == "conditions.field: this event has no ticket."
    done = refused(desk, event_kind=kind)
    assert done[2] == "actions[0].add_note: this event has no ticket."


# Who may ------------------------------------------------------------------------------------


def test_managers_write_for_their_desk_and_admins_for_the_house(
    db: psycopg.Connection, desk: Desk
) -> None:
    other_manager = a_manager(db, desk_id=a_desk(db))
    found = {
        who: refused(desk, person=person)[:2]
        for who, person in {
            "agent": desk.agent,
            "executive": a_staff_member(db, "executive", desk_id=desk.desk_id),
            "other manager": other_manager,
            "client": desk.client,
        }.items()
    }
    assert found == {
        "agent": ("PT403", "manager_required"),
        "executive": ("PT403", "manager_required"),
        "other manager": ("PT404", "desk_not_found"),
        "client": ("PT403", "staff_required"),
    }
    house = ("Dom", "message.posted", Jsonb(ALWAYS), Jsonb(NOTE), None, 50)
    assert refusal(db, desk.manager, SAVE, *house)[1] == "admin_required"
    assert call(db, desk.admin, SAVE, *house)["desk_id"] is None


def test_a_workflow_of_another_desk_is_not_there(db: psycopg.Connection, desk: Desk) -> None:
    workflow = desk.save("message.posted", *NOTE)
    stranger = a_manager(db, desk_id=a_desk(db))
    for function in ("set_workflow_active(%s, true, 1)", "delete_workflow(%s, 1)"):
        found = refusal(db, stranger, function, workflow)
        assert found[:2] == ("PT404", "workflow_not_found")
    seen = "select id from public.workflows where id = %s"
    assert [len(rows(db, who, seen, workflow)) for who in (desk.agent, stranger, desk.client)] == [
        1,
        0,
        0,
    ]


def test_two_who_edit_notice_each_other(desk: Desk) -> None:
    workflow = desk.save("message.posted", *NOTE)
    off = call(desk.db, desk.manager, "set_workflow_active(%s, false, 1)", workflow)
    assert (off["is_active"], off["version"]) == (False, 2)
    stale = refusal(desk.db, desk.manager, "delete_workflow(%s, 1)", workflow)
    assert stale[:2] == ("PT409", "stale_version")
    assert call(desk.db, desk.manager, "delete_workflow(%s, 2)", workflow)


def test_what_it_names_must_still_be_there_to_switch_it_on(desk: Desk) -> None:
    workflow = desk.save("message.posted", {"assign_to": str(desk.agent)})
    call(desk.db, desk.manager, "set_workflow_active(%s, false, 1)", workflow)
    desk.db.execute(
        "update public.staff_members set state = 'offline', is_active = false where id = %s",
        [desk.agent],
    )
    told = refusal(desk.db, desk.manager, "set_workflow_active(%s, true, 2)", workflow)
    assert told[1] == "actions_malformed"


def test_every_version_is_kept(desk: Desk) -> None:
    workflow = desk.save("message.posted", *NOTE)
    call(desk.db, desk.manager, "set_workflow_active(%s, false, 1)", workflow)
    call(desk.db, desk.manager, "delete_workflow(%s, 2)", workflow)
    history = desk.db.execute(
        "select old_row ->> 'is_active', new_row ->> 'is_active', changed_by"
        " from private.configuration_history where row_key = %s order by id",
        [str(workflow)],
    ).fetchall()
    assert history == [
        (None, "true", desk.manager),
        ("true", "false", desk.manager),
        ("false", None, desk.manager),
    ]


# What it costs ------------------------------------------------------------------------------


def test_kinds_that_no_active_workflow_waits_for_make_no_jobs(desk: Desk) -> None:
    def subscribed() -> set[str]:
        rows = desk.db.execute(
            "select event_kind from private.subscriptions where worker = %s", [WORKER]
        )
        return {kind for (kind,) in rows}

    usual = {"workflow.dry_run_requested"}
    assert subscribed() == usual
    first = desk.save("message.posted", *NOTE)
    second = desk.save("message.posted", *NOTE)
    assert subscribed() == usual | {"message.posted"}
    call(desk.db, desk.manager, "set_workflow_active(%s, false, 1)", first)
    assert subscribed() == usual | {"message.posted"}
    call(desk.db, desk.manager, "delete_workflow(%s, 1)", second)
    assert subscribed() == usual
    desk.says("Halo")
    jobs = desk.db.execute("select from private.jobs where worker = %s", [WORKER]).fetchall()
    assert jobs == []


# What is shipped ----------------------------------------------------------------------------


@pytest.fixture
def house(db: psycopg.Connection) -> Desk:
    """A desk with the workflows the house ships with."""
    return Desk(db, with_house_workflows=True)


def opened(house: Desk, body: str, category: str = "general") -> None:
    statement: LiteralString = "open_ticket('Pilne', %s, 'email', p_category => %s)"
    house.ticket = UUID(call(house.db, house.client, statement, body, category)["id"])
    settle(house.db)


@pytest.mark.parametrize(
    ("body", "is_alarm"),
    [
        ("Po wypełniaczu mam OPUCHLIZNĘ i gorączkę", True),
        ("mam opuchlizne", True),
        ("Silny ból od rana", True),
        ("There is some swelling and a rash", True),
        ("I can't breathe well", True),
        ("Proszę o termin kontroli", False),
        ("Could I get an appointment?", False),
    ],
)
def test_alarm_words_after_a_treatment_wake_the_managers(
    house: Desk, body: str, *, is_alarm: bool
) -> None:
    opened(house, body, "aesthetic_medicine")
    assert house.ticket_now()["priority"] == ("urgent" if is_alarm else "normal")
    assert house.told() == ({house.manager, house.dedicated} if is_alarm else set())


def test_a_platinum_complaint_reaches_the_relationship_manager(house: Desk) -> None:
    opened(house, "Jestem rozczarowana", "complaint")
    assert house.ticket_now()["priority"] == "urgent"
    assert house.told() == {house.colleague}
    assert len(house.notes()) == 1


def test_a_ticket_that_turns_into_a_complaint_does_so_too(house: Desk) -> None:
    opened(house, "Jestem rozczarowana")
    assert house.ticket_now()["priority"] == "normal"
    version = house.ticket_now()["version"]
    change: LiteralString = "set_ticket_details(%s, %s, p_category => 'complaint')"
    house.db.execute("select set_config('luxury.causes', '', true)")
    call(house.db, house.manager, change, house.ticket, version)
    settle(house.db)
    assert house.ticket_now()["priority"] == "urgent"
    assert house.told() == {house.colleague}


def test_a_standard_complaint_is_left_to_the_queue(db: psycopg.Connection, house: Desk) -> None:
    house.client = a_client(db, desk_id=house.desk_id)
    opened(house, "Jestem rozczarowana", "complaint")
    assert (house.ticket_now()["priority"], house.told()) == ("normal", set())


def test_the_second_reopening_is_one_too_many(db: psycopg.Connection, house: Desk) -> None:
    told = []
    ticket = a_ticket(
        db, house.client, desk_id=house.desk_id, assignee_id=house.agent, status="resolved"
    )
    house.ticket = ticket
    for _ in range(2):
        with acting_as(db, "authenticated", house.client):
            db.execute("select public.reopen_ticket(%s, 'Nadal nie działa')", [ticket])
        settle(db)
        told.append(house.told())
        db.execute(
            "update public.support_tickets set status = 'resolved', resolved_at = now()"
            " where id = %s",
            [ticket],
        )
    assert told == [set(), {house.manager}]


def test_a_vip_email_nobody_answers_is_told_of_in_time(db: psycopg.Connection, house: Desk) -> None:
    house.ticket = a_ticket(db, house.client, desk_id=house.desk_id, channel="email")
    promise = db.execute(
        "select id from public.ticket_promises where ticket_id = %s and kind = 'first_response'",
        [house.ticket],
    ).fetchone()
    assert promise is not None
    db.execute(
        "insert into public.events (kind, subject_id) values ('promise.threshold_reached', %s)",
        promise,
    )
    settle(db)
    assert house.told() == {house.manager}


def test_services_for_clients_begin_only_when_somebody_has_switched_that_on(
    db: psycopg.Connection, house: Desk
) -> None:
    found = db.execute(
        "select is_active from public.workflows where actions::text like '%open_white_glove%'"
    ).fetchall()
    assert found
    assert not any(is_active for (is_active,) in found)
