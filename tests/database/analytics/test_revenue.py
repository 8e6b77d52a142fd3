"""Attribution: whose window a purchase falls into, and that nothing is given away twice."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.database.analytics.counting import a_resolved_ticket, keep, parts
from tests.database.performance.measured import reopen
from tests.factories import a_client, a_desk, a_manager, a_ticket, an_admin
from tests.factories_house import a_membership, a_purchase
from tests.support.calling import call, refusal

# The clocks of Warsaw go forward on 29 March 2026, within the window.
SOLVED = datetime(2026, 3, 10, 17, 30, tzinfo=ZoneInfo("Europe/Warsaw"))
WINDOW = timedelta(hours=30 * 24)
TICK = timedelta(microseconds=1)
HOUR = timedelta(hours=1)


def later(by: timedelta) -> datetime:
    """So much after the solution by a stop watch, whatever the clocks show."""
    return SOLVED.astimezone(UTC) + by


@pytest.mark.parametrize(
    ("by", "is_owed"),
    [(timedelta(0), False), (TICK, True), (WINDOW, True), (WINDOW + TICK, False)],
    ids=["at_the_solution", "just_after", "at_the_end", "just_too_late"],
)
def test_a_window_has_its_edges_to_the_microsecond(
    db: psycopg.Connection, by: timedelta, *, is_owed: bool
) -> None:
    client = a_client(db)
    ticket = a_resolved_ticket(db, client, SOLVED)
    bought = a_purchase(db, client, amount_minor=38900, purchased_at=later(by))
    keep(db)
    for model in ("last_touch", "linear"):
        assert parts(db, model, bought) == ({ticket: 38900} if is_owed else {})
    assert parts(db, "direct", bought) == {}


def test_tickets_that_share_a_purchase_share_every_grosz_of_it(db: psycopg.Connection) -> None:
    client, other = a_client(db), a_client(db)
    tickets = [a_resolved_ticket(db, client, later(by * HOUR)) for by in range(3)]
    a_resolved_ticket(db, other, later(4 * HOUR))
    moved = a_desk(db)
    db.execute("update public.support_tickets set desk_id = %s where id = %s", [moved, tickets[2]])
    bought = a_purchase(db, client, amount_minor=10000, purchased_at=later(5 * HOUR))
    keep(db)
    assert parts(db, "last_touch", bought) == {tickets[2]: 10000}
    by_desk = parts(db, "linear", bought)
    assert by_desk.keys() == {tickets[1], tickets[2]}, "the last of each desk stands for it"
    assert by_desk[tickets[2]] in (3333, 3334)
    assert sum(by_desk.values()) == 10000
    told = call(db, an_admin(db), "get_revenue_touches(%s)", bought)["touches"]
    assert [one["ticket_id"] for one in told] == [str(ticket) for ticket in tickets]
    shares = [one["net_minor"] for one in told]
    assert sorted(shares) == [3333, 3333, 3334]
    assert (shares[0] + shares[1], shares[2]) == (by_desk[tickets[1]], by_desk[tickets[2]])
    mine = call(db, a_manager(db, desk_id=moved), "get_revenue_touches(%s)", bought)["touches"]
    assert [one["ticket_id"] for one in mine] == [str(tickets[2])]
    stranger = a_manager(db, desk_id=a_desk(db))
    assert refusal(db, stranger, "get_revenue_touches(%s)", bought)[:2] == (
        "PT404",
        "revenue_not_found",
    )


def test_a_refund_lessens_what_is_owed_and_a_purchase_that_goes_takes_it_along(
    db: psycopg.Connection,
) -> None:
    client = a_client(db)
    ticket = a_resolved_ticket(db, client, SOLVED)
    bought = a_purchase(db, client, amount_minor=5000, purchased_at=later(HOUR))
    keep(db)
    db.execute("update public.purchases set refunded_minor = 1200 where id = %s", [bought])
    keep(db)
    assert parts(db, "last_touch", bought) == parts(db, "linear", bought) == {ticket: 3800}
    db.execute("delete from public.purchases where id = %s", [bought])
    keep(db)
    assert parts(db, "last_touch", bought) == parts(db, "linear", bought) == {}


def test_what_was_sold_in_a_ticket_is_owed_to_it_resolved_or_not(db: psycopg.Connection) -> None:
    client = a_client(db)
    solved, waiting = a_resolved_ticket(db, client, SOLVED), a_ticket(db, client)
    bought = a_purchase(db, client, purchased_at=later(HOUR), ticket_id=waiting)
    keep(db)
    assert parts(db, "direct", bought) == {waiting: 38900}
    assert parts(db, "last_touch", bought) == {solved: 38900}


def test_a_solution_that_did_not_last_counts_as_one_and_a_merged_ticket_does_not(
    db: psycopg.Connection,
) -> None:
    client = a_client(db)
    ticket, merged = (a_resolved_ticket(db, client, later(by * HOUR)) for by in range(2))
    db.execute(
        "update public.support_tickets set status = 'closed', closed_at = resolved_at,"
        " merged_into_id = %s where id = %s",
        [ticket, merged],
    )
    reopen(db, ticket, later(2 * HOUR))
    bought = a_purchase(db, client, purchased_at=later(3 * HOUR))
    keep(db)
    assert parts(db, "linear", bought) == parts(db, "last_touch", bought) == {ticket: 38900}


def test_a_renewal_is_worth_its_plan_unless_the_till_has_told_of_it(
    db: psycopg.Connection,
) -> None:
    client = a_client(db)
    starts_on = datetime.now(UTC).date() - timedelta(days=10)
    ticket = a_resolved_ticket(db, client, datetime.now(UTC) - timedelta(days=20))
    renewal = a_membership(db, client, starts_on=starts_on)
    past = a_membership(db, client, starts_on=starts_on - timedelta(days=365), status="renewed")
    keep(db)
    assert parts(db, "last_touch", renewal) == {}, "it renews nothing yet"
    db.execute("update public.memberships set renewed_by_id = %s where id = %s", [renewal, past])
    keep(db)
    assert parts(db, "last_touch", renewal) == {ticket: 590000}
    paid = a_purchase(
        db,
        client,
        kind="membership",
        amount_minor=560000,
        purchased_at=datetime.now(UTC) - timedelta(days=9),
    )
    keep(db)
    assert parts(db, "last_touch", renewal) == {}
    assert parts(db, "last_touch", paid) == {ticket: 560000}


def test_other_currencies_are_left_out(db: psycopg.Connection) -> None:
    client = a_client(db)
    a_resolved_ticket(db, client, SOLVED)
    bought = a_purchase(db, client, purchased_at=later(HOUR))
    db.execute("update public.purchases set currency = 'EUR' where id = %s", [bought])
    keep(db)
    assert parts(db, "last_touch", bought) == {}


def test_a_shorter_window_counts_everything_again(db: psycopg.Connection) -> None:
    client = a_client(db)
    ticket = a_resolved_ticket(db, client, SOLVED)
    bought = a_purchase(db, client, purchased_at=later(timedelta(days=8)))
    keep(db)
    db.execute("update public.attribution_models set window_days = 7 where model = 'linear'")
    keep(db)
    assert parts(db, "linear", bought) == {}
    assert parts(db, "last_touch", bought) == {ticket: 38900}


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    solved=st.lists(st.integers(-900, 100), max_size=6),
    bought=st.lists(
        st.tuples(st.integers(-900, 100), st.integers(0, 99999), st.integers(0, 99999)),
        min_size=1,
        max_size=5,
    ),
)
def test_each_model_gives_a_purchase_away_whole_or_not_at_all(
    db: psycopg.Connection, solved: Sequence[int], bought: Sequence[tuple[int, int, int]]
) -> None:
    with db.transaction(force_rollback=True):
        client = a_client(db)
        for hours in solved:
            a_resolved_ticket(db, client, later(hours * HOUR))
        purchases = [
            (
                a_purchase(
                    db,
                    client,
                    amount_minor=max(amounts),
                    refunded_minor=min(amounts),
                    purchased_at=later(hours * HOUR),
                ),
                max(amounts) - min(amounts),
                any(timedelta(0) < (hours - at) * HOUR <= WINDOW for at in solved),
            )
            for hours, *amounts in bought
        ]
        keep(db)
        for purchase, net, is_owed in purchases:
            for model in ("last_touch", "linear"):
                owed = parts(db, model, purchase)
                assert sum(owed.values()) == (net if is_owed else 0), model
                assert min(owed.values(), default=0) >= 0
            assert len(parts(db, "last_touch", purchase)) == is_owed
