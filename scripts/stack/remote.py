"""A Supabase that already runs: hosted, or `supabase start`."""

import asyncio
from dataclasses import dataclass
from typing import Any, Self

import httpx
import psycopg
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from scripts.stack.settings import PROJECT
from scripts.stack.supabase_cli import pending_migrations, push
from scripts.stack.supervisor import StackError


class RemoteSettings(BaseSettings):
    """Keys of the project that --url names."""

    model_config = SettingsConfigDict(
        env_prefix="SUPABASE_", env_file=PROJECT / ".env", extra="ignore"
    )

    publishable_key: str = Field("", description="Key a browser may see")
    secret_key: str = Field("", description="Key of the workers; never in a browser")
    db_url: str = Field("", description="Postgres as role postgres, for migrations")


@dataclass(frozen=True)
class RemoteProject:
    """Where the project is and what opens it."""

    url: str
    db_url: str
    publishable_key: str
    secret_key: str

    @classmethod
    def read(cls, url: str, db_url: str) -> Self:
        """From the command's options, completed from the environment and `.env`."""
        settings = RemoteSettings()
        return cls(
            url.rstrip("/"),
            db_url or settings.db_url,
            settings.publishable_key,
            settings.secret_key,
        )


def push_migrations(project: RemoteProject) -> str:
    """Applies pending migrations, never the demo seed; returns the `.env` lines.

    Raises StackError where the project cannot be used as it stands.
    """
    if not project.db_url:
        raise StackError("Give --db-url (or SUPABASE_DB_URL): migrations need Postgres itself.")
    asyncio.run(push(project.db_url, include_seed=False))
    report = check_project(project)
    if not report["is_worker_schema_exposed"]:
        raise StackError(
            "Migrations are applied, but the API does not expose the schema `worker`: add it "
            "under Settings > API > Exposed schemas."
        )
    return (
        f"SUPABASE_URL={project.url}\n"
        f"SUPABASE_PUBLISHABLE_KEY={project.publishable_key}\n"
        f"SUPABASE_SECRET_KEY={project.secret_key}\n"
    )


def check_project(project: RemoteProject) -> dict[str, Any]:
    """What answers there: reachable, key accepted, schema exposed, migrations current."""
    headers = {"apikey": project.secret_key, "Accept-Profile": "worker"}
    answer = httpx.get(f"{project.url}/rest/v1/", headers=headers, timeout=10)
    is_exposed = answer.status_code == httpx.codes.OK
    pending = asyncio.run(_pending(project.db_url)) if project.db_url else None
    return {
        "url": project.url,
        "is_key_accepted": answer.status_code != httpx.codes.UNAUTHORIZED,
        "is_worker_schema_exposed": is_exposed,
        "pending_migrations": pending,
        "is_healthy": is_exposed and not pending,
    }


async def _pending(db_url: str) -> list[str]:
    try:
        return await pending_migrations(db_url)
    except psycopg.OperationalError as error:
        raise StackError(f"Postgres does not answer: {error}") from error
