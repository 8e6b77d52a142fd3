"""The SQL of identities: how a user proves who they are, one row per provider."""

from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from scripts.stack.auth.database import Connection

INSERT_IDENTITY = """
    insert into auth.identities
        (provider_id, user_id, identity_data, provider, last_sign_in_at, created_at, updated_at)
    values (%(user_id)s::text, %(user_id)s, %(data)s, %(provider)s, now(), now(), now())
"""

UPDATE_IDENTITY_EMAIL = """
    update auth.identities
    set identity_data = identity_data || jsonb_build_object('email', %(email)s::text),
        updated_at = now()
    where user_id = %(id)s and provider = 'email'
"""


async def insert_identity(
    connection: Connection, user_id: UUID, provider: str, email: str | None
) -> None:
    """A way for the user to prove who they are; an e-mail provider knows the address."""
    data: dict[str, Any] = {
        "sub": str(user_id),
        "email_verified": False,
        "phone_verified": False,
    }
    if email:
        data["email"] = email
    values = {"user_id": user_id, "provider": provider, "data": Jsonb(data)}
    await connection.execute(INSERT_IDENTITY, values)


async def set_email_of_identity(connection: Connection, user_id: UUID, email: str) -> None:
    """Changes the address of the e-mail provider, or adds that provider."""
    values = {"id": user_id, "email": email}
    updated = await connection.execute(UPDATE_IDENTITY_EMAIL, values)
    if updated.rowcount == 0:
        await insert_identity(connection, user_id, "email", email)
