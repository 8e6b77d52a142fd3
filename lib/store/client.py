"""One connection to the project: the official Supabase client on one HTTP session of ours."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from lib.settings import Settings
from lib.store.rpc import Rpc
from supabase import AsyncClient, AsyncClientOptions, create_async_client

SCHEMA = "worker"

# Calls are large and few: a handful of kept connections carries a whole process.
_LIMITS = httpx.Limits(max_connections=32, max_keepalive_connections=16, keepalive_expiry=60)


@asynccontextmanager
async def supabase_client(settings: Settings) -> AsyncIterator[AsyncClient]:
    """Open the project with the secret key, on schema `worker`; close all connections at the end.

    HTTP/1.1 on purpose: several calls at once on kept connections cost less processor time here
    than HTTP/2's framing.
    """
    timeout = httpx.Timeout(settings.worker_request_timeout_seconds)
    async with httpx.AsyncClient(http1=True, http2=False, limits=_LIMITS, timeout=timeout) as http:
        yield await create_async_client(
            settings.supabase_url,
            settings.supabase_secret_key.get_secret_value(),
            AsyncClientOptions(
                schema=SCHEMA, httpx_client=http, auto_refresh_token=False, persist_session=False
            ),
        )


@asynccontextmanager
async def worker_rpc(settings: Settings) -> AsyncIterator[Rpc]:
    """Open the project and give the caller of its `worker` functions."""
    async with supabase_client(settings) as client:
        yield Rpc(client.postgrest, settings.worker_request_timeout_seconds)
