"""postgres_changes: which frames a change makes, for whom, in which order."""

import threading
from collections.abc import Callable
from datetime import datetime

import psycopg
import pytest

from tests.stack.realtime.phoenix import Phoenix, token

NewTable = Callable[..., str]


def on(table: str, event: str = "*", **more: object) -> dict[str, object]:
    return {"event": event, "schema": "public", "table": table, **more}


def test_each_kind_of_change_has_its_shape(
    client: Phoenix, sql: psycopg.Connection, new_table: NewTable, topic: str
) -> None:
    table = new_table("id int primary key, details text")
    (binding,) = client.subscribe(topic, on(table))
    columns = [{"name": "id", "type": "int4"}, {"name": "details", "type": "text"}]
    sql.execute(f"insert into public.{table} values (1, 'a')")
    frame = client.next()
    assert (frame.join_ref, frame.ref, frame.topic) == (None, None, f"realtime:{topic}")
    assert frame.payload["ids"] == [binding]
    data = frame.payload["data"]
    moment = data.pop("commit_timestamp")
    assert len(moment) == len("2026-11-22T07:02:49.619Z")
    datetime.strptime(moment, "%Y-%m-%dT%H:%M:%S.%f%z")
    common = {"schema": "public", "table": table, "columns": columns, "errors": None}
    assert data == {**common, "type": "INSERT", "record": {"id": 1, "details": "a"}}

    sql.execute(f"update public.{table} set details = 'b'")
    data = client.change()
    del data["commit_timestamp"]
    record = {"id": 1, "details": "b"}
    assert data == {**common, "type": "UPDATE", "record": record, "old_record": {"id": 1}}

    sql.execute(f"delete from public.{table}")
    data = client.change()
    del data["commit_timestamp"]
    assert data == {**common, "type": "DELETE", "old_record": {"id": 1}}


def test_an_update_of_the_key_shows_the_old_key(
    client: Phoenix, sql: psycopg.Connection, new_table: NewTable, topic: str
) -> None:
    table = new_table("id int primary key, a int")
    client.subscribe(topic, on(table))
    sql.execute(f"insert into public.{table} values (1, 1)")
    client.change()
    sql.execute(f"update public.{table} set id = 2")
    data = client.change()
    assert (data["record"], data["old_record"]) == ({"id": 2, "a": 1}, {"id": 1})


def test_full_identity_shows_the_whole_old_row(
    client: Phoenix, sql: psycopg.Connection, new_table: NewTable, topic: str
) -> None:
    table = new_table("id int primary key, a int, b text")
    sql.execute(f"alter table public.{table} replica identity full")
    client.subscribe(topic, on(table))
    sql.execute(f"insert into public.{table} values (1, 1, null)")
    client.change()
    sql.execute(f"update public.{table} set a = 2")
    assert client.change()["old_record"] == {"id": 1, "a": 1, "b": None}
    sql.execute(f"delete from public.{table}")
    assert client.change()["old_record"] == {"id": 1, "a": 2, "b": None}


@pytest.mark.parametrize(
    ("event", "kinds"),
    [
        ("INSERT", ["INSERT"]),
        ("update", ["UPDATE"]),
        ("DELETE", ["DELETE"]),
        ("*", ["INSERT", "UPDATE", "DELETE"]),
        ("anything", ["INSERT", "UPDATE", "DELETE"]),
    ],
)
def test_the_event_chooses_the_kinds(
    client: Phoenix,
    sql: psycopg.Connection,
    new_table: NewTable,
    topic: str,
    event: str,
    kinds: list[str],
) -> None:
    table = new_table("id int primary key, a int")
    client.subscribe(topic, on(table, event))
    sql.execute(f"insert into public.{table} values (1, 1)")
    sql.execute(f"update public.{table} set a = 2")
    sql.execute(f"delete from public.{table}")
    sql.execute("select realtime.send('{}', 'fence', %s, false)", (topic,))
    assert [client.change()["type"] for _ in kinds] == kinds
    assert client.next().event == "broadcast"


def test_nothing_is_sent_for_a_rollback_and_order_is_that_of_commits(
    client: Phoenix, sql: psycopg.Connection, new_table: NewTable, topic: str
) -> None:
    table = new_table("id int primary key")
    client.subscribe(topic, on(table))
    with sql.transaction(force_rollback=True):
        sql.execute(f"insert into public.{table} values (-1)")
    with sql.transaction():
        sql.execute(f"insert into public.{table} select generate_series(1, 700)")
        sql.execute(f"truncate public.{table}")
        sql.execute(f"insert into public.{table} values (701)")
    changes = [client.change() for _ in range(701)]
    assert [change["record"]["id"] for change in changes] == list(range(1, 702))
    assert len({change["commit_timestamp"] for change in changes}) == 1


def test_wildcards_cover_tables_published_later(
    client: Phoenix, sql: psycopg.Connection, new_table: NewTable, topic: str
) -> None:
    first = new_table("id int primary key")
    client.subscribe(topic, {"event": "INSERT", "schema": "public"})
    second = new_table("id int primary key")
    assert client.next().payload["message"] == "Subscribed to PostgreSQL"
    for table in (first, second):
        sql.execute(f"insert into public.{table} values (1)")
        assert client.change()["table"] == table


def test_names_are_matched_like_patterns(
    client: Phoenix, sql: psycopg.Connection, new_table: NewTable, topic: str
) -> None:
    table = new_table("id int primary key")
    client.subscribe(topic, on(f"{table[:-2]}__"))
    sql.execute(f"insert into public.{table} values (1)")
    assert client.change()["table"] == table


def test_a_table_alone_means_schema_public(
    client: Phoenix, sql: psycopg.Connection, new_table: NewTable, topic: str
) -> None:
    table = new_table("id int primary key")
    client.subscribe(topic, {"event": "*", "table": table})
    sql.execute(f"insert into public.{table} values (1)")
    assert client.change()["schema"] == "public"


def test_the_reply_repeats_the_bindings_as_they_were_sent(
    client: Phoenix, new_table: NewTable, topic: str
) -> None:
    table = new_table("id int primary key")
    bindings = [on(table), {"event": "INSERT", "table": table, "extra": [1]}, on(table)]
    reply = client.join(topic, {"postgres_changes": [*bindings, None]})
    echoed = reply["response"]["postgres_changes"]
    ids = [binding.pop("id") for binding in echoed]
    assert echoed == bindings
    assert all(isinstance(number, int) and number > 0 for number in ids)
    assert ids[0] == ids[2] != ids[1]


def test_select_sends_chosen_columns_and_the_key(
    client: Phoenix, sql: psycopg.Connection, new_table: NewTable, topic: str
) -> None:
    table = new_table("id int primary key, a int, b int")
    everything, chosen = client.subscribe(topic, on(table), on(table, select=["b"]))
    sql.execute(f"insert into public.{table} values (1, 2, 3)")
    frames = [client.next().payload, client.next().payload]
    records = {frame["ids"][0]: frame["data"]["record"] for frame in frames}
    assert records == {everything: {"id": 1, "a": 2, "b": 3}, chosen: {"id": 1, "b": 3}}
    names = [c["name"] for f in frames if f["ids"] == [chosen] for c in f["data"]["columns"]]
    assert names == ["id", "b"]


def test_columns_a_role_may_not_read_are_left_out(
    client: Phoenix, sql: psycopg.Connection, new_table: NewTable, topic: str
) -> None:
    table = new_table("id int primary key, secret text", readers="")
    sql.execute(f"grant select (id) on public.{table} to anon")
    client.subscribe(topic, on(table))
    sql.execute(f"insert into public.{table} values (1, 'x')")
    data = client.change()
    assert (data["record"], data["columns"]) == ({"id": 1}, [{"name": "id", "type": "int4"}])


def test_without_a_primary_key_inserts_are_errors(
    client: Phoenix, sql: psycopg.Connection, new_table: NewTable, topic: str
) -> None:
    table = new_table("a int")
    client.subscribe(topic, on(table, filter="a=eq.99"))
    sql.execute(f"insert into public.{table} values (1)")
    assert client.change() == {
        "schema": "public",
        "table": table,
        "type": "INSERT",
        "commit_timestamp": None,
        "columns": [],
        "record": {},
        "errors": ["Error 400: Bad Request, no primary key"],
    }


def test_without_the_right_to_the_key_inserts_are_errors_but_deletes_are_not(
    client: Phoenix, sql: psycopg.Connection, new_table: NewTable, topic: str
) -> None:
    table = new_table("id int primary key, a int", readers="")
    sql.execute(f"grant select (a) on public.{table} to anon")
    client.subscribe(topic, on(table))
    sql.execute(f"insert into public.{table} values (1, 1)")
    data = client.change()
    assert (data["errors"], data["record"]) == (["Error 401: Unauthorized"], {})
    sql.execute(f"update public.{table} set a = 2")
    data = client.change()
    assert (data["errors"], data["old_record"]) == (["Error 401: Unauthorized"], {})
    sql.execute(f"delete from public.{table}")
    assert client.change()["errors"] is None


def test_changes_of_more_than_a_megabyte_keep_only_small_values(
    client: Phoenix, sql: psycopg.Connection, new_table: NewTable, topic: str
) -> None:
    table = new_table("id int primary key, small text, long text, nothing text")
    client.subscribe(topic, on(table))
    sql.execute(f"insert into public.{table} values (1, 'x', repeat('y', 1100000), null)")
    data = client.change()
    assert data["errors"] == ["Error 413: Payload Too Large"]
    assert data["record"] == {"id": 1, "small": "x"}
    assert len(data["columns"]) == 4
    sql.execute(f"insert into public.{table} values (2, 'x', repeat('y', 1000000), null)")
    data = client.change()
    assert (data["errors"], len(data["record"]["long"])) == (None, 1_000_000)


def test_row_filters_and_column_lists_of_the_publication_are_ignored(
    client: Phoenix, sql: psycopg.Connection, new_table: NewTable, topic: str
) -> None:
    table = new_table("id int primary key, a int, b int")
    sql.execute(f"alter publication supabase_realtime drop table public.{table}")
    sql.execute(
        f"alter publication supabase_realtime add table public.{table} (id, a) where (id > 10)"
    )
    client.subscribe(topic, on(table))
    sql.execute(f"insert into public.{table} values (1, 2, 3)")
    assert client.change()["record"] == {"id": 1, "a": 2, "b": 3}


def test_published_kinds_of_changes_are_honoured(
    client: Phoenix, sql: psycopg.Connection, new_table: NewTable, topic: str
) -> None:
    table = new_table("a int")
    client.subscribe(topic, on(table))
    sql.execute("alter publication supabase_realtime set (publish = 'insert')")
    try:
        sql.execute(f"insert into public.{table} values (1)")
        sql.execute(f"update public.{table} set a = 2")
        sql.execute(f"delete from public.{table}")
    finally:
        everything = "insert, update, delete, truncate"
        sql.execute(f"alter publication supabase_realtime set (publish = '{everything}')")
    sql.execute("select realtime.send('{}', 'fence', %s, false)", (topic,))
    assert client.change()["type"] == "INSERT"
    assert client.next().event == "broadcast"


def test_partitions_are_named_themselves(
    client: Phoenix, sql: psycopg.Connection, new_table: NewTable, topic: str
) -> None:
    parent = new_table("id int primary key", extra="partition by range (id)")
    leaf = f"{parent}_1"
    sql.execute(
        f"create table public.{leaf} partition of public.{parent} for values from (0) to (10)"
    )
    sql.execute(f"grant select on public.{leaf} to anon")
    client.subscribe(topic, on(leaf))
    sql.execute(f"insert into public.{parent} values (1)")
    assert client.change()["table"] == leaf
    client.join(f"{topic}-parent", {"postgres_changes": [on(parent)]})
    assert client.until("system").payload["status"] == "error"


def test_a_publication_can_be_made_anew_inside_a_transaction(
    client: Phoenix, sql: psycopg.Connection, new_table: NewTable, topic: str
) -> None:
    table = new_table("id int primary key")
    tables = sql.execute(
        "select string_agg(format('%I.%I', schemaname, tablename), ', ')"
        " from pg_publication_tables where pubname = 'supabase_realtime'"
    ).fetchone()
    with sql.transaction():
        sql.execute("drop publication supabase_realtime")
        sql.execute(f"create publication supabase_realtime for table {tables and tables[0]}")
    client.subscribe(topic, on(table))
    sql.execute(f"insert into public.{table} values (1)")
    assert client.change()["record"] == {"id": 1}


def test_a_join_may_wait_for_its_subscription(
    client: Phoenix, sql: psycopg.Connection, new_table: NewTable, topic: str
) -> None:
    table = new_table("id int primary key")
    options = {"wait": True, "timeout": 5000}
    config = {"postgres_changes": [on(table)], "postgres_changes_options": options}
    assert client.join(topic, config)["status"] == "ok"
    sql.execute(f"insert into public.{table} values (1)")
    assert client.next().payload["message"] == "Subscribed to PostgreSQL"
    assert client.change()["record"] == {"id": 1}
    config = {"postgres_changes": [on("none")], "postgres_changes_options": options}
    reply = client.join(f"{topic}-2", config)
    assert reply["response"]["reason"].startswith("RealtimeDisabledForConfiguration: Unable to")


def test_a_join_without_config_listens_to_the_table_its_topic_names(
    client: Phoenix, sql: psycopg.Connection, new_table: NewTable
) -> None:
    table = new_table("id int primary key, a int")
    topic = f"public:{table}:a=eq.1"
    ref = client.push(topic, "phx_join", {})
    assert client.next().ref == ref
    assert client.next().payload["message"] == "Subscribed to PostgreSQL"
    sql.execute(f"insert into public.{table} values (1, 1), (2, 2)")
    frame = client.next()
    assert (frame.event, frame.payload["record"]) == ("INSERT", {"id": 1, "a": 1})


def test_an_unknown_role_cannot_subscribe(client: Phoenix, new_table: NewTable, topic: str) -> None:
    table = new_table("id int primary key")
    config = {"postgres_changes": [on(table)]}
    assert client.join(topic, config, access_token=token("potato"))["status"] == "ok"
    assert client.next().payload["message"].endswith('role "potato" does not exist')


def test_leaving_ends_the_changes(
    client: Phoenix, sql: psycopg.Connection, new_table: NewTable, topic: str
) -> None:
    table = new_table("id int primary key")
    client.subscribe(topic, on(table))
    client.push(topic, "phx_leave", {})
    assert client.next().payload == {"status": "ok", "response": {}}
    assert client.next().event == "phx_close"
    client.join(f"{topic}-2")
    sql.execute(f"insert into public.{table} values (1)")
    sql.execute("select realtime.send('{}', 'fence', %s, false)", (f"{topic}-2",))
    assert client.next().event == "broadcast"


def test_a_publication_of_a_whole_schema_covers_new_tables(
    client: Phoenix, sql: psycopg.Connection, new_table: NewTable, topic: str
) -> None:
    first = new_table("id int primary key")
    schema = f"s_{first}"
    sql.execute("reset role")
    sql.execute(f"create schema {schema}; grant usage on schema {schema} to anon")
    sql.execute(f"alter publication supabase_realtime add tables in schema {schema}")
    try:
        sql.execute(f"create table {schema}.later (id int primary key)")
        sql.execute(f"grant select on {schema}.later to anon")
        client.subscribe(topic, {"event": "*", "schema": schema})
        sql.execute(f"insert into {schema}.later values (1)")
        assert client.change()["schema"] == schema
    finally:
        sql.execute(f"drop schema {schema} cascade")


def test_a_table_that_is_renamed_is_matched_by_its_new_name(
    client: Phoenix, sql: psycopg.Connection, new_table: NewTable, topic: str
) -> None:
    table = new_table("id int primary key")
    client.subscribe(topic, on(table))
    renamed = f"{table}_new"
    sql.execute(f"alter table public.{table} rename to {renamed}")
    assert client.next().payload["status"] == "error"
    client.subscribe(f"{topic}-2", on(renamed))
    sql.execute(f"insert into public.{renamed} values (1)")
    assert client.change()["table"] == renamed
    sql.execute(f"drop table public.{renamed}")


def test_a_table_that_is_published_again_soon_was_never_away(
    connect: Callable[..., Phoenix],
    other_server: Callable[..., str],
    sql: psycopg.Connection,
    new_table: NewTable,
    topic: str,
) -> None:
    table = new_table("id int primary key")
    client = connect(other_server(lost_table_seconds=60))
    client.subscribe(topic, on(table))
    sql.execute(f"alter publication supabase_realtime drop table public.{table}")
    sql.execute(f"alter publication supabase_realtime add table public.{table}")
    sql.execute(f"insert into public.{table} values (1)")
    assert client.change()["record"] == {"id": 1}


def test_a_table_made_anew_is_heard_of(
    connect: Callable[..., Phoenix],
    other_server: Callable[..., str],
    sql: psycopg.Connection,
    new_table: NewTable,
    topic: str,
) -> None:
    table = new_table("id int primary key")
    client = connect(other_server(lost_table_seconds=60))
    client.subscribe(topic, on(table))
    sql.execute(f"drop table public.{table}")
    sql.execute(f"create table public.{table} (id int primary key, a int)")
    sql.execute(f"grant select on public.{table} to anon")
    sql.execute(f"alter publication supabase_realtime add table public.{table}")
    assert client.next().payload["message"] == "Subscribed to PostgreSQL"
    sql.execute(f"insert into public.{table} values (1, 2)")
    assert client.change()["record"] == {"id": 1, "a": 2}


def test_a_table_that_is_published_again_late_is_announced(
    client: Phoenix, sql: psycopg.Connection, new_table: NewTable, topic: str
) -> None:
    table, other = new_table("id int primary key"), new_table("id int primary key")
    client.subscribe(topic, on(table), on(other))
    sql.execute(f"alter publication supabase_realtime drop table public.{table}")
    assert client.next().payload["status"] == "error"
    sql.execute(f"insert into public.{other} values (1)")
    sql.execute(f"alter publication supabase_realtime add table public.{table}")
    assert client.next().payload["message"] == "Subscribed to PostgreSQL"
    sql.execute(f"insert into public.{table} values (2)")
    assert client.change()["record"] == {"id": 2}


def test_a_parent_may_be_published_with_its_children(
    client: Phoenix, sql: psycopg.Connection, new_table: NewTable, topic: str
) -> None:
    parent = new_table("id int primary key")
    child = new_table("primary key (id)", extra=f"inherits (public.{parent})")
    sql.execute(f"alter publication supabase_realtime drop table public.{parent}")
    sql.execute(f"alter publication supabase_realtime add table public.{parent}")
    client.subscribe(topic, on(child))
    sql.execute(f"insert into public.{child} values (1)")
    assert client.change()["table"] == child


def test_who_joins_while_tables_are_published_hears_of_all_of_them(
    connect: Callable[..., Phoenix], sql: psycopg.Connection, admin_url: str, topic: str
) -> None:
    schema = f"s_{topic.replace('-', '')}"
    tables = [f"{schema}.t_{number}" for number in range(12)]
    sql.execute("reset role")
    sql.execute(f"create schema {schema}")
    for table in tables:
        sql.execute(f"create table {table} (id int primary key); grant select on {table} to anon")
    sql.execute(f"alter publication supabase_realtime add table {tables[0]}")

    def publish() -> None:
        with psycopg.connect(admin_url, autocommit=True) as other:
            for table in tables[1:]:
                other.execute(f"alter publication supabase_realtime add table {table}")

    publishing = threading.Thread(target=publish)
    try:
        publishing.start()
        clients = [connect() for _ in range(6)]
        for client in clients:
            client.subscribe(topic, {"event": "*", "schema": schema})
        publishing.join()
        for table in tables:
            sql.execute(f"insert into {table} values (1)")
        for client in clients:
            heard = [client.until("postgres_changes").payload["data"]["table"] for _ in tables]
            assert heard == [table.removeprefix(f"{schema}.") for table in tables]
    finally:
        publishing.join()
        sql.execute(f"drop schema {schema} cascade")
