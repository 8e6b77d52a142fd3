"""A profile that comes with the consent, follows what is chosen, and goes with the consent."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from threading import Event, Thread
from typing import Any, cast
from uuid import UUID

import psycopg
import pytest

from lib.intelligence.personalization import PersonalizationPolicy, decide
from lib.store.intelligence.personalization import (
    PersonalizationStore,
    supabase_personalization_store,
)
from tests.database.orchestrator.router import DatabaseRpc, claim
from tests.factories import a_client, a_desk, a_manager, a_ticket
from tests.factories_house import a_purchase, a_visit
from tests.support.acting import acting_as, refused
from tests.support.calling import call
from tests.support.parallel import lasting_desk
from tests.support.waiting import eventually
from workers.intelligence.personalization import personalization

WORKER = "intelligence.personalization"
POLICY = PersonalizationPolicy()
MONDAY = datetime(2026, 11, 16, 9, tzinfo=UTC)  # 10:00 in Warsaw


@pytest.fixture
def client(db: psycopg.Connection) -> UUID:
    return a_client(db, desk_id=a_desk(db))


def agree(db: psycopg.Connection, client: UUID) -> None:
    call(db, client, "give_consent(%s, 'personalization', 'in_app', 'v1')", client)


def take_back(db: psycopg.Connection, client: UUID) -> None:
    call(db, client, "withdraw_consent(%s, 'personalization')", client)


def a_store(db: psycopg.Connection) -> PersonalizationStore:
    return supabase_personalization_store(cast("Any", DatabaseRpc(db)))


def run(db: psycopg.Connection) -> list[str]:
    """Everything there is to learn now, whatever the queue's patience; the results."""
    db.execute("update private.jobs set ready_at = now() where worker = %s", [WORKER])
    jobs = claim(db, WORKER)
    handle: Any = personalization(a_store(db), POLICY).handle
    results = sorted(asyncio.run(handle(jobs)).values()) if jobs else []
    db.execute("select set_config('luxury.causes', '', true)")
    return results


def learnt(db: psycopg.Connection, client: UUID) -> dict[tuple[str, str], float]:
    """Values by topic and choice, as the client reads them."""
    profile = call(db, client, "get_personalization_profile(%s)", client)
    return {(known["topic"], known["choice"]): known["value"] for known in profile["preferences"]}


def test_without_consent_there_is_no_profile(db: psycopg.Connection, client: UUID) -> None:
    a_visit(db, client, starts_at=MONDAY)
    assert set(run(db)) == {"gone"}
    profile = call(db, client, "get_personalization_profile(%s)", client)
    assert profile == {"client_id": str(client), "is_consented": False, "preferences": []}
    for function in ("set_preference('weekday', '1')", "forget_preference('weekday', '1')"):
        with acting_as(db, "authenticated", client), refused(db, "PT409", "consent_required"):
            db.execute(f"select public.{function}".encode())


def test_with_consent_what_they_chose_before_is_learnt(
    db: psycopg.Connection, client: UUID
) -> None:
    a_visit(db, client, "massage_deep", starts_at=MONDAY, provider="Marta")
    a_visit(db, client, "botulinum", starts_at=MONDAY + timedelta(hours=9), provider="Anna")
    a_visit(db, client, "hair_cut", starts_at=MONDAY, status="missed", provider="Ewa")
    a_purchase(db, client, "body_oil")
    a_purchase(db, client, "cream_night", amount_minor=100, refunded_minor=100)
    a_ticket(db, client, channel="whatsapp", language="pl")
    agree(db, client)
    assert "recorded" in run(db)
    first, second = 0.5 * 0.9**2 + 0.1 * 0.9, 0.5 * 0.9**2 + 0.1
    assert learnt(db, client) == pytest.approx(
        {
            ("treatment", "massage_deep"): 0.55,  # a medical one says nothing of likings
            ("provider", "Marta"): first,
            ("provider", "Anna"): second,
            ("weekday", "1"): 1 - 0.5 * 0.9**2,
            ("daypart", "morning"): first,
            ("daypart", "evening"): second,
            ("product", "body_oil"): 0.55,
            ("channel", "whatsapp"): 0.55,
            ("language", "pl"): 0.55,
        }
    )


def test_what_is_told_late_or_corrected_counts_as_if_told_in_time(
    db: psycopg.Connection, client: UUID
) -> None:
    agree(db, client)
    dice, visits = Random(7), list[UUID]()
    for _ in range(12):
        at = MONDAY - timedelta(days=dice.randint(0, 300), minutes=dice.randint(0, 600))
        visits.append(a_visit(db, client, starts_at=at, provider=dice.choice(["Marta", "Anna"])))
        run(db)
    db.execute("update public.visits set provider = 'Ewa' where id = %s", [visits[3]])
    db.execute(
        "update public.visits set status = 'missed', ended_at = null where id = %s", [visits[5]]
    )
    run(db)
    found = db.execute(
        "select provider from public.visits where client_id = %s and status = 'completed'"
        " order by starts_at",
        [client],
    ).fetchall()
    count = len(found)
    expected = {
        ("provider", name): 0.5 * 0.9**count
        + sum(
            0.1 * 0.9 ** (count - place)
            for place, (provider,) in enumerate(found, start=1)
            if provider == name
        )
        for name in {provider for (provider,) in found}
    }
    providers = {key: value for key, value in learnt(db, client).items() if key[0] == "provider"}
    assert providers == pytest.approx(expected)


def test_what_they_say_stands_before_what_was_learnt(db: psycopg.Connection, client: UUID) -> None:
    agree(db, client)
    a_visit(db, client, starts_at=MONDAY, provider="Marta")
    run(db)
    said = call(db, client, "set_preference('provider', 'Marta', 0)")
    assert (said["source"], said["value"], said["confidence"]) == ("stated", 0, 1)
    a_visit(db, client, starts_at=MONDAY + timedelta(days=1), provider="Marta")
    run(db)
    assert learnt(db, client)["provider", "Marta"] == 0


def test_what_they_had_forgotten_is_not_learnt_again_until_they_say_so(
    db: psycopg.Connection, client: UUID
) -> None:
    agree(db, client)
    a_visit(db, client, starts_at=MONDAY, provider="Marta")
    run(db)
    call(db, client, "forget_preference('provider', 'Marta')")
    call(db, client, "forget_preference('provider', 'Marta')")
    a_visit(db, client, starts_at=MONDAY + timedelta(days=1), provider="Marta")
    run(db)
    assert ("provider", "Marta") not in learnt(db, client)
    call(db, client, "set_preference('provider', 'Marta')")
    assert learnt(db, client)["provider", "Marta"] == 1
    with acting_as(db, "authenticated", client), refused(db, "PT404", "preference_not_found"):
        db.execute("select public.forget_preference('provider', 'Nobody')")


def test_taking_the_consent_back_deletes_the_profile_with_it(
    db: psycopg.Connection, client: UUID
) -> None:
    agree(db, client)
    a_visit(db, client, starts_at=MONDAY)
    run(db)
    call(db, client, "set_preference('language', 'pl')")
    assert learnt(db, client)
    take_back(db, client)
    left = db.execute("select 1 from public.client_preferences where client_id = %s", [client])
    assert left.fetchall() == []
    waits = db.execute(
        "select 1 from private.timers where subject_id = %s and kind = 'personalization.expired'",
        [client],
    )
    assert waits.fetchall() == []
    a_visit(db, client, starts_at=MONDAY + timedelta(days=1))
    assert set(run(db)) == {"gone"}


def test_one_of_two_consents_keeps_the_profile(db: psycopg.Connection, client: UUID) -> None:
    agree(db, client)
    call(db, client, "give_consent(%s, 'personalization', 'email', 'v1')", client)
    call(db, client, "set_preference('language', 'pl')")
    call(db, client, "withdraw_consent(%s, 'personalization', 'in_app')", client)
    assert learnt(db, client)
    call(db, client, "withdraw_consent(%s, 'personalization', 'email')", client)
    assert not learnt(db, client)


def test_an_objection_to_profiling_leaves_only_what_they_said(
    db: psycopg.Connection, client: UUID
) -> None:
    agree(db, client)
    a_visit(db, client, starts_at=MONDAY, provider="Marta")
    run(db)
    call(db, client, "set_preference('language', 'pl')")
    call(db, client, "set_profiling(false)")
    assert learnt(db, client) == {("language", "pl"): 1}
    a_visit(db, client, starts_at=MONDAY + timedelta(days=1))
    run(db)
    assert learnt(db, client) == {("language", "pl"): 1}


def test_what_is_old_expires_by_itself(db: psycopg.Connection, client: UUID) -> None:
    agree(db, client)
    a_visit(db, client, starts_at=datetime.now(UTC) - timedelta(days=364), provider="Marta")
    run(db)
    assert ("provider", "Marta") in learnt(db, client)
    db.execute("update public.visits set starts_at = starts_at - interval '2 days'")
    db.execute(
        "update private.timers set due_at = now() where kind = 'personalization.expired'"
        " and subject_id = %s",
        [client],
    )
    db.execute("select private.fire_due_timers(1000)")
    assert "recorded" in run(db)
    kept = db.execute("select 1 from public.client_preferences where client_id = %s", [client])
    assert kept.fetchall() == []


def test_an_older_reading_is_not_written_over_a_newer(db: psycopg.Connection, client: UUID) -> None:
    agree(db, client)
    jobs = claim(db, WORKER)
    early = asyncio.run(a_store(db).personalization_contexts([client]))
    db.execute("update private.jobs set ready_at = now() where worker = %s", [WORKER])
    db.execute("select private.note_reading(%s, 'personalization', clock_timestamp())", [client])
    jobs = jobs or claim(db, WORKER)
    results = asyncio.run(a_store(db).record_preferences(jobs, decide(early, POLICY)))
    assert set(results.values()) == {"stale"}


def test_a_merge_folds_what_both_chose_and_takes_no_consent_over(
    db: psycopg.Connection, client: UUID
) -> None:
    row = db.execute("select desk_id from public.profiles where id = %s", [client]).fetchone()
    assert row
    kept, manager = a_client(db, desk_id=row[0]), a_manager(db, desk_id=row[0])
    for agreeing in (client, kept):
        agree(db, agreeing)
        a_visit(db, agreeing, starts_at=MONDAY, provider="Marta")
    run(db)
    call(db, manager, "merge_clients(%s, %s, 'Ta sama osoba')", kept, client)
    run(db)
    assert learnt(db, kept)["provider", "Marta"] == pytest.approx(1 - 0.5 * 0.9**2)
    left = db.execute("select 1 from public.client_preferences where client_id = %s", [client])
    assert left.fetchall() == []


@pytest.mark.parametrize(
    ("statement", "sqlstate", "message"),
    [
        ("set_preference('treatment', 'no_such')", "PT422", "unknown_choice"),
        ("set_preference('weekday', '8')", "PT422", "unknown_choice"),
        ("set_preference('mood', 'good')", "PT422", "unknown_choice"),
        ("set_preference(null, null)", "PT422", "unknown_choice"),
        ("set_preference('provider', repeat('a', 1000000))", "PT422", "unknown_choice"),
        ("set_preference('provider', '')", "PT422", "unknown_choice"),
        ("set_preference('weekday', '1', 1.01)", "PT422", "value_out_of_range"),
        ("set_preference('weekday', '1', 'NaN')", "PT422", "value_out_of_range"),
        ("set_preference('weekday', '1', null)", "PT422", "value_out_of_range"),
    ],
)
def test_what_cannot_be_is_refused(
    db: psycopg.Connection, client: UUID, statement: str, sqlstate: str, message: str
) -> None:
    agree(db, client)
    with acting_as(db, "authenticated", client), refused(db, sqlstate, message):
        db.execute(f"select public.{statement}".encode())


def test_staff_who_work_with_the_client_see_it_without_what_was_forgotten(
    db: psycopg.Connection, client: UUID
) -> None:
    agree(db, client)
    call(db, client, "set_preference('language', 'pl')")
    call(db, client, "set_preference('weekday', '1')")
    call(db, client, "forget_preference('weekday', '1')")
    row = db.execute("select desk_id from public.profiles where id = %s", [client]).fetchone()
    assert row
    manager = a_manager(db, desk_id=row[0])
    profile = call(db, manager, "get_personalization_profile(%s)", client)
    assert [known["choice"] for known in profile["preferences"]] == ["pl"]
    with acting_as(db, "authenticated", manager):
        seen = db.execute(
            "select choice from public.client_preferences where client_id = %s", [client]
        ).fetchall()
    assert seen == [("pl",)]


@pytest.fixture
def lasting(database_url: str) -> Iterator[tuple[psycopg.Connection, UUID]]:
    """An autocommitting connection and a client who agreed; both are gone afterwards."""
    with lasting_desk(database_url) as (db, desk):
        client = a_client(db, desk_id=desk)
        with db.transaction():
            agree(db, client)
        yield db, client
        db.execute("delete from public.consents where client_id = %s", [client])


def test_a_consent_taken_back_while_the_worker_writes_leaves_nothing(
    database_url: str, lasting: tuple[psycopg.Connection, UUID]
) -> None:
    db, client = lasting
    item = (
        "select private.apply_preferences(jsonb_build_array(jsonb_build_object('job_id', 1,"
        " 'profile', jsonb_build_object('client_id', %s::text, 'read_at', clock_timestamp(),"
        ' \'preferences\', \'[{"topic": "language", "choice": "pl", "value": 1,'
        ' "confidence": 0.1, "choice_count": 1, "policy_version": "t",'
        ' "expires_at": "2100-01-01"}]\'::jsonb))))'
    )
    done = Event()

    def withdraw() -> None:
        with psycopg.connect(database_url) as other:
            take_back(other, client)
        done.set()

    with psycopg.connect(database_url) as writer:
        row = writer.execute(item, [client]).fetchone()
        assert row is not None
        assert row[0][0]["status"] == "recorded"
        thread = Thread(target=withdraw)
        thread.start()
        waiting = (
            "select 1 from pg_stat_activity where wait_event_type = 'Lock'"
            " and query like '%withdraw_consent%'"
        )
        assert eventually(lambda: db.execute(waiting).fetchone(), 20)
        assert not done.is_set()
    thread.join(20)
    assert done.is_set()
    left = db.execute("select 1 from public.client_preferences where client_id = %s", [client])
    assert left.fetchall() == []
    row = db.execute(item, [client]).fetchone()
    assert row is not None
    assert row[0][0]["status"] == "gone"
