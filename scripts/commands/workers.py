"""`luxury workers`: one replica of the workers, like `python -m workers`."""

import sys
from typing import Annotated

import typer

from lib.errors import ConfigurationError
from lib.log import configure_logging
from scripts.commands.project import Instance, find_settings
from workers.__main__ import REFUSED, run


def workers(
    *,
    only: Annotated[str, typer.Option(help="Components or workers, with commas between.")] = "",
    replica: Annotated[str, typer.Option(help="Name in leases, heartbeats and logs.")] = "",
    instance: Instance = "dev",
) -> None:
    """Run the workers until Ctrl-C or SIGTERM; running batches get to finish."""
    overrides = {"worker_replica_name": replica} if replica else {}
    try:
        settings = find_settings(instance, **overrides)
    except ConfigurationError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(REFUSED) from None
    stream = sys.stdout if settings.log_stream == "stdout" else sys.stderr
    configure_logging(settings.log_level, settings.worker_replica_name, stream)
    raise typer.Exit(run(settings, [name.strip() for name in only.split(",") if name.strip()]))
