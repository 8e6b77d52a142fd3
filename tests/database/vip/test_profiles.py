"""VIP profiles: the tier is one, changes have reasons, and the house's opinion stays inside."""

from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.factories import (
    a_client,
    a_desk,
    a_manager,
    a_ticket,
    a_vip_profile,
    an_agent,
)
from tests.support.acting import acting_as, refused


@pytest.fixture
def manager(db: psycopg.Connection) -> UUID:
    return a_manager(db)


def call(db: psycopg.Connection, person: UUID, statement: LiteralString, *values: Any) -> Any:
    """The answer of `select public.<statement>` to this person."""
    with acting_as(db, "authenticated", person):
        row = db.execute("select public." + statement, values).fetchone()
    assert row is not None
    return row[0]


def changes(db: psycopg.Connection, client: UUID) -> list[Any]:
    """The client's history: field, old, new, reason, by whom."""
    return db.execute(
        "select field, old_value, new_value, reason, changed_by"
        " from public.vip_profile_changes where client_id = %s order by id",
        [client],
    ).fetchall()


def test_becoming_vip_makes_the_profile_and_remembers_why(
    db: psycopg.Connection, manager: UUID
) -> None:
    client = a_client(db)
    call(db, manager, "set_client_tier(%s, 'vip_gold', 'Dziesiąta rocznica')", client)
    row = db.execute(
        "select tier, risk_status, opportunity_score from public.vip_client_profiles"
        " where client_id = %s",
        [client],
    ).fetchone()
    assert row == ("vip_gold", "unknown", None)
    assert changes(db, client) == [("tier", "standard", "vip_gold", "Dziesiąta rocznica", manager)]


def test_the_tier_of_the_profile_follows_the_clients(db: psycopg.Connection, manager: UUID) -> None:
    client = a_client(db, "vip_platinum")
    a_vip_profile(db, client)
    call(db, manager, "set_client_tier(%s, 'premium', 'Na własną prośbę')", client)
    tiers = db.execute(
        "select person.tier, vip.tier, vip.version from public.profiles person"
        " join public.vip_client_profiles vip on vip.client_id = person.id where person.id = %s",
        [client],
    ).fetchone()
    assert tiers == ("premium", "premium", 2)


def test_two_tiers_cannot_disagree(db: psycopg.Connection) -> None:
    client = a_client(db, "vip_gold")
    a_vip_profile(db, client)
    with pytest.raises(psycopg.errors.ForeignKeyViolation) as caught, db.transaction():
        db.execute(
            "update public.vip_client_profiles set tier = 'vip_platinum' where client_id = %s",
            [client],
        )
    assert caught.value.diag.constraint_name == "vip_client_profiles_tier_is_the_clients"


def test_open_tickets_rise_with_their_client_and_never_fall(
    db: psycopg.Connection, manager: UUID
) -> None:
    client = a_client(db)
    ticket_id = a_ticket(db, client)
    for tier in ("vip_gold", "premium"):
        call(db, manager, "set_client_tier(%s, %s, 'Zmiana')", client, tier)
        row = db.execute(
            "select tier from public.support_tickets where id = %s", [ticket_id]
        ).fetchone()
        assert row == ("vip_gold",)


def test_a_dedicated_agent_is_named_replaced_and_released(
    db: psycopg.Connection, manager: UUID
) -> None:
    client, first, second = a_client(db, "vip_gold"), an_agent(db), an_agent(db)
    for agent, reason in ((first, "Powitanie"), (second, "Urlop"), (None, "Rezygnacja")):
        answer = call(db, manager, "set_dedicated_agent(%s, %s, %s)", client, agent, reason)
        assert answer["dedicated_agent_id"] == (str(agent) if agent else None)
    assert [row[1:4] for row in changes(db, client) if row[0] == "dedicated_agent_id"] == [
        (None, str(first), "Powitanie"),
        (str(first), str(second), "Urlop"),
        (str(second), None, "Rezygnacja"),
    ]


def test_the_dedicated_agent_knows_the_client_without_a_ticket(db: psycopg.Connection) -> None:
    agent, deputy, client = an_agent(db), an_agent(db), a_client(db, "vip_gold", name="Iga Z.")
    a_vip_profile(db, client, dedicated_agent_id=agent)
    statements: tuple[LiteralString, ...] = (
        "select 1 from public.profiles where id = %s",
        "select 1 from public.vip_client_profiles where client_id = %s",
    )
    for statement in statements:
        with acting_as(db, "authenticated", agent):
            assert db.execute(statement, [client]).fetchone() == (1,)
        with acting_as(db, "authenticated", deputy):
            assert db.execute(statement, [client]).fetchone() is None


def test_what_the_house_thinks_of_a_client_is_not_shown_to_them(db: psycopg.Connection) -> None:
    client = a_client(db, "vip_gold")
    a_vip_profile(db, client)
    staff = an_agent(db)
    a_vip_profile(db, staff)
    a_ticket(db, staff)
    for person in (client, staff):
        with acting_as(db, "authenticated", person):
            rows = db.execute(
                "select 1 from public.vip_client_profiles where client_id = %s", [person]
            )
            assert rows.fetchall() == []


@pytest.mark.parametrize(
    ("code", "message", "statement"),
    [
        ("PT422", "unknown_tier", "set_client_tier(%(client)s, 'diamond', 'Dlaczego nie')"),
        ("PT422", "unknown_tier", "set_client_tier(%(client)s, null, 'Dlaczego nie')"),
        ("PT400", "reason_required", "set_client_tier(%(client)s, 'premium', '')"),
        ("PT400", "reason_required", "set_client_tier(%(client)s, 'premium', null)"),
        ("PT413", "reason_too_long", "set_client_tier(%(client)s, 'premium', repeat('a', 501))"),
        ("PT404", "client_not_found", "set_client_tier(%(nobody)s, 'premium', 'Awans')"),
        ("PT404", "client_not_found", "set_client_tier(%(far_client)s, 'premium', 'Awans')"),
        ("PT404", "client_not_found", "set_dedicated_agent(%(far_client)s, %(agent)s, 'a')"),
        ("PT404", "agent_not_found", "set_dedicated_agent(%(client)s, %(nobody)s, 'a')"),
        ("PT404", "agent_not_found", "set_dedicated_agent(%(client)s, %(far_agent)s, 'a')"),
        ("PT404", "agent_not_found", "set_dedicated_agent(%(client)s, %(client)s, 'a')"),
        ("PT422", "own_client", "set_dedicated_agent(%(agent)s, %(agent)s, 'a')"),
        ("PT400", "reason_required", "set_dedicated_agent(%(client)s, %(agent)s, null)"),
    ],
)
def test_a_bad_change_is_refused_and_changes_nothing(
    db: psycopg.Connection, manager: UUID, code: str, message: str, statement: LiteralString
) -> None:
    far = a_desk(db)
    people = {
        "client": a_client(db),
        "far_client": a_client(db, desk_id=far),
        "agent": an_agent(db),
        "far_agent": an_agent(db, desk_id=far),
        "nobody": uuid4(),
    }
    before = {name: changes(db, people[name]) for name in ("client", "far_client", "agent")}
    with acting_as(db, "authenticated", manager), refused(db, code, message):
        db.execute("select public." + statement, people)
    assert {name: changes(db, people[name]) for name in before} == before


BROKEN: tuple[tuple[str, LiteralString], ...] = (
    ("vip_client_profiles_risk_is_known", "risk_status = 'awful'"),
    ("vip_client_profiles_opportunity_is_a_score", "opportunity_score = 101"),
    ("vip_client_profiles_preferences_are_a_bounded_object", "preferences = '[]'"),
    (
        "vip_client_profiles_preferences_are_a_bounded_object",
        "preferences = jsonb_build_object('a', repeat('x', 20000))",
    ),
    ("vip_client_profiles_lists_are_short", "custom_services = array_fill('x'::text, array[51])"),
    ("vip_client_profiles_nobody_serves_themselves", "dedicated_agent_id = client_id"),
)


@pytest.mark.parametrize(("promise", "change"), BROKEN)
def test_a_profile_keeps_its_promise(
    db: psycopg.Connection, promise: str, change: LiteralString
) -> None:
    client = an_agent(db)
    a_vip_profile(db, client)
    with pytest.raises(psycopg.errors.CheckViolation) as caught, db.transaction():
        db.execute(
            "update public.vip_client_profiles set " + change + " where client_id = %s", [client]
        )
    assert caught.value.diag.constraint_name == promise
