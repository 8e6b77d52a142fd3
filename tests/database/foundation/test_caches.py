"""Cached answers: given again while they may be, made once, and outdated by what happens."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.database.brand.test_metrics import Desk
from tests.database.orchestrator.chronicle import a_survey
from tests.factories import an_admin
from tests.support.acting import acting_as
from tests.support.calling import call
from tests.support.waiting import eventually

FUNCTION, TAG = "get_what_a_test_asks", "what_a_test_does"
READ: LiteralString = "select answer, seen_count from private.read_cached(%s, %s, %s)"
STORE: LiteralString = "select private.store_cached(%s, %s, %s, %s, %s)"
BRAND = "get_brand_consistency_metrics('7d')"


@pytest.fixture
def desk(db: psycopg.Connection) -> Desk:
    db.execute("delete from private.cached_answers")
    return Desk(db)


@pytest.fixture
def lasting(database_url: str) -> Iterator[str]:
    """A cached function of our own that other connections see; it goes with its answers."""
    with psycopg.connect(database_url, autocommit=True) as db:
        db.execute(
            "insert into private.cached_functions (function, cache, tags)"
            " values (%s, 'analytics', %s)",
            [FUNCTION, [TAG]],
        )
        yield database_url
        db.execute("delete from private.cached_functions where function = %s", [FUNCTION])
        db.execute("delete from private.cache_marks where tag = %s", [TAG])
        db.execute("delete from private.cache_mark_sums where tag = %s", [TAG])


def read(db: psycopg.Connection, question: str = "all", scope: str = "house") -> tuple[Any, Any]:
    row = db.execute(READ, [FUNCTION, scope, Jsonb([question])]).fetchone()
    assert row
    return row[0], row[1]


def store(
    db: psycopg.Connection, answer: Any, seen: Any, question: str = "all", scope: str = "house"
) -> None:
    db.execute(STORE, [FUNCTION, scope, Jsonb([question]), seen, Jsonb(answer)])


def mark(db: psycopg.Connection) -> None:
    db.execute("select private.mark_caches(%s)", [[TAG]])


def count(desk: Desk, statement: LiteralString = BRAND) -> Any:
    return call(desk.db, desk.manager, statement)["total"]["count"]


# One connection -----------------------------------------------------------------------------------


def test_an_answer_is_given_again_until_its_lifetime_is_over(desk: Desk) -> None:
    desk.answers([100])
    assert count(desk) == 1
    desk.answers([90])
    assert count(desk) == 1
    desk.db.execute(
        "update private.cached_answers set made_at = made_at - interval '1 h',"
        " expires_at = clock_timestamp()"
    )
    assert count(desk) == 2


def test_an_answer_lives_as_long_as_its_cache_says(desk: Desk) -> None:
    count(desk)
    call(desk.db, desk.manager, "get_system_health()")
    told = desk.db.execute(
        "select function, extract(epoch from expires_at - made_at)::integer"
        " from private.cached_answers order by function"
    ).fetchall()
    assert told == [("get_brand_consistency_metrics", 600), ("get_system_health", 60)]


def test_another_question_has_another_answer(desk: Desk) -> None:
    desk.answers([100])
    assert count(desk) == 1
    desk.answers([100])
    assert count(desk, "get_brand_consistency_metrics('8d')") == 2
    assert count(desk) == 1


def test_a_lifetime_of_nothing_keeps_nothing_and_another_one_forgets_what_is_kept(
    desk: Desk,
) -> None:
    admin = an_admin(desk.db)
    desk.answers([100])
    assert count(desk) == 1
    desk.answers([100])
    told = call(desk.db, admin, "set_cache_lifetime('analytics', 0, 'Kontrola')")
    assert (told["cache"], told["seconds"]) == ("analytics", 0)
    assert count(desk) == 2
    desk.answers([100])
    assert count(desk) == 3
    history = desk.db.execute(
        "select old_row ->> 'seconds', new_row ->> 'seconds' from private.configuration_history"
        " where table_name = 'public.cache_lifetimes' order by id desc limit 1"
    ).fetchone()
    assert history == ("600", "0")


def test_what_happens_outdates_answers_in_its_own_transaction_and_not_if_it_is_undone(
    desk: Desk,
) -> None:
    desk.answers([100])
    assert count(desk) == 1
    desk.answers([100])
    with desk.db.transaction(force_rollback=True):
        desk.db.execute("update public.brand_rules set label = label where rule = 'emoji'")
        assert count(desk) == 2
    assert count(desk) == 1


def test_health_shows_a_job_given_up_and_a_new_process_at_once_and_a_beat_changes_nothing(
    desk: Desk,
) -> None:
    db = desk.db
    beat = 'select worker.beat(\'cache-test\', \'{"state": "running", "realtime": "%s"}\')'

    def made() -> Any:
        return call(db, desk.agent, "get_system_health()")["measured_at"]

    seen = [made(), made()]
    for _ in range(2):
        with acting_as(db, "service_role"):
            db.execute(beat.replace("%s", "subscribed"))
        seen.append(made())
    with acting_as(db, "service_role"):
        db.execute(beat.replace("%s", "joining"))
    seen.append(made())
    db.execute(
        "insert into private.dead_jobs (id, event_id, worker, kind, payload, depth, occurred_at,"
        " collapses, fence, attempts, max_attempts, reason) values (-1, -1, 'a.b', 'c.d', '{}', 0,"
        " now(), false, 1, 1, 1, 'test')"
    )
    seen.append(made())
    assert [seen[n] == seen[n + 1] for n in range(5)] == [True, False, True, False, False]


def test_a_client_who_answers_is_heard_in_the_comparison_of_channels_at_once(desk: Desk) -> None:
    def until() -> Any:
        return call(desk.db, desk.manager, "get_multi_channel_experience('7d')")["until_at"]

    ticket = desk.ticket()
    a_survey(desk.db, desk.client, ticket, datetime.now(UTC))
    first = until()
    assert until() == first
    desk.db.execute(
        "update public.surveys set csat = 2, state = 'answered', answered_at = now(),"
        " answered_through = 'link' where ticket_id = %s",
        [ticket],
    )
    assert until() != first


def test_where_nothing_can_be_written_answers_are_made_and_none_is_kept(desk: Desk) -> None:
    desk.db.execute("set transaction read only")
    assert call(desk.db, desk.manager, "get_system_health()")["overall"]
    row = desk.db.execute("select count(*) from private.cached_answers").fetchone()
    assert row


def test_folding_marks_leaves_their_number_and_sweeping_leaves_what_is_good(desk: Desk) -> None:
    db = desk.db
    db.execute("select private.mark_caches('{brand,surveys}') from generate_series(1, 30)")
    count(desk)
    call(db, desk.manager, "get_brand_consistency_metrics('8d')")
    db.execute(
        "update private.cached_answers set made_at = made_at - interval '1 h',"
        " expires_at = clock_timestamp() - interval '1 s' where arguments_hash = sha256('[\"8d\"]')"
    )
    marks = "select private.count_cache_marks('{brand}'), private.count_cache_marks('{surveys,x}')"
    before = db.execute(marks).fetchone()
    assert db.execute("select private.sweep_caches(100)").fetchone() == (1,)
    assert db.execute("select count(*) from private.cache_marks").fetchone() == (0,)
    assert db.execute(marks).fetchone() == before
    assert db.execute("select count(*) from private.cached_answers").fetchone() == (1,)
    desk.answers([100])
    assert count(desk) == 0


# Several at once ----------------------------------------------------------------------------------


def test_what_commits_while_an_answer_is_made_outdates_it(lasting: str) -> None:
    with psycopg.connect(lasting) as filler, psycopg.connect(lasting) as writer:
        mark(writer)
        _, seen = read(filler)
        store(filler, {"value": "old"}, seen)
        filler.commit()
        assert read(filler)[0] == {"value": "old"}
        writer.commit()
        assert read(filler)[0] is None


def test_of_two_who_ask_one_makes_the_answer_and_the_other_gets_it(lasting: str) -> None:
    with (
        psycopg.connect(lasting) as first,
        psycopg.connect(lasting) as second,
        ThreadPoolExecutor(1) as pool,
    ):
        answer, seen = read(first)
        assert answer is None
        waiting = pool.submit(read, second)
        eventually(lambda: is_waiting(first, second.info.backend_pid))
        store(first, {"value": "made once"}, seen)
        first.commit()
        assert waiting.result(10)[0] == {"value": "made once"}


def test_if_the_first_fails_the_second_makes_it(lasting: str) -> None:
    with (
        psycopg.connect(lasting) as first,
        psycopg.connect(lasting) as second,
        ThreadPoolExecutor(1) as pool,
    ):
        _, seen = read(first)
        waiting = pool.submit(read, second)
        eventually(lambda: is_waiting(first, second.info.backend_pid))
        store(first, {"value": "never committed"}, seen)
        first.rollback()
        answer, seen = waiting.result(10)
        assert answer is None
        assert seen is not None


def test_two_who_make_answers_never_wait_for_each_other(lasting: str) -> None:
    with psycopg.connect(lasting) as first, psycopg.connect(lasting) as second:
        _, seen = read(first, "mine")
        read(second, "theirs")
        assert read(first, "theirs") == (None, None)
        assert read(second, "mine") == (None, None)
        store(second, {"value": "not kept"}, None, "mine")
        store(first, {"value": "kept"}, seen, "mine")
        first.commit()
        second.commit()
        assert read(second, "mine")[0] == {"value": "kept"}


def is_waiting(db: psycopg.Connection, pid: int) -> bool:
    row = db.execute("select cardinality(pg_blocking_pids(%s)) > 0", [pid]).fetchone()
    return bool(row and row[0])
