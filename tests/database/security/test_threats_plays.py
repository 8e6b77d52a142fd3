"""Numbered threats around retention plays and clients' preferences."""

from typing import LiteralString
from uuid import UUID

import psycopg
import pytest

from tests.support.acting import refused
from tests.support.house import EVERYBODY, House, a_house

OVERSEERS = {"auditor", "executive", "manager", "admin"}


@pytest.fixture
def house(db: psycopg.Connection) -> House:
    return a_house(db)


@pytest.fixture
def held_out(db: psycopg.Connection, house: House) -> UUID:
    """A play of the client, whom nobody is to contact."""
    row = db.execute(
        "insert into public.retention_plays (client_id, period, arm, draw, holdout_share, state,"
        " starts_at, ends_at, policy_version) select %(client)s, 1, 'holdout', 0.05, 0.1, 'open',"
        " began.at, began.at + interval '1440 hours', 't'"
        " from (select now() - interval '1 hour') began (at) returning id",
        house.names,
    ).fetchone()
    assert row
    found: UUID = row[0]
    return found


def test_threat_630_who_serves_a_client_does_not_learn_that_they_are_held_out(
    db: psycopg.Connection, house: House, held_out: UUID
) -> None:
    for person in {*EVERYBODY} - {"visitor", "service"}:
        with house.act(db, person):
            seen = db.execute(
                "select 1 from public.retention_plays where id = %s", [held_out]
            ).fetchall()
        assert bool(seen) is (person in OVERSEERS), person


def test_threat_631_an_overseer_who_is_the_client_reads_no_play_about_themselves(
    db: psycopg.Connection, house: House, held_out: UUID
) -> None:
    db.execute(
        "update public.retention_plays set client_id = %s where id = %s",
        [house.people["manager"], held_out],
    )
    with house.act(db, "manager"):
        assert not db.execute("select 1 from public.retention_plays").fetchall()


WRITES: tuple[LiteralString, ...] = (
    "update public.retention_plays set arm = 'treated'",
    "delete from public.retention_plays",
    "insert into public.retention_plays (client_id, period, arm, draw, holdout_share, state,"
    " policy_version) values (gen_random_uuid(), 1, 'treated', 0.5, 0.1, 'postponed', 't')",
    "select private.apply_plays('[]')",
    "select private.may_offer(gen_random_uuid())",
)


@pytest.mark.parametrize("write", WRITES)
def test_threat_632_nobody_deals_out_plays_by_hand(
    db: psycopg.Connection, house: House, write: LiteralString
) -> None:
    people = ["client", "agent", "manager", "admin", "visitor"]
    people += [] if "apply_plays" in write else ["service"]
    for person in people:
        with house.act(db, person), refused(db, "42501"):
            db.execute(write)


def test_threat_633_a_holdout_cannot_be_given_a_task_even_by_the_owner(
    db: psycopg.Connection, held_out: UUID
) -> None:
    with refused(db, "23514"):
        db.execute("update public.retention_plays set arm = 'treated' where id = %s", [held_out])
    row = db.execute(
        "select private.open_outreach_task(play.client_id, 'retention_play', null, now(),"
        " now() + interval '1 day', 'x', '{}') from public.retention_plays play where id = %s",
        [held_out],
    ).fetchone()
    assert row
    with refused(db, "23514"):
        db.execute(
            "update public.retention_plays set task_id = %s where id = %s", [row[0], held_out]
        )


def test_threat_634_a_manager_counts_the_plays_of_their_own_desk_only(
    db: psycopg.Connection, house: House, held_out: UUID
) -> None:
    counts = {}
    for person in ("manager", "other_manager", "executive", "admin"):
        with house.act(db, person):
            row = db.execute("select public.get_uplift_report()").fetchone()
        assert row
        counts[person] = row[0]["running_count"]
    assert (counts["manager"], counts["other_manager"]) == (1, 0)
    assert counts["executive"] >= 1
    assert counts["admin"] >= 1


WORKERS_ONLY: tuple[LiteralString, ...] = (
    "select worker.play_contexts('[]')",
    "select worker.record_plays('[]')",
    "select worker.personalization_contexts('{}')",
    "select worker.record_preferences('[]')",
)


@pytest.mark.parametrize("function", WORKERS_ONLY)
def test_threat_635_what_workers_read_leaves_through_no_door_of_people(
    db: psycopg.Connection, house: House, function: LiteralString
) -> None:
    for person in ("client", "agent", "manager", "admin", "visitor"):
        with house.act(db, person), refused(db, "42501"):
            db.execute(function)


@pytest.fixture
def preferences(db: psycopg.Connection, house: House) -> None:
    """The client agreed, said one thing and had another forgotten."""
    with house.act(db, "client"):
        db.execute(
            "select public.give_consent(%(client)s, 'personalization', 'in_app', 'v1')",
            house.names,
        )
        db.execute("select public.set_preference('language', 'pl')")
        db.execute("select public.set_preference('weekday', '7')")
        db.execute("select public.forget_preference('weekday', '7')")


STAFF_NEAR = {"agent", "colleague", *OVERSEERS}


@pytest.mark.usefixtures("preferences")
def test_threat_636_a_profile_is_read_by_the_client_and_who_works_with_them(
    db: psycopg.Connection, house: House
) -> None:
    for person in {*EVERYBODY} - {"visitor", "service"}:
        with house.act(db, person):
            seen = db.execute(
                "select topic from public.client_preferences where client_id = %(client)s",
                house.names,
            ).fetchall()
        expected = 2 if person == "client" else int(person in STAFF_NEAR)
        assert len(seen) == expected, person


PREFERENCE_WRITES: tuple[LiteralString, ...] = (
    "update public.client_preferences set value = 1",
    "delete from public.client_preferences",
    "insert into public.client_preferences (client_id, topic, choice, value, source, confidence,"
    " expires_at) values (gen_random_uuid(), 'language', 'pl', 1, 'stated', 1, now())",
    "select private.merge_learned(gen_random_uuid(), '[]')",
    "select private.list_choices(gen_random_uuid(), now())",
)


@pytest.mark.parametrize("write", PREFERENCE_WRITES)
def test_threat_637_nobody_writes_preferences_by_hand(
    db: psycopg.Connection, house: House, write: LiteralString
) -> None:
    for person in ("client", "agent", "manager", "admin", "service", "visitor"):
        with house.act(db, person), refused(db, "42501"):
            db.execute(write)


@pytest.mark.usefixtures("preferences")
def test_threat_638_nobody_speaks_for_another_client(db: psycopg.Connection, house: House) -> None:
    for person in ("other_client", "agent", "admin"):
        with house.act(db, person), refused(db, "PT409", "consent_required"):
            db.execute("select public.forget_preference('language', 'pl')")
    with house.act(db, "client"):
        row = db.execute(
            "select public.get_personalization_profile(%(client)s)", house.names
        ).fetchone()
    assert row
    assert len(row[0]["preferences"]) == 1


def test_threat_639_a_profile_is_not_filled_past_its_measure(
    db: psycopg.Connection, house: House
) -> None:
    with house.act(db, "client"):
        db.execute(
            "select public.give_consent(%(client)s, 'personalization', 'in_app', 'v1')",
            house.names,
        )
        db.execute(
            "select public.set_preference('provider', 'P ' || number)"
            " from generate_series(1, 200) number"
        )
        with refused(db, "PT429", "too_many_preferences"):
            db.execute("select public.set_preference('provider', 'P 201')")
