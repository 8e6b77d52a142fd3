"""`luxury up`, `down`, `status`, `reset`: the embedded stack, or a Supabase that already runs."""

import asyncio
import json
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console
from rich.table import Table

from scripts.stack import control
from scripts.stack.parts import MissingPartError
from scripts.stack.remote import RemoteProject, check_project, push_migrations
from scripts.stack.state import StackState, load_state
from scripts.stack.supabase_cli import CliError
from scripts.stack.supervisor import StackError, Supervisor

Instance = Annotated[
    str, typer.Option(help="Name of the embedded instance: its own data and ports.")
]
Url = Annotated[str, typer.Option(help="URL of a Supabase that already runs, instead of our own.")]
DbUrl = Annotated[str, typer.Option(help="With --url: its Postgres, as role postgres.")]

errors = Console(stderr=True)


def up(
    *,
    instance: Instance = "dev",
    detach: Annotated[bool, typer.Option(help="Return once ready; the stack stays.")] = False,
    quiet: Annotated[bool, typer.Option(help="Print nothing but errors.")] = False,
    url: Url = "",
    db_url: DbUrl = "",
) -> None:
    """Start Supabase, apply the migrations, seed, and print the `.env`."""
    with told():
        if url:
            print_env(push_migrations(RemoteProject.read(url, db_url)))
            return
        state = control.prepare(instance)
        if state.is_running():
            print_env(state.dotenv())
            return
        if detach:
            print_env(control.start_detached(instance).dotenv())
            return
        supervisor = Supervisor(state, Console(stderr=True, quiet=quiet))
        asyncio.run(supervisor.run(lambda: None if quiet else print_env(state.dotenv())))


def down(*, instance: Instance = "dev", url: Url = "") -> None:
    """Stop the embedded instance; its data stays."""
    with told():
        refuse_foreign(url)
        stopped = control.stop(instance)
        typer.echo("Stopped." if stopped else "Nothing was running.")


def reset(*, instance: Instance = "dev", url: Url = "") -> None:
    """Remove the embedded instance's data; a running one is started afresh."""
    with told():
        refuse_foreign(url)
        was_running = control.stop(instance)
        control.erase(instance)
        if was_running:
            print_env(control.start_detached(instance).dotenv())


def status(
    *,
    instance: Instance = "dev",
    as_json: Annotated[bool, typer.Option("--json", help="Everything, for programs.")] = False,
    url: Url = "",
    db_url: DbUrl = "",
) -> None:
    """Say what runs where; exit status 1 if it does not."""
    with told():
        report = check_project(RemoteProject.read(url, db_url)) if url else _embedded(instance)
    if as_json:
        typer.echo(json.dumps(report, indent=2))
    else:
        _show(report)
    if not report["is_healthy"]:
        raise typer.Exit(1)


def refuse_foreign(url: str) -> None:
    """Stopping or emptying somebody's Supabase is for its own tools."""
    if url:
        raise StackError(f"{url} is not ours to stop or to empty: use its own tools.")


def _embedded(instance: str) -> dict[str, Any]:
    state = load_state(instance)
    if state is None or not state.is_running():
        return {"instance": instance, "is_running": False, "is_healthy": False}
    return {
        "instance": instance,
        "is_running": True,
        "is_healthy": _is_healthy(state),
        "url": state.url,
        "publishable_key": state.publishable_key,
        "secret_key": state.secret_key,
        "anon_key": state.anon_key,
        "service_role_key": state.service_role_key,
        "jwt_secret": state.jwt_secret,
        "db_url": state.db_url,
        "admin_db_url": state.admin_db_url,
        "logs": str(state.folder),
    }


def _is_healthy(state: StackState) -> bool:
    try:
        return httpx.get(f"{state.url}/healthz", timeout=5).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def _show(report: dict[str, Any]) -> None:
    table = Table(show_header=False, box=None)
    secret = {"secret_key", "service_role_key", "jwt_secret", "db_url", "admin_db_url"}
    for name, value in report.items():
        shown = "(see --json)" if name in secret and value else str(value)
        table.add_row(name.replace("_", " "), shown)
    Console().print(table)


def print_env(lines: str) -> None:
    """Prints a `.env` on standard output, so that `luxury up --detach > .env` works."""
    typer.echo(lines, nl=False)


class told:  # noqa: N801  (reads as a phrase: with told())
    """Turns the errors an operator can act on into one message and exit status 1."""

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: object
    ) -> None:
        if isinstance(error, StackError | MissingPartError | CliError | httpx.HTTPError):
            errors.print(str(error), style="red", highlight=False, markup=False)
            raise typer.Exit(1) from error
