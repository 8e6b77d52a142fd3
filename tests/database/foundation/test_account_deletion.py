"""Auth deletes an account: what hangs on it goes along, whatever it has set off until then."""

from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest

from tests.database.orchestrator.chronicle import days_ago
from tests.factories import a_client, an_agent
from tests.factories_house import a_membership, a_purchase, a_visit
from tests.support.servers import at


@pytest.fixture
def house(database_url: str) -> Iterator[psycopg.Connection]:
    """The owner's work of one transaction that may go on as Auth."""
    with psycopg.connect(at(database_url, user="supabase_admin")) as db:
        db.execute("set local role postgres")
        yield db
        db.rollback()


def delete_as_auth(db: psycopg.Connection, person_id: UUID) -> None:
    db.execute("set constraints all immediate")
    db.execute("set local role supabase_auth_admin")
    db.execute("delete from auth.users where id = %s", [person_id])
    db.execute("set local role postgres")


def count(db: psycopg.Connection, person_id: UUID) -> int:
    row = db.execute(
        "select (select count(*) from public.profiles where id = %(id)s)"
        " + (select count(*) from public.purchases where client_id = %(id)s)"
        " + (select count(*) from private.client_values where client_id = %(id)s)",
        {"id": person_id},
    ).fetchone()
    assert row is not None
    total: int = row[0]
    return total


def test_a_client_who_never_wrote_can_be_deleted(house: psycopg.Connection) -> None:
    client = a_client(house, "vip_gold")
    visit = a_visit(house, client, starts_at=days_ago(0.3))
    newer = a_membership(house, client, starts_on=days_ago(1).date())
    a_membership(house, client, status="renewed", renewed_by_id=newer)
    a_purchase(house, client, kind="treatment", visit_id=visit, purchased_at=days_ago(0.2))
    a_purchase(house, client, kind="membership", membership_id=newer, purchased_at=days_ago(0.1))
    house.execute("delete from private.ledger_dirt where client_id <> %s", [client])
    house.execute("select worker.keep_ledgers(5000)")
    assert count(house, client) > 2
    delete_as_auth(house, client)
    assert count(house, client) == 0


def test_a_colleague_with_tasks_can_be_deleted(house: psycopg.Connection) -> None:
    client, agent = a_client(house, "vip_gold"), an_agent(house)
    house.execute(
        "insert into public.outreach_tasks (client_id, desk_id, owner_id, kind, reason, dedupe_key,"
        " due_at, due_until) select id, desk_id, %s, 'birthday', 'occasion', 'key', now(),"
        " now() + interval '1 day' from public.profiles where id = %s",
        [agent, client],
    )
    delete_as_auth(house, agent)
    row = house.execute(
        "select count(*) from public.outreach_tasks where client_id = %s", [client]
    ).fetchone()
    assert row == (1,)
