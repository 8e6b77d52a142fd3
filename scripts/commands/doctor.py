"""`luxury doctor`: what is wrong, in plain sentences."""

import asyncio
import dataclasses
import json
from collections.abc import Callable

import typer
from rich.console import Console

from lib.errors import ConfigurationError
from lib.settings import Settings
from scripts.commands.project import AsJson, Instance, find_settings
from scripts.doctor import Finding, examine, failed, ok


def doctor(*, as_json: AsJson = False, instance: Instance = "dev") -> None:
    """Look at settings, project, key, migrations, Realtime, workers and queue; 1 if one fails."""
    findings = asyncio.run(_findings(instance, is_quiet=as_json))
    if as_json:
        typer.echo(json.dumps([dataclasses.asdict(finding) for finding in findings], indent=2))
    if not all(finding.is_ok for finding in findings):
        raise typer.Exit(1)


async def _findings(instance: str, *, is_quiet: bool) -> list[Finding]:
    console = Console(quiet=is_quiet)
    findings: list[Finding] = []

    def note(finding: Finding) -> None:
        findings.append(finding)
        word = "[green]ok[/]    " if finding.is_ok else "[red]failed[/]"
        console.print(f"{word}  {finding.sentence}", highlight=False, soft_wrap=True)

    settings = _settings(instance, note)
    if settings is not None:
        async for finding in examine(settings):
            note(finding)
    return findings


def _settings(instance: str, note: Callable[[Finding], None]) -> Settings | None:
    try:
        settings = find_settings(instance)
    except ConfigurationError as error:
        note(failed("settings", f"{error}."))
        return None
    note(ok("settings", "The settings are complete."))
    return settings
