"""Metrics: each equals what can be counted from the rows by hand, on the longest and shortest day.

The other way to count reads plain columns and does the rest in Python, with Python's time zones.
"""

import math
import statistics
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from itertools import cycle
from random import Random
from typing import Any, LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import pytest

from tests.database.performance.measured import (
    a_cycle,
    a_promise,
    a_rating,
    reopen,
    run_metrics,
    samples,
)
from tests.factories import a_client, a_desk, a_manager, a_staff_member, a_ticket, an_agent
from tests.support.acting import acting_as
from tests.support.calling import call, refusal
from tests.support.waiting import eventually

WARSAW = ZoneInfo("Europe/Warsaw")
SHORTEST, LONGEST = date(2025, 3, 30), date(2025, 10, 26)


class Desk:
    """A desk with a history around one day."""

    def __init__(self, db: psycopg.Connection) -> None:
        self.db = db
        self.id = a_desk(db)
        self.manager = a_manager(db, desk_id=self.id)
        self.agents = [an_agent(db, desk_id=self.id) for _ in range(2)]
        self.gold = a_client(db, "vip_gold", desk_id=self.id)
        self.standard = a_client(db, desk_id=self.id)

    def live(self, day: date, hours: float = 2.1) -> None:
        """Cycles from the evening before until the morning after, with all that follows them."""
        random = Random(day.toordinal())
        midnight = datetime(day.year, day.month, day.day, tzinfo=WARSAW)
        began = midnight.astimezone(ZoneInfo("UTC")) - timedelta(hours=hours)
        clients = cycle((self.gold, self.gold, self.standard))
        for number in range(math.ceil(30 / hours) + 2):
            client, at = next(clients), began + timedelta(hours=hours * number)
            ticket = a_cycle(
                self.db,
                client,
                self.id,
                at,
                response_seconds=random.randint(5, 200),
                resolve_seconds=random.randint(300, 4000),
                assignees=self.agents[: 1 + (number % 4 == 0)],
                answers=1 + (number % 3 == 0),
                channel="email" if number % 7 == 6 else "chat",
            )
            a_rating(self.db, client, ticket, at + timedelta(minutes=70), random.randint(1, 5))
            a_promise(self.db, ticket, at + timedelta(seconds=90), is_kept=number % 5 > 0)
            if number % 6 == 5:
                reopen(self.db, ticket, at + timedelta(hours=2))

    def metrics(self, range_: str) -> dict[str, dict[str, Any]]:
        answer = call(self.db, self.manager, "get_performance_metrics(%s)", range_)
        return {metric["metric"]: metric for metric in answer["metrics"]}


@pytest.fixture
def desk(db: psycopg.Connection) -> Desk:
    return Desk(db)


Observed = Iterator[tuple[datetime, UUID, float]]


def by_hand(desk: Desk, metric: str) -> Observed:
    """Every observation there has ever been at the desk, from plain columns."""
    if metric == "client_satisfaction":
        yield from desk.db.execute(
            "select answered_at, id, csat from public.surveys"
            " where desk_id = %s and csat is not null",
            [desk.id],
        )
    elif metric == "promises_kept":
        for ticket, _, breached_at, met_at in promises_of(desk):
            if breached_at or met_at:
                yield breached_at or met_at, ticket, 0 if breached_at else 100
    elif metric == "vip_response_time":
        for ticket, _, channel, tier, began_at, answered_at, _, _ in cycles_of(desk):
            if answered_at and tier.startswith("vip") and channel == "chat":
                yield answered_at, ticket, (answered_at - began_at).total_seconds()
    else:
        yield from resolutions(desk, metric)


def cycles_of(desk: Desk) -> list[Any]:
    """Ticket, cycle, channel, tier, began, answered, resolved, whether another came after."""
    return desk.db.execute(
        "select id, cycle, channel, tier, coalesce(reopened_at, opened_at), first_responded_at,"
        " resolved_at, false from public.support_tickets where desk_id = %(desk)s"
        " union all select ticket_id, cycle, channel, tier, began_at, first_responded_at,"
        " resolved_at, true from public.ticket_cycles where ticket_id in"
        " (select id from public.support_tickets where desk_id = %(desk)s)",
        {"desk": desk.id},
    ).fetchall()


def promises_of(desk: Desk) -> list[Any]:
    return desk.db.execute(
        "select ticket_id, cycle, breached_at, met_at from public.ticket_promises"
        " where ticket_id in (select id from public.support_tickets where desk_id = %s)",
        [desk.id],
    ).fetchall()


def resolutions(desk: Desk, metric: str) -> Observed:
    broken = {(ticket, number) for ticket, number, at, _ in promises_of(desk) if at}
    for ticket, number, _, _, began_at, _, resolved_at, came_back in cycles_of(desk):
        if resolved_at:
            spoken = sum(began_at <= at <= resolved_at for at in answers_to(desk, ticket))
            is_alone = len(hands_of(desk, ticket, number)) <= 1
            is_so = {
                "support_efficiency": is_alone and (ticket, number) not in broken,
                "first_contact_resolution": spoken <= 1 and not came_back,
                "reopen_rate": came_back,
            }[metric]
            yield resolved_at, ticket, 100 * is_so


def hands_of(desk: Desk, ticket: UUID, number: int) -> set[UUID]:
    """Who accepted the cycle, or completed it."""
    rows = desk.db.execute(
        "select agent_id, state, answered_at from public.ticket_assignments"
        " where ticket_id = %s and cycle = %s",
        [ticket, number],
    )
    return {
        agent for agent, state, at in rows if state == "completed" or (at and state != "declined")
    }


def answers_to(desk: Desk, ticket: UUID) -> list[datetime]:
    rows = desk.db.execute(
        "select created_at from public.ticket_messages"
        " where ticket_id = %s and author_kind = 'agent'",
        [ticket],
    )
    return [at for (at,) in rows]


def on(day: date, found: Observed) -> list[float]:
    return [float(value) for at, _, value in found if at.astimezone(WARSAW).date() == day]


def number_of(metric: str, values: list[float]) -> float | None:
    if not values:
        return None
    pick = statistics.median if metric == "vip_response_time" else statistics.fmean
    return round(pick(values), 4)


def about(metric: str, value: float | None) -> Any:
    """Quantiles are within 1 %; of scores and shares, and all means, they are what they are."""
    return pytest.approx(value, rel=0.0101 if metric == "vip_response_time" else 0, abs=1e-4)


OBSERVED = (
    "client_satisfaction",
    "first_contact_resolution",
    "promises_kept",
    "reopen_rate",
    "support_efficiency",
    "vip_response_time",
)


@pytest.mark.parametrize("day", [SHORTEST, LONGEST], ids=["shortest_day", "longest_day"])
def test_each_number_of_a_day_is_what_the_rows_say(desk: Desk, day: date) -> None:
    desk.live(day)
    before = day - timedelta(days=1)
    found = desk.metrics(f"{day}/{day}")
    for metric in OBSERVED:
        values = on(day, by_hand(desk, metric))
        assert len(values) >= 5, metric
        told = found[metric]["current"]
        assert told["value"] == about(metric, number_of(metric, values)), metric
        assert told["sample_count"] == len(values), metric
        assert told["median"] == about(metric, statistics.median(values)), metric
        p90 = statistics.quantiles(values, n=10, method="inclusive")[8]
        assert told["p90"] == about(metric, p90), metric
        earlier = number_of(metric, on(before, by_hand(desk, metric)))
        assert found[metric]["previous"]["value"] == about(metric, earlier), metric


def test_each_day_of_a_series_is_a_day_in_warsaw(desk: Desk) -> None:
    day = LONGEST
    desk.live(day, hours=1.5)
    range_ = f"{day - timedelta(days=6)}/{day + timedelta(days=6)}"
    for metric, told in desk.metrics(range_).items():
        if metric not in OBSERVED:
            continue
        for point in told["series"]:
            begins_at = datetime.fromisoformat(point["begins_at"]).astimezone(WARSAW)
            assert (begins_at.hour, begins_at.minute) == (0, 0)
            values = on(begins_at.date(), by_hand(desk, metric))
            assert point["value"] == about(metric, number_of(metric, values))
            assert point["sample_count"] == len(values)
        assert len(told["series"]) >= 2, metric


def test_the_evidence_is_all_the_number_is_made_of_the_worst_first(desk: Desk) -> None:
    desk.live(SHORTEST)
    range_ = f"{SHORTEST}/{SHORTEST}"
    for metric in OBSERVED:
        told = call(desk.db, desk.manager, "get_metric_evidence(%s, %s)", metric, range_)
        by_rows = [
            (str(ticket), float(value))
            for at, ticket, value in by_hand(desk, metric)
            if at.astimezone(WARSAW).date() == SHORTEST
        ]
        items = [(item["subject_id"], item["value"]) for item in told["items"]]
        assert sorted(items) == sorted(by_rows), metric
        values = [value for _, value in items]
        is_lower_better = metric in ("vip_response_time", "reopen_rate")
        assert values == sorted(values, reverse=is_lower_better), metric
        assert told["value"] == desk.metrics(range_)[metric]["current"]["value"]
    few = call(desk.db, desk.manager, "get_metric_evidence('promises_kept', %s, 2)", range_)
    assert len(few["items"]) == 2
    assert few["sample_count"] > 2


def test_what_comes_late_counts_where_it_belongs(desk: Desk) -> None:
    desk.live(LONGEST)
    range_ = f"{LONGEST}/{LONGEST}"
    first = desk.metrics(range_)["promises_kept"]["current"]
    row = desk.db.execute(
        "select id from public.support_tickets where desk_id = %s limit 1", [desk.id]
    ).fetchone()
    assert row
    noon = datetime(2025, 10, 26, 12, tzinfo=WARSAW)
    a_promise(desk.db, row[0], noon, is_kept=False)
    late = desk.metrics(range_)["promises_kept"]["current"]
    assert late["sample_count"] == first["sample_count"] + 1
    assert late["value"] < first["value"]


def test_what_was_merged_away_was_not_resolved(desk: Desk) -> None:
    desk.live(LONGEST)
    range_ = f"{LONGEST}/{LONGEST}"
    first = desk.metrics(range_)["reopen_rate"]["current"]["sample_count"]
    desk.db.execute(
        "update public.support_tickets set status = 'closed', closed_at = now(), merged_into_id ="
        " (select id from public.support_tickets where client_id = %(client)s and status = 'open'"
        " and desk_id = %(desk)s limit 1) where id = (select id from public.support_tickets"
        " where desk_id = %(desk)s and client_id = %(client)s and cycle = 1 and resolved_at"
        " between '2025-10-26 06:00+01' and '2025-10-26 20:00+01' limit 1)",
        {"client": desk.standard, "desk": desk.id},
    )
    assert desk.metrics(range_)["reopen_rate"]["current"]["sample_count"] == first - 1


@pytest.mark.parametrize(
    ("range_", "step"),
    [
        ("1h", "1 minute"),
        ("24h", "15 minutes"),
        ("7d", "1 hour"),
        ("30d", "day"),
        ("12m", "week"),
        ("900m", "year"),
    ],
)
def test_a_series_has_at_most_200_points(db: psycopg.Connection, range_: str, step: str) -> None:
    row = db.execute(
        """
        select private.find_series_step(since_at, until_at), count(distinct
            private.find_series_start(moment, private.find_series_step(since_at, until_at),
                'Europe/Warsaw'))
        from private.read_past_range(%s), generate_series(
            since_at, until_at, (until_at - since_at) / 5000) moment
        group by 1
        """,
        [range_],
    ).fetchone()
    assert row
    assert row[0] == step
    assert row[1] <= 200


def test_the_backlog_and_health_are_sampled_by_the_minute_for_desk_and_house(
    db: psycopg.Connection, desk: Desk
) -> None:
    for _ in range(3):
        a_ticket(db, desk.standard, desk_id=desk.id)
    a_ticket(db, desk.standard, desk_id=desk.id, status="resolved")
    db.execute("delete from public.performance_metrics")
    db.execute("delete from private.metric_clocks")
    assert run_metrics(db)
    open_in_house = db.execute(
        "select count(*) from public.support_tickets where resolved_at is null"
    ).fetchone()
    [(value, at)] = samples(db, "backlog", desk.id)
    assert (value, at.second, at.microsecond) == (3, 0, 0)
    [(in_house, _)] = samples(db, "backlog", None)
    assert (in_house,) == open_in_house
    [(health, _)] = samples(db, "system_health", None)
    assert (health,) == db.execute("select private.find_health_score()").fetchone()
    assert not samples(db, "system_health", desk.id)
    run_metrics(db)
    assert len(samples(db, "backlog", desk.id)) == 1, "the same minute is sampled once"
    told = desk.metrics("1h")
    assert told["backlog"]["current"]["value"] == 3
    assert told["system_health"]["current"]["value"] == float(health)
    waiting = call(db, desk.manager, "get_metric_evidence('backlog', '1h')")["items"]
    assert len(waiting) == 3


def test_a_sample_is_the_number_of_its_window_as_the_rows_say(
    db: psycopg.Connection, desk: Desk
) -> None:
    now = datetime.now(WARSAW)
    for minutes in (10, 20, 30, 90):
        a_cycle(
            db,
            desk.gold,
            desk.id,
            now - timedelta(minutes=minutes),
            response_seconds=minutes,
            resolve_seconds=200,
            assignees=desk.agents[:1],
        )
    db.execute("delete from public.performance_metrics")
    db.execute("delete from private.metric_clocks")
    run_metrics(db)
    [(seconds, at)] = samples(db, "vip_response_time", desk.id)
    since = at - timedelta(hours=1)
    rows = [v for a, _, v in by_hand(desk, "vip_response_time") if since <= a < at]
    assert float(seconds) == pytest.approx(statistics.median(rows)) == 20
    [(efficiency, _)] = samples(db, "support_efficiency", desk.id)
    assert efficiency == 100


def test_monitoring_starts_and_stops_by_the_hand_of_a_manager(
    db: psycopg.Connection, desk: Desk
) -> None:
    started = call(
        db, desk.manager, "start_performance_monitoring(%s, 120)", ["reopen_rate", "backlog"]
    )
    assert {
        watched["metric"]: watched["interval_seconds"]
        for watched in started
        if watched["started_by"] == str(desk.manager)
    } == {"reopen_rate": 120, "backlog": 120}
    left = call(db, desk.manager, "stop_performance_monitoring(%s)", ["backlog"])
    assert "backlog" not in {watched["metric"] for watched in left}
    db.execute("delete from public.performance_metrics")
    db.execute("delete from private.metric_clocks")
    run_metrics(db)
    assert not samples(db, "backlog", desk.id)
    refused: dict[LiteralString, str] = {
        "start_performance_monitoring('{backlog}', 59)": "interval_out_of_range",
        "start_performance_monitoring('{nonsense}')": "metric_unknown",
        "start_performance_monitoring('{}')": "metric_unknown",
        "stop_performance_monitoring('{nonsense}')": "metric_unknown",
        "get_performance_metrics('yesterday')": "range_malformed",
        "get_metric_evidence('nonsense')": "metric_unknown",
        "get_metric_evidence('backlog', '7d', 1001)": "limit_out_of_range",
    }
    for ask, code in refused.items():
        assert refusal(db, desk.manager, ask)[:2] == ("PT422", code), ask


def test_months_are_made_once_and_dropped_only_past_a_year(db: psycopg.Connection) -> None:
    with acting_as(db, "service_role"):
        for made in (2, 0):
            row = db.execute(
                "select worker.keep_metric_months('[\"2019-02-01\", \"2031-05-01\"]', '[]')"
            ).fetchone()
            assert row == ({"made": made, "dropped": 0},)
        row = db.execute(
            "select worker.keep_metric_months('[]', jsonb_build_array("
            "'2019-02-01', '2031-05-01', date_trunc('month', now())::date, '1999-01-01'))"
        ).fetchone()
        assert row == ({"made": 0, "dropped": 1},)


def test_benchmarks_rank_desks_and_name_the_source_of_each_standard(
    db: psycopg.Connection, desk: Desk
) -> None:
    executive = a_staff_member(db, "executive", desk_id=desk.id)
    now = datetime.now(WARSAW)
    others = [Desk(db), Desk(db)]
    for place, (one, seconds) in enumerate(zip([desk, *others], (20, 40, 90), strict=True)):
        a_cycle(
            db,
            one.gold,
            one.id,
            now - timedelta(days=2 + place),
            response_seconds=seconds,
            resolve_seconds=600,
            assignees=one.agents[:1],
        )
    told = {one["metric"]: one for one in call(db, executive, "get_performance_benchmarks()")}[
        "vip_response_time"
    ]
    ranks = {one["desk_id"]: one["percentile"] for one in told["internal"]["desks"]}
    assert ranks[str(desk.id)] > ranks[str(others[0].id)] > ranks[str(others[1].id)]
    assert told["internal"]["p50"] is not None
    own = {
        one["metric"]: one for one in call(db, others[1].manager, "get_performance_benchmarks()")
    }["vip_response_time"]
    assert own["value"] == 90
    [standard] = own["standards"]
    assert (standard["target"], standard["gap"], standard["is_met"]) == (30, 60, False)
    assert "founding" in standard["source"]
    assert [one["desk_id"] for one in own["internal"]["desks"]] == [str(others[1].id)]


MONTH = "2033-07-01"
MAKE = "select private.make_metric_month(%s)"
WAITING = "select exists (select from pg_locks where pid = %s and not granted)"


def test_a_month_that_somebody_else_is_making_is_made_once(database_url: str) -> None:
    with (
        psycopg.connect(database_url, autocommit=True) as db,
        psycopg.connect(database_url) as first,
        psycopg.connect(database_url, autocommit=True) as second,
        ThreadPoolExecutor(1) as pool,
    ):
        try:
            assert first.execute(MAKE, [MONTH]).fetchone() == (True,)
            making = pool.submit(lambda: second.execute(MAKE, [MONTH]).fetchone())
            eventually(lambda: db.execute(WAITING, [second.info.backend_pid]).fetchone() == (True,))
            first.commit()
            assert making.result(10) == (False,)
        finally:
            first.rollback()
            db.execute("drop table if exists private.performance_metrics_2033_07")
