"""Records are kept as long as their rule says, and longer while something open refers to them."""

from datetime import UTC, datetime, timedelta
from typing import LiteralString
from uuid import UUID

import psycopg
import pytest

from tests.database.foundation.queue_calls import call
from tests.database.orchestrator.chronicle import an_outreach
from tests.database.performance.alerter import an_alert_rule
from tests.factories import a_client, a_desk, a_ticket, an_agent
from tests.support.acting import refused

DECISIONS: dict[str, LiteralString] = {
    "routing_decisions": "insert into public.routing_decisions (ticket_id, cycle, outcome,"
    " candidates, skipped, policy_version, decided_at) values (%(ticket)s, 1, 'waiting', '[]',"
    " '{}', '1', now() - make_interval(days => %(days)s))",
    "rescue_decisions": "insert into public.rescue_decisions (ticket_id, cycle, agent_id, cause,"
    " action, reason, policy_version, decided_at) values (%(ticket)s, 1, %(agent)s, 'silent',"
    " 'returned', 'silent', '1', now() - make_interval(days => %(days)s))",
}


@pytest.fixture
def desk(db: psycopg.Connection) -> UUID:
    """A house without a past of its own."""
    db.execute("delete from public.routing_decisions")
    db.execute("delete from public.rescue_decisions")
    return a_desk(db)


def prune(db: psycopg.Connection, limit: int = 1000) -> dict[str, int]:
    answer: dict[str, int] = call(db, "prune_events", p_keep="30 days", p_limit=limit)
    assert answer["pruned"] == sum(n for kind, n in answer.items() if kind != "pruned")
    return answer


def closed(db: psycopg.Connection, ticket: UUID, days: int) -> UUID:
    db.execute(
        "update public.support_tickets set status = 'closed', opened_at = moment.at,"
        " resolved_at = moment.at, closed_at = moment.at"
        " from (select now() - make_interval(days => %s) as at) moment where id = %s",
        [days, ticket],
    )
    return ticket


@pytest.mark.parametrize("table", DECISIONS)
def test_decisions_stay_while_they_are_young_or_their_ticket_is_not_long_closed(
    db: psycopg.Connection, desk: UUID, table: str
) -> None:
    client, agent = a_client(db, desk_id=desk), an_agent(db, desk_id=desk)
    old = closed(db, a_ticket(db, client, desk_id=desk), 740)
    lately = closed(db, a_ticket(db, client, desk_id=desk), 10)
    open_ = a_ticket(db, client, desk_id=desk)
    for ticket, days in ((old, 741), (old, 740), (old, 700), (lately, 741), (open_, 741)):
        values = {"ticket": ticket, "agent": agent, "days": days}
        db.execute(DECISIONS[table], values)
    assert prune(db, limit=1)[table] == 1
    assert prune(db)[table] == 1
    assert prune(db)[table] == 0


def test_messages_that_are_over_go_in_their_time_and_those_on_their_way_stay(
    db: psycopg.Connection, desk: UUID
) -> None:
    client, written_at = a_client(db, desk_id=desk), datetime.now(UTC) - timedelta(days=800)
    an_outreach(db, client, written_at)
    prune(db)
    assert messages(db, client) == 1
    db.execute(
        "update public.outreach set state = 'delivered', settled_at = now() - interval '729 days'"
        " where client_id = %s",
        [client],
    )
    prune(db)
    assert messages(db, client) == 1
    db.execute("update public.retention_rules set keep_days = 728 where records = 'outreach'")
    assert prune(db)["outreach"] >= 1
    assert messages(db, client) == 0


def messages(db: psycopg.Connection, client: UUID) -> int:
    found = db.execute("select 1 from public.outreach where client_id = %s", [client])
    return len(found.fetchall())


def test_alerts_go_with_their_steps_once_they_are_long_cleared(
    db: psycopg.Connection, desk: UUID
) -> None:
    rule = an_alert_rule(db, desk_id=desk)
    db.execute(
        "insert into public.alerts (rule_id, rule_version, metric, desk_id, severity, direction,"
        " raise_threshold, opened_value, last_value, worst_value, policy_version, opened_at, state,"
        " cleared_at, clear_reason) select %s, 1, 'queue_wait', %s, 'high', 'above', 60, 90, 90,"
        " 90, '1', now() - interval '800 days', told.state, now() - told.ago,"
        " case when told.ago is not null then 'recovered' end"
        " from (values ('cleared', interval '740 days'), ('cleared', interval '700 days'),"
        " ('open', null)) as told (state, ago)",
        [rule, desk],
    )
    assert prune(db)["alerts"] >= 1
    left = db.execute(
        "select state from public.alerts where rule_id = %s order by state", [rule]
    ).fetchall()
    assert left == [("cleared",), ("open",)]


def test_without_a_rule_nothing_goes_and_a_rule_keeps_a_quarter_at_least(
    db: psycopg.Connection, desk: UUID
) -> None:
    client = a_client(db, desk_id=desk)
    ticket = closed(db, a_ticket(db, client, desk_id=desk), 4000)
    db.execute(DECISIONS["routing_decisions"], {"ticket": ticket, "days": 4000})
    with refused(db, "23514"):
        db.execute("update public.retention_rules set keep_days = 89")
    db.execute("delete from public.retention_rules where records = 'routing_decisions'")
    assert prune(db)["routing_decisions"] == 0
