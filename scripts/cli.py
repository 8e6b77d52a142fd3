"""The `luxury` command."""

import typer

from scripts.commands import stack

app = typer.Typer(
    name="luxury",
    help="The support desk's backend: its stack, its workers, its checks.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command()(stack.up)
app.command()(stack.down)
app.command()(stack.status)
app.command()(stack.reset)


if __name__ == "__main__":
    app(prog_name="luxury")
