"""What every handler works with, and the frame around each of them."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg_pool import PoolTimeout
from starlette.requests import Request
from starlette.responses import Response

from scripts.stack.auth.database import Connection, Pool
from scripts.stack.auth.errors import AuthError, error_response, invalid, unexpected
from scripts.stack.auth.limits import FailureLimit
from scripts.stack.auth.models import Session, User
from scripts.stack.auth.passwords import Passwords
from scripts.stack.auth.refresh_tokens import new_token
from scripts.stack.auth.sessions import Device, find_session, open_session
from scripts.stack.auth.settings import AuthSettings
from scripts.stack.auth.tokens import read_claims, require_admin
from scripts.stack.auth.users import find_user
from scripts.stack.auth.wire import session_json

AUDIENCE = "authenticated"
MAX_USER_AGENT = 1000

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Context:
    """The auth server's settings and its one pool."""

    settings: AuthSettings
    pool: Pool
    passwords: Passwords
    sign_in_limit: FailureLimit


Handler = Callable[[Context, Request], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]


def endpoint(context: Context, handler: Handler) -> Endpoint:
    """A Starlette endpoint that answers the handler's errors as GoTrue does."""

    async def run(request: Request) -> Response:
        try:
            return await handler(context, request)
        except AuthError as error:
            return error_response(request, error)
        except psycopg.DataError:  # for example a NUL character in a query parameter
            return error_response(
                request, invalid("The request holds a value that is not storable")
            )
        except (psycopg.OperationalError, PoolTimeout):
            _log.warning("the database cannot be reached")
            message = "The database cannot be reached"
            return error_response(request, AuthError(503, "unexpected_failure", message))
        except psycopg.Error as error:
            _log.warning("the database refused a request with %s", error.sqlstate)
            return error_response(request, unexpected("Database error querying schema"))

    return run


async def signed_in(context: Context, request: Request) -> tuple[User, Session | None]:
    """Who sent the request, and on which device; raises 401 or 403."""
    authorization = request.headers.get("authorization", "")
    claims = read_claims(authorization, context.settings.jwt_secret)
    user_id = _uuid_claim(claims, "sub", 400)
    if user_id is None:
        raise AuthError(403, "bad_jwt", "invalid claim: missing sub claim")
    session_id = _uuid_claim(claims, "session_id", 403)
    async with context.pool.connection() as connection:
        user = await find_user(connection, user_id)
        session = await find_session(connection, session_id) if session_id else None
    if user is None:
        raise AuthError(403, "user_not_found", "User from sub claim in JWT does not exist")
    if session_id and (session is None or session.user_id != user.id):
        message = "Session from session_id claim in JWT does not exist"
        raise AuthError(403, "session_not_found", message)
    if claims.get("aud") != AUDIENCE:
        raise invalid("Token audience doesn't match request audience")
    return user, session


def administrator(context: Context, request: Request) -> None:
    """Lets only a server's token pass; raises 401 or 403."""
    authorization = request.headers.get("authorization", "")
    require_admin(read_claims(authorization, context.settings.jwt_secret))


async def start_session(
    context: Context, connection: Connection, user_id: UUID, request: Request
) -> dict[str, Any]:
    """Opens a session for a user who has just proved who they are."""
    token = new_token()
    session = await open_session(connection, user_id, device_of(request), token)
    user = await find_user(connection, user_id)
    if user is None:
        raise unexpected("Database error granting user")
    return session_json(user, session, token, context.settings, datetime.now(UTC))


def device_of(request: Request) -> Device:
    """Where the request comes from, as far as a session remembers it."""
    agent = request.headers.get("user-agent", "").replace("\x00", "")[:MAX_USER_AGENT]
    return Device(user_agent=agent or None, ip=request.client.host if request.client else None)


def _uuid_claim(claims: dict[str, Any], name: str, status: int) -> UUID | None:
    value = claims.get(name)
    if not value:
        return None
    try:
        return UUID(str(value))
    except ValueError:
        message = f"invalid claim: {name} claim must be a UUID"
        raise AuthError(status, "bad_jwt", message) from None
