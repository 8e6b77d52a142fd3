"""Filters of postgres_changes: which rows pass, and what is refused."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from tests.stack.realtime.phoenix import Phoenix

# filter -> ids of the rows that pass, of: 1: n=5, 2: n=null, 3: n=7 (see ROWS)
ROWS = """
    (1, 5, 'apple', true, 1.50, '2024-01-01', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{1,2}'),
    (2, null, null, null, null, null, null, null),
    (3, 7, 'Banana, ripe', false, 10.5, '2025-01-01', gen_random_uuid(), '{3}')
"""
COLUMNS = "id int primary key, n int, t text, b bool, d numeric, at timestamptz, u uuid, a int[]"
CASES = [
    ("n=eq.5", [1]),
    ("n=neq.5", [3]),
    ("n=not.eq.5", [3]),
    ("n=not.neq.5", [1]),
    ("n=in.(5,6)", [1]),
    ("n=not.in.(5,6)", [3]),
    ("n=is.null", [2]),
    ("n=not.is.null", [1, 3]),
    ("n=isdistinct.5", [2, 3]),
    ("n=not.isdistinct.5", [1]),
    ("n=gt.4", [1, 3]),
    ("n=gte.7", [3]),
    ("n=lt.7", [1]),
    ("n=lte.5", [1]),
    ("n=not.gt.5", [1]),
    ("n=in.()", []),
    ("n=not.in.()", [1, 3]),
    ("n=in.(5,NULL)", [1]),
    ("n=not.in.(5,NULL)", []),
    ("t=eq.apple", [1]),
    ("t=eq.Apple", []),
    ('t=eq."Banana, ripe"', [3]),
    ('t=in.(apple,"Banana, ripe")', [1, 3]),
    ("t=like.%an%", [3]),
    ("t=like.a%", [1]),
    ("t=ilike.BAN%", [3]),
    ("t=not.like.a%", [3]),
    ("t=match.^a", [1]),
    ("t=match.^b", []),
    ("t=imatch.^b", [3]),
    ("t=not.imatch.^b", [1]),
    ("t=gt.apple", [3]),
    ("t=isdistinct.apple", [2, 3]),
    ("b=eq.true", [1]),
    ("b=is.true", [1]),
    ("b=not.is.true", [2, 3]),
    ("b=is.false", [3]),
    ("b=is.unknown", [2]),
    ("d=eq.1.5", [1]),
    ("d=eq.1.50", [1]),
    ("d=gt.2", [3]),
    ("d=in.(1.500,3)", [1]),
    ("at=gte.2024-06-01", [3]),
    ("at=eq.2024-01-01T00:00:00Z", [1]),
    ("u=eq.A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", [1]),
    ("u=in.(A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11)", [1]),
    ('a=eq."{1,2}"', [1]),
    ("a=eq.{3}", [3]),
    ("n=gt.4,n=lt.7", [1]),
    ("n=gt.4,t=ilike.ban%", [3]),
    ("  n=eq.5  ", [1]),
    ("", [1, 2, 3]),
    ("   ", [1, 2, 3]),
]
FIRST = "Unable to subscribe to changes with given parameters. "
REFUSED = [
    ({"filter": "n=foo.5"}, 'Error parsing `filter` params: ["foo", "5"]'),
    ({"filter": "undefined"}, 'Error parsing `filter` params: ["undefined"]'),
    (
        {"filter": "n=in.5"},
        "Error parsing `filter` params: `in` filter value must be wrapped by parentheses",
    ),
    (
        {"filter": "n=eq.5,,n=eq.6"},
        "Error parsing `filter` params: "
        "filter must not contain empty segments (check for extra commas)",
    ),
    (
        {"select": "id"},
        "Error parsing `select` params: expected a list of column name strings,"
        ' e.g. select: ["col1", "col2"]',
    ),
    (
        {"table": "*", "select": ["id"]},
        "Column selection is not supported for wildcard subscriptions."
        " Provide an explicit schema and table name.",
    ),
    (
        {"table": "no_such_table", "event": "INSERT"},
        FIRST + "Please check Realtime is enabled for the given connect parameters:"
        " [event: INSERT, schema: public, table: no_such_table, filters: [], select: nil]",
    ),
    (
        {"filter": "nope=eq.1"},
        FIRST + "An exception happened so please check your connect parameters:"
        " [event: *, schema: public, table: TABLE,"
        ' filters: [{"nope", "eq", "1", false}], select: nil].'
        " Exception: ERROR P0001 (raise_exception) invalid column for filter nope",
    ),
    (
        {"filter": 'n=eq."abc"'},
        'ERROR 22P02 (invalid_text_representation) invalid input syntax for type integer: "abc"',
    ),
    (
        {"filter": f"n=in.({','.join(map(str, range(101)))})"},
        "too many values for `in` filter. Maximum 100",
    ),
    (
        {"filter": "n=like.5"},
        "ERROR P0001 (raise_exception) operator like requires a text-compatible column type,"
        " got integer",
    ),
    ({"filter": "t=match.("}, "invalid regular expression for match filter: "),
    ({"filter": "n=is.true"}, "is true filter requires a boolean column, got integer"),
    (
        {"filter": "n=is.maybe"},
        "invalid value for is filter: must be null, true, false, or unknown",
    ),
    ({"select": ["x"]}, "invalid column for select x"),
]


def test_rows_pass_as_sql_says(
    client: Phoenix, sql: psycopg.Connection, new_table: Callable[..., str], topic: str
) -> None:
    table = new_table(COLUMNS)
    place = {"event": "*", "schema": "public", "table": table}
    ids = client.subscribe(topic, *({**place, "filter": text} for text, _ in CASES))
    assert len(ids) == len(CASES)
    sql.execute(f"insert into public.{table} values {ROWS}")
    passed: dict[int, list[int]] = {binding: [] for binding in ids}
    for _ in range(3):
        frame = client.next()
        for binding in frame.payload["ids"]:
            passed[binding].append(frame.payload["data"]["record"]["id"])
    assert {text: passed[binding] for binding, (text, _) in zip(ids, CASES, strict=True)} == dict(
        CASES
    )


def test_updates_are_matched_by_the_new_row_and_deletes_by_the_key(
    client: Phoenix, sql: psycopg.Connection, new_table: Callable[..., str], topic: str
) -> None:
    table = new_table("id int primary key, n int")
    place = {"event": "*", "schema": "public", "table": table}
    client.subscribe(topic, {**place, "filter": "n=eq.1"}, {**place, "filter": "id=eq.1"})
    by_n, by_id = client_ids = [
        binding["id"]
        for binding in client.join(
            f"{topic}-2",
            {"postgres_changes": [{**place, "filter": "n=eq.1"}, {**place, "filter": "id=eq.1"}]},
        )["response"]["postgres_changes"]
    ]
    assert client.until("system").payload["status"] == "ok"
    for statement, expected in (
        ("insert into {} values (1, 0)", [by_id]),
        ("update {} set n = 1", [by_n, by_id]),
        ("update {} set n = 0", [by_id]),
        ("update {} set n = 1", [by_n, by_id]),
        ("delete from {}", [by_id]),
    ):
        sql.execute(statement.format(f"public.{table}"))
        frames = [client.next(), client.next()]
        assert [sorted(frame.payload["ids"]) for frame in frames] == [sorted(expected)] * 2
    assert len(client_ids) == 2


def test_deletes_are_matched_by_the_whole_row_under_full_identity(
    client: Phoenix, sql: psycopg.Connection, new_table: Callable[..., str], topic: str
) -> None:
    table = new_table("id int primary key, n int")
    sql.execute(f"alter table public.{table} replica identity full")
    place = {"event": "DELETE", "schema": "public", "table": table}
    client.subscribe(topic, {**place, "filter": "n=eq.1"})
    sql.execute(f"insert into public.{table} values (1, 0), (2, 1)")
    sql.execute(f"delete from public.{table}")
    assert client.change()["old_record"] == {"id": 2, "n": 1}
    assert client.is_quiet()


@pytest.mark.parametrize(("changes", "text"), REFUSED, ids=[text[-40:] for _, text in REFUSED])
def test_bad_parameters_are_explained_and_the_channel_stays(
    client: Phoenix,
    new_table: Callable[..., str],
    topic: str,
    changes: dict[str, Any],
    text: str,
) -> None:
    table = new_table(COLUMNS)
    binding = {"event": "*", "schema": "public", "table": table, **changes}
    assert client.join(topic, {"postgres_changes": [binding]})["status"] == "ok"
    told = client.next()
    assert (told.event, told.payload["extension"]) == ("system", "postgres_changes")
    assert told.payload["status"] == "error"
    assert text.replace("TABLE", table) in told.payload["message"]
    client.push(topic, "presence", {"event": "untrack"})
    assert client.next().payload["status"] == "ok"


def test_missing_parameters_are_explained(client: Phoenix, topic: str) -> None:
    client.join(topic, {"postgres_changes": [{"event": "*"}]})
    assert client.next().payload["message"] == (
        "No subscription params provided. Please provide at least a `schema` or `table`"
        ' to subscribe to: %{"event" => "*"}'
    )


def test_one_bad_binding_disables_all(
    client: Phoenix, sql: psycopg.Connection, new_table: Callable[..., str], topic: str
) -> None:
    table = new_table("id int primary key")
    place = {"event": "*", "schema": "public", "table": table}
    client.join(topic, {"postgres_changes": [place, {**place, "filter": "nope=eq.1"}]})
    assert client.next().payload["status"] == "error"
    sql.execute(f"insert into public.{table} values (1)")
    sql.execute("select realtime.send('{}', 'fence', %s, false)", (topic,))
    assert client.next().event == "broadcast"


def test_columns_a_role_may_not_read_cannot_be_filtered(
    client: Phoenix, sql: psycopg.Connection, new_table: Callable[..., str], topic: str
) -> None:
    table = new_table("id int primary key, secret text", readers="")
    sql.execute(f"grant select (id) on public.{table} to anon")
    binding = {"event": "*", "schema": "public", "table": table, "filter": "secret=eq.x"}
    client.join(topic, {"postgres_changes": [binding]})
    assert client.next().payload["message"].endswith("invalid column for filter secret")
