"""One connection to the project: the official PostgREST client on one HTTP session of ours."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from postgrest import AsyncPostgrestClient

from lib.settings import Settings
from lib.store.rpc import Rpc

SCHEMA = "worker"

# Calls are large and few: a handful of kept connections carries a whole process.
_LIMITS = httpx.Limits(max_connections=32, max_keepalive_connections=16, keepalive_expiry=60)


@asynccontextmanager
async def worker_rpc(settings: Settings) -> AsyncIterator[Rpc]:
    """Open the project with the secret key, on schema `worker`; close all connections at the end.

    HTTP/1.1 on purpose: kept connections cost less processor time here than HTTP/2's framing.
    """
    key = settings.supabase_secret_key.get_secret_value()
    timeout_seconds = settings.worker_request_timeout_seconds
    async with httpx.AsyncClient(http2=False, limits=_LIMITS, timeout=timeout_seconds) as http:
        client = AsyncPostgrestClient(
            f"{settings.supabase_url}/rest/v1",
            schema=SCHEMA,
            headers={"apikey": key, "Authorization": f"Bearer {key}"},
            http_client=http,
        )
        yield Rpc(client, timeout_seconds)
