"""What support cost: time in hand by the rule, rates by the day, partners and gestures."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import pytest

from tests.database.analytics.counting import a_resolved_ticket, keep, worked_on
from tests.database.orchestrator.chronicle import a_case
from tests.database.vip.white_glove_desk import a_desk_at_work, with_partners
from tests.factories import a_client, a_staff_member, an_admin, an_agent
from tests.support.calling import call

NOON = datetime(2026, 3, 10, 12, tzinfo=ZoneInfo("Europe/Warsaw"))
MINUTE = timedelta(minutes=1)


def costs(db: psycopg.Connection, client_id: UUID) -> dict[tuple[str, str], int]:
    """By kind and subject, in grosze."""
    rows = db.execute(
        "select kind, subject, sum(cost_minor)::integer from private.support_costs"
        " where client_id = %s group by 1, 2",
        [client_id],
    )
    return {(kind, subject): cost for kind, subject, cost in rows}


def a_gesture(
    db: psycopg.Connection,
    client_id: UUID,
    ticket_id: UUID,
    amount_minor: int,
    kind: str = "gift",
    state: str = "granted",
) -> None:
    """What the client was given to make good, that noon."""
    if not db.execute(
        "select id from public.recovery_cases where client_id = %s", [client_id]
    ).fetchone():
        a_case(db, client_id, ticket_id, NOON)
    db.execute(
        "insert into public.recovery_gestures (case_id, kind, amount_minor, description, state,"
        " proposed_by, proposed_role, is_within_budget, settled_at)"
        " select id, %(kind)s, %(amount)s, 'Kwiaty', %(state)s, %(by)s, 'manager',"
        " %(state)s = 'granted', case when %(state)s <> 'waiting' then %(at)s::timestamptz end"
        " from public.recovery_cases where client_id = %(client)s",
        {
            "kind": kind,
            "amount": amount_minor,
            "state": state,
            "by": client_id,
            "at": NOON,
            "client": client_id,
        },
    )


def test_each_who_had_it_in_hand_is_paid_for_by_their_role(db: psycopg.Connection) -> None:
    client = a_client(db)
    ticket = a_resolved_ticket(db, client, NOON)
    agent, concierge = an_agent(db), a_staff_member(db, "concierge")
    worked_on(db, ticket, agent, NOON - 60 * MINUTE, NOON - 30 * MINUTE, "withdrawn")
    worked_on(db, ticket, concierge, NOON - 30 * MINUTE, NOON)
    worked_on(db, ticket, an_agent(db), NOON - 90 * MINUTE, NOON - 80 * MINUTE, "declined")
    keep(db)
    # Half an hour of chat takes half of somebody: a quarter of 68, 82 and 24 zloty.
    assert costs(db, client) == {
        ("agents", "agent"): 1700,
        ("agents", "concierge"): 2050,
        ("overhead", "agent"): 600,
        ("overhead", "concierge"): 600,
        ("channels", "chat"): 10,
    }


@pytest.mark.parametrize(
    ("channel", "minutes", "paid_minutes"),
    [("email", 5, 5), ("email", 2000, 12), ("phone", 30, 30), ("chat", 30, 15)],
)
def test_a_night_in_the_inbox_is_not_a_night_of_work(
    db: psycopg.Connection, channel: str, minutes: int, paid_minutes: int
) -> None:
    client = a_client(db)
    ticket = a_resolved_ticket(db, client, NOON, channel=channel, hours=100)
    worked_on(db, ticket, an_agent(db), NOON - minutes * MINUTE, NOON)
    keep(db)
    assert costs(db, client)["agents", "agent"] == round(6800 * paid_minutes / 60)


def test_a_rate_holds_from_its_day_in_warsaw_on(db: psycopg.Connection) -> None:
    client, admin = a_client(db), an_admin(db)
    midnight = NOON.replace(hour=0)
    for at in (midnight - MINUTE, midnight):
        ticket = a_resolved_ticket(db, client, at, channel="phone")
        worked_on(db, ticket, an_agent(db), at - 60 * MINUTE, at)
    keep(db)
    assert costs(db, client)["agents", "agent"] == 6800 + 6800
    told = "'agent_hour', 'agent', 9000, '2026-03-10', 'Lista płac', 'Podwyżka'"
    changed = call(db, admin, f"set_cost_rate({told})")
    assert (changed["amount"], changed["source"]) == (9000, "Lista płac")
    keep(db)
    assert costs(db, client)["agents", "agent"] == 6800 + 9000


def test_gestures_count_when_granted_and_refunds_where_the_till_tells_them(
    db: psycopg.Connection,
) -> None:
    client = a_client(db, "vip_gold")
    ticket = a_resolved_ticket(db, client, NOON)
    a_gesture(db, client, ticket, 5000)
    a_gesture(db, client, ticket, 900, state="waiting")
    a_gesture(db, client, ticket, 700, kind="refund")
    keep(db)
    found = costs(db, client)
    assert {key: cost for key, cost in found.items() if key[0] == "recovery"} == {
        ("recovery", "gift"): 5000
    }
    db.execute("update public.recovery_gestures set state = 'withdrawn' where amount_minor = 5000")
    keep(db)
    assert ("recovery", "gift") not in costs(db, client)


def test_a_partner_costs_when_their_step_is_done(db: psycopg.Connection) -> None:
    desk = with_partners(a_desk_at_work(db), "chauffeur", "Srebrna Limuzyna")
    db.execute(
        "insert into public.cost_rates (kind, subject, valid_from_on, amount, source)"
        " values ('partner_request', 'chauffeur', '2026-01-01', 32000, 'Umowa')"
    )
    service = desk.begin("transfer", 24)
    desk.complete(service, "route")
    keep(db)
    assert ("partners", "chauffeur") not in costs(db, desk.client)
    desk.accept(service)
    keep(db)
    assert costs(db, desk.client)["partners", "chauffeur"] == 32000


def test_a_client_counts_once_in_a_month_of_the_calendar(db: psycopg.Connection) -> None:
    client = a_client(db)
    midnight = datetime(2026, 3, 31, 22, tzinfo=UTC)
    for at in (midnight - 3 * MINUTE, midnight - MINUTE, midnight):
        a_resolved_ticket(db, client, at)
    keep(db)
    rows: list[Any] = db.execute(
        "select observed_at from private.observe_served_clients('clients_served',"
        " '2026-03-01', '2026-05-01') one join public.support_tickets ticket"
        " on ticket.id = one.subject_id where ticket.client_id = %s order by 1",
        [client],
    ).fetchall()
    assert [at for (at,) in rows] == [midnight - 3 * MINUTE, midnight]
