"""Features are counted from what happened before a moment, and from nothing else."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import LiteralString
from uuid import UUID

import psycopg
import pytest

from tests.database.intelligence.house_of_visits import features_at
from tests.factories import a_client, a_message, a_ticket
from tests.factories_house import a_membership, a_purchase, a_visit
from tests.support.acting import acting_as, refused

MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)
BEFORE = MOMENT - timedelta(seconds=1)


def days_before(days: float) -> datetime:
    return MOMENT - timedelta(days=days)


@pytest.fixture
def client(db: psycopg.Connection) -> UUID:
    """Came 120, 80 and 40 days before the moment, for an hour each time."""
    client_id = a_client(db)
    for days in (120, 80, 40):
        a_visit(db, client_id, starts_at=days_before(days))
    return client_id


def at(db: psycopg.Connection, client_id: UUID, moment: datetime = MOMENT) -> dict[str, float]:
    found = features_at(db, client_id, moment)
    assert found is not None
    return found


def test_a_rhythm_is_read_from_days_of_visits(db: psycopg.Connection, client: UUID) -> None:
    found = at(db, client)
    assert found["repeats"] == 2
    assert found["recency_days"] == pytest.approx(80)
    assert found["silence_days"] == pytest.approx(40, abs=0.1)
    assert found["cadence_ratio"] == pytest.approx(1, abs=0.01)
    assert (found["visits_30"], found["visits_90"], found["visits_180"]) == (0, 2, 3)
    assert found["visits_trend"] == 2 * 2 - 3


def test_two_treatments_of_one_day_are_one_coming(db: psycopg.Connection, client: UUID) -> None:
    a_visit(db, client, starts_at=days_before(40) + timedelta(hours=2))
    assert at(db, client)["repeats"] == 2


def test_who_had_not_come_by_then_has_no_features(db: psycopg.Connection, client: UUID) -> None:
    assert features_at(db, client, days_before(121)) is None
    assert features_at(db, a_client(db), MOMENT) is None


def test_everything_else_is_counted_in_its_window(db: psycopg.Connection, client: UUID) -> None:
    a_visit(db, client, starts_at=days_before(20), status="missed", provider=None)
    a_visit(db, client, starts_at=days_before(200), status="missed", provider=None)
    a_visit(db, client, starts_at=days_before(10), status="cancelled_late", provider=None)
    a_visit(db, client, starts_at=MOMENT + timedelta(days=3), status="booked",
            booked_at=days_before(1))  # fmt: skip
    a_purchase(db, client, amount_minor=10000, refunded_minor=2000, purchased_at=days_before(10))
    a_purchase(db, client, amount_minor=5000, purchased_at=days_before(300))
    a_membership(db, client, starts_on=days_before(20).date(),
                 ends_on=(MOMENT + timedelta(days=10)).date())  # fmt: skip
    found = at(db, client)
    assert (found["missed_180"], found["cancelled_late_180"], found["has_booking"]) == (1, 1, 1)
    assert found["favourite_share"] == 1
    assert found["spend_90"] == pytest.approx(4.394, abs=0.001)
    assert found["spend_365"] == pytest.approx(4.875, abs=0.001)
    assert (found["has_membership"], found["membership_days_left"]) == (1, 10)


def test_without_a_membership_no_day_of_it_is_left(db: psycopg.Connection, client: UUID) -> None:
    found = at(db, client)
    assert (found["has_membership"], found["membership_days_left"]) == (0, 0)


LATER: dict[str, Callable[[psycopg.Connection, UUID], object]] = {
    "a visit": lambda db, client: a_visit(db, client, starts_at=MOMENT, booked_at=MOMENT),
    "a visit under way": lambda db, client: a_visit(
        db, client, starts_at=MOMENT - timedelta(minutes=5)
    ),
    "a missed visit": lambda db, client: a_visit(
        db, client, starts_at=MOMENT, booked_at=MOMENT, status="missed"
    ),
    "a booking": lambda db, client: a_visit(
        db, client, starts_at=MOMENT + timedelta(days=9), status="booked", booked_at=MOMENT
    ),
    "a purchase": lambda db, client: a_purchase(db, client, purchased_at=MOMENT),
    "a membership": lambda db, client: a_membership(
        db, client, starts_on=(MOMENT + timedelta(days=1)).date(),
        ends_on=(MOMENT + timedelta(days=90)).date(),
    ),
    "a ticket and what is said in it": lambda db, client: a_message(
        db, a_ticket(db, client, waiting_seconds=0), client
    ),
    "a rise in tier": lambda db, client: db.execute(
        "update public.profiles set tier = 'vip_gold' where id = %s", [client]
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", LATER)
def test_nothing_that_comes_later_enters(db: psycopg.Connection, client: UUID, what: str) -> None:
    before = at(db, client)
    LATER[what](db, client)
    assert at(db, client) == before


def test_a_batch_gives_everybody_what_they_have_alone(db: psycopg.Connection, client: UUID) -> None:
    other = a_client(db)
    a_visit(db, other, starts_at=days_before(3))
    rows = db.execute(
        "select client_id, features from private.client_features(%s, %s)",
        [[client, other, a_client(db)], MOMENT],
    ).fetchall()
    alone = {each: list(at(db, each).values()) for each in (client, other)}
    assert dict(rows) == alone


def test_health_gender_age_and_words_are_no_features(db: psycopg.Connection) -> None:
    names = {row[0] for row in db.execute("select name from public.feature_definitions").fetchall()}
    forbidden = ("health", "allerg", "pregnan", "skin", "gender", "age", "birth", "name", "text")
    assert not [n for n in names for word in forbidden if word in n.replace("language", "")]


def test_who_objects_is_not_profiled_and_their_vectors_go(
    db: psycopg.Connection, client: UUID
) -> None:
    db.execute(
        "insert into public.feature_snapshots"
        " (client_id, observed_at, feature_version, features, sha256)"
        " values (%s, %s, 1, '{1}', private.hash_features('{1}'))",
        [client, MOMENT],
    )
    assert client in listed(db)
    with acting_as(db, "authenticated", client):
        assert db.execute("select count(*) from public.feature_snapshots").fetchone() == (1,)
        db.execute("select public.set_profiling(false)")
        assert db.execute("select count(*) from public.feature_snapshots").fetchone() == (0,)
    assert client not in listed(db)
    with acting_as(db, "authenticated", client):
        db.execute("select public.set_profiling(true)")
    assert client in listed(db)


@pytest.mark.parametrize(
    ("role", "code", "message"), [("anon", "42501", None), ("service_role", "42501", None)]
)
def test_only_a_client_decides_about_profiling(
    db: psycopg.Connection, role: str, code: str, message: str | None
) -> None:
    with acting_as(db, role), refused(db, code, message):
        db.execute("select public.set_profiling(false)")


def test_no_answer_is_no_decision(db: psycopg.Connection, client: UUID) -> None:
    with acting_as(db, "authenticated", client), refused(db, "PT400", "answer_required"):
        db.execute("select public.set_profiling(null)")


def listed(db: psycopg.Connection) -> set[UUID]:
    query: LiteralString = "select client_id from private.list_profiled_clients(null, %s, 100000)"
    return {row[0] for row in db.execute(query, [MOMENT]).fetchall()}
