"""GET and PUT /user, POST /logout: what a signed-in user does about themselves."""

import psycopg
from starlette.requests import Request
from starlette.responses import Response

from scripts.stack.auth.bodies import UserBody, metadata, normal_email, read_body
from scripts.stack.auth.context import Context, signed_in
from scripts.stack.auth.database import transaction
from scripts.stack.auth.errors import AuthError, answer, invalid
from scripts.stack.auth.models import User, UserChange
from scripts.stack.auth.sessions import sign_out as end_sessions
from scripts.stack.auth.signup import already_registered
from scripts.stack.auth.users import EMAIL_KEY, change_user, find_user
from scripts.stack.auth.wire import user_json

SCOPES = ("global", "local", "others")
NO_CONTENT = 204


async def show(context: Context, request: Request) -> Response:
    """The user of the access token."""
    user, _ = await signed_in(context, request)
    return answer(user_json(user))


async def update(context: Context, request: Request) -> Response:
    """Changes e-mail, password or own metadata; a new password ends the other sessions."""
    user, session = await signed_in(context, request)
    change = await _wanted_change(context, user, await read_body(request, UserBody))
    try:
        async with transaction(context.pool) as connection:
            await change_user(connection, user.id, change)
            if change.password_hash:
                scope = "others" if session else "global"
                await end_sessions(connection, user.id, session.id if session else None, scope)
            changed = await find_user(connection, user.id)
    except psycopg.IntegrityError as error:
        if error.diag.constraint_name == EMAIL_KEY:
            raise already_registered("email_exists") from None
        raise
    return answer(user_json(changed or user))


async def sign_out(context: Context, request: Request) -> Response:
    """Ends sessions; their access tokens live on until they expire, as on hosted."""
    scope = request.query_params.get("scope", "global")
    if scope not in SCOPES:
        raise invalid(f'Unsupported logout scope "{scope}"')
    user, session = await signed_in(context, request)
    async with transaction(context.pool) as connection:
        await end_sessions(connection, user.id, session.id if session else None, scope)
    return Response(status_code=NO_CONTENT)


async def _wanted_change(context: Context, user: User, body: UserBody) -> UserChange:
    if body.app_metadata is not None:
        message = "Updating app_metadata requires admin privileges"
        raise AuthError(403, "not_admin", message)
    if body.phone:
        raise AuthError(422, "phone_provider_disabled", "Phone logins are disabled")
    email = normal_email(body.email) if body.email else None
    data = metadata(body.data)
    if email and email != user.email:
        data = {**data, "email": email}
    return UserChange(
        email=email if email != user.email else None,
        is_email_confirmed=bool(email and context.settings.is_autoconfirmed),
        password_hash=await _new_hash(context, user, body.password) if body.password else None,
        user_metadata=data,
    )


async def _new_hash(context: Context, user: User, password: str) -> str:
    context.passwords.check_strength(password)
    if await context.passwords.matches(password, user.encrypted_password):
        message = "New password should be different from the old password."
        raise AuthError(422, "same_password", message)
    return await context.passwords.hash(password)
