"""The `luxury` command."""

import typer

from scripts.commands import (
    bench,
    catalogue,
    demo,
    doctor,
    evaluate,
    jobs,
    report,
    stack,
    train,
    workers,
)

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
app.command()(workers.workers)
app.add_typer(jobs.app, name="jobs")
app.command()(doctor.doctor)
app.command()(demo.demo)
app.command()(bench.bench)
app.command()(evaluate.evaluate)
app.command()(report.report)
app.add_typer(train.app, name="train")
app.command()(catalogue.catalogue)
app.command()(catalogue.types)
app.command()(catalogue.env)


if __name__ == "__main__":
    app(prog_name="luxury")
