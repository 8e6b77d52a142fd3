"""Memberships, ratings and offers: features of their moment, ladders of their own, shadows."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from lib.intelligence.prediction.document import digest, write_model
from lib.intelligence.prediction.model import BaseRate
from lib.intelligence.prediction.training import TrainingPolicy
from tests.database.intelligence.house_of_cases import MEMBERSHIPS, a_service, say
from tests.database.intelligence.house_of_visits import (
    a_house_of_visits,
    a_store,
    score_all,
    train,
)
from tests.factories import a_client, an_agent
from tests.factories_house import a_membership, a_purchase, a_visit
from workers.intelligence.training import settle_challengers

MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)
TODAY = MOMENT.date()
HOUR = timedelta(hours=1)


def days_before(days: float) -> datetime:
    return MOMENT - timedelta(days=days)


def named(db: psycopg.Connection, feature_set: str, vector: list[float]) -> dict[str, float]:
    names = db.execute(
        "select name from public.feature_definitions where feature_set = %s order by position",
        [feature_set],
    ).fetchall()
    return {name: value for (name,), value in zip(names, vector, strict=True)}


def ending(db: psycopg.Connection, client: UUID, moment: datetime = MOMENT) -> dict[str, float]:
    row = db.execute(
        "select features from private.list_membership_features(array[%s]::uuid[], %s)",
        [client, moment],
    ).fetchone()
    return named(db, "membership", row[0]) if row else {}


@pytest.fixture
def member(db: psycopg.Connection) -> tuple[UUID, UUID]:
    """A client in the second year, twenty days before it ends; (client, membership)."""
    client = a_client(db)
    now = a_membership(db, client, starts_on=TODAY - timedelta(days=344),
                       ends_on=TODAY + timedelta(days=20))  # fmt: skip
    a_membership(db, client, starts_on=TODAY - timedelta(days=709), status="renewed",
                 ends_on=TODAY - timedelta(days=345), renewed_by_id=now)  # fmt: skip
    a_visit(db, client, starts_at=days_before(10))
    a_visit(db, client, starts_at=days_before(400))
    return client, now


def test_a_membership_is_counted_by_its_days_use_and_history(
    db: psycopg.Connection, member: tuple[UUID, UUID]
) -> None:
    found = ending(db, member[0])
    assert (found["days_left"], found["period_days"], found["member_days"]) == (20, 365, 709)
    assert (found["lapses_before"], found["periods_before"]) == (0, 1)
    assert found["use_30"] == pytest.approx(30 / 344)
    assert (found["visits_30"], found["visits_90"], found["has_booking"]) == (1, 1, 0)
    assert found["silence_days"] == pytest.approx(10, abs=0.1)


def renew(db: psycopg.Connection, member: tuple[UUID, UUID], days: int, **changes: Any) -> None:
    """The next period begins so many days after the last one ended."""
    client, now = member
    begins = TODAY + timedelta(days=20 + days)
    later = a_membership(db, client, starts_on=begins, **changes)
    db.execute(
        "update public.memberships set status = 'renewed', renewed_by_id = %s where id = %s",
        [later, now],
    )


LATER: dict[str, Callable[[psycopg.Connection, tuple[UUID, UUID]], object]] = {
    "a visit": lambda db, who: a_visit(db, who[0], starts_at=MOMENT, booked_at=MOMENT),
    "a purchase": lambda db, who: a_purchase(db, who[0], purchased_at=MOMENT),
    "a renewal": lambda db, who: renew(db, who, 1),
    "a lapse": lambda db, who: db.execute(
        "update public.memberships set status = 'lapsed' where id = %s", [who[1]]
    ),
    "what somebody says": lambda db, who: say(
        db, a_service(db, who[0], ended=HOUR)[0], who[0], MOMENT, score=-1
    ),
}


@pytest.mark.parametrize("what", LATER)
def test_nothing_that_comes_later_enters_a_membership(
    db: psycopg.Connection, member: tuple[UUID, UUID], what: str
) -> None:
    before = ending(db, member[0])
    LATER[what](db, member)
    assert ending(db, member[0]) == before != {}


def test_what_is_settled_or_far_off_is_not_predicted(
    db: psycopg.Connection, member: tuple[UUID, UUID]
) -> None:
    client = member[0]
    assert ending(db, client, days_before(69)) != {}
    assert ending(db, client, days_before(70)) == {}
    renew(db, member, 1)
    assert ending(db, client)["days_left"] == 20
    a_purchase(db, client, kind="membership", amount_minor=1, purchased_at=days_before(1),
               membership_id=renewal(db, member[1]))  # fmt: skip
    assert ending(db, client) == {}


def renewal(db: psycopg.Connection, membership: UUID) -> UUID:
    row = db.execute(
        "select renewed_by_id from public.memberships where id = %s", [membership]
    ).fetchone()
    assert row
    found: UUID = row[0]
    return found


@pytest.mark.parametrize(("days", "lapsed"), [(1, False), (30, False), (31, True), (None, True)])
def test_thirty_days_after_the_end_renew_and_later_ones_do_not(
    db: psycopg.Connection, member: tuple[UUID, UUID], days: int | None, *, lapsed: bool
) -> None:
    if days is not None:
        renew(db, member, days)
    row = db.execute(
        "select private.is_lapsed(period) from public.memberships period where id = %s",
        [member[1]],
    ).fetchone()
    assert row == (lapsed,)


# -- services --------------------------------------------------------------------------------------


def served(db: psycopg.Connection, survey: UUID) -> dict[str, float]:
    row = db.execute(
        "select features from private.list_service_features(array[%s]::uuid[])", [survey]
    ).fetchone()
    assert row
    return named(db, "service", row[0])


def test_a_service_is_counted_up_to_the_moment_it_ended(db: psycopg.Connection) -> None:
    client, agent, now = a_client(db), an_agent(db), datetime.now(UTC)
    a_service(db, client, ended=timedelta(days=9), csat=2)
    ticket, survey = a_service(db, client, ended=HOUR)
    say(db, ticket, client, now - 1.9 * HOUR, score=-0.8, category="complaint")
    say(db, ticket, agent, now - 1.5 * HOUR, kind="agent")
    say(db, ticket, client, now - 1.2 * HOUR, score=0.4)
    found = served(db, survey)
    assert found["hours_open"] == pytest.approx(0.693, abs=0.01)
    assert found["wait_minutes"] == pytest.approx(3.434, abs=0.05)
    assert (found["from_client"], found["from_desk"], found["hands"]) == (2, 1, 1)
    assert (found["is_answered"], found["is_live"], found["is_complaint"]) == (1, 1, 1)
    assert [found["tone"], found["last_tone"]] == pytest.approx([-0.2, 0.4])
    assert (found["low_ratings_365"], found["ratings_365"]) == (1, 1)
    say(db, ticket, client, now - 0.9 * HOUR, score=-1, category="complaint")
    say(db, ticket, an_agent(db), now, kind="agent")
    a_service(db, client, ended=0.5 * HOUR, csat=1)
    db.execute("update public.support_tickets set category = 'complaint' where id = %s", [ticket])
    assert served(db, survey) == found


# -- ladders ---------------------------------------------------------------------------------------


async def test_memberships_and_ratings_climb_their_own_ladders_and_speak_of_clients(
    db: psycopg.Connection,
) -> None:
    clients = a_house_of_visits(db, 60)
    db.execute(MEMBERSHIPS, [clients])
    for place in range(22):
        a_service(db, clients[place], ended=timedelta(days=40), csat=1 if place % 4 == 0 else 5)
    _, waiting = a_service(db, clients[0], ended=HOUR)
    rungs = await train(db, TrainingPolicy(months=14))
    assert (rungs["lapse"], rungs["satisfaction"], rungs["upsell"]) == (
        "prior", "prior", "insufficient",
    )  # fmt: skip
    await score_all(db)
    made = current(db, clients)
    assert {subject for _, kind, subject, _, _ in made if kind == "satisfaction"} == {waiting}
    lapses = {client: said for client, kind, _, said, _ in made if kind == "lapse"}
    assert set(lapses) == {each for place, each in enumerate(clients, 1) if place % 3}
    for client, kind, subject, said, moved in made:
        assert said["intercept"] + moved == pytest.approx(said["log_odds"], abs=1e-6)
        if kind == "churn" and client in lapses:
            assert said["probability"] == max(said["parts"].values())
            assert said["parts"]["membership"] == lapses[client]["probability"]
            assert (said["part"] == "membership") is (subject is not None)
    assert recomputed(db) == (True, True)


def current(db: psycopg.Connection, clients: list[UUID]) -> list[Any]:
    return db.execute(
        "select client_id, prediction_type, subject_id, prediction, (select sum(contribution)"
        " from public.prediction_factors f where f.prediction_id = p.id)"
        " from public.ai_predictions p where status = 'current' and client_id = any (%s)",
        [clients],
    ).fetchall()


def recomputed(db: psycopg.Connection) -> tuple[bool, bool]:
    """Whether kept vectors are those computed afresh: of memberships, of services."""
    row = db.execute(
        "select bool_and(kept.sha256 = private.hash_features(a.features)),"
        " bool_and(kept.sha256 = private.hash_features(b.features))"
        " from public.feature_snapshots kept"
        " left join lateral private.list_membership_features(array[kept.client_id],"
        "  kept.observed_at) a on kept.feature_set = 'membership'"
        " left join public.surveys asked on asked.client_id = kept.client_id"
        "  and asked.happened_at = kept.observed_at and kept.feature_set = 'service'"
        " left join lateral private.list_service_features(array[asked.id]) b on true"
        " where kept.feature_set <> 'client'"
    ).fetchone()
    assert row
    return row[0], row[1]


async def test_what_is_over_is_not_predicted_any_more(db: psycopg.Connection) -> None:
    [client] = clients = a_house_of_visits(db, 1)
    now = datetime.now(UTC).date()
    membership = a_membership(db, client, ends_on=now + timedelta(days=9))
    _, survey = a_service(db, client, ended=HOUR)
    speak(db, "lapse", 0.9)
    speak(db, "satisfaction", 0.2)
    await score_all(db)
    assert {row[1] for row in current(db, clients)} >= {"lapse", "satisfaction", "churn"}
    db.execute(
        "update public.memberships set status = 'renewed', told_at = now() - interval '1 hour'"
        " where id = %s", [membership],
    )  # fmt: skip
    db.execute("delete from public.surveys where id = %s", [survey])
    await score_all(db)
    assert not {row[1] for row in current(db, clients)} & {"lapse", "satisfaction"}


def speak(db: psycopg.Connection, kind: str, rate: float, status: str = "champion") -> UUID:
    """One number for everybody speaks, or challenges."""
    document = write_model(BaseRate(rate))
    db.execute(
        "update public.ai_models set status = 'retired' where prediction_type = %s"
        " and status = %s", [kind, status],
    )  # fmt: skip
    row = db.execute(
        "insert into public.ai_models (prediction_type, version, rung, status, document, sha256,"
        " feature_version, horizon_days, policy_version, client_count, learnt_count, judged_count)"
        " select %(kind)s, coalesce(max(version), 0) + 1, 'prior', %(status)s, %(document)s,"
        " %(sha256)s, 1, 90, 't', 1, 0, 0 from public.ai_models where prediction_type = %(kind)s"
        " returning id",
        {"kind": kind, "status": status, "document": Jsonb(document), "sha256": digest(document)},
    ).fetchone()
    assert row
    found: UUID = row[0]
    return found


# -- shadow ----------------------------------------------------------------------------------------
def a_challenge(db: psycopg.Connection, count: int) -> tuple[UUID, UUID]:
    """So many clients, a champion that knows little of them and a challenger: their models."""
    clients = a_house_of_visits(db, count)
    # Whoever else is in the database counts for others.
    others = "insert into public.profiling_objections (client_id) select id from public.profiles"
    db.execute(f"{others} where id <> all (%s) on conflict do nothing", [clients])
    return speak(db, "churn", 0.95), speak(db, "churn", 0.3, "challenger")


def statuses(db: psycopg.Connection, *models: UUID) -> list[str]:
    rows = db.execute(
        "select status from public.ai_models where id = any (%s) order by version", [[*models]]
    ).fetchall()
    return [status for (status,) in rows]


async def test_a_challenger_that_proves_better_in_shadow_speaks_from_then_on(
    db: psycopg.Connection,
) -> None:
    champion, challenger = a_challenge(db, 210)
    await score_all(db)
    assert await score_all(db) == 0
    db.execute("update private.shadow_scores set observed_at = observed_at - interval '100 days'")
    store = a_store(db)
    contexts = await store.scoring_contexts(None, 1)
    await settle_challengers(store, contexts, TrainingPolicy())
    assert statuses(db, champion, challenger) == ["retired", "champion"]
    assert db.execute(
        "select basis, verdict, outcome_count >= 210 from public.ai_model_trials"
        " where model_id = %s", [challenger],
    ).fetchone() == ("shadow", "surely_better", True)  # fmt: skip
    left = "select count(*) from private.shadow_scores where model_id = %s"
    assert db.execute(left, [challenger]).fetchone() == (0,)
    assert await store.shadow_outcomes(challenger) == []


async def test_until_outcomes_are_known_a_challenger_is_neither_heard_nor_replaced(
    db: psycopg.Connection,
) -> None:
    champion, challenger = a_challenge(db, 3)
    await score_all(db)
    said = "select count(*) filter (where model_id = %s), count(*) > 0 from public.ai_predictions"
    assert db.execute(said, [challenger]).fetchone() == (0, True)
    kept = db.execute(
        "select min(champion_probability), max(probability) from private.shadow_scores"
        " where model_id = %s",
        [challenger],
    ).fetchone()
    assert kept == (0.95, 0.3)
    store = a_store(db)
    contexts = await store.scoring_contexts(None, 1)
    assert contexts.challengers["churn"].id == challenger
    [told] = await settle_challengers(store, contexts, TrainingPolicy())
    assert told.endswith("in shadow, 0 outcomes")
    await store.record_challenger(
        {"prediction_type": "churn", "rung": "logistic", "document": {}, "sha256": "0" * 64}
    )
    assert statuses(db, champion, challenger) == ["champion", "challenger"]
    challenging = "select id from public.ai_models where status = 'challenger'"
    assert db.execute(challenging).fetchall() == [(challenger,)]
