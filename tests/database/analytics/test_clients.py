"""Who comes again, cohorts, and what a client has been worth: counted, and hidden where few."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import pytest

from tests.database.analytics.counting import a_resolved_ticket, keep, worked_on
from tests.factories import a_client, a_desk, a_manager, a_staff_member, an_agent
from tests.factories_house import a_purchase, a_visit
from tests.support.calling import call

WARSAW = ZoneInfo("Europe/Warsaw")
FIRST = datetime(2026, 1, 31, 18, tzinfo=WARSAW)
DAYS_90 = timedelta(hours=90 * 24)


class Desk:
    """A desk of its own, with clients."""

    def __init__(self, db: psycopg.Connection) -> None:
        self.db = db
        self.id = a_desk(db)
        self.manager = a_manager(db, desk_id=self.id)

    def clients(self, count: int, tier: str = "standard") -> list[UUID]:
        return [a_client(self.db, tier, desk_id=self.id) for _ in range(count)]

    def retention(self, range_: str) -> Any:
        keep(self.db)
        told = call(self.db, self.manager, "get_performance_metrics(%s)", range_)
        [found] = [one for one in told["metrics"] if one["metric"] == "client_retention"]
        return found["current"]

    def cohorts(self) -> Any:
        keep(self.db)
        return call(self.db, self.manager, "get_client_cohorts('2026-01-01/2026-03-31')")["cohorts"]

    def tiers(self) -> dict[str, Any]:
        keep(self.db)
        told = call(self.db, self.manager, "get_lifetime_values()")
        return {one["tier"]: one for one in told["tiers"]}


@pytest.fixture
def desk(db: psycopg.Connection) -> Desk:
    return Desk(db)


def test_retention_counts_a_client_when_the_ninety_days_have_passed(desk: Desk) -> None:
    back, late, gone = desk.clients(3)
    for client in (back, late, gone):
        a_visit(desk.db, client, starts_at=FIRST)
    due_on = (FIRST.astimezone(UTC) + DAYS_90).astimezone(WARSAW).date()
    assert due_on == date(2026, 5, 1), "an hour was lost in March"
    a_visit(desk.db, back, starts_at=FIRST.astimezone(UTC) + DAYS_90)
    a_visit(desk.db, late, starts_at=FIRST.astimezone(UTC) + DAYS_90 + timedelta(seconds=1))
    a_visit(desk.db, gone, starts_at=FIRST + timedelta(days=9), status="missed")
    told = desk.retention(f"{due_on}/{due_on}")
    assert (told["sample_count"], told["value"]) == (3, pytest.approx(100 / 3, abs=1e-3))
    assert desk.retention("2026-04-01/2026-04-30")["sample_count"] == 0


def test_a_late_or_corrected_visit_corrects_what_was_counted(desk: Desk) -> None:
    [client] = desk.clients(1)
    a_visit(desk.db, client, starts_at=FIRST)
    range_ = "2026-05-01/2026-05-01"
    assert desk.retention(range_)["value"] == 0
    again = a_visit(desk.db, client, starts_at=FIRST + timedelta(days=30))
    assert desk.retention(range_)["value"] == 100
    desk.db.execute(
        "update public.visits set status = 'cancelled', ended_at = null where id = %s", [again]
    )
    assert desk.retention(range_)["value"] == 0


def test_a_cohort_is_who_first_came_in_a_month_of_warsaw(desk: Desk) -> None:
    clients = desk.clients(12)
    for client in clients:
        a_visit(desk.db, client, starts_at=datetime(2026, 1, 31, 23, 30, tzinfo=WARSAW))
    for client in clients[:6]:
        a_visit(desk.db, client, starts_at=datetime(2026, 2, 1, 0, 30, tzinfo=WARSAW))
        a_visit(desk.db, client, starts_at=datetime(2026, 2, 20, tzinfo=WARSAW))
    for client in clients[:3]:
        a_visit(desk.db, client, starts_at=datetime(2026, 3, 5, tzinfo=WARSAW))
    [cohort] = desk.cohorts()
    assert (cohort["cohort_on"], cohort["client_count"]) == ("2026-01-01", 12)
    shown = [(age["client_count"], age["share"], age["is_suppressed"]) for age in cohort["ages"]]
    assert shown[:4] == [(12, 1, False), (6, 0.5, False), (None, None, True), (0, 0, False)]
    assert cohort["ages"][0]["is_complete"]
    desk.db.execute(
        "delete from public.visits where client_id = any(%s) and starts_at < '2026-02-01'",
        [clients[:6]],
    )
    assert [one["client_count"] for one in desk.cohorts()] == [6, 6]


def test_a_cohort_of_four_is_not_told(desk: Desk) -> None:
    for client in desk.clients(4):
        a_visit(desk.db, client, starts_at=FIRST)
    [cohort] = desk.cohorts()
    assert (cohort["client_count"], cohort["is_suppressed"], cohort["ages"]) == (None, True, [])


def test_a_lifetime_is_what_was_paid_less_goods_and_support(desk: Desk) -> None:
    clients = desk.clients(5, "vip_gold")
    agent = an_agent(desk.db, desk_id=desk.id)
    for number, client in enumerate(clients):
        amount = 10000 * (number + 1)
        a_purchase(desk.db, client, amount_minor=amount + 500, refunded_minor=500)
    ticket = a_resolved_ticket(desk.db, clients[0], FIRST)
    worked_on(desk.db, ticket, agent, FIRST - timedelta(minutes=30), FIRST)
    for client in desk.clients(4):
        a_purchase(desk.db, client)
    tiers = desk.tiers()
    gold = tiers["vip_gold"]
    # 55 % of what a product costs is goods; half an hour of chat 23.10 zloty.
    assert (gold["client_count"], gold["revenue_minor"], gold["goods_minor"]) == (5, 150000, 82500)
    assert (gold["support_cost_minor"], gold["margin_minor"]) == (2310, 65190)
    assert gold["mean_margin_minor"] == 13038
    low, high = gold["interval_minor"]
    assert low < 13038 < high
    assert high - 13038 == pytest.approx(1.96 * 7600 / 5**0.5, rel=0.05)
    assert tiers["standard"]["is_suppressed"]
    assert tiers["standard"]["revenue_minor"] is None
    assert gold["expected_verdict"] == "past_only"


def test_a_client_who_rises_takes_their_worth_along(desk: Desk) -> None:
    clients = desk.clients(6)
    for client in clients:
        a_purchase(desk.db, client, amount_minor=1000)
    assert desk.tiers()["standard"]["client_count"] == 6
    for client in clients:
        desk.db.execute("update public.profiles set tier = 'premium' where id = %s", [client])
    tiers = desk.tiers()
    assert tiers.keys() == {"premium"}
    assert tiers["premium"]["revenue_minor"] == 6000


def test_an_auditor_learns_of_cohorts_and_nothing_of_money(desk: Desk) -> None:
    auditor = a_staff_member(desk.db, "quality_auditor", desk_id=desk.id)
    assert "cohorts" in call(desk.db, auditor, "get_client_cohorts()")
