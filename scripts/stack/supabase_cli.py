"""The real supabase CLI against a database URL: migrations, advisors, generated types."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import psycopg

from scripts.stack.parts import supabase_binary
from scripts.stack.settings import PROJECT

MIGRATIONS = PROJECT / "supabase" / "migrations"
TYPES = PROJECT / "supabase" / "types" / "database.types.ts"


class CliError(RuntimeError):
    """The CLI refused; the message is its own output."""


async def run_cli(*arguments: str) -> str:
    """Runs the CLI in the project and returns its standard output."""
    environment = {
        **os.environ,
        "DO_NOT_TRACK": "1",
        "SUPABASE_TELEMETRY_DISABLED": "1",
        "SUPABASE_DISABLE_UPDATE_CHECK": "1",
    }
    process = await asyncio.create_subprocess_exec(
        supabase_binary(),
        "--agent=no",
        f"--workdir={PROJECT}",
        *arguments,
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    if process.returncode:
        raise CliError(f"supabase {' '.join(arguments[:2])} failed:\n{(out + err).decode()}")
    return out.decode()


async def pending_migrations(db_url: str) -> list[str]:
    """Names of migration files the database has not applied yet."""
    files = sorted(path.name for path in MIGRATIONS.glob("*.sql"))
    async with await psycopg.AsyncConnection.connect(db_url) as connection:
        known = await connection.execute(
            "select to_regclass('supabase_migrations.schema_migrations') is not null"
        )
        if not (await known.fetchone() or (False,))[0]:
            return files
        rows = await connection.execute("select version from supabase_migrations.schema_migrations")
        applied = {version for (version,) in await rows.fetchall()}
    return [name for name in files if name.split("_")[0] not in applied]


async def push(db_url: str, *, include_seed: bool = True) -> list[str]:
    """Applies pending migrations and the seed; returns what was pending."""
    pending = await pending_migrations(db_url)
    if pending:
        seed = ["--include-seed"] if include_seed else []
        await run_cli("db", "push", "--yes", "--include-all", *seed, f"--remote={db_url}")
    return pending


async def advise(db_url: str, level: str = "warn") -> list[dict[str, Any]]:
    """The advisors' findings at `level` and above."""
    text = await run_cli(
        "--output-format=json", "db", "advisors", f"--level={level}", f"--remote={db_url}"
    )
    findings = json.loads(text)
    results: list[dict[str, Any]] = findings.get("results", findings)
    return results


async def generate_types(db_url: str) -> str:
    """TypeScript types of the `public` schema."""
    text = await run_cli(
        "gen", "types", "--lang=typescript", "--schema=public", f"--remote={db_url}"
    )
    return text[text.index("export type ") :]  # before it the CLI speaks of the connection


def migration_names() -> list[Path]:
    """The migration files in the order they apply."""
    return sorted(MIGRATIONS.glob("*.sql"))
