"""The stream breaks, the server goes away: what clients notice and what goes on working."""

import contextlib
from collections.abc import Callable
from dataclasses import replace

import psycopg

from scripts.stack.realtime import RealtimeSettings
from tests.stack.realtime.conftest import serving
from tests.stack.realtime.phoenix import Phoenix, token

WALSENDERS = "select pg_terminate_backend(pid) from pg_stat_replication where pid = %s"


def stream_of(admin: psycopg.Connection, known: set[int]) -> int:
    rows = admin.execute("select pid from pg_stat_replication").fetchall()
    (new,) = {pid for (pid,) in rows} - known
    return int(new)


def test_a_broken_stream_comes_back_and_subscribers_are_told(
    settings: RealtimeSettings,
    admin_url: str,
    sql: psycopg.Connection,
    new_table: Callable[..., str],
    topic: str,
) -> None:
    table = new_table("id int primary key")
    with psycopg.connect(admin_url, autocommit=True) as admin, contextlib.ExitStack() as stack:
        known = {pid for (pid,) in admin.execute("select pid from pg_stat_replication")}
        client = Phoenix(stack.enter_context(serving(settings)), token())
        stack.callback(client.close)
        client.subscribe(topic, {"event": "*", "schema": "public", "table": table})
        for number in (1, 2):
            pid = stream_of(admin, known)
            admin.execute(WALSENDERS, (pid,))
            assert client.next(seconds=10).payload["message"] == "Subscribed to PostgreSQL"
            sql.execute(f"insert into public.{table} values ({number})")
            assert client.change()["record"]["id"] == number
            sql.execute("select realtime.send('{}', 'e', %s, false)", (topic,))
            assert client.next().event == "broadcast"


def test_joins_say_when_the_database_is_not_there(
    settings: RealtimeSettings, connect: Callable[..., Phoenix], topic: str
) -> None:
    gone = replace(
        settings, database_url="postgresql://nobody@127.0.0.1:1/x", database_wait_seconds=0.1
    )
    with serving(gone, is_awaited=False) as url:
        reply = connect(url=url).join(topic)
    text = "Realtime was unable to connect to the project database"
    assert reply["response"] == {"reason": f"UnableToConnectToProject: {text}"}
