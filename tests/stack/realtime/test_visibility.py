"""Row level security decides, per subscriber, which changes arrive."""

import uuid
from collections.abc import Callable

import psycopg
import pytest

from tests.stack.realtime.phoenix import Phoenix, token

NewTable = Callable[..., str]
ANNA, PIOTR = str(uuid.uuid4()), str(uuid.uuid4())


def on(table: str) -> dict[str, object]:
    return {"event": "*", "schema": "public", "table": table}


@pytest.fixture
def notes(sql: psycopg.Connection, new_table: NewTable) -> str:
    """A table whose rows are visible to their owners."""
    table = new_table("id int primary key, owner uuid, body text")
    sql.execute(f"alter table public.{table} enable row level security")
    sql.execute(
        f"create policy owners on public.{table} for select to authenticated"
        " using (owner = (select auth.uid()))"
    )
    return table


def fence(sql: psycopg.Connection, topic: str) -> None:
    sql.execute("select realtime.send('{}', 'fence', %s, false)", (topic,))


def test_subscribers_get_the_rows_they_may_read(
    connect: Callable[..., Phoenix], sql: psycopg.Connection, notes: str, topic: str
) -> None:
    clients = {name: connect() for name in (ANNA, PIOTR)}
    for name, client in clients.items():
        client.subscribe(topic, on(notes), access_token=token("authenticated", sub=name))
    nobody, service = connect(), connect()
    nobody.subscribe(topic, on(notes))
    service.subscribe(topic, on(notes), access_token=token("service_role"))
    sql.execute(
        f"insert into public.{notes} values (1, %s, 'a'), (2, %s, 'b'), (3, %s, 'c')",
        (ANNA, PIOTR, ANNA),
    )
    fence(sql, topic)
    seen = {}
    for name, client in {**clients, "anon": nobody, "service_role": service}.items():
        seen[name] = []
        while (frame := client.next()).event == "postgres_changes":
            seen[name].append(frame.payload["data"]["record"]["id"])
    assert seen == {ANNA: [1, 3], PIOTR: [2], "anon": [], "service_role": [1, 2, 3]}


def test_deletes_reach_everybody_with_the_key_alone(
    connect: Callable[..., Phoenix], sql: psycopg.Connection, notes: str, topic: str
) -> None:
    sql.execute(f"alter table public.{notes} replica identity full")
    sql.execute(f"insert into public.{notes} values (1, %s, 'a')", (ANNA,))
    nobody, piotr = connect(), connect()
    nobody.subscribe(topic, on(notes))
    piotr.subscribe(topic, on(notes), access_token=token("authenticated", sub=PIOTR))
    sql.execute(f"delete from public.{notes}")
    for client in (nobody, piotr):
        assert client.change()["old_record"] == {"id": 1}


def test_updates_follow_the_row_as_it_is_now(
    connect: Callable[..., Phoenix], sql: psycopg.Connection, notes: str, topic: str
) -> None:
    sql.execute(f"alter table public.{notes} replica identity full")
    anna, piotr = connect(), connect()
    anna.subscribe(topic, on(notes), access_token=token("authenticated", sub=ANNA))
    piotr.subscribe(topic, on(notes), access_token=token("authenticated", sub=PIOTR))
    sql.execute(f"insert into public.{notes} values (1, %s, 'a')", (ANNA,))
    assert anna.change()["type"] == "INSERT"
    sql.execute(f"update public.{notes} set owner = %s", (PIOTR,))
    data = piotr.change()
    assert data["type"] == "UPDATE"
    assert data["old_record"] == {"id": 1, "owner": ANNA, "body": "a"}
    assert anna.is_quiet()


def test_a_row_gone_before_the_check_leaves_only_its_delete(
    connect: Callable[..., Phoenix], sql: psycopg.Connection, notes: str, topic: str
) -> None:
    service = connect()
    service.subscribe(topic, on(notes), access_token=token("service_role"))
    with sql.transaction():
        sql.execute(f"insert into public.{notes} values (1, %s, 'a')", (ANNA,))
        sql.execute(f"delete from public.{notes}")
    assert service.change()["type"] == "DELETE"
    assert service.is_quiet()


def test_a_char_key_never_passes_the_check(
    client: Phoenix, sql: psycopg.Connection, new_table: NewTable, topic: str
) -> None:
    table = new_table("id char(3) primary key")
    sql.execute(f"alter table public.{table} enable row level security")
    sql.execute(f"create policy everybody on public.{table} for select using (true)")
    client.subscribe(topic, on(table))
    sql.execute(f"insert into public.{table} values ('abc')")
    fence(sql, topic)
    assert client.next().event == "broadcast"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("text", "'żółw \"x\"'"),
        ("uuid", "gen_random_uuid()"),
        ("numeric", "10.50"),
        ("timestamptz", "'2024-02-29 12:34:56.5+02'"),
        ("int8", "9223372036854775807"),
        ("date", "'2024-02-29'"),
    ],
)
def test_keys_of_any_type_are_found_again(
    client: Phoenix,
    sql: psycopg.Connection,
    new_table: NewTable,
    topic: str,
    column: str,
    value: str,
) -> None:
    table = new_table(f"id {column}, part int, primary key (part, id)")
    sql.execute(f"alter table public.{table} enable row level security")
    sql.execute(f"create policy everybody on public.{table} for select using (true)")
    client.subscribe(topic, on(table))
    sql.execute(f"insert into public.{table} values ({value}, 1)")
    assert client.change()["record"]["part"] == 1


def test_policies_read_all_claims(
    client: Phoenix, sql: psycopg.Connection, new_table: NewTable, topic: str
) -> None:
    table = new_table("id int primary key, desk text")
    sql.execute(f"alter table public.{table} enable row level security")
    sql.execute(
        f"create policy desks on public.{table} for select to authenticated"
        " using (desk = (auth.jwt() -> 'app_metadata' ->> 'desk')"
        " and auth.role() = 'authenticated')"
    )
    key = token("authenticated", app_metadata={"desk": "Śródmieście"})
    client.subscribe(topic, on(table), access_token=key)
    sql.execute(f"insert into public.{table} values (1, 'Wola'), (2, 'Śródmieście')")
    assert client.change()["record"]["id"] == 2


def test_a_policy_that_fails_withholds_the_row_and_says_so(
    client: Phoenix, sql: psycopg.Connection, new_table: NewTable, topic: str
) -> None:
    table = new_table("id int primary key, a int")
    sql.execute(f"alter table public.{table} enable row level security")
    sql.execute(f"create policy fails on public.{table} for select using (10 / a = 10)")
    client.subscribe(topic, on(table))
    sql.execute(f"insert into public.{table} values (1, 1), (2, 0), (3, 1)")
    first, second, third = (client.change() for _ in range(3))
    assert (first["record"]["id"], third["record"]["id"]) == (1, 3)
    assert second["errors"] == ["Error 500: Internal Server Error, RLS policy evaluation failed"]
    assert second["record"] == {}
