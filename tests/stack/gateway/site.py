"""Where the gateway under test is: the shared stack, or a server over a database of one's own."""

import os
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount, Router

from scripts.stack.auth import Auth
from scripts.stack.gateway import gateway_app
from scripts.stack.gateway.__main__ import settings_of
from scripts.stack.gateway.keyring import Keyring
from scripts.stack.gateway.services import auth_door
from scripts.stack.parts import postgrest_binary
from scripts.stack.settings import StackSettings
from scripts.stack.state import StackState, create_state, free_port
from tests.stack.gateway.serving import serving
from tests.support.waiting import eventually

AuthServers = Callable[..., AbstractContextManager[str]]


@pytest.fixture(scope="session")
def site(request: pytest.FixtureRequest) -> Iterator[StackState]:
    """The shared stack; TEST_ADMIN_DATABASE_URL (superuser, trusted) names another database."""
    other = os.environ.get("TEST_ADMIN_DATABASE_URL")
    if other is None:
        yield request.getfixturevalue("stack")
        return
    made = create_state("scratch", StackSettings(api_port=free_port()))
    state = made.model_copy(update={"db_port": urlsplit(other).port})
    with postgrest(state), serving(gateway_app(settings_of(state)), state.api_port):
        yield state


@contextmanager
def postgrest(state: StackState) -> Iterator[None]:
    """A PostgREST over the state's database, on the state's ports."""
    environment = {
        "PGRST_DB_URI": state.dsn("authenticator"),
        "PGRST_DB_SCHEMAS": "public",
        "PGRST_DB_ANON_ROLE": "anon",
        "PGRST_JWT_SECRET": state.jwt_secret,
        "PGRST_SERVER_HOST": "127.0.0.1",
        "PGRST_SERVER_PORT": str(state.rest_port),
        "PGRST_ADMIN_SERVER_PORT": str(state.rest_admin_port),
        "PGRST_LOG_LEVEL": "crit",
    }
    process = subprocess.Popen(
        [postgrest_binary()], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        eventually(lambda: _is_ready(state), 20)
        yield
    finally:
        process.terminate()
        process.wait(10)


def _is_ready(state: StackState) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{state.rest_admin_port}/ready").is_success
    except httpx.TransportError:
        return False


@pytest.fixture(scope="session")
def own_auth(site: StackState) -> AuthServers:
    """Starts a second auth server over the same database, with other settings."""

    def start(**changes: Any) -> AbstractContextManager[str]:
        settings = settings_of(site)
        auth = Auth(replace(settings.auth, bcrypt_cost=4, **changes))
        door = auth_door(Router(routes=auth.routes()), Keyring(settings))

        @asynccontextmanager
        async def lifespan(_app: Starlette) -> AsyncIterator[None]:
            async with auth:
                yield

        return serving(Starlette(routes=[Mount("/auth/v1", app=door)], lifespan=lifespan))

    return start
