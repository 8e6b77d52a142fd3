"""The return on support reckoned by hand: every grosz of revenue and cost, and who learns of it."""

from datetime import datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import pytest

from tests.database.analytics.counting import a_resolved_ticket, keep, worked_on
from tests.database.analytics.test_costs import NOON, a_gesture
from tests.factories import a_client, a_desk, a_manager, a_staff_member, an_agent
from tests.factories_house import a_purchase
from tests.support.calling import call, refusal

WARSAW = ZoneInfo("Europe/Warsaw")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
THAT_DAY = "2026-03-10/2026-03-10"


class Desk:
    """A desk of its own, so that its numbers are ours alone."""

    def __init__(self, db: psycopg.Connection) -> None:
        self.db = db
        db.execute("update public.cache_lifetimes set seconds = 0")
        self.id = a_desk(db)
        self.manager = a_manager(db, desk_id=self.id)
        self.agent = an_agent(db, desk_id=self.id)
        self.client = a_client(db, "vip_gold", desk_id=self.id)

    def solve(self, at: datetime, minutes: int = 30, channel: str = "chat") -> UUID:
        """The agent had a ticket in hand for so long, and resolved it then."""
        ticket = a_resolved_ticket(self.db, self.client, at, channel=channel)
        worked_on(self.db, ticket, self.agent, at - minutes * MINUTE, at)
        return ticket

    def roi(self, range_: str) -> Any:
        keep(self.db)
        return call(self.db, self.manager, "get_support_roi(%s)", range_)

    def ask(self, function: LiteralString, *values: object) -> Any:
        return call(self.db, self.manager, function, *values)


@pytest.fixture
def desk(db: psycopg.Connection) -> Desk:
    return Desk(db)


def test_the_return_is_what_a_pencil_says(desk: Desk) -> None:
    ticket = desk.solve(NOON)
    a_purchase(
        desk.db,
        desk.client,
        amount_minor=38900,
        refunded_minor=4000,
        purchased_at=NOON + HOUR,
        ticket_id=ticket,
    )
    a_gesture(desk.db, desk.client, ticket, 5000)
    told = desk.roi(THAT_DAY)
    # A quarter of an hour at 68 and 24 zloty, 10 grosze of chat, flowers for 50 zloty.
    assert {part["kind"]: part["cost"] for part in told["components"]} == {
        "agents": 1700,
        "overhead": 600,
        "channels": 10,
        "partners": 0,
        "recovery": 5000,
    }
    assert (told["revenue"], told["costs"], told["roi"]) == (34900, 7310, 377.43)
    assert {one["model"]: one["revenue"] for one in told["by_model"]} == {
        "last_touch": 34900,
        "linear": 34900,
        "direct": 34900,
    }
    cases = {(one["revenue_share"], one["rate_change"]): one["roi"] for one in told["sensitivity"]}
    assert len(cases) == 9
    assert cases[50, 0] == pytest.approx(100 * (17450 - 7310) / 7310, abs=0.01)
    assert cases[100, 20] == pytest.approx(100 * (34900 - 7772) / 7772, abs=0.01)
    assert cases[75, -20] == pytest.approx(100 * (26175 - 6848) / 6848, abs=0.01)
    assert (told["previous"]["revenue"], told["previous"]["roi"]) == (0, None)
    assert told["retained"]["revenue_minor"] is None


def test_every_grosz_leads_to_what_it_was_paid_for(desk: Desk) -> None:
    ticket = desk.solve(NOON)
    bought = a_purchase(desk.db, desk.client, amount_minor=34900, purchased_at=NOON + HOUR)
    keep(desk.db)
    [item] = desk.ask("get_attributed_revenue(%s)", THAT_DAY)["items"]
    assert (item["item_id"], item["ticket_id"], item["net_minor"]) == (
        str(bought),
        str(ticket),
        34900,
    )
    spent = desk.ask("get_support_costs(%s)", THAT_DAY)
    assert sum(one["cost_minor"] for one in spent["items"]) == spent["total_minor"] == 2310
    [evidence] = desk.ask("get_metric_evidence('attributed_revenue', %s)", THAT_DAY)["items"]
    assert (evidence["subject_id"], evidence["value"]) == (str(bought), 34900)


def test_the_shortest_day_ends_where_it_ends_in_warsaw(desk: Desk) -> None:
    midnight = datetime(2026, 3, 29, tzinfo=WARSAW)
    next_midnight = datetime(2026, 3, 30, tzinfo=WARSAW)
    for at in (midnight - MINUTE, midnight, next_midnight - MINUTE, next_midnight):
        desk.solve(at, channel="email", minutes=6)
    assert desk.roi("2026-03-29/2026-03-29")["costs"] == 2 * (680 + 240 + 10)
    assert desk.roi("2026-03-28/2026-03-30")["costs"] == 4 * (680 + 240 + 10)
    assert desk.roi("2026-03-29/2026-03-29")["previous"]["costs"] == 680 + 240 + 10


def test_days_that_are_alike_leave_a_narrow_interval_and_days_that_differ_a_wide_one(
    desk: Desk,
) -> None:
    for number in range(20):
        at = NOON + number * DAY
        ticket = desk.solve(at)
        a_purchase(desk.db, desk.client, amount_minor=9240, purchased_at=at + HOUR)
        if number == 13:
            late = a_purchase(desk.db, desk.client, amount_minor=0, purchased_at=at + 2 * HOUR)
    told = desk.roi("2026-03-10/2026-03-29")
    assert told["roi"] == 300
    assert (told["interval"]["low"], told["interval"]["high"]) == (300, 300)
    assert told["interval"]["day_count"] == 20
    desk.db.execute("update public.purchases set amount_minor = 90000 where id = %s", [late])
    wide = desk.roi("2026-03-10/2026-03-29")
    assert wide["interval"]["low"] < 300 < wide["roi"] < wide["interval"]["high"]
    assert desk.roi("2026-03-10/2026-03-22")["interval"] is None, "too few days"
    assert ticket


def test_of_nothing_there_is_no_return(desk: Desk) -> None:
    told = desk.roi("2026-03-10/2026-03-10")
    assert (told["roi"], told["revenue"], told["costs"], told["interval"]) == (None, 0, 0, None)
    figures = {
        one["metric"]: one
        for one in desk.ask("get_executive_metrics('2026-03-10/2026-03-10')")["figures"]
    }
    assert (figures["support_roi"]["value"], figures["cost_per_client"]["value"]) == (None, None)


def test_ratios_divide_sums_of_the_range(desk: Desk) -> None:
    ticket = desk.solve(NOON)
    desk.solve(NOON + HOUR)
    a_purchase(desk.db, desk.client, amount_minor=9240, purchased_at=NOON + 2 * HOUR)
    keep(desk.db)
    figures = {
        one["metric"]: one for one in desk.ask("get_executive_metrics(%s)", THAT_DAY)["figures"]
    }
    assert figures["attributed_revenue"]["value"] == 9240
    assert figures["support_cost"]["value"] == figures["cost_per_client"]["value"] == 4620
    assert figures["support_roi"]["value"] == 100
    assert figures["support_roi"]["standards"][0]["target"] == 150
    assert ticket


@pytest.mark.parametrize("role", ["agent", "concierge", "relationship_manager", "quality_auditor"])
def test_money_is_not_for_those_who_serve_or_audit(desk: Desk, role: str) -> None:
    person = a_staff_member(desk.db, role, desk_id=desk.id)
    for function in (
        "get_support_roi()",
        "get_executive_metrics()",
        "get_attributed_revenue()",
        "get_support_costs()",
        "get_lifetime_values()",
        "get_strategic_insights()",
        "get_metric_evidence('attributed_revenue')",
    ):
        sqlstate, message, _ = refusal(desk.db, person, function)
        assert (sqlstate, message) in {
            ("PT403", "manager_required"),
            ("PT403", "overseer_required"),
        }, function
    told = call(desk.db, person, "get_performance_metrics()")["metrics"]
    assert not {one["metric"] for one in told} & {"attributed_revenue", "support_roi"}


def test_a_range_or_model_that_is_none_is_refused(desk: Desk) -> None:
    for function, message in (
        ("get_support_roi('yesterday')", "range_malformed"),
        ("get_executive_metrics('0d')", "range_malformed"),
        ("get_attributed_revenue('7d', 'guess')", "model_unknown"),
        ("get_attributed_revenue('7d', 'linear', 0)", "limit_out_of_range"),
        ("get_support_costs('7d', 'bribes')", "kind_unknown"),
    ):
        assert refusal(desk.db, desk.manager, function)[:2] == ("PT422", message)


PLAYS: LiteralString = """
insert into public.retention_plays (
    client_id, period, arm, draw, holdout_share, state, starts_at, ends_at, outcome, outcome_at,
    policy_version
)
select
    %(client)s, number, %(arm)s, %(draw)s, 0.1, 'settled', at, at + interval '60 days',
    case when number < %(returned)s then 'returned' else 'stayed_away' end, at, 'plays-1'
from generate_series(0, 39) number
cross join lateral (
    select timestamptz '2018-01-01' + number * interval '61 days' as at
) begun
"""


def test_only_what_the_holdout_proves_is_retained(desk: Desk) -> None:
    range_ = "2018-01-01/2026-01-01"
    left_alone = a_client(desk.db, desk_id=desk.id)
    desk.db.execute(PLAYS, {"client": desk.client, "arm": "treated", "draw": 0.5, "returned": 36})
    holdout = {"client": left_alone, "arm": "holdout", "draw": 0.05}
    desk.db.execute(PLAYS, {**holdout, "returned": 8})
    paid_at = datetime(2018, 1, 5, tzinfo=WARSAW)
    a_purchase(desk.db, desk.client, amount_minor=36000, purchased_at=paid_at)
    a_purchase(desk.db, left_alone, amount_minor=99900, purchased_at=paid_at)
    told = desk.roi(range_)
    # 90 % against 20 % of forty; ten zloty each, on average of those who came back.
    assert told["retained"]["verdict"] == "retains"
    assert told["retained"]["revenue_minor"] == pytest.approx(0.7 * 40 * 1000)
    assert told["retained"]["low_minor"] < 28000 < told["retained"]["high_minor"]
    assert told["revenue"] == 0, "nobody was served: it is not added"
    desk.db.execute("delete from public.retention_plays where client_id = %s", [left_alone])
    desk.db.execute(PLAYS, {**holdout, "returned": 35})
    unproved = desk.roi(range_)["retained"]
    assert (unproved["verdict"], unproved["revenue_minor"]) == ("unclear", None)
