"""What one instance keeps between starts: ports, keys, passwords, and the supervisor's process."""

import os
import secrets
import socket
from pathlib import Path

from pydantic import BaseModel

from scripts.stack.keys import legacy_keys, opaque_keys
from scripts.stack.settings import StackSettings, instance_folder


class StackState(BaseModel):
    """Everything a client, a test or an outside checker needs to reach the instance."""

    instance: str
    api_port: int
    db_port: int
    rest_port: int
    rest_admin_port: int
    jwt_secret: str
    publishable_key: str
    secret_key: str
    anon_key: str
    service_role_key: str
    db_password: str
    supervisor_pid: int | None = None
    is_ready: bool = False

    @property
    def url(self) -> str:
        """The one URL of the gateway."""
        return f"http://127.0.0.1:{self.api_port}"

    @property
    def folder(self) -> Path:
        """Where this instance's data and logs are."""
        return instance_folder(self.instance)

    def dsn(self, role: str) -> str:
        """A connection string as `role` (they share one password)."""
        return f"postgresql://{role}:{self.db_password}@127.0.0.1:{self.db_port}/postgres"

    @property
    def db_url(self) -> str:
        """The project's owner, as on hosted Supabase: not a superuser."""
        return self.dsn("postgres")

    @property
    def admin_db_url(self) -> str:
        """The platform's superuser."""
        return self.dsn("supabase_admin")

    def is_running(self) -> bool:
        """Whether the supervisor that wrote this state is alive."""
        if self.supervisor_pid is None:
            return False
        try:
            os.kill(self.supervisor_pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True

    def save(self) -> None:
        """Writes the state so that only its owner can read it, never half of it."""
        self.folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        draft = self.folder / "state.json.new"
        draft.touch(mode=0o600)
        draft.write_text(self.model_dump_json(indent=2))
        draft.replace(_path(self.instance))

    def dotenv(self) -> str:
        """The lines of a `.env` for the workers and, with the public prefix, for a browser."""
        return (
            f"SUPABASE_URL={self.url}\n"
            f"SUPABASE_PUBLISHABLE_KEY={self.publishable_key}\n"
            f"SUPABASE_SECRET_KEY={self.secret_key}\n"
            f"VITE_SUPABASE_URL={self.url}\n"
            f"VITE_SUPABASE_ANON_KEY={self.publishable_key}\n"
        )


def load_state(instance: str) -> StackState | None:
    """The saved state, or None before the first start."""
    path = _path(instance)
    return StackState.model_validate_json(path.read_text()) if path.exists() else None


def create_state(instance: str, settings: StackSettings) -> StackState:
    """A fresh instance: chosen ports, new keys."""
    secret = settings.jwt_secret or secrets.token_urlsafe(48)
    anon_key, service_role_key = legacy_keys(secret)
    publishable_key, secret_key = opaque_keys()
    return StackState(
        instance=instance,
        api_port=settings.api_port or free_port(),
        db_port=settings.db_port or free_port(),
        rest_port=free_port(),
        rest_admin_port=free_port(),
        jwt_secret=secret,
        publishable_key=publishable_key,
        secret_key=secret_key,
        anon_key=anon_key,
        service_role_key=service_role_key,
        db_password=secrets.token_urlsafe(18),
    )


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_port_free(port: int) -> bool:
    """Whether we could listen on `port` now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _path(instance: str) -> Path:
    return instance_folder(instance) / "state.json"
