"""Visits, purchases and memberships for tests, as the booking system would have told them."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import psycopg

SOURCE = "versum"


def a_visit(
    db: psycopg.Connection,
    client_id: UUID,
    treatment_id: str = "massage_deep",
    *,
    starts_at: datetime | None = None,
    status: str = "completed",
    provider: str | None = "Marta",
    price_minor: int | None = None,
    booked_at: datetime | None = None,
    external_ref: str | None = None,
) -> UUID:
    """A visit in any state; without `starts_at` it was yesterday, or is tomorrow if booked."""
    days = 1 if status == "booked" else -1
    starts_at = starts_at or datetime.now(UTC) + timedelta(days=days)
    row = db.execute(
        "insert into public.visits (client_id, treatment_id, provider, source, external_ref,"
        "  status, booked_at, starts_at, ended_at, price_minor)"
        " select %(client_id)s, offered.id, %(provider)s, %(source)s, %(external_ref)s, %(status)s,"
        "  coalesce(%(booked_at)s, %(starts_at)s::timestamptz - interval '7 days'), %(starts_at)s,"
        "  case when %(status)s = 'completed' then %(starts_at)s::timestamptz"
        "   + make_interval(mins => offered.duration_minutes) end,"
        "  coalesce(%(price_minor)s, offered.price_minor)"
        " from public.treatments offered where offered.id = %(treatment_id)s returning id",
        {
            "client_id": client_id,
            "treatment_id": treatment_id,
            "provider": provider,
            "source": SOURCE,
            "external_ref": external_ref or str(uuid4()),
            "status": status,
            "booked_at": booked_at,
            "starts_at": starts_at,
            "price_minor": price_minor,
        },
    ).fetchone()
    return _found(row)


def a_purchase(
    db: psycopg.Connection,
    client_id: UUID,
    product_id: str | None = "serum_vitamin_c",
    *,
    kind: str = "product",
    amount_minor: int = 38900,
    refunded_minor: int = 0,
    quantity: int = 1,
    purchased_at: datetime | None = None,
    visit_id: UUID | None = None,
    membership_id: UUID | None = None,
    ticket_id: UUID | None = None,
    external_ref: str | None = None,
) -> UUID:
    """A purchase, an hour ago unless told; `product_id` counts for products only."""
    row = db.execute(
        "insert into public.purchases (client_id, kind, product_id, visit_id, membership_id,"
        "  ticket_id, quantity, amount_minor, refunded_minor, purchased_at, source, external_ref)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) returning id",
        [
            client_id,
            kind,
            product_id if kind == "product" else None,
            visit_id,
            membership_id,
            ticket_id,
            quantity,
            amount_minor,
            refunded_minor,
            purchased_at or datetime.now(UTC) - timedelta(hours=1),
            SOURCE,
            external_ref or str(uuid4()),
        ],
    ).fetchone()
    return _found(row)


def a_membership(
    db: psycopg.Connection,
    client_id: UUID,
    plan_id: str = "fitness_annual",
    *,
    starts_on: date | None = None,
    ends_on: date | None = None,
    status: str = "active",
    renewed_by_id: UUID | None = None,
    external_ref: str | None = None,
) -> UUID:
    """A membership of a year that began half a year ago, unless told."""
    starts_on = starts_on or datetime.now(UTC).date() - timedelta(days=182)
    row = db.execute(
        "insert into public.memberships (client_id, plan_id, starts_on, ends_on, status,"
        "  renewed_by_id, source, external_ref)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s) returning id",
        [
            client_id,
            plan_id,
            starts_on,
            ends_on or starts_on + timedelta(days=364),
            status,
            renewed_by_id,
            SOURCE,
            external_ref or str(uuid4()),
        ],
    ).fetchone()
    return _found(row)


def _found(row: tuple[object, ...] | None) -> UUID:
    assert row is not None
    assert isinstance(row[0], UUID)
    return row[0]
