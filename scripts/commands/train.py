"""`luxury train`: builds what the workers ship with, the same bytes each time."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from lib.intelligence.models.triage import Correction
from lib.intelligence.prediction.training import Learnt, TrainingPolicy
from lib.intelligence.weights import FOLDER
from lib.store.intelligence.corrections import supabase_correction_store
from lib.store.intelligence.predictions import supabase_prediction_store
from lib.store.rpc import Rpc
from scripts.commands.project import Instance, ask
from scripts.train.predictions.report import table_of_models, table_of_trials
from scripts.train.text import building
from scripts.train.text.corrections import (
    read_corrections,
    sort_corrections,
    write_corrections,
)
from workers.intelligence.training import keep, learn_everything, settle_challengers

PAPER_WIDTH = 150
app = typer.Typer(help="Training: builds the shipped models.", no_args_is_help=True)


@app.callback()
def train() -> None:
    """Train what judges texts from scripts/train/data, what predicts from the house's history."""


@app.command("text")
def train_text(
    names: Annotated[
        list[str] | None,
        typer.Argument(help=f"Any of {', '.join(building.MODELS)}; all by default."),
    ] = None,
    *,
    folder: Annotated[Path, typer.Option(help="Where manifests, weights and cards go.")] = FOLDER,
    corrections: Annotated[
        Path | None,
        typer.Option(help="Learn from these too: a file of `luxury train corrections`."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Train and tell; write nothing.")
    ] = False,
) -> None:
    """Train the models of language and sentiment: a few minutes on one core, no download.

    With corrections a model is written only if it is no worse than the shipped one on the dev parts
    and on the corrections held out; otherwise nothing of it is written and the exit status is 1.
    """
    chosen = names or list(building.MODELS)
    if unknown := [name for name in chosen if name not in building.MODELS]:
        raise typer.BadParameter(f"{', '.join(unknown)}; there are {', '.join(building.MODELS)}")
    said = _read(corrections) if corrections else None
    if not _train(chosen, said, None if dry_run else folder):
        raise typer.Exit(1)


@app.command("corrections")
def export_corrections(
    file: Annotated[Path, typer.Argument(help="Tab separated; clients' words stand in it.")],
    *,
    instance: Instance = "dev",
) -> None:
    """Write what agents said instead of a judgement, for `luxury train text --corrections`."""
    said = ask(instance, lambda rpc: supabase_correction_store(rpc).correction_rows())
    write_corrections(file, said)
    typer.echo(f"{len(said)} corrections of language and sentiment in {file}")


def _train(chosen: list[str], said: list[Correction] | None, folder: Path | None) -> bool:
    """Train these models; whether all of them are fit."""
    is_fit = True
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        for name in chosen:
            task = progress.add_task(name, total=None)

            def tell(step: str, task: TaskID = task, name: str = name) -> None:
                progress.update(task, description=f"{name}: {step}")

            corrected = None if said is None else sort_corrections(said, name)
            if corrected:
                typer.echo(f"{name}: {corrected}")
            built, is_fit_too = building.build(name, tell, folder, corrected)
            is_fit = is_fit and is_fit_too
            progress.update(task, description=f"{name}: {built}", total=1, completed=1)
            typer.echo(built)
    return is_fit


def _read(path: Path) -> list[Correction]:
    try:
        return read_corrections(path)
    except (OSError, ValueError) as error:
        raise typer.BadParameter(f"{path}: {error}") from None


@app.command("predictions")
def train_predictions(
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Climb the ladder and tell; keep nothing.")
    ] = False,
    instance: Instance = "dev",
) -> None:
    """Climb the ladders on the house's own history, as the worker does every four weeks."""
    terminal = Console()
    console = terminal if terminal.is_terminal else Console(width=PAPER_WIDTH)

    async def learn(rpc: Rpc) -> tuple[list[Learnt], list[str]]:
        store, policy = supabase_prediction_store(rpc), TrainingPolicy()
        contexts = await store.scoring_contexts(None, 1)
        settled = await settle_challengers(store, contexts, policy, is_kept=not dry_run)
        learnt = await learn_everything(store, policy)
        for each in [] if dry_run else learnt:
            await keep(store, each)
        return learnt, settled

    with Console(stderr=True).status("reading the house's history, then climbing"):
        learnt, settled = ask(instance, learn)
    console.print(table_of_models(learnt))
    console.print(table_of_trials(learnt))
    for told in settled:
        console.print(told)
    console.print("Nothing was kept." if dry_run else "Kept in ai_models and ai_model_trials.")
