"""Asks the policies on `realtime.messages` what somebody may do on a private topic.

Reading is tried with probe rows that only a policy can show, writing with plain inserts; both in
transactions that are rolled back, so nothing stays in the table.
"""

import uuid
from dataclasses import dataclass
from typing import Any, Literal

import psycopg

from scripts.stack.realtime import jsontext
from scripts.stack.realtime.database import Database, acting_as

Extension = Literal["broadcast", "presence"]


class PolicyError(Exception):
    """The policies could not be evaluated; it counts as denied."""


class MissingPartitionError(Exception):
    """`realtime.messages` has no partition for today."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, about which topic; `headers` are the `x-*` headers of the request."""

    topic: str
    role: str
    claims: dict[str, Any]
    headers: dict[str, str]

    def settings(self) -> dict[str, str]:
        """What policies can read of it with `current_setting`."""
        subject = self.claims.get("sub")
        return {
            # Functions in policies rely on the path the API sets.
            "search_path": "public, extensions",
            "realtime.topic": self.topic,
            "request.jwt.claims": jsontext.dumps(self.claims),
            "request.jwt.claim.sub": subject if isinstance(subject, str) else "",
            "request.jwt.claim.role": self.role,
            "request.headers": jsontext.dumps(self.headers),
        }


async def readable(
    database: Database, asker: Asker, extensions: list[Extension]
) -> dict[Extension, bool]:
    """Of which extensions the asker may hear on the topic."""
    probes = {str(uuid.uuid4()): extension for extension in extensions}
    try:
        seen = await _seen(database, asker, probes)
    except psycopg.Error as error:
        raise _explained(error) from error
    return {extension: probe in seen for probe, extension in probes.items()}


async def _seen(database: Database, asker: Asker, probes: dict[str, Extension]) -> set[str]:
    """The ids of the probe rows that the policies show to the asker."""
    async with (
        database.connection() as connection,
        connection.transaction(force_rollback=True),
        connection.pipeline(),
    ):
        await connection.execute(
            "insert into realtime.messages (id, topic, extension)"
            " select p.id, %s, p.extension"
            " from unnest(%s::uuid[], %s::text[]) as p (id, extension)",
            (asker.topic, list(probes), list(probes.values())),
        )
        async with acting_as(connection, asker.role, asker.settings()):
            cursor = await connection.execute(
                "select id::text from realtime.messages where topic = %s and id = any(%s::uuid[])",
                (asker.topic, list(probes)),
            )
            return {probe for (probe,) in await cursor.fetchall()}


async def is_writable(database: Database, asker: Asker, extension: Extension) -> bool:
    """Whether the asker may send on the topic."""
    try:
        async with (
            database.connection() as connection,
            connection.transaction(force_rollback=True),
            acting_as(connection, asker.role, asker.settings()),
        ):
            await connection.execute(
                "insert into realtime.messages (topic, extension) values (%s, %s)",
                (asker.topic, extension),
            )
    except psycopg.errors.InsufficientPrivilege:
        return False
    except psycopg.Error as error:
        raise _explained(error) from error
    return True


def _explained(error: psycopg.Error) -> Exception:
    message = error.diag.message_primary or ""
    if isinstance(error, psycopg.errors.CheckViolation) and "no partition" in message:
        return MissingPartitionError(message)
    return PolicyError(message)
