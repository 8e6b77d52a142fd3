"""Stored broadcasts of a private topic, for clients that missed them."""

import json
from datetime import UTC, datetime, timedelta

import psycopg

from scripts.stack.realtime import frames, jsontext
from scripts.stack.realtime.database import Database
from scripts.stack.realtime.frames import UserBroadcast
from scripts.stack.realtime.join import Replay, ReplayError
from scripts.stack.realtime.rooms import Broadcast

_STORED = """
    select id::text, event, payload::text, binary_payload
    from realtime.messages
    where topic = %(topic)s and private and extension = 'broadcast' and event is not null
      and inserted_at >= %(since)s and (payload is not null or binary_payload is not null)
    order by inserted_at desc
    limit %(limit)s
"""


async def repeated(database: Database, topic: str, wanted: Replay) -> list[Broadcast]:
    """The newest broadcasts as they are repeated, oldest first; ReplayError if unreadable."""
    try:
        since = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=wanted.since_ms)
        rows = await database.rows(
            _STORED,
            {"topic": topic, "since": since.replace(tzinfo=None), "limit": wanted.limit},
        )
    except OverflowError:
        raise ReplayError("Replay params are not valid") from None
    except psycopg.Error as error:
        raise ReplayError("Realtime was unable to replay messages") from error
    return [_repeat(topic, *row) for row in reversed(rows)]


def _repeat(
    topic: str, message_id: str, event: str, payload: str | None, binary: bytes | None
) -> Broadcast:
    meta = {"id": message_id, "replayed": True}
    if payload is None:
        encoded = json.dumps(meta, separators=(",", ":")).encode()
        content: str | UserBroadcast = UserBroadcast(event, frames.RAW, binary or b"", encoded)
    else:
        content = (
            f'{{"payload":{payload},"event":{jsontext.dumps(event)},"type":"broadcast",'
            f'"meta":{jsontext.dumps(meta)}}}'
        )
    return Broadcast(topic, content, message_id)
