"""Settings of the embedded stack and where its files live."""

import hashlib
import os
import pwd
import stat
import tempfile
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT = Path(__file__).resolve().parents[2]
UNPRIVILEGED_ACCOUNT = "nobody"  # Postgres refuses to run as root; this account exists everywhere


class StackSettings(BaseSettings):
    """Where the embedded stack listens; a port of 0 takes any free one and keeps it."""

    model_config = SettingsConfigDict(
        env_prefix="STACK_", env_file=PROJECT / ".env", extra="ignore"
    )

    api_port: int = Field(54321, ge=0, le=65535, description="Port of the one URL")
    db_port: int = Field(54322, ge=0, le=65535, description="Port of Postgres")
    jwt_secret: str = Field(
        "", description="HS256 secret, at least 32 characters; empty: made once"
    )
    postgrest_bin: str = Field("", description="A PostgREST of your own, where npm has none")
    postgres_bin_dir: str = Field("", description="Folder of a Postgres 17 of your own")


def account() -> pwd.struct_passwd | None:
    """The account Postgres must run as, or None to stay who we are."""
    return pwd.getpwnam(UNPRIVILEGED_ACCOUNT) if os.geteuid() == 0 else None


def is_reachable_by_all(path: Path) -> bool:
    """Whether any account may walk down to `path`."""
    steps = [path, *path.parents]
    return all(step.stat().st_mode & stat.S_IXOTH for step in steps if step.exists())


def home() -> Path:
    """The ignored folder of all that is fetched or stored.

    Beside the code; started as root below a private folder it moves to the system's temporary
    folder, because the account that runs Postgres could not reach it otherwise.
    """
    place = PROJECT / ".luxury"
    if account() and not is_reachable_by_all(PROJECT):
        digest = hashlib.sha256(str(PROJECT).encode()).hexdigest()[:12]
        place = Path(tempfile.gettempdir()) / f"luxury-{digest}"
    place.mkdir(mode=0o711, parents=True, exist_ok=True)
    if place.is_symlink() or place.stat().st_uid != os.geteuid():
        raise PermissionError(f"{place} belongs to somebody else: remove it, then try again.")
    return place


def instance_folder(instance: str) -> Path:
    """The folder of one instance (`dev`, `test`, `demo`): data, logs, state."""
    return home() / "instances" / instance
