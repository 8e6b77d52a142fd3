"""`python -m scripts.stack.gateway INSTANCE`: the process that the supervisor keeps alive."""

import sys
from typing import Any

import uvicorn

from scripts.stack.auth import AuthSettings
from scripts.stack.gateway.app import gateway_app
from scripts.stack.gateway.settings import GatewaySettings
from scripts.stack.realtime import UVICORN_OPTIONS, RealtimeSettings
from scripts.stack.state import StackState, load_state

KEEP_ALIVE_SECONDS = 75  # longer than clients keep idle connections, so that they close first
DRAIN_SECONDS = 3
SERVER_OPTIONS: dict[str, Any] = {
    "loop": "uvloop",
    "http": "httptools",
    "access_log": False,
    "log_level": "warning",
    "server_header": False,
    "proxy_headers": False,  # nobody stands in front: a forwarded address would be invented
    "timeout_keep_alive": KEEP_ALIVE_SECONDS,
    "timeout_graceful_shutdown": DRAIN_SECONDS,
    **UVICORN_OPTIONS,
}


def settings_of(state: StackState) -> GatewaySettings:
    """The gateway's part of what an instance knows."""
    return GatewaySettings(
        rest_port=state.rest_port,
        rest_admin_port=state.rest_admin_port,
        publishable_key=state.publishable_key,
        secret_key=state.secret_key,
        anon_key=state.anon_key,
        service_role_key=state.service_role_key,
        auth=AuthSettings(
            database_url=state.dsn("supabase_auth_admin"),
            jwt_secret=state.jwt_secret,
            url=state.url,
        ),
        realtime=RealtimeSettings(database_url=state.admin_db_url, jwt_secret=state.jwt_secret),
    )


def main() -> None:
    """Serves until SIGTERM."""
    state = load_state(sys.argv[1])
    if state is None:
        raise SystemExit(f"There is no instance named {sys.argv[1]}.")
    uvicorn.run(
        gateway_app(settings_of(state)),
        host="127.0.0.1",
        port=state.api_port,
        **SERVER_OPTIONS,
    )


if __name__ == "__main__":
    main()
