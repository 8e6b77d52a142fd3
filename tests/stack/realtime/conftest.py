"""A Realtime server of our own on uvicorn, in front of a real Postgres."""

import asyncio
import os
import threading
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import replace

import psycopg
import pytest
import uvicorn
from starlette.applications import Starlette

from scripts.stack.realtime import UVICORN_OPTIONS, Realtime, RealtimeSettings, websocket_protocol
from tests.stack.realtime.phoenix import SECRET, Phoenix, token
from tests.support.waiting import eventually


@contextmanager
def serving(
    settings: RealtimeSettings, idle_seconds: float = 60.0, *, is_awaited: bool = True
) -> Iterator[str]:
    """Run a server in a thread; its address as `ws://host:port`.

    `is_awaited`: it is given out once the server follows the database.
    """
    realtime = Realtime(settings)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with realtime:
            if is_awaited:
                await realtime.ready()
            yield

    app = Starlette(routes=realtime.routes(), lifespan=lifespan)
    options = {**UVICORN_OPTIONS, "ws": websocket_protocol(idle_seconds)}
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", **options))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    try:
        eventually(lambda: server.started or not thread.is_alive(), seconds=20)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"ws://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=20)


@pytest.fixture(scope="session")
def admin_url(request: pytest.FixtureRequest) -> str:
    """Postgres as its superuser; TEST_ADMIN_DATABASE_URL names another server."""
    other = os.environ.get("TEST_ADMIN_DATABASE_URL")
    return str(other or request.getfixturevalue("stack").admin_db_url)


@pytest.fixture(scope="session")
def settings(admin_url: str) -> RealtimeSettings:
    """Without the pauses the original makes."""
    return RealtimeSettings(
        database_url=admin_url,
        jwt_secret=SECRET,
        connect_error_backoff_seconds=0,
        join_error_backoff_seconds=0,
        token_refresh_seconds=(0.05, 0.1),
        lost_table_seconds=0.1,
    )


@pytest.fixture(scope="session")
def realtime_url(settings: RealtimeSettings) -> Iterator[str]:
    """The address of the server most tests share."""
    with serving(settings) as url:
        yield url


@pytest.fixture
def other_server(settings: RealtimeSettings) -> Iterator[Callable[..., str]]:
    """Starts a server with other settings: `other_server(max_channels_per_socket=2)`."""
    with ExitStack() as running:

        def start(idle_seconds: float = 60.0, **changes: object) -> str:
            changed = replace(settings, **changes)  # type: ignore[arg-type]
            return running.enter_context(serving(changed, idle_seconds))

        yield start


@pytest.fixture
def sql(admin_url: str) -> Iterator[psycopg.Connection]:
    """A connection as the project's owner whose statements commit at once."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute("set role postgres")
        yield connection


@pytest.fixture
def connect(realtime_url: str) -> Iterator[Callable[..., Phoenix]]:
    """Opens connections, closed after the test: `connect(role="anon", vsn=1)`."""
    with ExitStack() as clients:

        def opened(url: str = realtime_url, vsn: int = 2, key: str | None = None) -> Phoenix:
            client = Phoenix(url, key or token("anon"), vsn)
            clients.callback(client.close)
            return client

        yield opened


@pytest.fixture
def client(connect: Callable[..., Phoenix]) -> Phoenix:
    """One connection, version 2, as anon."""
    return connect()


@pytest.fixture
def topic() -> str:
    """A topic nobody else uses."""
    return f"room-{uuid.uuid4()}"


@pytest.fixture
def new_table(sql: psycopg.Connection) -> Iterator[Callable[..., str]]:
    """Creates published tables everybody may read: `new_table("id int primary key")`."""
    names: list[str] = []

    def create(
        columns: str, *, readers: str = "anon, authenticated, service_role", extra: str = ""
    ) -> str:
        name = f"t_{uuid.uuid4().hex[:12]}"
        names.append(name)
        sql.execute(f"create table public.{name} ({columns}) {extra}")
        if readers:
            sql.execute(f"grant select on public.{name} to {readers}")
        sql.execute(f"alter publication supabase_realtime add table public.{name}")
        return name

    yield create
    for name in names:
        sql.execute(f"drop table if exists public.{name} cascade")
