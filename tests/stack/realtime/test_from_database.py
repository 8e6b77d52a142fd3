"""Broadcasts that come from the database, live and replayed."""

import json
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from tests.stack.realtime.phoenix import Phoenix, token

SERVICE = token("service_role")
PRIVATE = {"private": True}


def send(sql: psycopg.Connection, topic: str, payload: Any = None, private: bool = True) -> str:  # noqa: FBT001, FBT002
    """Send from SQL; the row's id."""
    text = json.dumps({} if payload is None else payload)
    sql.execute("select realtime.send(%s::jsonb, 'event', %s, %s)", (text, topic, private))
    row = sql.execute(
        "select id::text from realtime.messages where topic = %s order by inserted_at desc limit 1",
        (topic,),
    ).fetchone()
    assert row
    return str(row[0])


@pytest.mark.parametrize("vsn", [1, 2])
def test_sent_messages_arrive_with_their_id(
    connect: Callable[..., Phoenix], sql: psycopg.Connection, topic: str, vsn: int
) -> None:
    client = connect(vsn=vsn)
    client.join(topic, PRIVATE, access_token=SERVICE)
    message = send(sql, topic, {"a": 1})
    frame = client.next()
    assert (frame.event, frame.ref, frame.join_ref) == ("broadcast", None, None)
    assert frame.payload == {
        "type": "broadcast",
        "event": "event",
        "payload": {"a": 1, "id": message},
        "meta": {"id": message},
    }


def test_a_payloads_own_id_is_kept(client: Phoenix, sql: psycopg.Connection, topic: str) -> None:
    client.join(topic)
    message = send(sql, topic, {"id": 7}, private=False)
    payload = client.next().payload
    assert (payload["payload"], payload["meta"]) == ({"id": 7}, {"id": message})


def test_private_messages_stay_in_private_channels(
    client: Phoenix, sql: psycopg.Connection, topic: str
) -> None:
    client.join(topic)
    send(sql, topic)
    send(sql, topic, {"public": True}, private=False)
    assert client.next().payload["payload"]["public"] is True


def test_only_commits_are_sent_in_their_order_among_changes(
    client: Phoenix, sql: psycopg.Connection, new_table: Callable[..., str], topic: str
) -> None:
    table = new_table("id int primary key")
    client.subscribe(topic, {"event": "*", "schema": "public", "table": table})
    with sql.transaction(force_rollback=True):
        sql.execute("select realtime.send('{}', 'lost', %s, false)", (topic,))
    with sql.transaction():
        sql.execute("select realtime.send('{}', 'first', %s, false)", (topic,))
        sql.execute(f"insert into public.{table} values (1)")
        sql.execute("select realtime.send('{}', 'last', %s, false)", (topic,))
    first, change, last = (client.next() for _ in range(3))
    assert (first.payload["event"], last.payload["event"]) == ("first", "last")
    assert change.event == "postgres_changes"


def test_binary_messages_reach_version_2(
    connect: Callable[..., Phoenix], sql: psycopg.Connection, topic: str
) -> None:
    first, second = connect(vsn=1), connect(vsn=2)
    for client in (first, second):
        client.join(topic)
    sql.execute("select realtime.send_binary('\\x00ff'::bytea, 'b', %s, false)", (topic,))
    frame = second.next().payload
    kind, topic_size, event_size, meta_size, encoding = frame[:5]
    assert (kind, encoding, event_size) == (4, 0, 1)
    meta = frame[5 + topic_size + event_size :][:meta_size]
    assert set(json.loads(meta)) == {"id"}
    assert frame.endswith(b"\x00\xff")
    assert first.is_quiet()


def test_inserted_rows_without_event_or_payload_are_not_sent(
    client: Phoenix, sql: psycopg.Connection, topic: str
) -> None:
    client.join(topic)
    insert = "insert into realtime.messages (topic, extension, event, payload, private) values "
    sql.execute(f"{insert} (%s, 'broadcast', null, '{{}}', false)", (topic,))
    sql.execute(f"{insert} (%s, 'broadcast', 'e', null, false)", (topic,))
    sql.execute(f"{insert} (%s, 'broadcast', 'e', '{{}}', null)", (topic,))
    sql.execute(f"{insert} (%s, 'broadcast', 'e', '{{\"x\": 1}}', false)", (topic,))
    assert client.next().payload["payload"] == {"x": 1}
    assert client.is_quiet()


def test_an_error_in_send_never_fails_the_callers_transaction(sql: psycopg.Connection) -> None:
    sql.execute("select realtime.send('{}', 'event', null, false)")


def test_triggers_broadcast_changes(
    client: Phoenix, sql: psycopg.Connection, new_table: Callable[..., str], topic: str
) -> None:
    table = new_table("id int primary key, b bytea")
    function = f"public.tell_{table}"
    sql.execute(
        f"create function {function}() returns trigger language plpgsql security definer"
        " set search_path = '' as $$ begin"
        f" perform realtime.broadcast_changes('{topic}', tg_op, tg_op, tg_table_name,"
        " tg_table_schema, new, old); return null; end $$"
    )
    sql.execute(
        f"create trigger tell after insert or update or delete on public.{table}"
        f" for each row execute function {function}()"
    )
    client.join(topic, PRIVATE, access_token=SERVICE)
    sql.execute(f"insert into public.{table} values (1, '\\x01')")
    sql.execute(f"delete from public.{table}")
    sql.execute(f"drop function {function} cascade")
    inserted, deleted = client.next().payload, client.next().payload
    message = inserted["payload"].pop("id")
    assert inserted == {
        "type": "broadcast",
        "event": "INSERT",
        "meta": {"id": message},
        "payload": {
            "operation": "INSERT",
            "schema": "public",
            "table": table,
            "record": {"id": 1, "b": "\\x01"},
            "old_record": None,
        },
    }
    assert deleted["payload"]["old_record"] == {"id": 1, "b": "\\x01"}
    assert deleted["payload"]["record"] is None


def test_missed_messages_are_replayed_once_oldest_first(
    client: Phoenix, sql: psycopg.Connection, topic: str
) -> None:
    ids = [send(sql, topic, {"n": number}) for number in range(4)]
    send(sql, topic, {"n": "public"}, private=False)
    config = {**PRIVATE, "broadcast": {"replay": {"since": 0, "limit": 3}}}
    client.join(topic, config, access_token=SERVICE)
    for message in ids[1:]:
        frame = client.next()
        assert (frame.event, frame.join_ref, frame.ref) == ("broadcast", "1", None)
        assert frame.payload["meta"] == {"id": message, "replayed": True}
    late = send(sql, topic, {"n": 9})
    assert client.next().payload["meta"] == {"id": late}


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({"broadcast": {"replay": {"since": 0}}}, "Replay is not allowed for public channels"),
        ({**PRIVATE, "broadcast": {"replay": {"since": "x"}}}, "Replay params are not valid"),
        (
            {**PRIVATE, "broadcast": {"replay": {"since": 0, "limit": "x"}}},
            "Replay params are not valid",
        ),
    ],
)
def test_a_replay_that_cannot_be_is_refused(
    client: Phoenix, topic: str, config: dict[str, Any], reason: str
) -> None:
    reply = client.join(topic, config, access_token=SERVICE)
    assert reply["response"] == {"reason": f"UnableToReplayMessages: {reason}"}


def test_replay_begins_at_the_moment_asked_for(
    client: Phoenix, sql: psycopg.Connection, topic: str
) -> None:
    send(sql, topic)
    moment = sql.execute("select extract(epoch from now()) * 1000 + 1").fetchone()
    config = {**PRIVATE, "broadcast": {"replay": {"since": int(moment[0]) if moment else 0}}}
    client.join(topic, config, access_token=SERVICE)
    assert client.is_quiet()
