"""`luxury report`: asks for a report, waits until it is made, and writes it to files."""

import asyncio
import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from postgrest import AsyncPostgrestClient
from postgrest.exceptions import APIError

from lib.errors import ConfigurationError
from lib.settings import Settings
from scripts.commands.project import Instance, find_settings

POLL_SECONDS = 0.5


class Kind(StrEnum):
    """Reports there are."""

    EXECUTIVE = "executive"
    SUCCESS = "success"


class Language(StrEnum):
    """Languages they are written in."""

    PL = "pl"
    EN = "en"


def report(
    *,
    kind: Annotated[Kind, typer.Option(help="Of the business, or of how clients fare.")],
    period: Annotated[
        str, typer.Option(help="2026-10, 2026-Q3, 2026, 2026-11-01/2026-11-30, 30d or 12m.")
    ],
    out: Annotated[Path, typer.Option(help="The page is written here.", dir_okay=False)],
    language: Annotated[Language, typer.Option(help="pl or en.")] = Language.PL,
    csv: Annotated[
        Path | None, typer.Option(help="Its tables are written here.", file_okay=False)
    ] = None,
    wait: Annotated[float, typer.Option(min=1, help="So many seconds at most.")] = 120,
    instance: Instance = "dev",
) -> None:
    """Write a report of the whole house as one HTML file; the workers must be running."""
    try:
        settings = find_settings(instance)
        made = asyncio.run(_made(settings, kind, period, language, wait_seconds=wait))
    except (ConfigurationError, httpx.HTTPError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    except APIError as error:
        typer.echo(f"{error.message}: {error.hint or error.details or ''}", err=True)
        raise typer.Exit(1) from None
    if made is None:
        typer.echo(f"Not made within {wait:g} s: is `luxury workers` running?", err=True)
        raise typer.Exit(1)
    out.write_text(made["html"], encoding="utf-8", newline="")
    typer.echo(f"{out}: {made['html_digest']}")
    if csv is not None:
        csv.mkdir(parents=True, exist_ok=True)
        for name, text in made["csv"].items():
            (csv / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
        typer.echo(f"{csv}: {len(made['csv'])} tables")


async def _made(
    settings: Settings, kind: Kind, period: str, language: Language, *, wait_seconds: float
) -> dict[str, Any] | None:
    """Return the completed report with its tables; None: not in time."""
    key = settings.supabase_secret_key.get_secret_value()
    client = AsyncPostgrestClient(
        f"{settings.supabase_url}/rest/v1",
        headers={"apikey": key, "Authorization": f"Bearer {key}"},
    )
    async with client:
        asked = await _call(
            client, f"request_{kind}_report", {"p_period": period, "p_language": language}
        )
        made = asked
        deadline = time.monotonic() + wait_seconds
        while made["status"] != "completed":
            if time.monotonic() > deadline:
                return None
            await asyncio.sleep(POLL_SECONDS)
            made = await _call(client, "get_report", {"p_report_id": asked["id"]})
        tables = {
            table["name"]: await _call(
                client, "get_report_table", {"p_report_id": asked["id"], "p_table": table["name"]}
            )
            for table in made["tables"]
        }
        return {**made, "csv": tables}


async def _call(client: AsyncPostgrestClient, function: str, params: dict[str, Any]) -> Any:
    return (await client.rpc(function, params).execute()).data
