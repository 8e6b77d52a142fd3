"""Numbered threats around ladders: shadows are nobody's, and nobody promotes by hand."""

from typing import LiteralString
from uuid import uuid4

import psycopg
import pytest

from tests.database.intelligence.house_of_visits import a_house_of_visits, score_all
from tests.database.intelligence.test_ladders import speak
from tests.support.acting import acting_as, refused

PEOPLE = ("anon", "authenticated")


@pytest.mark.parametrize("role", [*PEOPLE, "service_role"])
def test_threat_730_nobody_reads_or_writes_what_a_challenger_would_have_said(
    db: psycopg.Connection, role: str
) -> None:
    for statement in (
        "select * from private.shadow_scores",
        "insert into private.shadow_scores default values",
        "delete from private.shadow_scores",
    ):
        with acting_as(db, role, uuid4()), refused(db, "42501"):
            db.execute(statement)


DOORS: tuple[LiteralString, ...] = (
    "select worker.training_cases('lapse', '{}', now())",
    "select worker.shadow_outcomes(gen_random_uuid())",
    "select worker.record_shadows(now(), '[]')",
    "select worker.record_challenger('{}')",
    "select worker.settle_challenger(gen_random_uuid(), '{}', '{}')",
    "select worker.end_stale_predictions()",
    "select private.list_prediction_cases('{}', now())",
    "select private.settle_challenger(gen_random_uuid(), '{}', '{}')",
)


@pytest.mark.parametrize("role", PEOPLE)
def test_threat_731_people_neither_read_cases_nor_promote_models(
    db: psycopg.Connection, role: str
) -> None:
    for statement in DOORS:
        with acting_as(db, role, uuid4()), refused(db, "42501"):
            db.execute(statement)


async def test_threat_732_a_model_that_does_not_challenge_is_neither_scored_nor_settled(
    db: psycopg.Connection,
) -> None:
    champion = speak(db, "churn", 0.5)
    [client] = a_house_of_visits(db, 1)
    shadow: LiteralString = (
        "select worker.record_shadows(now(), jsonb_build_array(jsonb_build_object("
        " 'model_id', %(model)s::uuid, 'subject_id', %(client)s::uuid, 'client_id',"
        " %(client)s::uuid, 'champion_probability', 0.5, 'probability', 0.5)))"
    )
    told = {"model": champion, "client": client}
    with acting_as(db, "service_role"):
        assert db.execute(shadow, told).fetchone() == ({"written": 0},)
        settled = db.execute(
            "select worker.settle_challenger(%s, '{\"verdict\": \"surely_better\"}', '{}')",
            [champion],
        ).fetchone()
    assert settled == (None,)


async def test_threat_733_who_objects_leaves_no_shadow_and_gets_none(
    db: psycopg.Connection,
) -> None:
    [client] = a_house_of_visits(db, 1)
    speak(db, "churn", 0.5)
    speak(db, "churn", 0.3, "challenger")
    await score_all(db)
    left: LiteralString = "select count(*) from private.shadow_scores where client_id = %s"
    assert db.execute(left, [client]).fetchone() == (1,)
    with acting_as(db, "authenticated", client):
        db.execute("select public.set_profiling(false)")
    await score_all(db)
    assert db.execute(left, [client]).fetchone() == (0,)
