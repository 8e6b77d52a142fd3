"""The SQL of sessions and refresh tokens."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from psycopg.rows import class_row

from scripts.stack.auth.database import Connection
from scripts.stack.auth.models import Session
from scripts.stack.auth.refresh_tokens import RefreshToken, digest_of

SESSION_COLUMNS = "id, user_id, aal, created_at, not_after"
TOKEN_COLUMNS = "id, token as digest, revoked, updated_at"  # noqa: S105

OPEN_SESSION = """
    with opened as (
        insert into auth.sessions (id, user_id, user_agent, ip)
        values (%(session_id)s, %(user_id)s, %(user_agent)s, %(ip)s)
        returning id, user_id, aal, created_at, not_after
    ), granted as (
        insert into auth.refresh_tokens (token, user_id, session_id)
        select %(digest)s, user_id, id from opened
    ), seen as (
        update auth.users set last_sign_in_at = now(), updated_at = now() where id = %(user_id)s
    )
    select id, user_id, aal, created_at, not_after from opened
"""

LOCK_SESSION = f"""
    select {SESSION_COLUMNS} from auth.sessions
    where id = (select session_id from auth.refresh_tokens where token = %s)
    for update
"""  # noqa: S608  # only our own column names

ROTATE = """
    with retired as (
        update auth.refresh_tokens set revoked = true, updated_at = clock_timestamp()
        where id = %(id)s
        returning token, user_id, session_id
    ), granted as (
        insert into auth.refresh_tokens (token, user_id, parent, session_id)
        select %(digest)s, user_id, token, session_id from retired
        returning session_id
    )
    update auth.sessions set refreshed_at = now(), updated_at = now()
    where id = (select session_id from granted)
"""

END_FAMILY = """
    with revoked as (
        update auth.refresh_tokens set revoked = true where session_id = %(id)s and not revoked
    )
    update auth.sessions set not_after = now(), updated_at = now() where id = %(id)s
"""


@dataclass(frozen=True, kw_only=True)
class Device:
    """Where a session was opened."""

    user_agent: str | None
    ip: str | None


async def open_session(
    connection: Connection, user_id: UUID, device: Device, refresh_token: str
) -> Session:
    """A new session whose first refresh token is `refresh_token`."""
    values = {
        "session_id": uuid4(),
        "user_id": user_id,
        "user_agent": device.user_agent,
        "ip": device.ip,
        "digest": digest_of(refresh_token),
    }
    async with connection.cursor(row_factory=class_row(Session)) as cursor:
        session = await (await cursor.execute(OPEN_SESSION, values)).fetchone()
    if session is None:
        raise LookupError("a session that was inserted is not there")
    return session


async def find_session(connection: Connection, session_id: UUID) -> Session | None:
    """The session of that id, unless it has ended."""
    query = (
        f"select {SESSION_COLUMNS} from auth.sessions"  # noqa: S608
        " where id = %s and (not_after is null or not_after > now())"
    )
    async with connection.cursor(row_factory=class_row(Session)) as cursor:
        return await (await cursor.execute(query, (session_id,))).fetchone()


async def lock_session_of(connection: Connection, refresh_token: str) -> Session | None:
    """The session of a refresh token, locked: refreshes of one session happen one by one."""
    async with connection.cursor(row_factory=class_row(Session)) as cursor:
        return await (await cursor.execute(LOCK_SESSION, (digest_of(refresh_token),))).fetchone()


async def read_tokens(
    connection: Connection, session_id: UUID, refresh_token: str
) -> tuple[RefreshToken, RefreshToken | None, datetime]:
    """The presented token, the session's active one, and the database's clock."""
    query = (
        f"select {TOKEN_COLUMNS} from auth.refresh_tokens"  # noqa: S608
        " where session_id = %s and (token = %s or not revoked)"
    )
    digest = digest_of(refresh_token)
    async with connection.cursor(row_factory=class_row(RefreshToken)) as cursor:
        tokens = await (await cursor.execute(query, (session_id, digest))).fetchall()
    clock = await (await connection.execute("select clock_timestamp()")).fetchone()
    if clock is None:
        raise LookupError("the database tells no time")
    presented = next(token for token in tokens if token.digest == digest)
    return presented, next((token for token in tokens if not token.revoked), None), clock[0]


async def rotate(connection: Connection, token: RefreshToken, successor: str) -> None:
    """Revokes `token` and grants `successor` in its place."""
    await connection.execute(ROTATE, {"id": token.id, "digest": digest_of(successor)})


async def end_family(connection: Connection, session_id: UUID) -> None:
    """Ends a session whose token was copied: no token of it works again."""
    await connection.execute(END_FAMILY, {"id": session_id})


async def sign_out(
    connection: Connection, user_id: UUID, session_id: UUID | None, scope: str
) -> None:
    """Ends this session (`local`), all the others (`others`), or every one (`global`)."""
    which = {
        "local": "id = %(session_id)s",
        "others": "id is distinct from %(session_id)s",
        "global": "true",
    }[scope]
    query = f"delete from auth.sessions where user_id = %(user_id)s and {which}"  # noqa: S608
    await connection.execute(query, {"user_id": user_id, "session_id": session_id})
