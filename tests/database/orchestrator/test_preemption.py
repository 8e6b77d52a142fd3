"""A platinum client on the line takes the place of e-mail: what is checked again at the write."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.database.orchestrator.router import (
    claim,
    decide,
    record,
    run_backlog,
    run_routing,
)
from tests.factories import a_client, a_desk, a_manager, a_ticket, an_agent
from tests.support.parallel import call_as, lasting_desk

ASSIGN: Any = "select public.assign_ticket(%(ticket)s, %(to)s, %(version)s)"


@pytest.fixture
def desk(db: psycopg.Connection) -> UUID:
    """A desk of the test's own."""
    return a_desk(db)


def full_of_mail(db: psycopg.Connection, desk: UUID, agent: UUID, count: int) -> list[UUID]:
    """E-mails the agent works on, the most urgent first."""
    client = a_client(db, desk_id=desk)
    return [
        a_ticket(db, client, channel="email", assignee_id=agent, waiting_seconds=600 - place)
        for place in range(count)
    ]


def platinum_chat(db: psycopg.Connection, desk: UUID, **details: Any) -> UUID:
    return a_ticket(db, a_client(db, "vip_platinum", desk_id=desk), **details)


def held_by(db: psycopg.Connection, *tickets: UUID) -> list[UUID | None]:
    found = dict(
        db.execute(
            "select id, assignee_id from public.support_tickets where id = any(%s)",
            [list(tickets)],
        ).fetchall()
    )
    return [found[ticket] for ticket in tickets]


def load_of(db: psycopg.Connection, agent: UUID) -> int:
    row = db.execute("select load_units from private.agent_loads(%s)", [[agent]]).fetchone()
    assert row is not None
    return int(row[0])


def test_the_least_urgent_mail_goes_back_and_the_decision_names_it(
    db: psycopg.Connection, desk: UUID
) -> None:
    agent = an_agent(db, desk_id=desk, capacity_units=4)
    mail = full_of_mail(db, desk, agent, 4)
    chat = platinum_chat(db, desk)
    assert run_routing(db)[chat] == "recorded"
    assert held_by(db, chat, *mail) == [agent, agent, agent, None, None]
    assert load_of(db, agent) == 4
    row = db.execute(
        "select preempted from public.routing_decisions where ticket_id = %s", [chat]
    ).fetchone()
    assert row is not None
    assert set(row[0]) == set(mail[2:])
    ends = db.execute(
        "select state, end_reason from public.ticket_assignments"
        " where ticket_id = any(%s) and ended_at is not null",
        [mail],
    ).fetchall()
    assert ends == [("withdrawn", "preempted")] * 2


def test_what_went_back_finds_its_agent_again_when_there_is_room(
    db: psycopg.Connection, desk: UUID
) -> None:
    agent = an_agent(db, desk_id=desk, capacity_units=2)
    mail = full_of_mail(db, desk, agent, 2)
    chat = platinum_chat(db, desk)
    run_routing(db)
    run_routing(db)
    assert held_by(db, chat, *mail) == [agent, None, None]
    db.execute(
        "update public.support_tickets set status = 'resolved', resolved_at = now() where id = %s",
        [chat],
    )
    run_backlog(db)
    run_routing(db)
    assert held_by(db, *mail) == [agent, agent]


def test_within_a_batch_nobody_ends_above_capacity(db: psycopg.Connection, desk: UUID) -> None:
    agent = an_agent(db, desk_id=desk, capacity_units=5)
    mail = full_of_mail(db, desk, agent, 5)
    chats = [platinum_chat(db, desk) for _ in range(3)]
    run_routing(db)
    assert held_by(db, *chats).count(agent) == 2
    assert held_by(db, *mail).count(agent) == 1
    assert load_of(db, agent) == 5


MEANWHILE: dict[str, Any] = {
    "a mail was resolved": "update public.support_tickets set status = 'resolved',"
    " resolved_at = now() where id = %(least)s",
    "a mail waits for its client now": "update public.support_tickets set status = 'pending'"
    " where id = %(least)s",
    "a mail went to a colleague": "update public.support_tickets set assignee_id = %(colleague)s"
    " where id = %(least)s",
    "there is room without it": "update public.support_tickets set status = 'resolved',"
    " resolved_at = now() where id = any(%(urgent)s)",
    "the agent left": "update public.staff_members set state = 'offline' where id = %(agent)s",
    "the tier lost the privilege": "update public.service_levels set is_preemptive = false",
}


@pytest.mark.parametrize("event", MEANWHILE)
def test_what_changed_meanwhile_makes_it_stale_and_nothing_is_taken(
    db: psycopg.Connection, desk: UUID, event: str
) -> None:
    agent, colleague = an_agent(db, desk_id=desk, capacity_units=4), an_agent(
        db, desk_id=desk, languages=("de",)
    )  # fmt: skip
    mail = full_of_mail(db, desk, agent, 4)
    chat = platinum_chat(db, desk)
    jobs = claim(db)
    made = decide(db, jobs)
    assert set(made[chat].preempted) == set(mail[2:])
    db.execute(
        MEANWHILE[event],
        {"least": mail[3], "urgent": mail[:2], "colleague": colleague, "agent": agent},
    )
    before = held_by(db, chat, *mail)
    assert record(db, jobs, made)[chat] == "stale"
    assert held_by(db, chat, *mail) == before


def test_a_manager_who_grabs_the_mail_at_the_same_moment(database_url: str) -> None:
    """Whoever is first, the mail has one owner and the agent no more than they can carry."""
    for _ in range(8):
        with lasting_desk(database_url) as (db, desk):
            agent, colleague = (an_agent(db, desk_id=desk, capacity_units=2) for _ in range(2))
            manager = a_manager(db, desk_id=desk)
            mail = full_of_mail(db, desk, agent, 2)
            full_of_mail(db, desk, colleague, 1)
            db.execute("delete from private.jobs where worker = 'orchestrator.routing'")
            chat = platinum_chat(db, desk, channel="whatsapp")
            jobs = [job for job in claim_in(database_url) if job.subject_id == chat]
            values = {"ticket": mail[1], "to": colleague, "version": 1}
            with ThreadPoolExecutor(2) as pool:
                grabbed = pool.submit(call_as, database_url, manager, ASSIGN, values)
                routed = pool.submit(record_in, database_url, jobs)
                is_grabbed = isinstance(grabbed.result(), dict)
                result = routed.result()[chat]
            who_has_mail, who_has_chat = held_by(db, mail[1], chat)
            assert (who_has_mail == colleague) is is_grabbed
            assert (who_has_chat in (agent, colleague)) is (result == "recorded")
            assert load_of(db, agent) <= 2
            assert load_of(db, colleague) <= 2


def claim_in(url: str) -> Any:
    with psycopg.connect(url) as db:
        return claim(db)


def record_in(url: str, jobs: Any) -> Any:
    with psycopg.connect(url, autocommit=True) as db:
        made = decide_apart(db, jobs)
        with db.transaction():
            return record(db, jobs, made)


def decide_apart(db: psycopg.Connection, jobs: Any) -> Any:
    with db.transaction():
        return decide(db, jobs)
