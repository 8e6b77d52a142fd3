"""POST /token: sign in with a password, or refresh a session."""

import time
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from scripts.stack.auth.bodies import PasswordBody, RefreshBody, read_body
from scripts.stack.auth.context import Context, start_session
from scripts.stack.auth.database import Connection, transaction
from scripts.stack.auth.errors import AuthError, answer, invalid
from scripts.stack.auth.models import Session, User
from scripts.stack.auth.refresh_tokens import descendant_of, judge, successor_of
from scripts.stack.auth.sessions import end_family, lock_session_of, read_tokens, rotate
from scripts.stack.auth.users import find_user, find_user_by_email
from scripts.stack.auth.wire import session_json


async def grant(context: Context, request: Request) -> Response:
    """Dispatches on `grant_type`."""
    match request.query_params.get("grant_type"):
        case "password":
            return await sign_in(context, request)
        case "refresh_token":
            return await refresh(context, request)
        case "id_token":
            raise AuthError(400, "provider_disabled", "Provider is not enabled")
        case "pkce":
            message = "invalid flow state, no valid flow state found"
            raise AuthError(404, "flow_state_not_found", message)
        case _:
            raise AuthError(400, "invalid_credentials", "unsupported_grant_type")


async def sign_in(context: Context, request: Request) -> Response:
    """A new session; an unknown address and a wrong password get the same answer."""
    body = await read_body(request, PasswordBody)
    email, password = _credentials(body)
    key = f"{request.client.host if request.client else ''} {email}"
    context.sign_in_limit.begin(key, time.monotonic())
    async with context.pool.connection() as connection:
        user = await find_user_by_email(connection, email) if "\x00" not in email else None
    is_right = await context.passwords.matches(password, user.encrypted_password if user else None)
    if user is None or not is_right:
        raise _wrong()
    context.sign_in_limit.succeed(key)
    _refuse_blocked(user)
    async with transaction(context.pool) as connection:
        session = await start_session(context, connection, user.id, request)
    return answer({**session, "weak_password": None})


async def refresh(context: Context, request: Request) -> Response:
    """The same session with a new pair of tokens."""
    token = (await read_body(request, RefreshBody)).refresh_token
    if not token:
        raise invalid("refresh_token required")
    async with transaction(context.pool) as connection:
        outcome = await _refresh(context, connection, token)
    if isinstance(outcome, AuthError):  # raised only now, so that the family's end is committed
        raise outcome
    return answer(outcome)


async def _refresh(
    context: Context, connection: Connection, token: str
) -> dict[str, Any] | AuthError:
    session = await lock_session_of(connection, token)
    user = await find_user(connection, session.user_id) if session else None
    if session is None or user is None:
        return _refused("refresh_token_not_found", "Refresh Token Not Found")
    if user.is_banned(datetime.now(UTC)):
        return _refused("user_banned", "User Banned")
    successor = await _advance(context, connection, session, token)
    if successor is None:
        await end_family(connection, session.id)
        return _refused("refresh_token_already_used", "Already Used")
    return session_json(user, session, successor, context.settings, datetime.now(UTC))


async def _advance(
    context: Context, connection: Connection, session: Session, token: str
) -> str | None:
    """The session's active token after this request, or None for a copied token."""
    secret = context.settings.jwt_secret
    presented, active, now = await read_tokens(connection, session.id, token)
    match judge(presented, active, now, context.settings.refresh_reuse_seconds):
        case "rotate":
            successor = successor_of(token, secret)
            await rotate(connection, presented, successor)
            return successor
        case "repeat" if active:
            return descendant_of(token, active.digest, secret)
        case _:
            return None


def _credentials(body: PasswordBody) -> tuple[str, str]:
    if body.email and body.phone:
        raise invalid("Only an email address or phone number should be provided on login.")
    if body.phone:
        raise AuthError(422, "phone_provider_disabled", "Phone logins are disabled")
    if not body.email:
        raise invalid("missing email or phone")
    return body.email.strip().lower(), body.password or ""


def _refuse_blocked(user: User) -> None:
    if user.is_banned(datetime.now(UTC)):
        raise AuthError(400, "user_banned", "User is banned")
    if user.email_confirmed_at is None:
        raise AuthError(400, "email_not_confirmed", "Email not confirmed")


def _wrong() -> AuthError:
    return AuthError(400, "invalid_credentials", "Invalid login credentials")


def _refused(code: str, reason: str) -> AuthError:
    return AuthError(400, code, f"Invalid Refresh Token: {reason}")
