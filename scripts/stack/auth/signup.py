"""POST /signup."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import psycopg
from starlette.requests import Request
from starlette.responses import Response

from scripts.stack.auth.bodies import SignUpBody, metadata, normal_email, read_body
from scripts.stack.auth.context import Context, start_session
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
            known = await find_user_by_email(connection, email)
            if known:
                return _answer_known(context, known)
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


def _own_metadata(user_id: UUID, email: str) -> dict[str, object]:
    return {
        "sub": str(user_id),
        "email": email,
        "email_verified": False,
        "phone_verified": False,
    }


async def _welcome(
    context: Context, connection: Connection, user_id: UUID, request: Request
) -> dict[str, object]:
    """The session of a confirmed user, or the user who must still confirm."""
    if context.settings.is_autoconfirmed:
        await change_user(connection, user_id, UserChange(is_email_confirmed=True))
        return await start_session(context, connection, user_id, request)
    user = await find_user(connection, user_id)
    if user is None:
        raise unexpected("Database error loading user after sign-up")
    return user_json(user)


def _answer_known(context: Context, known: User) -> Response:
    """GoTrue tells that an address is taken only where it would sign in at once."""
    if context.settings.is_autoconfirmed:
        raise already_registered()
    now, stranger = datetime.now(UTC), uuid4()
    email = known.email or ""
    decoy = User(
        id=stranger,
        aud=known.aud,
        role=known.role,
        email=email,
        phone=None,
        encrypted_password=None,
        app_metadata={"provider": "email", "providers": ["email"]},
        user_metadata=_own_metadata(stranger, email),
        identities=[],
        created_at=now,
        updated_at=now,
    )
    return answer(user_json(replace(decoy, confirmation_sent_at=now)))
