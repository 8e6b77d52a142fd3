"""/admin/users: what a server may do with the secret key."""

from urllib.parse import urlencode
from uuid import UUID, uuid4

import psycopg
from starlette.requests import Request
from starlette.responses import Response

from scripts.stack.auth.bodies import (
    AdminUserBody,
    DeleteBody,
    duration_seconds,
    metadata,
    normal_email,
    read_body,
    uuid_of,
)
from scripts.stack.auth.context import Context, administrator
from scripts.stack.auth.database import Connection, transaction
from scripts.stack.auth.errors import AuthError, answer, invalid
from scripts.stack.auth.models import User, UserChange
from scripts.stack.auth.passwords import check_hash
from scripts.stack.auth.sessions import sign_out
from scripts.stack.auth.signup import already_registered, saving_refused
from scripts.stack.auth.users import (
    change_user,
    delete_user,
    find_user,
    find_user_by_email,
    insert_user,
    list_users,
    soft_delete_user,
)
from scripts.stack.auth.wire import user_json

DEFAULT_PAGE_SIZE = 50
MAX_PAGE_SIZE = 1000


async def create(context: Context, request: Request) -> Response:
    """A user without a session; metadata of the server's own arrives after the insert."""
    administrator(context, request)
    body = await read_body(request, AdminUserBody)
    if not body.email and not body.phone:
        raise invalid("Cannot create a user without either an email or phone")
    user_id = uuid_of(body.id, "ID must conform to the uuid v4 format") if body.id else uuid4()
    change = await _wanted_change(context, body)
    try:
        async with transaction(context.pool) as connection:
            if change.email and await find_user_by_email(connection, change.email):
                raise already_registered("email_exists")
            return answer(user_json(await _insert(connection, user_id, change)))
    except psycopg.OperationalError:
        raise
    except psycopg.Error as error:
        raise saving_refused(error, "email_exists") from None


async def list_all(context: Context, request: Request) -> Response:
    """One page of users; `Link` and `X-Total-Count` tell of the others."""
    administrator(context, request)
    page = _positive(request, "page", 1)
    per_page = min(_positive(request, "per_page", DEFAULT_PAGE_SIZE), MAX_PAGE_SIZE)
    text = request.query_params.get("filter", "")
    async with context.pool.connection() as connection:
        users, total = await list_users(connection, page=page, per_page=per_page, text=text)
    headers = {"x-total-count": str(total), "link": _links(request, page, per_page, total)}
    body = {"users": [user_json(user) for user in users], "aud": "authenticated"}
    return answer(body, headers=headers)


async def show(context: Context, request: Request) -> Response:
    """One user."""
    administrator(context, request)
    async with context.pool.connection() as connection:
        return answer(user_json(await _named_user(connection, request)))


async def update(context: Context, request: Request) -> Response:
    """Changes anything about a user, also a ban; metadata is merged."""
    administrator(context, request)
    change = await _wanted_change(context, await read_body(request, AdminUserBody))
    try:
        async with transaction(context.pool) as connection:
            user = await _named_user(connection, request)
            await change_user(connection, user.id, change)
            if change.password_hash:  # whoever knew the old one must sign in again
                await sign_out(connection, user.id, None, "global")
            return answer(user_json(await _named_user(connection, request)))
    except psycopg.IntegrityError as error:
        raise saving_refused(error, "email_exists") from None


async def delete(context: Context, request: Request) -> Response:
    """Removes a user with all that is theirs, or (`should_soft_delete`) only the person."""
    administrator(context, request)
    body = await read_body(request, DeleteBody)
    async with transaction(context.pool) as connection:
        user = await _named_user(connection, request)
        remove = soft_delete_user if body.should_soft_delete else delete_user
        await remove(connection, user.id)
    return answer({})


async def list_factors(context: Context, request: Request) -> Response:
    """Second factors: none."""
    administrator(context, request)
    async with context.pool.connection() as connection:
        await _named_user(connection, request)
    return answer([])


async def _insert(connection: Connection, user_id: UUID, change: UserChange) -> User:
    await insert_user(
        connection,
        user_id=user_id,
        email=change.email,
        phone=change.phone,
        password_hash=change.password_hash or "",
        user_metadata={k: v for k, v in change.user_metadata.items() if v is not None},
    )
    await change_user(connection, user_id, change)
    return _found(await find_user(connection, user_id))


async def _wanted_change(context: Context, body: AdminUserBody) -> UserChange:
    return UserChange(
        email=normal_email(body.email) if body.email else None,
        phone=body.phone or None,
        role=body.role or None,
        password_hash=await _hash_of(context, body),
        is_email_confirmed=bool(body.email_confirm),
        is_phone_confirmed=bool(body.phone_confirm),
        ban_seconds=duration_seconds(body.ban_duration) if body.ban_duration else None,
        app_metadata=metadata(body.app_metadata),
        user_metadata=metadata(body.user_metadata),
    )


async def _hash_of(context: Context, body: AdminUserBody) -> str | None:
    if body.password and body.password_hash:
        raise invalid("Only a password or a password hash should be provided")
    if body.password_hash:
        check_hash(body.password_hash)
        return body.password_hash
    if not body.password:
        return None
    context.passwords.check_strength(body.password)
    return await context.passwords.hash(body.password)


async def _named_user(connection: Connection, request: Request) -> User:
    user_id = uuid_of(request.path_params["user_id"], "user_id must be an UUID")
    return _found(await find_user(connection, user_id))


def _found(user: User | None) -> User:
    if user is None:
        raise AuthError(404, "user_not_found", "User not found")
    return user


def _positive(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name) or str(default)
    if not text.isdecimal() or not 0 < int(text) < 2**31:
        raise invalid(f"Bad Pagination Parameters: {name} must be a positive number")
    return int(text)


def _links(request: Request, page: int, per_page: int, total: int) -> str:
    """RFC 8288; `page` comes first in each address, because clients read it from there."""
    last = max(1, -(-total // per_page))
    pages = {"next": page + 1} if page < last else {}
    others = {k: v for k, v in request.query_params.items() if k not in ("page", "per_page")}
    return ", ".join(
        f'<{request.url.path}?{urlencode({"page": n, "per_page": per_page} | others)}>; rel="{rel}"'
        for rel, n in (pages | {"last": last}).items()
    )
