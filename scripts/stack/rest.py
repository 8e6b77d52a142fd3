"""PostgREST, configured as the hosted service is."""

import asyncio
import tomllib

import httpx

from scripts.stack.parts import postgrest_binary
from scripts.stack.processes import Child
from scripts.stack.settings import PROJECT
from scripts.stack.state import StackState


def rest_child(state: StackState) -> Child:
    """The REST server, on a port of its own behind the gateway."""
    api = tomllib.loads((PROJECT / "supabase" / "config.toml").read_text())["api"]
    environment = {
        "PGRST_DB_URI": state.dsn("authenticator"),
        "PGRST_DB_SCHEMAS": ",".join(api["schemas"]),
        "PGRST_DB_EXTRA_SEARCH_PATH": ",".join(api["extra_search_path"]),
        "PGRST_DB_MAX_ROWS": str(api["max_rows"]),
        "PGRST_DB_ANON_ROLE": "anon",
        "PGRST_DB_POOL": "16",
        "PGRST_DB_POOL_ACQUISITION_TIMEOUT": "10",
        "PGRST_JWT_SECRET": state.jwt_secret,
        "PGRST_OPENAPI_MODE": "follow-privileges",
        "PGRST_SERVER_HOST": "127.0.0.1",
        "PGRST_SERVER_PORT": str(state.rest_port),
        "PGRST_ADMIN_SERVER_PORT": str(state.rest_admin_port),
        "PGRST_LOG_LEVEL": "error",
    }
    return Child(
        name="postgrest",
        command=[postgrest_binary()],
        folder=state.folder,
        environment=environment,
        is_unprivileged=True,
    )


async def wait_until_rest_ready(state: StackState, seconds: float = 20) -> None:
    """Returns once PostgREST has its schema cache and a connection."""
    url = f"http://127.0.0.1:{state.rest_admin_port}/ready"
    async with asyncio.timeout(seconds), httpx.AsyncClient() as client:
        while True:
            try:
                if (await client.get(url)).status_code == httpx.codes.OK:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.05)
