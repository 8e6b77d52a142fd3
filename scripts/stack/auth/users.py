"""The SQL of users and identities."""

from typing import Any
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from scripts.stack.auth.database import Connection
from scripts.stack.auth.identities import insert_identity, set_email_of_identity
from scripts.stack.auth.models import OPTIONAL_INSTANTS, User, UserChange

NO_INSTANCE = UUID(int=0)
EMAIL_KEY = "users_email_partial_key"

SELECT_USER = f"""
    select u.id, coalesce(u.aud, '') as aud, coalesce(u.role, '') as role, u.email, u.phone,
           u.encrypted_password, u.is_anonymous, u.created_at, u.updated_at,
           coalesce(u.raw_app_meta_data, '{{}}') as app_metadata,
           coalesce(u.raw_user_meta_data, '{{}}') as user_metadata,
           {", ".join(f"u.{column}" for column in OPTIONAL_INSTANTS)},
           (select coalesce(jsonb_agg(to_jsonb(i) order by i.created_at), '[]')
            from auth.identities i where i.user_id = u.id) as identities
    from auth.users u
"""  # noqa: S608  # only our own column names

INSERT_USER = """
    insert into auth.users (
        instance_id, id, aud, role, email, phone, encrypted_password,
        raw_app_meta_data, raw_user_meta_data, created_at, updated_at,
        confirmation_token, recovery_token, email_change_token_new, email_change
    ) values (
        %(instance_id)s, %(id)s, 'authenticated', 'authenticated', %(email)s, %(phone)s,
        %(password_hash)s, %(app_metadata)s, %(user_metadata)s, now(), now(), '', '', '', ''
    )
"""

UPDATE_USER = """
    update auth.users
    set email = coalesce(%(email)s, email),
        phone = coalesce(%(phone)s, phone),
        role = coalesce(%(role)s, role),
        encrypted_password = coalesce(%(password_hash)s, encrypted_password),
        email_confirmed_at = case when %(is_email_confirmed)s
            then coalesce(email_confirmed_at, now()) else email_confirmed_at end,
        phone_confirmed_at = case when %(is_phone_confirmed)s
            then coalesce(phone_confirmed_at, now()) else phone_confirmed_at end,
        banned_until = case
            when %(ban_seconds)s::double precision is null then banned_until
            when %(ban_seconds)s::double precision <= 0 then null
            else now() + make_interval(secs => %(ban_seconds)s) end,
        raw_app_meta_data = (coalesce(raw_app_meta_data, '{}') || %(app_metadata)s)
            - %(app_removed)s::text[],
        raw_user_meta_data = (coalesce(raw_user_meta_data, '{}') || %(user_metadata)s)
            - %(user_removed)s::text[],
        updated_at = now()
    where id = %(id)s
"""

# The row stays for its references, but nothing of the person does.
SOFT_DELETE_USER = """
    update auth.users
    set email = 'deleted-' || id, phone = null, encrypted_password = '',
        raw_app_meta_data = '{}', raw_user_meta_data = '{}',
        deleted_at = coalesce(deleted_at, now()), updated_at = now()
    where id = %s
"""

LIST_WHERE = """
    where %(filter)s = '' or strpos(lower(u.email), lower(%(filter)s)) > 0
"""


async def find_user(connection: Connection, user_id: UUID) -> User | None:
    """The user of that id."""
    return await _fetch(connection, SELECT_USER + " where u.id = %s", (user_id,))


async def find_user_by_email(connection: Connection, email: str) -> User | None:
    """The user of that address, which is already lower case."""
    query = SELECT_USER + " where u.email = %s and not u.is_sso_user"
    return await _fetch(connection, query, (email,))


async def list_users(
    connection: Connection, *, page: int, per_page: int, text: str
) -> tuple[list[User], int]:
    """One page of users, newest first, and how many there are on all pages."""
    values = {"filter": text, "limit": per_page, "offset": (page - 1) * per_page}
    page_query = (
        f"{SELECT_USER} {LIST_WHERE} order by u.created_at desc, u.id"
        " limit %(limit)s offset %(offset)s"
    )
    async with connection.cursor(row_factory=class_row(User)) as cursor:
        users = await (await cursor.execute(page_query, values)).fetchall()
    count_query = f"select count(*) from auth.users u {LIST_WHERE}"  # noqa: S608
    counted = await (await connection.execute(count_query, values)).fetchone()
    return users, counted[0] if counted else 0


async def insert_user(
    connection: Connection,
    *,
    user_id: UUID,
    email: str | None,
    phone: str | None,
    password_hash: str,
    user_metadata: dict[str, Any],
) -> None:
    """A new, unconfirmed user; a project's triggers run in the same transaction."""
    providers = [name for name, value in (("email", email), ("phone", phone)) if value]
    values = {
        "instance_id": NO_INSTANCE,
        "id": user_id,
        "email": email,
        "phone": phone,
        "password_hash": password_hash,
        "app_metadata": Jsonb({"provider": providers[0], "providers": providers}),
        "user_metadata": Jsonb(user_metadata),
    }
    await connection.execute(INSERT_USER, values)
    for provider in providers:
        await insert_identity(connection, user_id, provider, email if provider == "email" else None)


async def change_user(connection: Connection, user_id: UUID, change: UserChange) -> None:
    """Applies `change`; metadata is merged key by key."""
    app_metadata, user_metadata = dict(change.app_metadata), dict(change.user_metadata)
    if change.is_email_confirmed:
        user_metadata["email_verified"] = True
    values = {
        "id": user_id,
        "email": change.email,
        "phone": change.phone,
        "role": change.role,
        "password_hash": change.password_hash,
        "is_email_confirmed": change.is_email_confirmed,
        "is_phone_confirmed": change.is_phone_confirmed,
        "ban_seconds": change.ban_seconds,
        "app_metadata": Jsonb(_kept(app_metadata)),
        "app_removed": _removed(app_metadata),
        "user_metadata": Jsonb(_kept(user_metadata)),
        "user_removed": _removed(user_metadata),
    }
    await connection.execute(UPDATE_USER, values)
    if change.email:
        await set_email_of_identity(connection, user_id, change.email)


async def delete_user(connection: Connection, user_id: UUID) -> None:
    """Removes the user and, by cascade, whatever is theirs."""
    await connection.execute("delete from auth.users where id = %s", (user_id,))


async def soft_delete_user(connection: Connection, user_id: UUID) -> None:
    """Keeps the id, forgets the person, and ends every session."""
    await connection.execute(SOFT_DELETE_USER, (user_id,))
    await connection.execute("delete from auth.identities where user_id = %s", (user_id,))
    await connection.execute("delete from auth.sessions where user_id = %s", (user_id,))


async def _fetch(connection: Connection, query: str, values: tuple[object, ...]) -> User | None:
    async with connection.cursor(row_factory=class_row(User)) as cursor:
        return await (await cursor.execute(query, values)).fetchone()


def _kept(metadata: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in metadata.items() if value is not None}


def _removed(metadata: dict[str, Any]) -> list[str]:
    return [key for key, value in metadata.items() if value is None]
