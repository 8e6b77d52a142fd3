"""`luxury catalogue`, `types`, `env`: the files that are written from something else."""

import asyncio
import difflib
from pathlib import Path
from typing import Annotated

import typer

from scripts.commands.env_example import ENV_EXAMPLE, env_example
from scripts.commands.stack import told
from scripts.stack.catalogue import GOLDEN, describe
from scripts.stack.settings import PROJECT
from scripts.stack.state import load_state
from scripts.stack.supabase_cli import TYPES, generate_types

Write = Annotated[bool, typer.Option("--write", help="Renew the file instead of comparing it.")]
Instance = Annotated[str, typer.Option(help="The embedded instance to read.")]
DbUrl = Annotated[str, typer.Option(help="Another migrated Postgres to read.")]


def catalogue(*, write: Write = False, instance: Instance = "dev", db_url: DbUrl = "") -> None:
    """Compare the schema with the golden catalogue of the tests."""
    with told():
        settle(GOLDEN, describe(db_url or _running(instance)), write=write)


def types(*, write: Write = False, instance: Instance = "dev", db_url: DbUrl = "") -> None:
    """Compare the schema with the TypeScript types of the frontend."""
    with told():
        settle(TYPES, asyncio.run(generate_types(db_url or _running(instance))), write=write)


def env(*, write: Write = False) -> None:
    """Compare the settings with .env.example."""
    settle(ENV_EXAMPLE, env_example(), write=write)


def settle(path: Path, text: str, *, write: bool) -> None:
    """Write `text` to `path`, or show how they differ and leave with exit status 1."""
    name = str(path.relative_to(PROJECT))
    if write:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        typer.echo(f"Wrote {name}.")
    elif found := difference(path, text):
        typer.echo(found)
        raise typer.Exit(1)
    else:
        typer.echo(f"{name} is current.")


def difference(path: Path, text: str) -> str:
    """Return how `path` differs from `text`, as a unified diff; empty when it does not."""
    old = path.read_text().splitlines() if path.exists() else []
    lines = difflib.unified_diff(
        old, text.splitlines(), path.name, "as it should be", n=2, lineterm=""
    )
    return "\n".join(lines)


def _running(instance: str) -> str:
    state = load_state(instance)
    if state is None or not state.is_running():
        raise typer.BadParameter(f"Instance {instance!r} is not running: `luxury up`.")
    return state.db_url
