"""A thousand running promises on the stack: each notice stands within a second of its moment."""

from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest

from scripts.stack.state import StackState
from tests.factories import a_client, a_desk, a_manager, an_agent
from tests.support.parallel import CLEAN_UP
from tests.support.replica import replica
from tests.support.waiting import eventually

CLOCKS = 1000
LATENESS = """
    select notice.kind, count(*),
        max(extract(epoch from notice.noticed_at - notice.due_at))::float,
        min(extract(epoch from notice.noticed_at - notice.due_at))::float
    from public.promise_notices notice
    join public.ticket_promises promise on promise.id = notice.promise_id
    join public.support_tickets ticket on ticket.id = promise.ticket_id
    where ticket.desk_id = %s and promise.kind = 'first_response'
    group by notice.kind
"""


@pytest.fixture
def desk(db: psycopg.Connection) -> Iterator[UUID]:
    db.autocommit = True
    desk_id = a_desk(db)
    yield desk_id
    for statement in CLEAN_UP:
        db.execute(statement, {"desk": desk_id})


def subscribed(db: psycopg.Connection) -> bool:
    return bool(
        db.execute(
            "select 1 from private.worker_heartbeats"
            " where beat_at > now() - interval '5 seconds'"
            " and report ->> 'realtime' = 'subscribed'"
        ).fetchone()
    )


def test_a_thousand_notices_stand_within_a_second_of_their_moment(
    stack: StackState, db: psycopg.Connection, desk: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKER_BEAT_SECONDS", "0.5")
    agent, manager = an_agent(db, desk_id=desk), a_manager(db, desk_id=desk)
    client = a_client(db, "vip_platinum", desk_id=desk)
    with replica(stack, only="performance"):
        eventually(lambda: subscribed(db), 20)
        # Due evenly over five seconds from six seconds on: warnings at half and at four fifths.
        db.execute(
            "insert into public.support_tickets (client_id, desk_id, channel, subject, tier,"
            " status, assignee_id, assigned_at, first_response_due_at, opened_at)"
            " select id, desk_id, 'chat', 'Wizyta', tier, 'assigned', %s, began.at, began.at"
            "  + interval '10 seconds', began.at - interval '20 seconds'"
            " from public.profiles, generate_series(1, %s) n,"
            "  lateral (select now() + n * interval '5 milliseconds' as at) began"
            " where id = %s",
            [agent, CLOCKS, client],
        )

        def all_broken() -> bool:
            found = {kind: count for kind, count, *_ in db.execute(LATENESS, [desk])}
            return found.get("breach") == CLOCKS

        eventually(all_broken, 40)
    told = {kind: (count, late, early) for kind, count, late, early in db.execute(LATENESS, [desk])}
    assert told.keys() == {"last_warning", "breach"}
    for count, late, early in told.values():
        assert count == CLOCKS
        assert 0 <= early <= late < 1
    row = db.execute(
        "select count(*), count(distinct details ->> 'promise_id') from public.notifications"
        " where recipient_id = %s and kind = 'promise_breached'",
        [manager],
    ).fetchone()
    assert row == (CLOCKS, CLOCKS)
