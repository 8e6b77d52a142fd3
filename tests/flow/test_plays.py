"""A client's churn alert becomes a task of their own agent, on the running stack."""

from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest

from scripts.stack.state import StackState
from tests.database.intelligence.plays_house import hold_out, plays_of, predict
from tests.factories import a_client, a_desk, a_vip_profile, an_agent
from tests.support.parallel import CLEAN_UP
from tests.support.replica import replica
from tests.support.waiting import eventually


@pytest.fixture
def desk(db: psycopg.Connection) -> Iterator[UUID]:
    db.autocommit = True
    desk_id = a_desk(db)
    hold_out(db, 0)
    yield desk_id
    hold_out(db, 0.1)
    of_desk = "(select id from public.profiles where desk_id = %(desk)s)"
    for statement in (
        "delete from private.timers where subject_id in (select id from public.retention_plays"
        f" where client_id in {of_desk} union select id from public.outreach_tasks"
        f" where client_id in {of_desk})",
        f"delete from public.outreach_tasks where client_id in {of_desk}",
        f"delete from public.vip_client_profiles where client_id in {of_desk}",
        f"delete from public.ai_predictions where client_id in {of_desk}",
        "delete from public.ai_models where policy_version = 't'",
    ):
        db.execute(statement.encode(), {"desk": desk_id})
    for statement in CLEAN_UP:
        db.execute(statement, {"desk": desk_id})


def test_a_client_likely_to_leave_becomes_a_task_of_their_agent(
    stack: StackState, db: psycopg.Connection, desk: UUID
) -> None:
    agent = an_agent(db, desk_id=desk)
    client = a_client(db, "vip_gold", desk_id=desk)
    a_vip_profile(db, client, dedicated_agent_id=agent)
    with replica(stack, only="intelligence.plays"):
        predict(db, client, 0.9)
        (play,) = eventually(lambda: plays_of(db, client), 20)
    assert (play["state"], play["arm"]) == ("open", "treated")
    task = db.execute(
        "select owner_id, kind from public.outreach_tasks where id = %s", [play["task_id"]]
    )
    assert task.fetchall() == [(agent, "retention_play")]
    due = db.execute(
        "select due_at - %s from private.timers where subject_id = %s",
        [play["ends_at"], play["id"]],
    ).fetchone()
    assert due is not None
    assert due[0].days == 2
