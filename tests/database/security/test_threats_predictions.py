"""Numbered threats around scores about people."""

from typing import LiteralString
from uuid import UUID

import psycopg
import pytest

from tests.support.acting import refused
from tests.support.house import EVERYBODY, House, a_house

STAFF_NEAR = {"agent", "colleague", "auditor", "executive", "manager", "admin"}


@pytest.fixture
def house(db: psycopg.Connection) -> House:
    return a_house(db)


@pytest.fixture
def prediction_id(db: psycopg.Connection, house: House) -> UUID:
    """A prediction about the client, with a factor."""
    row = db.execute(
        "with model as ("
        "  insert into public.ai_models (prediction_type, version, rung, document, sha256,"
        "   feature_version, horizon_days, policy_version, client_count, learnt_count,"
        "   judged_count)"
        "  select 'churn', coalesce(max(version), 0) + 1, 'prior', '{}', repeat('0', 64), 1, 90,"
        "   't', 1, 0, 0 from public.ai_models"
        "  on conflict do nothing returning id"
        " ), made as ("
        "  insert into public.ai_predictions (client_id, prediction_type, prediction, timeframe,"
        "   method, model_id, observed_at, evidence)"
        "  select %(client)s, 'churn', '{\"probability\": 0.9}', '90d', 'prior', model.id, now(),"
        "   'low' from model returning id"
        " )"
        " insert into public.prediction_factors (prediction_id, position, name, contribution)"
        " select made.id, 1, 'silence_days', 1 from made returning prediction_id",
        house.names,
    ).fetchone()
    assert row
    found: UUID = row[0]
    return found


def test_threat_610_only_those_who_work_with_a_client_read_scores_about_them(
    db: psycopg.Connection, house: House, prediction_id: UUID
) -> None:
    for person in {*EVERYBODY} - {"visitor", "service"}:
        with house.act(db, person):
            seen = db.execute(
                "select id from public.ai_predictions where id = %s", [prediction_id]
            ).fetchall()
            factors = db.execute(
                "select 1 from public.prediction_factors where prediction_id = %s", [prediction_id]
            ).fetchall()
            assert bool(seen) is bool(factors) is (person in STAFF_NEAR), person


def test_threat_611_an_agent_who_is_the_client_reads_no_score_about_themselves(
    db: psycopg.Connection, house: House, prediction_id: UUID
) -> None:
    db.execute(
        "update public.ai_predictions set client_id = %s where id = %s",
        [house.people["manager"], prediction_id],
    )
    with house.act(db, "manager"):
        assert not db.execute(
            "select 1 from public.ai_predictions where id = %s", [prediction_id]
        ).fetchall()
        with refused(db, "PT404", "client_not_found"):
            db.execute("select public.get_predictions(%s)", [house.people["manager"]])


WRITES: tuple[LiteralString, ...] = (
    "update public.ai_predictions set prediction = '{}'",
    "delete from public.ai_predictions",
    "insert into public.prediction_factors values (gen_random_uuid(), 1, 'x', 1, 1)",
    "update public.ai_models set document = '{}'",
    "delete from public.feature_snapshots",
    "delete from public.profiling_objections",
    "insert into public.profiling_objections (client_id) values (gen_random_uuid())",
    "update public.feature_definitions set name = 'x'",
    "update public.prediction_requests set status = 'done'",
)


@pytest.mark.parametrize("write", WRITES)
def test_threat_612_nobody_writes_models_or_scores_by_hand(
    db: psycopg.Connection, house: House, write: LiteralString
) -> None:
    for person in ("client", "agent", "manager", "admin", "service", "visitor"):
        with house.act(db, person), refused(db, "42501"):
            db.execute(write)


def test_threat_613_a_client_objects_for_themselves_only(
    db: psycopg.Connection, house: House
) -> None:
    with house.act(db, "other_client"):
        db.execute("select public.set_profiling(false)")
    objecting = db.execute("select client_id from public.profiling_objections").fetchall()
    assert (house.people["other_client"],) in objecting
    assert (house.people["client"],) not in objecting
    with house.act(db, "client"):
        assert not db.execute("select 1 from public.profiling_objections").fetchall()


WORKERS_ONLY: tuple[LiteralString, ...] = (
    "select worker.scoring_contexts()",
    "select worker.training_rows('{}', 90)",
    "select worker.prediction_contexts('{}')",
    "select worker.record_scores(now(), '[]')",
    "select worker.record_predictions('[]', now())",
    "select worker.record_model('{}', '[]')",
)


@pytest.mark.parametrize("function", WORKERS_ONLY)
def test_threat_614_vectors_of_clients_leave_through_no_door_of_people(
    db: psycopg.Connection, house: House, function: LiteralString
) -> None:
    for person in ("client", "agent", "manager", "admin", "visitor"):
        with house.act(db, person), refused(db, "42501"):
            db.execute(function)
