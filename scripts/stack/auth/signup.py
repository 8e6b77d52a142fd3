"""POST /signup."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
from starlette.requests import Request
from starlette.responses import Response

from scripts.stack.auth.bodies import SignUpBody, metadata, normal_email, read_body
from scripts.stack.auth.context import AUDIENCE, Context, start_session
from scripts.stack.auth.database import Connection, transaction
from scripts.stack.auth.errors import AuthError, answer, invalid, unexpected
from scripts.stack.auth.models import User, UserChange
from scripts.stack.auth.users import (
    EMAIL_KEY,
    change_user,
    find_user,
    find_user_by_email,
    insert_user,
)
from scripts.stack.auth.wire import user_json


async def sign_up(context: Context, request: Request) -> Response:
    """A new user and their first session, in one transaction; 422 when the address is taken."""
    body = await read_body(request, SignUpBody)
    email, password = _credentials(body)
    context.passwords.check_strength(password)
    data = metadata(body.data)
    password_hash = await context.passwords.hash(password)
    try:
        async with transaction(context.pool) as connection:
            if await find_user_by_email(connection, email):
                return _answer_known(context, email, data)
            user_id = uuid4()
            await insert_user(
                connection,
                user_id=user_id,
                email=email,
                phone=None,
                password_hash=password_hash,
                user_metadata=data | _own_metadata(user_id, email),
            )
            return answer(await _welcome(context, connection, user_id, request))
    except psycopg.OperationalError:
        raise
    except psycopg.Error as error:
        raise saving_refused(error) from None


def saving_refused(error: psycopg.Error, code: str = "user_already_exists") -> AuthError:
    """A taken address (two sign-ups at once), or a trigger of the project that failed."""
    if error.diag.constraint_name == EMAIL_KEY:
        return already_registered(code)
    return unexpected("Database error saving new user")


def already_registered(code: str = "user_already_exists") -> AuthError:
    """The address is taken (422)."""
    if code == "email_exists":
        message = "A user with this email address has already been registered"
        return AuthError(422, code, message)
    return AuthError(422, code, "User already registered")


def _credentials(body: SignUpBody) -> tuple[str, str]:
    if not body.email and not body.phone:
        raise AuthError(422, "anonymous_provider_disabled", "Anonymous sign-ins are disabled")
    if body.email and body.phone:
        raise invalid("Only an email address or phone number should be provided on signup.")
    if not body.email:
        raise AuthError(400, "phone_provider_disabled", "Phone signups are disabled")
    if not body.password:
        raise invalid("Signup requires a valid password")
    return normal_email(body.email), body.password


def _own_metadata(user_id: UUID, email: str) -> dict[str, Any]:
    return {
        "sub": str(user_id),
        "email": email,
        "email_verified": False,
        "phone_verified": False,
    }


async def _welcome(
    context: Context, connection: Connection, user_id: UUID, request: Request
) -> dict[str, Any]:
    """The session of a confirmed user, or the user who must still confirm."""
    if context.settings.is_autoconfirmed:
        await change_user(connection, user_id, UserChange(is_email_confirmed=True))
        return await start_session(context, connection, user_id, request)
    user = await find_user(connection, user_id)
    if user is None:
        raise unexpected("Database error loading user after sign-up")
    return user_json(user)


def _answer_known(context: Context, email: str, data: dict[str, Any]) -> Response:
    """GoTrue tells that an address is taken only where it would sign in at once."""
    if context.settings.is_autoconfirmed:
        raise already_registered()
    return answer(user_json(_stranger(email, data, datetime.now(UTC))))


def _stranger(email: str, data: dict[str, Any], now: datetime) -> User:
    """Somebody who exists nowhere, looking like a sign-up that waits for its confirmation."""
    user_id = uuid4()
    own = _own_metadata(user_id, email)
    identity = {
        "id": str(uuid4()),
        "provider_id": str(user_id),
        "user_id": str(user_id),
        "identity_data": own,
        "provider": "email",
        "email": email,
        **dict.fromkeys(("last_sign_in_at", "created_at", "updated_at"), now.isoformat()),
    }
    return User(
        id=user_id,
        aud=AUDIENCE,
        role=AUDIENCE,
        email=email,
        phone=None,
        encrypted_password=None,
        app_metadata={"provider": "email", "providers": ["email"]},
        user_metadata=data | own,
        identities=[identity],
        created_at=now,
        updated_at=now,
    )
