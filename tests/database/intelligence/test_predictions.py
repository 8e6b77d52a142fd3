"""From a house's own visits to a prediction with its reasons, and who may know it."""

import asyncio
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb
from scipy.special import expit

from lib.errors import PermanentError
from tests.database.intelligence.house_of_visits import (
    SCORING,
    a_house_of_visits,
    a_store,
    answer_requests,
    score_all,
    train,
)
from tests.factories import a_client, a_manager, a_person, an_agent
from tests.support.acting import acting_as, refused
from tests.support.calling import call

Taught = tuple[psycopg.Connection, list[UUID], dict[str, str]]
CURRENT = (
    "select id, client_id, prediction, confidence, method, evidence, is_alert from"
    " public.ai_predictions where status = 'current' and prediction_type = 'churn'"
)


@pytest.fixture(scope="module")
def taught(database_url: str) -> Iterator[Taught]:
    """A house whose models have learnt, with its clients and who speaks; gone afterwards."""
    with psycopg.connect(database_url) as connection:
        clients = a_house_of_visits(connection)
        rungs = asyncio.run(train(connection))
        yield connection, clients, rungs
        connection.rollback()


@pytest.fixture
def db(taught: Taught) -> Iterator[psycopg.Connection]:
    """That house's connection, as it was after the test."""
    with taught[0].transaction(force_rollback=True):
        taught[0].execute("select set_config('luxury.causes', '', true)")
        yield taught[0]


@pytest.fixture
def clients(taught: Taught) -> list[UUID]:
    return taught[1]


@pytest.fixture
def manager(db: psycopg.Connection) -> UUID:
    return a_manager(db)


def ask(db: psycopg.Connection, manager: UUID, client: UUID, kind: str = "churn") -> Any:
    db.execute("select set_config('luxury.causes', '', true)")
    return call(db, manager, "request_prediction(%s, %s)", client, kind)


def asked(db: psycopg.Connection, request_id: str) -> dict[str, Any]:
    row = db.execute(
        "select to_jsonb(r) from public.prediction_requests r where id = %s", [request_id]
    ).fetchone()
    assert row
    found: dict[str, Any] = row[0]
    return found


async def test_too_few_clients_get_no_number_but_the_reason(
    db: psycopg.Connection, clients: list[UUID], manager: UUID
) -> None:
    client = clients[0]
    db.execute("delete from public.visits where client_id <> all (%s)", [clients[:20]])
    assert (await train(db))["churn"] == "insufficient"
    request = ask(db, manager, client)
    assert request["status"] == "pending"
    assert await answer_requests(db) == ["recorded"]
    done = asked(db, request["id"])
    assert (done["status"], done["prediction_id"]) == ("done", None)
    assert (done["reason"], done["need_count"]) == ("insufficient_data", SCORING.min_clients)
    assert done["have_count"] < SCORING.min_clients


async def test_the_rhythm_of_the_houses_own_visits_speaks_from_day_one(
    db: psycopg.Connection, taught: Taught, clients: list[UUID]
) -> None:
    rungs = taught[2]
    assert rungs["churn"] != "insufficient"
    assert rungs["satisfaction"] == rungs["upsell"] == "insufficient"
    assert await score_all(db) >= len(clients)
    rows = {row[1]: row for row in db.execute(CURRENT).fetchall()}
    gone = [rows[client][2]["probability"] for client in clients[2::3]]
    here = [rows[client][2]["probability"] for place, client in enumerate(clients) if place % 3 < 2]
    assert sum(gone) / len(gone) > sum(here) / len(here) + 0.2
    assert {row[4] for row in rows.values()} == {rungs["churn"]}


async def test_the_factors_and_the_intercept_sum_to_the_log_odds(db: psycopg.Connection) -> None:
    await score_all(db)
    rows = db.execute(
        "select prediction, (select sum(contribution) from public.prediction_factors f"
        " where f.prediction_id = p.id) from public.ai_predictions p where status = 'current'"
    ).fetchall()
    assert rows
    for said, moved in rows:
        assert said["log_odds"] == pytest.approx(said["intercept"] + (moved or 0), abs=1e-6)
        assert said["probability"] == pytest.approx(expit(said["log_odds"]), abs=1e-6)


async def test_what_hardly_changed_is_not_written_again_and_what_did_supersedes(
    db: psycopg.Connection, clients: list[UUID]
) -> None:
    client = clients[0]
    await score_all(db)
    assert await score_all(db) == 0
    db.execute("delete from public.visits where client_id = %s and starts_at > now() - interval"
               " '200 days'", [client])  # fmt: skip
    db.execute("update public.ai_predictions set observed_at = observed_at - interval '1 minute'")
    assert await score_all(db) == 1
    states = db.execute(
        "select status, count(*) from public.ai_predictions where client_id = %s group by 1",
        [client],
    ).fetchall()
    assert dict(states) == {"current": 1, "superseded": 1}


async def test_vectors_computed_afresh_are_those_that_were_kept(db: psycopg.Connection) -> None:
    await score_all(db)
    row = db.execute(
        "select count(*), count(*) filter (where kept.sha256 = private.hash_features(now.features))"
        " from public.feature_snapshots kept"
        " cross join lateral private.client_features(array[kept.client_id], kept.observed_at) now"
    ).fetchone()
    assert row
    assert row[0] == row[1] >= 100


async def test_an_alert_is_told_once_and_ends_once(
    db: psycopg.Connection, clients: list[UUID]
) -> None:
    db.execute("select set_config('luxury.causes', '', true)")
    await score_all(db)
    alerted = {row[1] for row in db.execute(CURRENT).fetchall() if row[6]}
    assert alerted & set(clients)
    assert all(row[2]["probability"] >= 0.7 for row in db.execute(CURRENT).fetchall() if row[6])
    told = db.execute(
        "select subject_id from public.events where kind = 'churn.alerted'"
        " and subject_id = any (%s)", [clients],
    ).fetchall()  # fmt: skip
    assert sorted(row[0] for row in told) == sorted(alerted & set(clients))
    back = next(iter(alerted & set(clients)))
    db.execute(
        "insert into public.visits (client_id, treatment_id, source, external_ref, status,"
        " booked_at, starts_at, ended_at, price_minor) select %s, 'massage_deep', 'test',"
        " gen_random_uuid()::text, 'completed', at, at, at, 1 from generate_series(now() - interval"
        " '60 days', now() - interval '1 day', interval '5 days') at", [back],
    )  # fmt: skip
    db.execute("update public.ai_predictions set observed_at = observed_at - interval '1 minute'")
    await score_all(db)
    calmed = db.execute(
        "select count(*) from public.events where kind = 'churn.calmed' and subject_id = %s", [back]
    ).fetchone()
    assert calmed == (1,)


async def test_a_prior_has_no_confidence_as_nobody_has_measured_it(db: psycopg.Connection) -> None:
    db.execute("update public.ai_models set metrics = '{}'")
    await score_all(db)
    assert {row[3] for row in db.execute(CURRENT).fetchall()} == {None}


async def test_a_model_somebody_changed_by_hand_is_not_used(db: psycopg.Connection) -> None:
    db.execute(
        "update public.ai_models set document = document || '{\"horizon_days\": 1}'"
        " where prediction_type = 'churn'"
    )
    with pytest.raises(PermanentError, match="not what was kept"):
        await score_all(db)


async def test_the_same_model_again_is_confirmed_and_another_one_takes_its_place(
    db: psycopg.Connection, clients: list[UUID]
) -> None:
    await train(db)
    assert versions(db) == [("champion",)]
    db.execute("delete from public.visits where client_id = any (%s)", [clients[:30]])
    await train(db)
    assert versions(db) == [("retired",), ("champion",)]
    trials = db.execute(
        "select count(*), min(outcome_count) from public.ai_model_trials"
    ).fetchone()
    assert trials
    assert trials[0] == 0 or trials[1] > 0


def versions(db: psycopg.Connection) -> list[Any]:
    return db.execute(
        "select status from public.ai_models where prediction_type = 'churn'"
        " and status in ('champion', 'retired') order by version"
    ).fetchall()


async def test_a_request_is_answered_with_reasons_and_advice(
    db: psycopg.Connection, clients: list[UUID], manager: UUID
) -> None:
    client = clients[2]
    request = ask(db, manager, client)
    assert await answer_requests(db) == ["recorded"]
    done = asked(db, request["id"])
    assert (done["status"], done["reason"]) == ("done", None)
    [said] = call(db, manager, "get_predictions(%s)", client)
    assert said["id"] == done["prediction_id"]
    assert {"label_pl", "label_en", "contribution", "value", "unit"} <= set(said["factors"][0])
    assert said["recommendations"]
    assert said["timeframe"] == "90d"


async def test_two_people_may_ask_about_the_same_client_at_once(
    db: psycopg.Connection, clients: list[UUID], manager: UUID
) -> None:
    requests = [ask(db, manager, clients[2])["id"] for _ in range(2)]
    assert await answer_requests(db) == ["recorded", "recorded"]
    first, second = (asked(db, request)["prediction_id"] for request in requests)
    assert first == second
    assert first is not None


async def test_other_requests_say_why_there_is_nothing(
    db: psycopg.Connection, clients: list[UUID], manager: UUID
) -> None:
    objects = clients[0]
    with acting_as(db, "authenticated", objects):
        db.execute("select public.set_profiling(false)")
    db.execute(
        "update public.ai_settings set value = '{\"enabled\": false}'"
        " where setting = 'prediction_models.upsell'"
    )
    new = a_client(db)
    wanted = {
        ask(db, manager, objects)["id"]: "objection",
        ask(db, manager, new)["id"]: "no_history",
        ask(db, manager, new, "upsell")["id"]: "switched_off",
        ask(db, manager, new, "satisfaction")["id"]: "insufficient_data",
    }
    await answer_requests(db)
    assert {request: asked(db, request)["reason"] for request in wanted} == wanted


async def test_who_objects_afterwards_has_no_prediction_left(
    db: psycopg.Connection, clients: list[UUID], manager: UUID
) -> None:
    client = clients[0]
    await score_all(db)
    with acting_as(db, "authenticated", client):
        db.execute("select public.set_profiling(false)")
    left = db.execute(
        "select count(*) from public.ai_predictions where client_id = %s", [client]
    ).fetchone()
    assert left == (0,)
    await score_all(db)
    assert call(db, manager, "get_predictions(%s)", client) == []


def test_requests_are_for_those_who_work_with_the_client(
    db: psycopg.Connection, manager: UUID
) -> None:
    client = a_client(db)
    for person in (client, a_person(db)):
        with acting_as(db, "authenticated", person), refused(db, "PT403"):
            db.execute("select public.request_prediction(%s, 'churn')", [client])
    with acting_as(db, "authenticated", an_agent(db)), refused(db, "PT404", "client_not_found"):
        db.execute("select public.request_prediction(%s, 'churn')", [client])
    with acting_as(db, "authenticated", manager):
        with refused(db, "PT422", "unknown_prediction_type"):
            db.execute("select public.request_prediction(%s, 'luck')", [client])
        with refused(db, "PT404", "client_not_found"):
            db.execute("select public.request_prediction(gen_random_uuid(), 'churn')")
    with acting_as(db, "service_role"):
        db.execute("select public.request_prediction(%s, 'churn')", [client])


def test_nobody_asks_for_more_than_a_hundred_at_once(db: psycopg.Connection, manager: UUID) -> None:
    client = a_client(db)
    db.execute(
        "insert into public.prediction_requests (client_id, prediction_type, requested_by)"
        " select %s, 'churn', %s from generate_series(1, 100)", [client, manager],
    )  # fmt: skip
    with acting_as(db, "authenticated", manager), refused(db, "PT429", "too_many_requests"):
        db.execute("select public.request_prediction(%s, 'churn')", [client])


async def test_what_was_answered_meanwhile_is_gone(db: psycopg.Connection, manager: UUID) -> None:
    request = ask(db, manager, a_client(db))
    db.execute(
        "update public.prediction_requests set status = 'done', completed_at = now() where id = %s",
        [request["id"]],
    )
    assert await answer_requests(db) == ["gone"]


async def test_a_score_of_somebody_who_is_no_more_is_left_out(db: psycopg.Connection) -> None:
    store = a_store(db)
    contexts = await store.scoring_contexts(None, 1)
    model = contexts.models["churn"]
    said = {
        "client_id": "00000000-0000-4000-8000-00000000dead", "prediction_type": "churn",
        "model_id": str(model.id), "probability": 0.5, "log_odds": 0, "intercept": 0,
        "confidence": None, "evidence": "none", "is_alert": False, "features": [1], "factors": [],
    }  # fmt: skip
    row = db.execute("select private.record_scores(now(), %s)", [Jsonb([said])]).fetchone()
    assert row == ({"written": 0},)
