"""What workflows do about events: each action once, together or not at all, never in a ring."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.database.orchestrator.automation import (
    OF_PEOPLE,
    WORKER,
    Desk,
    a_store,
    is_field,
    plan,
    record,
    settle,
)
from tests.database.orchestrator.router import claim
from tests.factories import a_client, a_desk, a_ticket, an_agent
from tests.support.calling import call, rows


@pytest.fixture
def desk(db: psycopg.Connection) -> Desk:
    return Desk(db)


def column(db: psycopg.Connection, statement: str, *values: Any) -> list[Any]:
    return [value for (value,) in db.execute(statement.encode(), values)]


# Facts --------------------------------------------------------------------------------------


def test_facts_and_fields_are_the_same_words(db: psycopg.Connection, desk: Desk) -> None:
    desk.save("message.posted", {"add_note": "n"})
    desk.says("Dzień dobry")
    (job,) = claim(db, WORKER)
    contexts = asyncio.run(a_store(db).workflow_contexts([job.event_id]))
    fields = column(db, "select field from public.workflow_fields")
    assert contexts.events[0].facts.keys() == set(fields)


def test_facts_say_what_happened_to_whom(db: psycopg.Connection, desk: Desk) -> None:
    desk.save("message.posted", {"add_note": "n"})
    db.execute(
        "insert into public.ticket_messages (ticket_id, author_id, author_kind, body, created_at)"
        " values (%s, %s, 'client', 'Halo?', now() - interval '100 seconds')",
        [desk.ticket, desk.client],
    )
    desk.says("Czy ktoś tam jest?")
    jobs = claim(db, WORKER)
    contexts = asyncio.run(a_store(db).workflow_contexts([job.event_id for job in jobs]))
    facts = contexts.events[-1].facts
    assert facts["message.text"] in {"Halo?", "Czy ktoś tam jest?"}
    assert {
        "ticket.tier": "vip_platinum",
        "ticket.is_assigned": False,
        "ticket.is_answered": False,
        "ticket.cycle": 1,
        "ticket.waited_seconds": 100,
        "client.tier": "vip_platinum",
        "client.has_dedicated_agent": True,
        "client.has_relationship_manager": True,
        "client.is_new": True,
        "message.author_kind": "client",
        "message.is_internal": False,
        "event.changed": None,
    }.items() <= facts.items()


def test_a_new_ticket_is_judged_by_its_first_message(desk: Desk) -> None:
    desk.save(
        "ticket.opened",
        {"notify": {"roles": ["managers"]}},
        conditions=is_field("message.text", ["opuch*"], "contains"),
    )
    call(desk.db, desk.client, "open_ticket('Po zabiegu', 'Mam opuchliznę', 'email')")
    settle(desk.db)
    assert desk.told() == {desk.manager}


# Actions ------------------------------------------------------------------------------------


def test_what_a_workflow_does(desk: Desk) -> None:
    desk.save(
        "message.posted",
        {"set_priority": "urgent"},
        {"set_category": "complaint"},
        {"add_note": "Zadzwoń do {{client_name}}: {{subject}}"},
        {"add_follower": "relationship_manager"},
        {"notify": {"roles": ["managers"], "people": [str(desk.agent)]}},
        {"assign_to": "dedicated_agent"},
        {"snooze_hours": 2},
        conditions=is_field("message.author_kind", "client"),
    )
    desk.says("To skandal")
    settle(desk.db)
    now = desk.ticket_now()
    assert desk.runs()[0] == ("done", "matched")
    assert (now["priority"], now["category"], now["status"]) == ("urgent", "complaint", "pending")
    assert now["assignee_id"] == desk.dedicated
    assert now["required_skills"] == ["category.complaint"]
    assert now["snoozed_until"] is not None
    assert desk.notes() == ["Zadzwoń do Zofia Wrońska: Zgubiony kolczyk"]
    assert desk.told() == {desk.manager, desk.agent}
    followers = column(
        desk.db, "select staff_id from public.ticket_followers where ticket_id = %s", desk.ticket
    )
    assert followers == [desk.colleague]


def test_the_house_acts_not_a_person(desk: Desk) -> None:
    desk.save("ticket.opened", {"add_note": "Nowa"})
    desk.ticket = UUID(call(desk.db, desk.client, "open_ticket('A', 'B', 'email')")["id"])
    settle(desk.db)
    found = desk.db.execute(
        "select author_kind, author_id from public.ticket_messages"
        " where ticket_id = %s and is_internal",
        [desk.ticket],
    ).fetchone()
    assert found == ("system", None)


def test_routing_is_asked_for(desk: Desk) -> None:
    desk.save("message.posted", {"request_routing": True})
    desk.says("Proszę o kogoś")
    settle(desk.db)
    assert column(
        desk.db, "select reason from public.routing_requests where ticket_id = %s", desk.ticket
    ) == ["asked_by_workflow"]


def test_a_macro_is_applied_in_the_name_of_the_desk(desk: Desk) -> None:
    actions = [{"reply": "Pani {{client_name}}, już patrzymy."}, {"set_priority": "high"}]
    macro = call(
        desk.db,
        desk.manager,
        "save_macro('Uspokój', p_actions => %s, p_scope => 'desk', p_desk_id => %s)",
        Jsonb(actions),
        desk.desk_id,
    )["id"]
    desk.save(
        "message.posted",
        {"apply_macro": macro},
        conditions=is_field("message.author_kind", "client"),
    )
    desk.says("Halo")
    settle(desk.db)
    said = desk.db.execute(
        "select body, author_kind from public.ticket_messages where ticket_id = %s"
        " and author_kind = 'system'",
        [desk.ticket],
    ).fetchall()
    assert said == [("Pani Zofia Wrońska, już patrzymy.", "system")]
    assert desk.ticket_now()["priority"] == "high"
    assert desk.ticket_now()["first_responded_at"] is None, "no person has answered"


def test_managers_are_told_when_nobody_named_is_there(desk: Desk) -> None:
    desk.save("message.posted", {"notify": {"roles": ["deputy_agent", "assignee"]}})
    desk.says("Halo")
    settle(desk.db)
    assert desk.told() == {desk.manager}


def test_people_of_other_desks_are_not_told(db: psycopg.Connection, desk: Desk) -> None:
    stranger = an_agent(db, desk_id=a_desk(db))
    desk.save("message.posted", {"notify": {"roles": ["relationship_manager", "managers"]}})
    db.execute(
        "update public.vip_client_profiles set relationship_manager_id = %s where client_id = %s",
        [stranger, desk.client],
    )
    desk.says("Halo")
    settle(db)
    assert desk.told() == {desk.manager}


def test_a_white_glove_service_is_opened(db: psycopg.Connection, desk: Desk) -> None:
    desk.save("message.posted", {"open_white_glove": "lost_item"})
    desk.says("Zgubiłam kolczyk")
    settle(db)
    if column(db, "select to_regclass('public.white_glove_services') is null")[0]:
        assert desk.runs() == [("refused", "white_glove_unavailable")]
    else:
        assert desk.runs() == [("done", "matched")]
        assert column(
            db,
            "select service_type from public.white_glove_services where client_id = %s",
            desk.client,
        ) == ["lost_item"]


# All or nothing -----------------------------------------------------------------------------


def test_a_refusal_undoes_its_own_workflow_and_no_other(desk: Desk) -> None:
    """The first cannot be done: nobody snoozes what nobody has."""
    refused = desk.save("message.posted", {"set_priority": "urgent"}, {"snooze_hours": 1}, rank=1)
    done = desk.save("message.posted", {"set_category": "complaint"}, rank=2)
    desk.says("Halo")
    settle(desk.db)
    assert desk.runs(refused) == [("refused", "ticket_is_open")]
    assert desk.runs(done) == [("done", "matched")]
    assert (desk.ticket_now()["priority"], desk.ticket_now()["category"]) == ("normal", "complaint")
    (details,) = column(
        desk.db, "select details from public.workflow_runs where workflow_id = %s", refused
    )
    assert details["place"] == "actions[1].snooze_hours"


def test_a_failure_is_told_and_leaves_the_others_alone(desk: Desk) -> None:
    """A note that grows beyond what the table takes."""
    long = "{{client_name}}" * 300
    failed = desk.save("message.posted", {"add_note": long}, rank=1)
    done = desk.save("message.posted", {"set_priority": "high"}, rank=2)
    desk.db.execute(
        "update public.profiles set display_name = repeat('Z', 60) where id = %s", [desk.client]
    )
    desk.says("Halo")
    settle(desk.db)
    assert desk.runs(failed) == [("failed", "sqlstate_23514")]
    assert desk.runs(done) == [("done", "matched")]


def test_nobody_gets_more_than_they_can_take(desk: Desk) -> None:
    desk.save("message.posted", {"assign_to": str(desk.agent)})
    desk.db.execute(
        "update public.staff_members set capacity_units = 0 where id = %s", [desk.agent]
    )
    desk.says("Halo")
    settle(desk.db)
    assert desk.runs() == [("refused", "agent_at_capacity")]
    assert desk.ticket_now()["assignee_id"] is None


def test_whose_conditions_do_not_hold_says_which(desk: Desk) -> None:
    desk.save(
        "message.posted",
        {"set_priority": "urgent"},
        conditions={
            "all": [is_field("client.tier", "vip_platinum"), is_field("ticket.cycle", 3, "gte")]
        },
    )
    desk.says("Halo")
    settle(desk.db)
    assert desk.runs() == [("skipped", "conditions")]
    (details,) = column(
        desk.db, "select details from public.workflow_runs where desk_id = %s", desk.desk_id
    )
    assert details["findings"] == [
        {
            "place": "conditions.all[1]",
            "field": "ticket.cycle",
            "op": "gte",
            "holds": False,
            "found": 1,
        }
    ]


def test_texts_of_clients_are_not_repeated_in_runs(desk: Desk) -> None:
    desk.save(
        "message.posted",
        {"set_priority": "high"},
        conditions=is_field("message.text", ["tajne"], "contains"),
    )
    desk.says("To jest tajne")
    settle(desk.db)
    stored = column(
        desk.db, "select details::text from public.workflow_runs where desk_id = %s", desk.desk_id
    )
    assert "tajne" not in "".join(stored)


# Once ---------------------------------------------------------------------------------------


def test_an_event_delivered_again_does_nothing_again(desk: Desk) -> None:
    """The job comes back although it was done: a row says so."""
    desk.save("message.posted", {"add_note": "raz"}, conditions=is_field("ticket.cycle", 1))
    desk.save("ticket.opened", {"add_note": "nigdy"})
    desk.db.execute("delete from private.subscriptions where worker = %s", [WORKER])
    desk.says("Halo")
    desk.db.execute(
        "insert into private.subscriptions (event_kind, worker) values ('message.posted', %s)",
        [WORKER],
    )
    (event_id,) = column(desk.db, "select max(id) from public.events")
    for _ in range(2):
        again(desk.db, event_id)
        settle(desk.db)
    assert desk.notes() == ["raz"]


def again(db: psycopg.Connection, event_id: int) -> None:
    """As if the queue handed the same event out once more."""
    db.execute(
        "insert into private.jobs (event_id, worker, kind, subject_id, payload)"
        " select id, %s, kind, subject_id, payload from public.events where id = %s",
        [WORKER, event_id],
    )


def test_a_worker_that_dies_before_the_write_leaves_no_trace(desk: Desk) -> None:
    desk.save("message.posted", {"add_note": "raz"}, conditions=OF_PEOPLE)
    desk.says("Halo")
    jobs = claim(desk.db, WORKER)
    plan(desk.db, jobs)
    desk.db.execute(
        "update private.jobs set lease_until = now() - interval '1 second'"
        " where lease_until is not null"
    )
    settle(desk.db)
    assert desk.notes() == ["raz"]


def test_who_lost_the_lease_writes_nothing(desk: Desk) -> None:
    desk.save("message.posted", {"add_note": "raz"}, conditions=OF_PEOPLE)
    desk.says("Halo")
    slow = claim(desk.db, WORKER)
    made = plan(desk.db, slow)
    desk.db.execute(
        "update private.jobs set lease_until = now() - interval '1 second'"
        " where lease_until is not null"
    )
    settle(desk.db)
    with pytest.raises(psycopg.Error, match="lease_lost"), desk.db.transaction():
        record(desk.db, slow, made)
    desk.db.execute("reset role")
    assert desk.notes() == ["raz"]


def test_what_changed_meanwhile_is_judged_afresh(desk: Desk) -> None:
    desk.save(
        "message.posted",
        {"add_note": "pilne"},
        conditions=is_field("ticket.category", "general"),
    )
    desk.says("Halo")
    jobs = claim(desk.db, WORKER)
    made = plan(desk.db, jobs)
    call(
        desk.db,
        desk.manager,
        "set_ticket_details(%s, %s, p_category => 'billing')",
        desk.ticket,
        desk.ticket_now()["version"],
    )
    assert record(desk.db, jobs, made) == ["stale"]
    assert (desk.notes(), desk.runs()) == ([], [])
    assert record(desk.db, jobs, plan(desk.db, jobs)) == ["recorded"]
    assert desk.runs() == [("skipped", "conditions")]


@pytest.mark.parametrize("change", ["is_active = false", "title = 'Inna'"])
def test_a_workflow_changed_meanwhile_is_read_afresh(desk: Desk, change: str) -> None:
    desk.save("message.posted", {"add_note": "stare"})
    desk.says("Halo")
    jobs = claim(desk.db, WORKER)
    made = plan(desk.db, jobs)
    desk.db.execute(f"update public.workflows set {change}".encode())
    assert record(desk.db, jobs, made) == ["stale"]
    assert desk.notes() == []


def test_a_ticket_that_is_gone_needs_nothing(desk: Desk) -> None:
    desk.save("message.posted", {"add_note": "n"})
    desk.says("Halo")
    jobs = claim(desk.db, WORKER)
    made = plan(desk.db, jobs)
    desk.db.execute("delete from public.support_tickets where id = %s", [desk.ticket])
    assert record(desk.db, jobs, made) == ["gone"]


# Whose --------------------------------------------------------------------------------------


def test_a_workflow_of_a_desk_leaves_other_desks_alone(db: psycopg.Connection, desk: Desk) -> None:
    desk.save("ticket.opened", {"set_priority": "urgent"})
    elsewhere = a_desk(db)
    foreign = a_ticket(db, a_client(db, desk_id=elsewhere), desk_id=elsewhere)
    settle(db)
    assert column(db, "select priority from public.support_tickets where id = %s", foreign) == [
        "normal"
    ]
    assert column(db, "select 1 from public.workflow_runs where ticket_id = %s", foreign) == []


def test_a_workflow_of_the_house_is_about_all_desks(db: psycopg.Connection, desk: Desk) -> None:
    call(
        db,
        desk.admin,
        "save_workflow('Dom', 'ticket.opened', '{\"all\": []}', '[{\"set_priority\": \"low\"}]',"
        " p_is_active => true)",
    )
    elsewhere = a_desk(db)
    foreign = a_ticket(db, a_client(db, desk_id=elsewhere), desk_id=elsewhere)
    settle(db)
    assert column(db, "select priority from public.support_tickets where id = %s", foreign) == [
        "low"
    ]


def test_a_client_who_becomes_platinum_is_an_event_of_their_desk(desk: Desk) -> None:
    desk.save(
        "client.tier_changed",
        {"notify": {"roles": ["managers"]}},
        conditions={
            "all": [
                is_field("client.tier", "vip_platinum"),
                is_field("event.previous_tier", "premium"),
            ]
        },
    )
    other = a_client(desk.db, "premium", desk_id=desk.desk_id)
    call(desk.db, desk.manager, "set_client_tier(%s, 'vip_platinum', 'Zaproszenie')", other)
    settle(desk.db)
    desk.client = other
    assert desk.told() == {desk.manager}


def test_runs_are_read_by_the_desk_and_by_no_client(desk: Desk) -> None:
    desk.save("message.posted", {"set_priority": "high"})
    desk.says("Halo")
    settle(desk.db)
    outsider = an_agent(desk.db, desk_id=a_desk(desk.db))
    seen = {
        person: len(rows(desk.db, person, "select id from public.workflow_runs"))
        for person in (desk.agent, desk.manager, desk.client, outsider, uuid4())
    }
    assert list(seen.values()) == [1, 1, 0, 0, 0]


# Rings --------------------------------------------------------------------------------------


def test_two_workflows_that_set_each_other_off_stop_where_the_ring_closes(desk: Desk) -> None:
    """A message puts the ticket to rest, whose rest writes a note, which is a message."""
    desk.db.execute(
        "update public.support_tickets set status = 'assigned', assignee_id = %s,"
        " assigned_at = now() where id = %s",
        [desk.agent, desk.ticket],
    )
    rest = desk.save("message.posted", {"snooze_hours": 1}, title="A")
    note = desk.save("ticket.snoozed", {"add_note": "Odpoczywa"}, title="B")
    desk.says("Halo")
    settle(desk.db)
    assert desk.runs(rest) == [("done", "matched"), ("skipped", "loop")]
    assert desk.runs(note) == [("done", "matched")]
    assert desk.notes() == ["Odpoczywa"]


def test_a_workflow_that_answers_itself_stops_at_once(desk: Desk) -> None:
    itself = desk.save("message.posted", {"add_note": "Echo"})
    desk.says("Halo")
    settle(desk.db)
    assert desk.runs(itself) == [("done", "matched"), ("skipped", "loop")]
    assert desk.notes() == ["Echo"]


def test_the_next_message_is_a_chain_of_its_own(desk: Desk) -> None:
    desk.save("message.posted", {"add_note": "Echo"}, conditions=OF_PEOPLE)
    for text in ("Halo", "Jest tam kto?"):
        desk.says(text)
        settle(desk.db)
    assert desk.notes() == ["Echo", "Echo"]


def test_a_chain_that_is_too_long_ends_as_a_refusal(desk: Desk) -> None:
    done = desk.save("message.posted", {"set_priority": "high"}, rank=2)
    late = desk.save("message.posted", {"add_note": "dziewiąte"}, rank=1)
    desk.db.execute("delete from public.workflows where id = %s", [done])
    desk.says("Halo")
    desk.db.execute("update private.jobs set depth = 8 where worker = %s", [WORKER])
    settle(desk.db)
    assert desk.runs(late) == [("refused", "chain_too_long")]
    assert desk.notes() == []
