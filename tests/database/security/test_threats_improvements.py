"""Numbered threats around corrective actions: closing by hand, rewriting, foreign desks."""

from typing import Any, LiteralString

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.database.quality.assessor import Assessed, one, run_improvements
from tests.database.quality.improver import (
    STANDARD,
    an_audit_of,
    judged,
    open_action,
    state_of,
)
from tests.support.acting import acting_as
from tests.support.calling import call, refusal, rows


@pytest.fixture
def house(db: psycopg.Connection) -> Assessed:
    return Assessed(db)


CLOSING: dict[str, Any] = {"passed": 60, "count": 60, "target_percent": 1, "sample_ids": []}


def test_threat_720_no_role_writes_an_action_its_history_or_a_rule(
    db: psycopg.Connection, house: Assessed
) -> None:
    open_action(house)
    statements: tuple[LiteralString, ...] = (
        "update public.corrective_actions set state = 'closed'",
        "delete from public.corrective_actions",
        "insert into public.corrective_actions default values",
        "update public.corrective_action_changes set cause = '{}'",
        "delete from public.corrective_action_changes",
        "insert into public.corrective_action_changes default values",
        "update public.improvement_rules set closing_count = 5",
    )
    for role in ("anon", "authenticated", "service_role"):
        for statement in statements:
            with (
                pytest.raises(psycopg.errors.InsufficientPrivilege),
                db.transaction(),
                acting_as(db, role, house.manager),
            ):
                db.execute(statement)


def test_threat_721_whoever_writes_an_action_closes_without_proof_only_in_vain(
    db: psycopg.Connection, house: Assessed
) -> None:
    action = open_action(house)
    forged: tuple[tuple[LiteralString, str], ...] = (
        ("state = 'closed', closed_at = now()", "samples_decide"),
        (
            "state = 'closed', closed_at = now(), proof = '{\"passed\": 19, \"count\": 19}'",
            "samples_decide",
        ),
        (
            "state = 'closed', closed_at = now(), proof = '{\"passed\": 20, \"count\": 30}'",
            "samples_decide",
        ),
        ("standard = 'service.alternative'", "action_is_about_something"),
    )
    for change, code in forged:
        with pytest.raises(psycopg.Error, match=code), db.transaction():
            db.execute("update public.corrective_actions set " + change)
    with pytest.raises(psycopg.Error, match="history_stays"), db.transaction():
        db.execute("update public.corrective_action_changes set cause = '{}'")
    call(db, house.manager, "cancel_corrective_action(%s, 'Nie trzeba')", action["id"])
    with pytest.raises(psycopg.Error, match="state_out_of_order"), db.transaction():
        db.execute("update public.corrective_actions set state = 'open', cancelled_at = null")


def test_threat_722_the_server_key_without_the_job_or_the_samples_closes_nothing(
    db: psycopg.Connection, house: Assessed
) -> None:
    action = open_action(house)
    audit_id = an_audit_of(house)
    judged(house, audit_id, "yes", 3)
    [context] = one(db, "select worker.improvement_contexts(%s)", [audit_id])
    wish = CLOSING | {"kind": "close", "action_id": action["id"], "count": 3, "passed": 3}
    plan = {
        "subject_id": str(audit_id),
        "fingerprint": context["fingerprint"],
        "decisions": [wish],
    }
    item = Jsonb([{"job_id": 1, "fence": 1, "plan": plan}])
    with (
        pytest.raises(psycopg.Error, match="lease_lost"),
        db.transaction(),
        acting_as(db, "service_role"),
    ):
        db.execute("select worker.record_improvements(%s)", [item])
    with pytest.raises(psycopg.Error, match="samples_decide"), db.transaction():
        db.execute("select private.store_improvements(%s)", [Jsonb(plan)])
    assert state_of(house, action) == "open"


def test_threat_723_actions_stay_at_their_desk_and_with_whom_they_concern(
    db: psycopg.Connection, house: Assessed
) -> None:
    action = open_action(house, scope="agent", agent_id=house.agent, owner_id=house.manager)
    other = Assessed(db)
    seen: LiteralString = "select 1 from public.corrective_actions"
    kept: LiteralString = "select 1 from public.corrective_action_changes"
    for person in (house.agent, house.auditor, house.manager):
        assert len(rows(db, person, seen)) == len(rows(db, person, kept)) == 1
        assert len(call(db, person, "get_corrective_actions()")) == 1
    for person in (house.colleague, house.executive, other.auditor, other.manager):
        assert rows(db, person, seen) == rows(db, person, kept) == []
        assert call(db, person, "get_corrective_actions()") == []
        for change in (
            refusal(db, person, 'set_corrective_action(%s, \'{"plan": "x"}\')', action["id"]),
            refusal(db, person, "cancel_corrective_action(%s, 'Nie')", action["id"]),
        ):
            assert change[:2] == ("PT404", "action_not_found")
    assert rows(db, house.client, seen) == rows(db, house.client, kept) == []


def test_threat_724_whom_it_is_about_and_auditors_neither_open_nor_call_off(
    db: psycopg.Connection, house: Assessed
) -> None:
    action = open_action(house, scope="agent", agent_id=house.agent, owner_id=house.manager)
    open_: LiteralString = "open_corrective_action(%s, 'Plan', current_date + 1)"
    for person, code in ((house.agent, "auditor_required"), (house.auditor, "manager_required")):
        assert refusal(db, person, open_, STANDARD)[1] == code
    for person in (house.agent, house.auditor):
        assert (
            refusal(db, person, "cancel_corrective_action(%s, 'Nie')", action["id"])[1]
            == "manager_required"
        )
    told = refusal(
        db, house.manager,
        "open_corrective_action(%s, 'Plan', current_date + 1, p_desk_id => %s)",
        STANDARD, Assessed(db).desk_id,
    )  # fmt: skip
    assert told[:2] == ("PT404", "desk_not_found")


def test_threat_725_a_pile_of_easy_conversations_of_one_audit_kind_closes_nothing(
    db: psycopg.Connection, house: Assessed
) -> None:
    action = open_action(house)
    for kind in ("vip", "recovery"):
        judged(house, an_audit_of(house, audit_type=kind), "yes", 20)
    judged(house, an_audit_of(house, agent_id=house.agent), "yes", 20)
    judged(house, an_audit_of(house, channels=["chat"]), "yes", 20)
    run_improvements(db)
    assert state_of(house, action) == "open"
