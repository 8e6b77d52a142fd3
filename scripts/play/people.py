"""Signing in as anybody of the demo, with supabase-py as the React app would with supabase-js."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from supabase import AsyncClient, AsyncClientOptions, create_async_client

from scripts.play.target import Target

PASSWORD = "Warszawa-2026"  # noqa: S105  (printed anyway: these accounts are for looking around)


@asynccontextmanager
async def shared_session() -> AsyncIterator[httpx.AsyncClient]:
    """One HTTP pool for a hundred people: each client alone would open its own."""
    limits = httpx.Limits(max_connections=16, max_keepalive_connections=16)
    async with httpx.AsyncClient(limits=limits, timeout=30) as session:
        yield session


async def open_client(target: Target, key: str, session: httpx.AsyncClient) -> AsyncClient:
    """A supabase-py client with the publishable or the secret key."""
    options = AsyncClientOptions(auto_refresh_token=False, httpx_client=session)
    return await create_async_client(target.url, key, options)


async def sign_in(
    target: Target, email: str, session: httpx.AsyncClient
) -> tuple[str, AsyncClient]:
    """The person's id and their own client."""
    client = await open_client(target, target.publishable_key, session)
    answer = await client.auth.sign_in_with_password({"email": email, "password": PASSWORD})
    if answer.user is None:
        raise LookupError(f"{email} signed in and is nobody")
    return answer.user.id, client
