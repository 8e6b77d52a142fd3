"""The auth server: its database, its routes, its life."""

from pathlib import Path
from typing import Self

from starlette.routing import BaseRoute, Route

from scripts.stack.auth import admin, grants, public, signup, user
from scripts.stack.auth.context import Context, Handler, endpoint
from scripts.stack.auth.database import CONNECT_SECONDS, database_pool, transaction
from scripts.stack.auth.limits import FailureLimit
from scripts.stack.auth.passwords import passwords
from scripts.stack.auth.settings import AuthSettings

TABLES = Path(__file__).with_name("tables.sql")

HANDLERS: list[tuple[str, dict[str, Handler]]] = [
    ("/signup", {"POST": signup.sign_up}),
    ("/token", {"POST": grants.grant}),
    ("/user", {"GET": user.show, "PUT": user.update}),
    ("/logout", {"POST": user.sign_out}),
    ("/admin/users", {"GET": admin.list_all, "POST": admin.create}),
    ("/admin/users/{user_id}", {"GET": admin.show, "PUT": admin.update, "DELETE": admin.delete}),
    ("/admin/users/{user_id}/factors", {"GET": admin.list_factors}),
    ("/health", {"GET": public.health}),
    ("/settings", {"GET": public.settings}),
    ("/.well-known/jwks.json", {"GET": public.jwks}),
    ("/recover", {"POST": public.accept_silently}),
    ("/resend", {"POST": public.accept_silently}),
    *((path, dict.fromkeys(methods, handler)) for path, methods, handler in public.ABSENT),
]


class Auth:
    """GoTrue's paths over schema auth; its routes answer inside `async with`."""

    def __init__(self, settings: AuthSettings) -> None:
        pool = database_pool(settings.database_url)
        limit = FailureLimit(settings.sign_in_failures, settings.sign_in_window_seconds)
        self._context = Context(settings, pool, passwords(settings), limit)

    async def __aenter__(self) -> Self:
        await self._context.pool.open(wait=True, timeout=CONNECT_SECONDS)
        async with transaction(self._context.pool) as connection:
            await connection.execute(TABLES.read_bytes())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._context.pool.close()

    def routes(self) -> list[BaseRoute]:
        """Starlette routes; the gateway mounts them at /auth/v1."""
        return [
            Route(path, endpoint(self._context, handler), methods=[method])
            for path, methods in HANDLERS
            for method, handler in methods.items()
        ]

    async def ping(self) -> None:
        """Raises unless the database answers."""
        async with self._context.pool.connection() as connection:
            await connection.execute("select 1 from auth.refresh_tokens limit 1")
