"""A broken promise of a Platinum client becomes a case with an owner, on the running stack."""

from collections.abc import Iterator
from typing import LiteralString
from uuid import UUID

import psycopg
import pytest

from scripts.stack.state import StackState
from tests.factories import a_client, a_desk, a_manager, a_ticket, a_vip_profile, an_agent
from tests.support.parallel import CLEAN_UP, call_as
from tests.support.replica import replica
from tests.support.waiting import eventually

TAKE: LiteralString = "select public.take_recovery_case(%(case)s)"
RESOLVE: LiteralString = (
    "select public.resolve_recovery_case(%(case)s, 'late_answer', 'Przeprosiny i masaż')"
)


@pytest.fixture
def desk(db: psycopg.Connection) -> Iterator[UUID]:
    db.autocommit = True
    desk_id = a_desk(db)
    yield desk_id
    db.execute("delete from public.recovery_cases where desk_id = %s", [desk_id])
    db.execute(
        "delete from public.vip_client_profiles where client_id in"
        " (select id from public.profiles where desk_id = %s)",
        [desk_id],
    )
    for statement in CLEAN_UP:
        db.execute(statement, {"desk": desk_id})


def owned_by(db: psycopg.Connection, client: UUID, agent: UUID) -> list[tuple[UUID, str, UUID]]:
    return db.execute(
        "select id, trigger, ticket_id from public.recovery_cases"
        " where client_id = %s and owner_id = %s and assigned_at < opened_at + interval '5 min'",
        [client, agent],
    ).fetchall()


def is_told(db: psycopg.Connection, agent: UUID, case: UUID) -> bool:
    found = db.execute(
        "select details ->> 'case_id' from public.notifications"
        " where recipient_id = %s and kind = 'recovery_case_given'",
        [agent],
    ).fetchall()
    return found == [(str(case),)]


def is_watched(db: psycopg.Connection, case: UUID) -> bool:
    """Whether the house waits two weeks for what the client says."""
    found = db.execute(
        "select 1 from private.timers where subject_id = %s"
        " and kind = 'recovery_case.deadline_reached' and due_at > now() + interval '13 days'",
        [case],
    )
    return found.fetchone() is not None


def test_a_broken_promise_of_a_platinum_client_opens_a_case_with_an_owner(
    stack: StackState, db: psycopg.Connection, desk: UUID
) -> None:
    agent, manager = an_agent(db, desk_id=desk), a_manager(db, desk_id=desk)
    client = a_client(db, "vip_platinum", desk_id=desk)
    a_vip_profile(db, client, dedicated_agent_id=agent)
    with replica(stack, only="performance,vip"):
        # Due two seconds from now: 30 seconds were promised, and nobody answers.
        ticket = a_ticket(db, client, assignee_id=agent, waiting_seconds=28)
        ((case, trigger, of_ticket),) = eventually(lambda: owned_by(db, client, agent), 20)
        assert (trigger, of_ticket) == ("promise", ticket)
        assert is_told(db, agent, case)
        taken = call_as(stack.db_url, agent, TAKE, {"case": case})
        assert taken["state"] == "in_progress"
        resolved = call_as(stack.db_url, manager, RESOLVE, {"case": case})
        assert resolved["state"] == "resolved"
        assert eventually(lambda: is_watched(db, case))
