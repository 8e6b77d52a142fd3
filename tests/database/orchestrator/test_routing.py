"""Routing in the database: what is read, what is written, and what is refused under lock."""

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.database.orchestrator.router import (
    a_store,
    call,
    claim,
    decide,
    record,
    run_routing,
)
from tests.factories import (
    a_client,
    a_desk,
    a_manager,
    a_staff_member,
    a_ticket,
    a_vip_profile,
    an_agent,
)
from tests.support.acting import acting_as, refused


@pytest.fixture
def desk(db: psycopg.Connection) -> UUID:
    """A desk of the test's own."""
    return a_desk(db)


def waiting(db: psycopg.Connection, desk: UUID, **details: Any) -> UUID:
    return a_ticket(db, a_client(db, desk_id=desk), **details)


def one(db: psycopg.Connection, query: Any, *values: Any) -> Any:
    row = db.execute(query, values).fetchone()
    return row and (row[0] if len(row) == 1 else row)


def number_of(db: psycopg.Connection, agent: UUID) -> int:
    return int(one(db, "select number from public.staff_members where id = %s", agent))


def assignee(db: psycopg.Connection, ticket_id: UUID) -> UUID | None:
    found = one(db, "select assignee_id from public.support_tickets where id = %s", ticket_id)
    assert found is None or isinstance(found, UUID)
    return found


def decisions(db: psycopg.Connection, ticket_id: UUID) -> list[tuple[str, UUID | None]]:
    return db.execute(
        "select outcome, agent_id from public.routing_decisions where ticket_id = %s order by id",
        [ticket_id],
    ).fetchall()


def jobs_left(db: psycopg.Connection, ticket_id: UUID) -> int:
    found = one(
        db,
        "select count(*) from private.jobs"
        " where worker = 'orchestrator.routing' and subject_id = %s",
        ticket_id,
    )
    return int(found)


def by_hand(db: psycopg.Connection, ticket_id: UUID, agent_id: UUID) -> None:
    with acting_as(db, "authenticated", agent_id):
        db.execute("select public.take_ticket(%s)", [ticket_id])


# Reading ------------------------------------------------------------------------------------


def contexts(db: psycopg.Connection, *ticket_ids: UUID) -> Any:
    with acting_as(db, "service_role"):
        return call(db, "routing_contexts", {"p_ticket_ids": list(ticket_ids)})


def test_only_tickets_that_wait_are_read(db: psycopg.Connection, desk: UUID) -> None:
    agent = an_agent(db, desk_id=desk)
    open_ticket = waiting(db, desk, channel="phone", category="billing")
    taken = waiting(db, desk, assignee_id=agent)
    found = contexts(db, open_ticket, taken, uuid4())["tickets"]
    assert [ticket["id"] for ticket in found] == [str(open_ticket)]
    assert found[0]["load_units"] == 5
    assert found[0]["required_skills"] == ["category.billing"]


def test_agents_are_read_with_skills_and_load(db: psycopg.Connection, desk: UUID) -> None:
    agent = an_agent(db, desk_id=desk, languages=("pl", "uk"), capacity_units=12)
    waiting(db, desk, assignee_id=agent, channel="chat")
    waiting(db, desk, assignee_id=agent, channel="email", status="pending")
    waiting(db, desk, assignee_id=agent, channel="phone", status="on_hold")
    found = contexts(db, waiting(db, desk))["agents"]
    assert len(found) == 1
    assert found[0]["id"] == str(agent)
    assert found[0]["skills"] == {"language.pl": 3, "language.uk": 3}
    assert (found[0]["load_units"], found[0]["capacity_units"]) == (3, 12)


def test_those_who_take_no_tickets_are_not_read(db: psycopg.Connection, desk: UUID) -> None:
    a_manager(db, desk_id=desk)
    a_staff_member(db, desk_id=desk, is_active=False)
    an_agent(db)
    assert contexts(db, waiting(db, desk))["agents"] == []


def test_people_named_by_the_clients_profile_are_read_from_anywhere(
    db: psycopg.Connection, desk: UUID
) -> None:
    client = a_client(db, "vip_platinum", desk_id=desk)
    elsewhere = an_agent(db, desk_id=a_desk(db))
    gone = a_staff_member(db, "relationship_manager", is_active=False)
    a_vip_profile(db, client, dedicated_agent_id=elsewhere, relationship_manager_id=gone)
    found = contexts(db, a_ticket(db, client))
    assert {agent["id"] for agent in found["agents"]} == {str(elsewhere), str(gone)}
    assert found["tickets"][0]["dedicated_agent_id"] == str(elsewhere)


def test_nobody_but_the_service_may_read_or_write_for_workers(db: psycopg.Connection) -> None:
    for role in ("anon", "authenticated"):
        with refused(db, "42501"), acting_as(db, role, uuid4()):
            db.execute("select worker.routing_contexts('{}')")
        with refused(db, "42501"), acting_as(db, role, uuid4()):
            db.execute("select worker.record_routing('[]')")


# Writing ------------------------------------------------------------------------------------


def test_an_opened_ticket_goes_to_the_agent_and_the_reason_is_stored(
    db: psycopg.Connection, desk: UUID
) -> None:
    polish = an_agent(db, desk_id=desk)
    german = an_agent(db, desk_id=desk, languages=("de",))
    ticket = waiting(db, desk)
    assert run_routing(db)[ticket] == "recorded"
    assert assignee(db, ticket) == polish
    agent_id, score, candidates, skipped, version = one(
        db,
        "select agent_id, score, candidates, skipped, policy_version"
        " from public.routing_decisions where ticket_id = %s",
        ticket,
    )
    assert agent_id == polish
    assert [candidate["agent_id"] for candidate in candidates] == [str(polish)]
    assert sum(candidates[0]["parts"].values()) == candidates[0]["score"] == score
    assert skipped == {"language_missing": str(number_of(db, german))}
    assert version == "routing-2"
    assert jobs_left(db, ticket) == 0


def test_the_assignment_is_an_event_caused_by_the_opening(
    db: psycopg.Connection, desk: UUID
) -> None:
    an_agent(db, desk_id=desk)
    ticket = waiting(db, desk)
    run_routing(db)
    opened, assigned = db.execute(
        "select id, kind, cause_id, depth from public.events where subject_id = %s order by id",
        [ticket],
    ).fetchall()
    assert opened[1] == "ticket.opened"
    assert assigned[1:] == ("ticket.assigned", opened[0], 1)
    stored = one(db, "select event_id from public.routing_decisions where ticket_id = %s", ticket)
    assert stored == opened[0]


def test_the_agents_turn_moves_on(db: psycopg.Connection, desk: UUID) -> None:
    agent = an_agent(db, desk_id=desk)
    waiting(db, desk)
    run_routing(db)
    assert one(db, "select last_assigned_at = now() from public.staff_members where id = %s", agent)


def test_the_dedicated_agent_gets_the_ticket(db: psycopg.Connection, desk: UUID) -> None:
    client = a_client(db, "vip_gold", desk_id=desk)
    an_agent(db, desk_id=desk)
    dedicated = an_agent(db, desk_id=desk, capacity_units=4)
    a_vip_profile(db, client, dedicated_agent_id=dedicated)
    ticket = a_ticket(db, client)
    run_routing(db)
    assert assignee(db, ticket) == dedicated


def test_a_humans_choice_stands(db: psycopg.Connection, desk: UUID) -> None:
    first, second = an_agent(db, desk_id=desk), an_agent(db, desk_id=desk)
    ticket = waiting(db, desk)
    jobs = claim(db)
    made = decide(db, jobs)
    human = second if made[ticket].agent_id == first else first
    by_hand(db, ticket, human)
    assert record(db, jobs, made)[ticket] == "gone"
    assert assignee(db, ticket) == human
    assert decisions(db, ticket) == []
    assert jobs_left(db, ticket) == 0


def test_a_ticket_resolved_meanwhile_is_left_alone(db: psycopg.Connection, desk: UUID) -> None:
    an_agent(db, desk_id=desk)
    ticket = waiting(db, desk)
    jobs = claim(db)
    made = decide(db, jobs)
    db.execute(
        "update public.support_tickets set status = 'resolved', resolved_at = now() where id = %s",
        [ticket],
    )
    assert record(db, jobs, made)[ticket] == "gone"
    assert assignee(db, ticket) is None


def test_a_ticket_that_changed_since_it_was_read_is_read_again(
    db: psycopg.Connection, desk: UUID
) -> None:
    an_agent(db, desk_id=desk)
    german = an_agent(db, desk_id=desk, languages=("de",))
    ticket = waiting(db, desk)
    jobs = claim(db)
    made = decide(db, jobs)
    db.execute("update public.support_tickets set language = 'de' where id = %s", [ticket])
    assert record(db, jobs, made)[ticket] == "stale"
    assert (assignee(db, ticket), decisions(db, ticket)) == (None, [])
    assert jobs_left(db, ticket) == 1
    assert record(db, jobs, decide(db, jobs))[ticket] == "recorded"
    assert assignee(db, ticket) == german


@pytest.mark.parametrize(
    "change",
    [
        "update public.staff_members set state = 'away' where id = %s",
        "update public.staff_members set state = 'offline', is_active = false where id = %s",
        "update public.staff_members set role = 'manager' where id = %s",
        "update public.staff_members set capacity_units = 1 where id = %s",
        "update public.staff_members set desk_id = private.default_desk_id() where id = %s",
        "delete from public.staff_skills where staff_id = %s",
    ],
)
def test_an_agent_who_cannot_take_it_any_more_gets_nothing(
    db: psycopg.Connection, desk: UUID, change: Any
) -> None:
    agent = an_agent(db, desk_id=desk)
    ticket = waiting(db, desk)
    jobs = claim(db)
    made = decide(db, jobs)
    assert made[ticket].agent_id == agent
    db.execute(change, [agent])
    assert record(db, jobs, made)[ticket] == "stale"
    assert (assignee(db, ticket), decisions(db, ticket)) == (None, [])


def test_nobody_is_given_their_own_ticket(db: psycopg.Connection, desk: UUID) -> None:
    agent = an_agent(db, desk_id=desk)
    ticket = a_ticket(db, agent, desk_id=desk)
    assert run_routing(db)[ticket] == "recorded"
    assert decisions(db, ticket) == [("waiting", None)]


def test_work_given_by_hand_meanwhile_counts_and_neighbours_are_not_held_up(
    db: psycopg.Connection, desk: UUID
) -> None:
    busy = an_agent(db, desk_id=desk, capacity_units=5)
    free = an_agent(db, desk_id=desk, languages=("de",))
    call_, chat = waiting(db, desk, channel="phone"), waiting(db, desk, language="de")
    jobs = claim(db)
    made = decide(db, jobs)
    by_hand(db, waiting(db, desk), busy)
    results = record(db, jobs, made)
    assert (results[call_], results[chat]) == ("stale", "recorded")
    assert (assignee(db, call_), assignee(db, chat)) == (None, free)


def test_capacity_holds_within_a_batch_and_the_urgent_keep_their_place(
    db: psycopg.Connection, desk: UUID
) -> None:
    agent = an_agent(db, desk_id=desk, capacity_units=10)
    calls = [waiting(db, desk, channel="phone", waiting_seconds=age) for age in (0, 600)]
    jobs = claim(db)
    made = decide(db, jobs)
    assert {made[ticket].agent_id for ticket in calls} == {agent}
    db.execute("update public.staff_members set capacity_units = 9 where id = %s", [agent])
    results = record(db, jobs, made)
    assert [results[ticket] for ticket in calls] == ["stale", "recorded"]


def test_a_wait_does_not_outlive_the_assignment_it_was_decided_beside(
    db: psycopg.Connection, desk: UUID
) -> None:
    agent = an_agent(db, desk_id=desk, capacity_units=5)
    first, second = (waiting(db, desk, channel="phone", waiting_seconds=s) for s in (60, 0))
    jobs = claim(db)
    made = decide(db, jobs)
    assert (made[first].agent_id, made[second].outcome) == (agent, "waiting")
    db.execute(
        "update public.support_tickets set status = 'resolved', resolved_at = now() where id = %s",
        [first],
    )
    assert record(db, jobs, made) == {first: "gone", second: "stale"}


def test_two_decisions_on_one_ticket_become_one(db: psycopg.Connection, desk: UUID) -> None:
    an_agent(db, desk_id=desk)
    ticket = waiting(db, desk)
    (job,) = claim(db)
    decision = decide(db, [job])[ticket]
    db.execute(
        "insert into public.events (kind, subject_id) values ('ticket.opened', %s)", [ticket]
    )
    db.execute(
        "update private.jobs set lease_until = now() + interval '1 minute', leased_by = 'test',"
        " fence = 1, attempts = 1 where subject_id = %s and id <> %s",
        [ticket, job.id],
    )
    twin = one(db, "select id from private.jobs where subject_id = %s and id <> %s", ticket, job.id)
    items: list[dict[str, Any]] = [
        {"job_id": job_id, "fence": 1, "ticket_id": str(ticket), "version": decision.version,
         "cycle": 1, "outcome": "waiting", "candidates": [], "skipped": {}, "policy_version": "x"}
        for job_id in (job.id, twin)
    ]  # fmt: skip
    with acting_as(db, "service_role"):
        results = call(db, "record_routing", {"p_decisions": items})
    assert results == [
        {"job_id": job.id, "status": "recorded"},
        {"job_id": twin, "status": "gone"},
    ]
    assert len(decisions(db, ticket)) == 1


def test_a_lost_lease_writes_nothing_at_all(db: psycopg.Connection, desk: UUID) -> None:
    an_agent(db, desk_id=desk)
    tickets = [waiting(db, desk), waiting(db, desk)]
    jobs = claim(db)
    made = decide(db, jobs)
    db.execute("update private.jobs set fence = fence + 1 where id = %s", [jobs[0].id])
    with refused(db, "LS001", "lease_lost"):
        record(db, jobs, made)
    assert [assignee(db, ticket) for ticket in tickets] == [None, None]


def test_a_wait_is_stored_once_for_the_same_reasons_and_announced_never(
    db: psycopg.Connection, desk: UUID
) -> None:
    away = an_agent(db, desk_id=desk, state="away")
    ticket = waiting(db, desk)

    def asked_again() -> list[tuple[str, UUID | None]]:
        db.execute(
            "insert into public.routing_requests (ticket_id, reason) values (%s, 'capacity_found')",
            [ticket],
        )
        assert run_routing(db)[ticket] == "recorded"
        return decisions(db, ticket)

    assert run_routing(db)[ticket] == "recorded"
    assert asked_again() == [("waiting", None)]
    db.execute("update public.staff_members set state = 'offline' where id = %s", [away])
    assert asked_again() == [("waiting", None)] * 2
    db.execute(
        "update public.support_tickets set cycle = 2, reopened_at = now() where id = %s", [ticket]
    )
    assert asked_again() == [("waiting", None)] * 3
    assert one(
        db,
        "select skipped from public.routing_decisions where ticket_id = %s order by id limit 1",
        ticket,
    ) == {"away": str(number_of(db, away))}
    assert jobs_left(db, ticket) == 0


# Explaining ---------------------------------------------------------------------------------


def test_everybody_considered_is_explained_by_name(db: psycopg.Connection, desk: UUID) -> None:
    manager = a_manager(db, desk_id=desk)
    team = {an_agent(db, desk_id=desk, name=f"Osoba {n}") for n in range(5)}
    german = an_agent(db, desk_id=desk, languages=("de",), name="Jürgen")
    client = a_client(db, desk_id=desk)
    ticket = a_ticket(db, client)
    run_routing(db)
    asked = (
        "select agent_id, agent_name, standing, score = parts_sum.sum"
        " from public.routing_explanations told"
        " left join lateral (select sum(part.value::integer) from jsonb_each(told.parts) part)"
        " parts_sum on true where ticket_id = %s"
    )
    with acting_as(db, "authenticated", manager):
        told = db.execute(asked, [ticket]).fetchall()
    assert {agent for agent, *_ in told} == team | {german}
    assert sorted(standing for _, _, standing, _ in told) == [
        "candidate", "candidate", "chosen", "language_missing", "outscored", "outscored",
    ]  # fmt: skip
    assert (german, "Jürgen", "language_missing", None) in told
    assert [adds_up for *_, standing, adds_up in told if standing in {"chosen", "candidate"}] == [
        True
    ] * 3
    with acting_as(db, "authenticated", client):
        assert db.execute(asked, [ticket]).fetchall() == []


# Asking -------------------------------------------------------------------------------------


def ask(db: psycopg.Connection, person: UUID | None, ticket: UUID) -> Any:
    with acting_as(db, "authenticated", person):
        return one(db, "select public.request_ticket_routing(%s)", ticket)


def test_staff_ask_for_routing_and_see_it_done(db: psycopg.Connection, desk: UUID) -> None:
    ticket = waiting(db, desk)
    run_routing(db)
    agent = an_agent(db, desk_id=desk)
    request = ask(db, agent, ticket)
    assert (request["status"], request["ticket_id"]) == ("pending", str(ticket))
    assert run_routing(db)[ticket] == "recorded"
    assert assignee(db, ticket) == agent
    with acting_as(db, "authenticated", agent):
        assert one(
            db,
            "select status, requested_by from public.routing_requests where id = %s",
            UUID(request["id"]),
        ) == ("done", agent)


def test_only_those_who_see_a_waiting_ticket_may_ask(db: psycopg.Connection, desk: UUID) -> None:
    client = a_client(db, desk_id=desk)
    agent, stranger = an_agent(db, desk_id=desk), an_agent(db, desk_id=a_desk(db))
    auditor = a_staff_member(db, "quality_auditor", desk_id=desk)
    ticket = a_ticket(db, client)
    with refused(db, "PT401", "not_signed_in"):
        ask(db, None, ticket)
    with refused(db, "PT403", "staff_required"):
        ask(db, client, ticket)
    with refused(db, "PT403", "not_yours_to_change"):
        ask(db, auditor, ticket)
    for person, unseen in ((stranger, ticket), (agent, uuid4())):
        with refused(db, "PT404", "ticket_not_found"):
            ask(db, person, unseen)
    by_hand(db, ticket, agent)
    with refused(db, "PT409", "ticket_is_assigned"):
        ask(db, agent, ticket)
    assert one(db, "select count(*) from public.routing_requests where ticket_id = %s", ticket) == 0


def test_asking_without_end_is_slowed_down(db: psycopg.Connection, desk: UUID) -> None:
    agent, ticket = an_agent(db, desk_id=desk), waiting(db, desk)
    for _ in range(30):
        ask(db, agent, ticket)
    with refused(db, "PT429", "too_many_requests"):
        ask(db, agent, ticket)


# Seeing -------------------------------------------------------------------------------------


def seen_by(db: psycopg.Connection, person: UUID, ticket: UUID) -> tuple[int, int]:
    with acting_as(db, "authenticated", person):
        found = one(
            db,
            "select (select count(*) from public.routing_decisions where ticket_id = %(id)s),"
            " (select count(*) from public.routing_requests where ticket_id = %(id)s)".replace(
                "%(id)s", f"'{ticket}'"
            ),
        )
    return (int(found[0]), int(found[1]))


def test_reasons_are_for_staff_who_see_the_ticket(db: psycopg.Connection, desk: UUID) -> None:
    client = a_client(db, desk_id=desk)
    agent = an_agent(db, desk_id=desk, state="away")
    stranger = an_agent(db, desk_id=a_desk(db))
    ticket = a_ticket(db, client)
    run_routing(db)
    ask(db, agent, ticket)
    assert seen_by(db, agent, ticket) == (1, 1)
    assert seen_by(db, a_manager(db, desk_id=desk), ticket) == (1, 1)
    assert seen_by(db, stranger, ticket) == (0, 0)
    assert seen_by(db, client, ticket) == (0, 0)


def test_a_colleague_who_is_the_client_does_not_see_the_reasons(
    db: psycopg.Connection, desk: UUID
) -> None:
    agent = an_agent(db, desk_id=desk)
    ticket = a_ticket(db, agent, desk_id=desk)
    run_routing(db)
    assert seen_by(db, agent, ticket) == (0, 0)


@pytest.mark.parametrize("role", ["anon", "authenticated", "service_role"])
@pytest.mark.parametrize("table", ["routing_decisions", "routing_requests"])
@pytest.mark.parametrize(
    "change",
    [
        "insert into public.{} (ticket_id) values (gen_random_uuid())",
        "update public.{} set ticket_id = ticket_id",
        "delete from public.{}",
        "truncate public.{}",
    ],
)
def test_nobody_writes_past_the_functions(
    db: psycopg.Connection, role: str, table: str, change: Any
) -> None:
    with refused(db, "42501"), acting_as(db, role, uuid4()):
        db.execute(change.format(table))


def test_malformed_decisions_are_refused_and_change_nothing(
    db: psycopg.Connection, desk: UUID
) -> None:
    an_agent(db, desk_id=desk)
    ticket = waiting(db, desk)
    (job,) = claim(db)
    item = {**job.lease(), "ticket_id": str(ticket), "version": 1, "outcome": "assigned"}
    for malformed, sqlstate in (
        ({}, "22023"),
        ("x", "22023"),
        ([item | {"version": "x"}], "22P02"),
    ):
        with refused(db, sqlstate), acting_as(db, "service_role"):
            db.execute("select worker.record_routing(%s)", [Jsonb(malformed)])
    assert assignee(db, ticket) is None
    assert jobs_left(db, ticket) == 1
    assert a_store(db) is not None
