"""Which project a command speaks to: the one of the settings, or the embedded stack that runs."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

import typer

from lib.errors import ConfigurationError, LuxuryError
from lib.settings import Settings, load_settings
from lib.store.client import worker_rpc
from lib.store.rpc import Rpc
from scripts.stack.state import load_state

Answer = TypeVar("Answer")
Instance = Annotated[
    str, typer.Option(help="The embedded instance to use when SUPABASE_URL is not set.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def find_settings(instance: str, **overrides: Any) -> Settings:
    """Return the settings; without SUPABASE_URL those of the running embedded instance."""
    try:
        return load_settings(**overrides)
    except ConfigurationError as error:
        state = load_state(instance)
        if error.variable != "SUPABASE_URL" or state is None or not state.is_running():
            raise
        return load_settings(
            supabase_url=state.url, supabase_secret_key=state.secret_key, **overrides
        )


def ask(instance: str, question: Callable[[Rpc], Awaitable[Answer]]) -> Answer:
    """Ask the project one thing; on an error print it and leave with exit status 1."""

    async def asked() -> Answer:
        async with worker_rpc(find_settings(instance)) as rpc:
            return await question(rpc)

    try:
        return asyncio.run(asked())
    except LuxuryError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
