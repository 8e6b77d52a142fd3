"""The one URL: which path goes where."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, Router

from scripts.stack.auth import Auth
from scripts.stack.gateway.answers import (
    App,
    Receive,
    Scope,
    Send,
    is_preflight,
    json_response,
    send_preflight,
    with_cors,
)
from scripts.stack.gateway.health import Check, answers_ok, states_of
from scripts.stack.gateway.keyring import Keyring
from scripts.stack.gateway.rest import PREFIX, RestProxy
from scripts.stack.gateway.services import auth_door, realtime_door
from scripts.stack.gateway.settings import GatewaySettings
from scripts.stack.realtime import Realtime


def gateway_app(settings: GatewaySettings) -> App:
    """An ASGI application with lifespan, for one uvicorn process."""
    keyring = Keyring(settings)
    rest = RestProxy(settings.rest_port, keyring, settings.rest_timeout_seconds)
    services = with_cors(_services(settings, keyring, rest))

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            if is_preflight(scope):
                return await send_preflight(scope, send)
            path: bytes = scope["raw_path"]
            if path.startswith(PREFIX) and path[len(PREFIX) :][:1] in (b"", b"/"):
                return await rest(scope, receive, send)
        return await services(scope, receive, send)

    return app


def _services(settings: GatewaySettings, keyring: Keyring, rest: RestProxy) -> App:
    """Everything but REST, which takes a shorter way, and the lifespan of all."""
    auth, realtime = Auth(settings.auth), Realtime(settings.realtime)
    checks: dict[str, Check] = {
        "auth": auth.ping,
        "rest": answers_ok(f"http://127.0.0.1:{settings.rest_admin_port}/ready"),
        "realtime": realtime.ready,
    }

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(rest)
            await stack.enter_async_context(auth)
            await stack.enter_async_context(realtime)
            yield

    async def healthz(_request: Request) -> Response:
        states = await states_of(checks)
        is_ok = set(states.values()) == {"ok"}
        status = "ok" if is_ok else "unavailable"
        return json_response({"status": status, "components": states}, 200 if is_ok else 503)

    return Starlette(
        routes=[
            Route("/healthz", healthz, methods=["GET"]),
            Mount("/auth/v1", app=auth_door(Router(routes=auth.routes()), keyring)),
            Mount("/realtime/v1", app=realtime_door(Router(routes=realtime.routes()), keyring)),
        ],
        exception_handlers={404: _no_route},
        lifespan=lifespan,
    )


async def _no_route(_request: Request, _error: Exception) -> Response:
    """Services that this stack does not have, such as storage and functions."""
    return json_response({"message": "no Route matched with those values"}, 404)
