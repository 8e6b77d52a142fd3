"""From an alert to a task or to nothing, once in 60 days, and what it was worth."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any
from uuid import UUID

import psycopg
import pytest
from scipy.optimize import brentq

from tests.database.intelligence.plays_house import (
    hold_out,
    pass_time,
    plays_of,
    predict,
    run,
)
from tests.factories import a_client, a_desk, a_manager, a_person, a_ticket, a_vip_profile, an_agent
from tests.factories_house import a_visit
from tests.support.acting import acting_as, refused
from tests.support.calling import call

Z = 1.959963984540054


@pytest.fixture
def desk(db: psycopg.Connection) -> UUID:
    return a_desk(db)


@pytest.fixture
def agent(db: psycopg.Connection, desk: UUID) -> UUID:
    return an_agent(db, desk_id=desk)


@pytest.fixture
def client(db: psycopg.Connection, desk: UUID, agent: UUID) -> UUID:
    """Of a house that holds nobody out."""
    hold_out(db, 0)
    client = a_client(db, "vip_gold", desk_id=desk)
    a_vip_profile(db, client, dedicated_agent_id=agent)
    return client


def tasks_of(db: psycopg.Connection, client: UUID) -> list[tuple[Any, ...]]:
    return db.execute(
        "select owner_id, kind, state from public.outreach_tasks where client_id = %s"
        " order by created_at",
        [client],
    ).fetchall()


def object_to_profiling(db: psycopg.Connection, client: UUID) -> None:
    with acting_as(db, "authenticated", client):
        db.execute("select public.set_profiling(false)")


def test_an_alert_gives_the_clients_own_people_a_task(
    db: psycopg.Connection, client: UUID, agent: UUID
) -> None:
    predict(db, client, 0.9)
    assert run(db) == ["recorded"]
    (play,) = plays_of(db, client)
    assert (play["state"], play["arm"], play["probability"]) == ("open", "treated", 0.9)
    assert play["ends_at"] - play["starts_at"] == timedelta(days=60)
    assert tasks_of(db, client) == [(agent, "retention_play", "open")]


def test_who_is_held_out_is_stored_and_never_contacted(
    db: psycopg.Connection, client: UUID
) -> None:
    hold_out(db, 1)
    predict(db, client, 0.9)
    assert run(db) == ["recorded"]
    (play,) = plays_of(db, client)
    assert (play["state"], play["arm"], play["task_id"]) == ("open", "holdout", None)
    assert tasks_of(db, client) == []
    told = db.execute(
        "select 1 from public.notifications where details ->> 'client_id' = %s", [str(client)]
    )
    assert told.fetchall() == []


def test_a_second_alert_within_sixty_days_opens_nothing(
    db: psycopg.Connection, client: UUID
) -> None:
    for probability in (0.9, 0.2, 0.8):
        predict(db, client, probability)
        run(db)
        pass_time(db, 20)
    assert len(plays_of(db, client)) == 1
    predict(db, client, 0.1)
    pass_time(db, 1)
    predict(db, client, 0.95)
    run(db)
    assert [play["state"] for play in plays_of(db, client)] == ["open", "open"]


def test_an_alert_waits_for_a_complaint_to_be_two_weeks_old(
    db: psycopg.Connection, client: UUID
) -> None:
    a_ticket(db, client, category="complaint")
    predict(db, client, 0.9)
    assert run(db) == ["recorded"]
    (play,) = plays_of(db, client)
    assert (play["state"], play["postponed_reason"]) == ("postponed", "recent_complaint")
    assert tasks_of(db, client) == []
    pass_time(db, 1)
    assert run(db) == ["recorded"]
    assert [play["state"] for play in plays_of(db, client)] == ["postponed"]
    db.execute(
        "update public.support_tickets set opened_at = now() - interval '15 days'"
        " where client_id = %s",
        [client],
    )
    pass_time(db, 1)
    assert run(db) == ["recorded"]
    (begun,) = plays_of(db, client)
    assert (begun["id"], begun["state"], begun["draw"]) == (play["id"], "open", play["draw"])
    assert len(tasks_of(db, client)) == 1


def test_an_alert_waits_for_an_open_recovery_case(db: psycopg.Connection, client: UUID) -> None:
    db.execute(
        "select private.open_recovery_case(%s, 'service', gen_random_uuid(), null, '{}')", [client]
    )
    predict(db, client, 0.9)
    run(db)
    assert [play["postponed_reason"] for play in plays_of(db, client)] == ["recovery_case"]


def test_what_waits_is_dropped_when_the_alert_is_over(db: psycopg.Connection, client: UUID) -> None:
    a_ticket(db, client, category="complaint")
    predict(db, client, 0.9)
    run(db)
    predict(db, client, 0.3)
    assert run(db) == ["recorded"]
    (play,) = plays_of(db, client)
    assert (play["state"], play["end_reason"]) == ("cancelled", "calmed")
    pass_time(db, 1)
    assert run(db) == ["gone"]


def test_a_complaint_between_reading_and_writing_makes_the_worker_read_again(
    db: psycopg.Connection, client: UUID
) -> None:
    told = {"client_id": str(client), "verdict": "begin"}
    a_ticket(db, client, category="complaint")
    row = db.execute(
        "select private.apply_plays(jsonb_build_array(jsonb_build_object("
        " 'job_id', 1, 'decision', jsonb_build_object("
        "  'client_id', %(client_id)s::text, 'verdict', %(verdict)s::text))))",
        told,
    ).fetchone()
    assert row is not None
    assert row[0] == [{"job_id": 1, "status": "stale"}]


def test_nothing_is_done_about_clients_who_object(db: psycopg.Connection, client: UUID) -> None:
    predict(db, client, 0.9)
    object_to_profiling(db, client)
    assert run(db) == ["gone"]
    assert plays_of(db, client) == []


def test_who_objects_later_is_left_alone_from_then_on(
    db: psycopg.Connection, client: UUID, agent: UUID
) -> None:
    predict(db, client, 0.9)
    run(db)
    object_to_profiling(db, client)
    (play,) = plays_of(db, client)
    assert (play["state"], play["end_reason"], play["probability"]) == (
        "stopped",
        "objection",
        None,
    )
    assert tasks_of(db, client) == [(agent, "retention_play", "cancelled")]
    pass_time(db, 70)
    assert run(db) == []


def test_a_person_with_two_accounts_is_not_called_twice_in_sixty_days(
    db: psycopg.Connection, client: UUID, desk: UUID
) -> None:
    kept = a_client(db, desk_id=desk)
    predict(db, client, 0.9)
    run(db)
    merge = "merge_clients(%s, %s, 'Ta sama osoba')"
    call(db, a_manager(db, desk_id=desk), merge, kept, client)
    assert [play["end_reason"] for play in plays_of(db, client)] == ["merged"]
    predict(db, kept, 0.9)
    assert run(db) == ["gone"]
    assert plays_of(db, kept) == []


def test_a_switched_off_house_acts_on_nobody(db: psycopg.Connection, client: UUID) -> None:
    db.execute(
        "update public.ai_settings set value = value || '{\"enabled\": false}'"
        " where setting = 'retention_plays'"
    )
    predict(db, client, 0.9)
    assert run(db) == ["gone"]
    assert plays_of(db, client) == []


@pytest.mark.parametrize(
    ("status", "days_after", "outcome"),
    [
        ("completed", 30, "returned"),
        ("missed", 30, "stayed_away"),
        ("completed", 61, "stayed_away"),
        ("completed", -1, "stayed_away"),
    ],
)
def test_what_came_of_it_is_written_back(
    db: psycopg.Connection, client: UUID, status: str, days_after: int, outcome: str
) -> None:
    predict(db, client, 0.9)
    run(db)
    began = datetime.now(UTC) - timedelta(days=63)
    visit = a_visit(db, client, starts_at=began + timedelta(days=days_after), status=status)
    pass_time(db, 63)
    assert "recorded" in run(db)
    (play,) = plays_of(db, client)
    assert (play["state"], play["outcome"]) == ("settled", outcome)
    assert play["visit_id"] == (visit if outcome == "returned" else None)


@pytest.mark.parametrize("seed", [3, 14, 159])
def test_random_alerts_never_begin_two_plays_within_sixty_days(
    db: psycopg.Connection, client: UUID, seed: int
) -> None:
    dice, now, begun = Random(seed), 0.0, dict[UUID, float]()
    for _ in range(25):
        predict(db, client, dice.choice([0.1, 0.65, 0.75, 0.95]))
        if dice.random() < 0.5:
            run(db)
        began = {play["id"] for play in plays_of(db, client) if play["starts_at"]}
        begun |= dict.fromkeys(began - set(begun), now)
        days = dice.choice([0.5, 3, 20, 45])
        pass_time(db, days)
        now += days
    run(db)
    moments = sorted(begun.values())
    assert moments
    assert all(later - first >= 60 for first, later in pairwise(moments))
    assert len(tasks_of(db, client)) == len(plays_of(db, client))


def some_plays(
    db: psycopg.Connection, desk: UUID, arm: str, count: int, kept: int, days_ago: int = 100
) -> None:
    """So many settled plays, each of a client of their own."""
    for number in range(count):
        db.execute(
            "insert into public.retention_plays (client_id, period, arm, draw, holdout_share,"
            "  state, starts_at, ends_at, outcome, outcome_at, policy_version)"
            " select %s, 1, %s, case when %s = 'holdout' then 0.05 else 0.5 end, 0.1, 'settled',"
            "  began.at, began.at + interval '60 days', %s, now(), 't'"
            " from (select now() - make_interval(days => %s)) began (at)",
            [
                a_client(db, desk_id=desk),
                arm,
                arm,
                "returned" if number < kept else "stayed_away",
                days_ago,
            ],
        )


def test_the_report_says_what_calling_was_worth(db: psycopg.Connection, desk: UUID) -> None:
    some_plays(db, desk, "treated", 40, 30)
    some_plays(db, desk, "holdout", 30, 9)
    some_plays(db, desk, "holdout", 1, 1, days_ago=800)
    report = call(db, a_manager(db, desk_id=desk), "get_uplift_report('12m')")
    assert report["treated"]["count"] == 40
    assert report["treated"]["retention"] == 0.75
    assert (report["holdout"]["count"], report["holdout"]["retained_count"]) == (30, 9)
    assert report["difference"] == pytest.approx(0.45)
    assert report["interval"] == pytest.approx(newcombe(30, 40, 9, 30), abs=1e-9)
    assert report["verdict"] == "retains"


def test_the_report_says_when_there_is_too_little_to_say(
    db: psycopg.Connection, desk: UUID
) -> None:
    some_plays(db, desk, "treated", 31, 31)
    some_plays(db, desk, "holdout", 29, 0)
    report = call(db, a_manager(db, desk_id=desk), "get_uplift_report()")
    assert (report["verdict"], report["needed_per_arm"]) == ("too_few", 30)
    assert (report["difference"], report["interval"]) == (None, None)


def test_the_report_refuses_a_range_that_is_none(db: psycopg.Connection, desk: UUID) -> None:
    with acting_as(db, "authenticated", a_manager(db, desk_id=desk)):
        for malformed in (None, "", "soon", "0d", "2026-13-01/2026-13-02", "x" * 10_000):
            with refused(db, "PT422", "range_malformed"):
                db.execute("select public.get_uplift_report(%s)", [malformed])


def wilson(kept: int, count: int) -> tuple[float, float]:
    """The ends of Wilson's interval as what they are: where the score test just rejects."""
    share = kept / count

    def gap(theta: float) -> float:
        return float((share - theta) ** 2 - Z**2 * theta * (1 - theta) / count)

    low = 0.0 if kept == 0 else brentq(gap, 0, min(share, 1 - 1e-9), xtol=1e-14)
    high = 1.0 if kept == count else brentq(gap, max(share, 1e-9), 1, xtol=1e-14)
    return low, high


def newcombe(kept: int, count: int, other_kept: int, other: int) -> list[float]:
    first, second = kept / count, other_kept / other
    (low, high), (other_low, other_high) = wilson(kept, count), wilson(other_kept, other)
    below = ((first - low) ** 2 + (other_high - second) ** 2) ** 0.5
    above = ((high - first) ** 2 + (second - other_low) ** 2) ** 0.5
    return [first - second - below, first - second + above]


def test_the_interval_is_newcombes(db: psycopg.Connection) -> None:
    dice = Random(8)
    for _ in range(200):
        count, other = dice.randint(1, 400), dice.randint(1, 400)
        kept, other_kept = dice.randint(0, count), dice.randint(0, other)
        row = db.execute(
            "select private.find_uplift_interval(%s, %s, %s, %s)", [kept, count, other_kept, other]
        ).fetchone()
        assert row
        assert row[0] == pytest.approx(newcombe(kept, count, other_kept, other), abs=1e-9)
        assert -1 - 1e-9 <= row[0][0] <= kept / count - other_kept / other + 1e-9
    # Newcombe 1998, method 10, his first example: 56 of 70 against 48 of 80.
    assert newcombe(56, 70, 48, 80) == pytest.approx([0.0524, 0.3339], abs=1e-4)


def test_nothing_is_offered_at_a_bad_moment(db: psycopg.Connection, client: UUID) -> None:
    def may_offer(client_id: UUID) -> bool:
        row = db.execute("select private.may_offer(%s)", [client_id]).fetchone()
        assert row is not None
        return bool(row[0])

    assert may_offer(client)
    predict(db, client, 0.9)
    assert not may_offer(client)
    predict(db, client, 0.3)
    assert may_offer(client)
    a_ticket(db, client, category="complaint")
    assert not may_offer(client)
    other = a_person(db)
    assert may_offer(other)
    object_to_profiling(db, other)
    assert not may_offer(other)


def test_a_client_likely_to_leave_is_shown_no_offers(
    db: psycopg.Connection, client: UUID, agent: UUID
) -> None:
    db.execute(
        "insert into public.vip_recommendations (client_id, kind, target_id, score, reasons,"
        " policy_version, expires_at) values (%s, 'refill', 'product:body_oil', 50, '[{}]', 't',"
        " now() + interval '1 day')",
        [client],
    )
    shown = call(db, agent, "get_personalized_recommendations(%s)", client)
    assert len(shown["recommendations"]) == 1
    assert (shown["is_withheld"], shown["is_upsell_likely"]) == (False, None)
    predict(db, client, 0.9)
    hidden = call(db, agent, "get_personalized_recommendations(%s)", client)
    assert (hidden["recommendations"], hidden["is_withheld"]) == ([], True)
    assert call(db, client, "get_personalized_recommendations(%s)", client)["recommendations"] == []
