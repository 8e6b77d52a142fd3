"""How values of every type look in a record."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from tests.stack.realtime.phoenix import Phoenix

# type, SQL literal, JSON text of the value in `record`
VALUES = [
    ("int2", "-32768", "-32768"),
    ("int4", "2147483647", "2147483647"),
    ("int8", "9223372036854775807", "9223372036854775807"),
    ("numeric", "10.50", "10.50"),
    (
        "numeric",
        "123456789012345678901234567890.123456789",
        "123456789012345678901234567890.123456789",
    ),
    ("numeric(6,2)", "3.1", "3.10"),
    ("numeric", "'NaN'", "null"),
    ("numeric", "'Infinity'", "null"),
    ("float4", "1.5", "1.5"),
    ("float8", "0.1", "0.1"),
    ("float8", "1e20", "100000000000000000000"),
    ("float8", "1e-7", "0.0000001"),
    ("float8", "'NaN'", "null"),
    ("float8", "'-Infinity'", "null"),
    ("float8[]", "'{NaN,1.5}'", '["NaN", 1.5]'),
    ("bool", "true", "true"),
    ("bool", "false", "false"),
    ("text", r"""E'zażółć "q" \\ \n\t\u0001'""", json.dumps('zażółć "q" \\ \n\t\u0001')),
    ("text", "''", '""'),
    ("varchar(10)", "'abc'", '"abc"'),
    ("name", "'abc'", '"abc"'),
    ("char(5)", "'abc'", '"a"'),
    ('"char"', "'x'", '"x"'),
    ("bit(3)", "B'101'", '"1"'),
    ("varbit", "B'101'", '"101"'),
    ("uuid", "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", '"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"'),
    ("xml", "'<a/>'", '"<a/>"'),
    ("inet", "'192.168.0.1/24'", '"192.168.0.1/24"'),
    ("cidr", "'10.0.0.0/8'", '"10.0.0.0/8"'),
    ("macaddr", "'08:00:2b:01:02:03'", '"08:00:2b:01:02:03"'),
    ("interval", "'1 day 02:03:04'", '"1 day 02:03:04"'),
    ("money", "12.34", '"$12.34"'),
    ("point", "'(1,2)'", '"(1,2)"'),
    ("tsvector", "'a:1 b:2'", json.dumps("'a':1 'b':2")),
    ("int4range", "'[1,10)'", '"[1,10)"'),
    ("int4multirange", "'{[1,3),[5,7)}'", '"{[1,3),[5,7)}"'),
    ("date", "'2024-02-29'", '"2024-02-29"'),
    ("date", "'infinity'", '"infinity"'),
    ("date", "'0044-03-15 BC'", '"0044-03-15 BC"'),
    ("time", "'12:34:56.5'", '"12:34:56.5"'),
    ("timetz", "'12:34:56+02'", '"12:34:56+02"'),
    ("timestamp", "'2024-02-29 12:34:56.123456'", '"2024-02-29T12:34:56.123456"'),
    ("timestamp", "'2024-02-29 12:34:56.100'", '"2024-02-29T12:34:56.1"'),
    ("timestamp", "'0044-03-15 12:00 BC'", '"0044-03-15T12:00:00 BC"'),
    ("timestamptz", "'2024-02-29 12:34:56.5+02'", '"2024-02-29T10:34:56.5+00:00"'),
    ("timestamptz", "'0044-03-15 12:00+00 BC'", '"0044-03-15T12:00:00+00:00 BC"'),
    ("timestamptz", "'infinity'", '"infinity"'),
    ("timestamptz", "'-infinity'", '"-infinity"'),
    ("json", """'{"b": 1, "a" : [1,2], "b": 2}'""", '{"a": [1, 2], "b": 2}'),
    ("jsonb", """'{"n": 1.50, "s": "x", "z": null}'""", '{"n": 1.50, "s": "x", "z": null}'),
    ("jsonb", "'\"text\"'", '"text"'),
    ("jsonb", "'null'", "null"),
    ("int4[]", "'{1,NULL,3}'", "[1, null, 3]"),
    ("int4[][]", "'{{1,2},{3,4}}'", "[[1, 2], [3, 4]]"),
    ("int4[]", "'{}'", "[]"),
    ("text[]", """'{"a,b",NULL}'""", '["a,b", null]'),
    (
        "uuid[]",
        "'{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}'",
        '["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"]',
    ),
    ("timestamptz[]", "'{2024-02-29 10:00+00}'", '["2024-02-29T10:00:00+00:00"]'),
    ("bytea", r"'\x0102ff'", '"0102ff"'),
    ("bytea[]", "array['\\x01'::bytea]", r'["\\x01"]'),
    ("oid", "42", '"42"'),
    ("regclass", "'pg_class'::regclass", '"pg_class"'),
    ("public.realtime_mood", "'sad'", '"sad"'),
    ("public.realtime_mood[]", "'{sad,ok}'", '["sad", "ok"]'),
    ("public.realtime_positive", "7", "7"),
    ("public.realtime_pair", "row(1, 'x')", '{"a": 1, "b": "x"}'),
    ("public.realtime_pair[]", "array[row(1, 'x')::public.realtime_pair]", '[{"a": 1, "b": "x"}]'),
    ("text", "null", "null"),
]
NO_TYPES = """
    drop type if exists public.realtime_pair, public.realtime_mood cascade;
    drop domain if exists public.realtime_positive cascade;
"""
TYPES = """
    create type public.realtime_mood as enum ('sad', 'ok');
    create domain public.realtime_positive as int check (value > 0);
    create type public.realtime_pair as (a int, b text);
"""


@pytest.fixture
def record(
    client: Phoenix, sql: psycopg.Connection, new_table: Callable[..., str], topic: str
) -> Iterator[dict[str, Any]]:
    """The record of one row with all the values; numbers with a fraction stay text."""
    sql.execute(NO_TYPES)
    sql.execute(TYPES)
    columns = [f"c{index} {kind}" for index, (kind, _, _) in enumerate(VALUES)]
    table = new_table(f"id int primary key, {', '.join(columns)}")
    client.subscribe(topic, {"event": "*", "schema": "public", "table": table})
    sql.execute(f"insert into public.{table} values (1, {', '.join(v for _, v, _ in VALUES)})")
    yield dict(client.change()["record"])
    sql.execute(NO_TYPES)


def test_every_type_has_its_json_form(record: dict[str, Any]) -> None:
    expected = {
        f"{kind} {literal}": json.loads(text, parse_float=str) for kind, literal, text in VALUES
    }
    got = {
        f"{kind} {literal}": record[f"c{index}"] for index, (kind, literal, _) in enumerate(VALUES)
    }
    assert got == expected


def test_column_types_are_named_as_in_the_catalogue(
    client: Phoenix, sql: psycopg.Connection, new_table: Callable[..., str], topic: str
) -> None:
    table = new_table("id int8 primary key, a text[], b timestamptz, c char(3), d varchar(9)")
    client.subscribe(topic, {"event": "*", "schema": "public", "table": table})
    sql.execute(f"insert into public.{table} values (1)")
    types = [column["type"] for column in client.change()["columns"]]
    assert types == ["int8", "_text", "timestamptz", "bpchar", "varchar"]


def test_stored_generated_columns_are_part_of_the_record(
    client: Phoenix, sql: psycopg.Connection, new_table: Callable[..., str], topic: str
) -> None:
    table = new_table(
        "id int primary key, b text, c text generated always as (upper(b) || '%') stored"
    )
    client.subscribe(topic, {"event": "*", "schema": "public", "table": table})
    sql.execute(f"insert into public.{table} (id, b) values (1, 'x')")
    assert client.change()["record"] == {"id": 1, "b": "x", "c": "X%"}


@pytest.mark.parametrize(("identity", "expected"), [("default", None), ("full", "long")])
def test_unchanged_long_values_are_missing_or_from_the_old_row(
    client: Phoenix,
    sql: psycopg.Connection,
    new_table: Callable[..., str],
    topic: str,
    identity: str,
    expected: str | None,
) -> None:
    table = new_table("id int primary key, a int, long text")
    sql.execute(f"alter table public.{table} alter column long set storage external")
    sql.execute(f"alter table public.{table} replica identity {identity}")
    sql.execute(f"insert into public.{table} values (1, 1, repeat('x', 9000))")
    client.subscribe(topic, {"event": "UPDATE", "schema": "public", "table": table})
    sql.execute(f"update public.{table} set a = 2")
    record = client.change()["record"]
    assert record["a"] == 2
    assert ("long" in record) == (expected is not None)


def test_a_column_that_changed_its_type_keeps_the_type_of_its_change(
    client: Phoenix, sql: psycopg.Connection, new_table: Callable[..., str], topic: str
) -> None:
    table = new_table("id int primary key, a int")
    client.subscribe(topic, {"event": "*", "schema": "public", "table": table})
    with sql.transaction():
        sql.execute(f"insert into public.{table} values (1, 5)")
        sql.execute(f"alter table public.{table} alter column a type text")
    assert client.change()["record"]["a"] == 5
