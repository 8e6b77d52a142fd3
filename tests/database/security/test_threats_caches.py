"""Numbered threats around cached answers: whose they are, who can read, fill or spoil them."""

from collections.abc import Iterator
from typing import Any, LiteralString
from uuid import UUID

import psycopg
import pytest

from tests.database.brand.test_metrics import ANSWER
from tests.factories import a_ticket
from tests.support.acting import refused
from tests.support.calling import call, refusal
from tests.support.house import STAFF, House, a_house

STAFF_OF_TWO_DESKS = (*STAFF, "outsider", "other_manager")
QUESTIONS: tuple[LiteralString, ...] = (
    "get_brand_consistency_metrics('7d')",
    "get_multi_channel_experience('7d')",
)
BY_HAND: tuple[LiteralString, ...] = (
    "select answer from private.cached_answers",
    "insert into private.cached_answers (function, scope, arguments_hash, answer, seen_count,"
    " expires_at) values ('get_system_health', 'house', '', '{}', 0, now())",
    "select tag from private.cache_marks",
    "select private.mark_caches('{health}')",
    "select private.read_cached('get_system_health', 'house', '[]')",
    "select private.store_cached('get_system_health', 'house', '[]', 0, '{}')",
    "select private.make_brand_consistency_metrics('7d')",
    "select private.make_multi_channel_experience('7d')",
    "update public.cache_lifetimes set seconds = 3600",
)


@pytest.fixture(scope="module")
def built(database_url: str) -> Iterator[tuple[psycopg.Connection, House]]:
    """Answers at both desks; the manager is a client of their own desk too."""
    with psycopg.connect(database_url) as db:
        house = a_house(db)
        own = a_ticket(db, house.people["manager"], desk_id=house.desks["near"])
        for ticket, author, scores in (
            (house.tickets["held"], "agent", [100, 70]),
            (house.tickets["busy"], "colleague", [90]),
            (house.tickets["far"], "outsider", [60, 60, 60]),
            (own, "colleague", [80]),
        ):
            values = {"ticket": ticket, "agent": house.people[author], "scores": scores, "at": None}
            db.execute(ANSWER, values)
        db.execute("delete from private.cached_answers")
        yield db, house
        db.rollback()


@pytest.fixture
def db(built: tuple[psycopg.Connection, House]) -> Iterator[psycopg.Connection]:
    with built[0].transaction(force_rollback=True):
        yield built[0]


@pytest.fixture
def house(built: tuple[psycopg.Connection, House]) -> House:
    return built[1]


def ask(db: psycopg.Connection, person_id: UUID, question: LiteralString) -> Any:
    """The answer without its moments, or the refusal."""
    try:
        with db.transaction():
            answer = call(db, person_id, question)
    except psycopg.Error as error:
        db.execute("reset role")
        return error.diag.message_primary
    return timeless(answer)


def timeless(answer: Any) -> Any:
    if isinstance(answer, list):
        return [timeless(part) for part in answer]
    if not isinstance(answer, dict):
        return answer
    moments = ("_at", "_until", "before")
    return {key: timeless(part) for key, part in answer.items() if not key.endswith(moments)}


@pytest.mark.parametrize("question", QUESTIONS)
def test_threat_710_nobody_gets_an_answer_made_for_somebody_who_sees_something_else(
    db: psycopg.Connection, house: House, question: LiteralString
) -> None:
    people = {name: house.people[name] for name in STAFF_OF_TWO_DESKS}
    with db.transaction(force_rollback=True):
        db.execute("update public.cache_lifetimes set seconds = 0")
        rightly = {name: ask(db, person, question) for name, person in people.items()}
    assert len({str(answer) for answer in rightly.values()}) > 3
    for order in (list(people), list(reversed(people))):
        db.execute("delete from private.cached_answers")
        for _ in range(2):
            for name in order:
                assert ask(db, people[name], question) == rightly[name], name
    row = db.execute("select count(*) from private.cached_answers").fetchone()
    assert row
    assert 1 < row[0] < len(people)


def test_threat_711_who_lost_the_right_gets_no_answer_that_is_still_kept(
    db: psycopg.Connection, house: House
) -> None:
    manager = house.people["manager"]
    near = ask(db, manager, QUESTIONS[0])
    with db.transaction(force_rollback=True):
        db.execute(
            "update public.staff_members set is_active = false, state = 'offline' where id = %s",
            [manager],
        )
        for question in (*QUESTIONS, "get_system_health()"):
            assert refusal(db, manager, question)[0] == "PT403"
    with db.transaction(force_rollback=True):
        db.execute("update public.staff_members set role = 'agent' where id = %s", [manager])
        assert ask(db, manager, QUESTIONS[0])["total"]["count"] == 0
    db.execute(
        "update public.staff_members set desk_id = %s where id = %s", [house.desks["far"], manager]
    )
    far = ask(db, manager, QUESTIONS[0])
    assert (near["total"]["count"], far["total"]["count"]) == (3, 3)
    assert near["total"]["score"] != far["total"]["score"]


def test_threat_712_a_manager_who_becomes_a_client_stops_seeing_their_own_tickets_numbers(
    db: psycopg.Connection, house: House
) -> None:
    auditor = house.people["auditor"]
    assert ask(db, auditor, QUESTIONS[0])["total"]["count"] == 4
    db.execute(
        "update public.support_tickets set client_id = %s where id = %s",
        [auditor, house.tickets["held"]],
    )
    assert ask(db, auditor, QUESTIONS[0])["total"]["count"] == 2


def test_threat_713_nobody_reads_fills_or_spoils_a_cache_by_hand(
    db: psycopg.Connection, house: House
) -> None:
    for statement in BY_HAND:
        for person in ("visitor", "client", "agent", "manager", "admin", "service"):
            with refused(db, "42501"), house.act(db, person):
                db.execute(statement)


def test_threat_714_asking_of_every_range_there_is_fills_places_of_ones_own_scope_alone(
    db: psycopg.Connection, house: House
) -> None:
    other = ask(db, house.people["other_manager"], QUESTIONS[0])
    for days in range(1, 26):
        answer = call(db, house.people["manager"], "get_brand_consistency_metrics(%s)", f"{days}d")
        assert answer["total"]["count"] == 3
    kept = db.execute(
        "select count(*) from private.cached_answers group by scope order by 1"
    ).fetchall()
    assert kept == [(1,), (20,)]
    assert ask(db, house.people["other_manager"], QUESTIONS[0]) == other


def test_threat_715_a_question_that_looks_like_a_key_is_refused_and_leaves_nothing(
    db: psycopg.Connection, house: House
) -> None:
    for asked in ("7d|house", '["7d"]', "", "x" * 100_000, None):
        told = refusal(db, house.people["agent"], "get_brand_consistency_metrics(%s::text)", asked)
        assert told[0] == "PT422", asked
    assert db.execute("select count(*) from private.cached_answers").fetchone() == (0,)


def test_threat_716_an_answer_of_something_undone_is_not_kept(
    db: psycopg.Connection, house: House
) -> None:
    manager = house.people["manager"]
    with db.transaction(force_rollback=True):
        db.execute("delete from public.brand_checks where ticket_id = %(held)s", house.names)
        assert ask(db, manager, QUESTIONS[0])["total"]["count"] == 1
    assert ask(db, manager, QUESTIONS[0])["total"]["count"] == 3


@pytest.mark.parametrize(
    "question", ["get_kpis()", "get_support_roi('7d')", "get_executive_metrics('7d')"]
)
def test_threat_717_the_business_is_told_to_each_by_their_own_rights_from_the_cache_too(
    db: psycopg.Connection, house: House, question: LiteralString
) -> None:
    names = ("executive", "manager", "other_manager", "agent", "client")
    people = {name: house.people[name] for name in names}
    with db.transaction(force_rollback=True):
        db.execute("update public.cache_lifetimes set seconds = 0")
        rightly = {name: ask(db, person, question) for name, person in people.items()}
    assert rightly["executive"] != rightly["manager"] != rightly["client"]
    for _ in range(2):
        for name, person in people.items():
            assert ask(db, person, question) == rightly[name], name
    assert ask(db, house.people["admin"], question) == rightly["executive"]
    kept = db.execute("select count(distinct scope), count(*) from private.cached_answers")
    told = len([answer for answer in rightly.values() if not isinstance(answer, str)])
    assert kept.fetchone() == (told, told)
