"""The states of services, steps and requests: every pair is tried, whoever tries it."""

from collections.abc import Mapping
from typing import LiteralString
from uuid import UUID

import psycopg
import pytest

from tests.database.vip.white_glove_desk import Desk, a_desk_at_work, with_partners
from tests.support.acting import refused

Moves = Mapping[str, str]

ENDINGS = "recovery cancelled"
SERVICE: Moves = {
    "requested": "qualified cancelled",
    "qualified": f"planned {ENDINGS}",
    "planned": f"confirmed waiting_client waiting_partner {ENDINGS}",
    "waiting_client": f"planned confirmed in_progress waiting_partner {ENDINGS}",
    "waiting_partner": f"planned confirmed in_progress waiting_client {ENDINGS}",
    "confirmed": f"in_progress {ENDINGS}",
    "in_progress": f"delivered waiting_client waiting_partner {ENDINGS}",
    "delivered": "verified recovery",
    "verified": "closed",
    "closed": "",
    "recovery": "planned confirmed in_progress delivered cancelled",
    "cancelled": "",
}
STEP: Moves = {
    "waiting": "ready skipped",
    "ready": "in_progress done failed skipped",
    "in_progress": "ready done failed skipped",
    "done": "ready compensating",
    "failed": "ready skipped",
    "skipped": "",
    "compensating": "compensated",
    "compensated": "",
}
REQUEST: Moves = {
    "asked": "accepted declined timed_out withdrawn",
    "accepted": "declined withdrawn",
    "declined": "",
    "timed_out": "",
    "withdrawn": "",
}
SERVICES: LiteralString = "update public.white_glove_services set status = %s where id = %s"
STEPS: LiteralString = "update public.white_glove_steps set state = %s where id = %s"
REQUESTS: LiteralString = "update public.partner_requests set state = %s where id = %s"


@pytest.fixture
def desk(db: psycopg.Connection) -> Desk:
    return with_partners(a_desk_at_work(db), "chauffeur", "Srebrna Limuzyna")


def way_to(moves: Moves, start: str, goal: str) -> list[str]:
    """The shortest legal way."""
    ways = [[start]]
    for way in ways:
        if way[-1] == goal:
            return way[1:]
        ways += [[*way, state] for state in moves[way[-1]].split() if state not in way]
    raise AssertionError(f"{goal} is never reached")


def tried(
    db: psycopg.Connection, moves: Moves, start: str, change: LiteralString, row: UUID
) -> dict[str, set[str]]:
    """From each state reached legally: into which others the owner of the database gets it."""
    found: dict[str, set[str]] = {}
    for state in moves:
        with db.transaction(force_rollback=True):
            for passed in way_to(moves, start, state):
                db.execute(change, [passed, row])
            found[state] = {goal for goal in moves if goal != state and goes(db, change, goal, row)}
    return found


def goes(db: psycopg.Connection, change: LiteralString, goal: str, row: UUID) -> bool:
    try:
        with db.transaction(force_rollback=True):
            db.execute(change, [goal, row])
    except psycopg.Error as error:
        if str(error.diag.message_primary).endswith("_transition_illegal"):
            return False
        raise
    return True


def allowed(moves: Moves) -> dict[str, set[str]]:
    return {state: set(goals.split()) for state, goals in moves.items()}


def test_a_service_goes_only_where_it_may(desk: Desk) -> None:
    service = desk.ask("welcome")
    assert tried(desk.db, SERVICE, "requested", SERVICES, service) == allowed(SERVICE)


def test_a_step_goes_only_where_it_may(desk: Desk) -> None:
    service = desk.ask("welcome")
    step = UUID(desk.step(service, "introduction")["id"])
    assert tried(desk.db, STEP, "waiting", STEPS, step) == allowed(STEP)


def test_a_partners_request_goes_only_where_it_may(desk: Desk) -> None:
    service = desk.begin("transfer", 24)
    desk.complete(service, "route")
    request = UUID(desk.read(service)["partner_requests"][0]["id"])
    assert tried(desk.db, REQUEST, "asked", REQUESTS, request) == allowed(REQUEST)


@pytest.mark.parametrize("status", sorted(set(SERVICE) - {"requested"}))
def test_a_service_begins_as_requested(desk: Desk, status: str) -> None:
    with refused(desk.db, "PT409", "service_transition_illegal"):
        desk.db.execute(
            "insert into public.white_glove_services"
            " (client_id, desk_id, service_type, playbook_version, tier, status, priority)"
            " select id, desk_id, 'welcome', 1, tier, %s, 'high' from public.profiles"
            " where id = %s",
            [status, desk.client],
        )


def test_the_machines_hold_also_where_triggers_are_switched_off(db: psycopg.Connection) -> None:
    rows = db.execute(
        "select tgname from pg_trigger where tgname similar to '(white|partner)%%guard'"
        " and tgenabled = 'A' order by tgname"
    ).fetchall()
    assert [name for (name,) in rows] == [
        "partner_requests_guard",
        "white_glove_services_guard",
        "white_glove_steps_guard",
    ]


def test_every_change_is_in_the_history_with_its_reason_and_who(desk: Desk) -> None:
    service = desk.begin("welcome")
    desk.as_(desk.manager, "cancel_white_glove_service(%s, 'Pomyłka')", service)
    rows = desk.db.execute(
        "select from_state, to_state, changed_by, reason from public.white_glove_history"
        " where service_id = %s and step_id is null order by id",
        [service],
    ).fetchall()
    assert rows == [
        (None, "requested", desk.client, None),
        ("requested", "qualified", None, "tier_entitled"),
        ("qualified", "planned", None, "planned"),
        ("planned", "confirmed", None, "steps_settled"),
        ("confirmed", "cancelled", desk.manager, "Pomyłka"),
    ]


# Playbooks ----------------------------------------------------------------------------------


def test_the_house_ships_six_playbooks_in_both_languages(db: psycopg.Connection) -> None:
    rows = db.execute(
        "select service_type, count(*) filter (where title_pl <> title_en) = count(*)"
        " from public.playbook_steps group by service_type order by service_type"
    ).fetchall()
    kinds = "at_home_treatment event_access lost_item private_session transfer welcome"
    assert rows == [(kind, True) for kind in kinds.split()]


def test_a_playbook_is_never_edited(db: psycopg.Connection) -> None:
    with refused(db, "PT409", "playbook_is_fixed"):
        db.execute("update public.playbook_steps set due_seconds = 1 where step_key = 'car'")


@pytest.mark.parametrize("needed", ["nobody", "feedback", "late"])
def test_a_step_depends_only_on_what_stands_before_it(db: psycopg.Connection, needed: str) -> None:
    with refused(db, "PT422", "dependency_unknown"):
        db.execute(
            "insert into public.playbook_steps (service_type, playbook_version, step_key,"
            " position, phase, kind, owner_role, title_pl, title_en, due_base, due_seconds,"
            " depends_on_keys) values ('welcome', 1, 'late', 0, 'deliver', 'task', 'concierge',"
            " 'Za późno', 'Too late', 'start', 60, array[%s])",
            [needed],
        )


def test_services_keep_the_version_they_began_with(desk: Desk) -> None:
    service = desk.begin("welcome")
    for statement in (
        "update public.playbooks set is_current = false where service_type = 'welcome'",
        "insert into public.playbooks values"
        " ('welcome', 2, 'Powitanie', 'Welcome', 3600, false, true, now())",
        "insert into public.playbook_steps (service_type, playbook_version, step_key, position,"
        " phase, kind, owner_role, title_pl, title_en, due_base, due_seconds) values"
        " ('welcome', 2, 'call', 1, 'deliver', 'task', 'concierge', 'Telefon', 'Call', 'start', 9)",
    ):
        desk.db.execute(statement.encode())
    desk.complete(service, "introduction", "preferences")
    desk.confirm(service)
    assert desk.status(service) == "closed"
    assert set(desk.states(desk.begin("welcome"))) == {"call"}
