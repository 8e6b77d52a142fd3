"""`luxury train`: builds what the workers ship with, the same bytes each time."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from lib.intelligence.prediction.training import Learnt, TrainingPolicy
from lib.intelligence.weights import FOLDER
from lib.store.intelligence.predictions import supabase_prediction_store
from lib.store.rpc import Rpc
from scripts.commands.project import Instance, ask
from scripts.train.predictions.report import table_of_models, table_of_trials
from scripts.train.text import building
from workers.intelligence.training import learn_everything

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
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Train and tell; write nothing.")
    ] = False,
) -> None:
    """Train the models of language and sentiment: a few minutes on one core, no download."""
    chosen = names or list(building.MODELS)
    if unknown := [name for name in chosen if name not in building.MODELS]:
        raise typer.BadParameter(f"{', '.join(unknown)}; there are {', '.join(building.MODELS)}")
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        for name in chosen:
            task = progress.add_task(name, total=None)

            def tell(step: str, task: TaskID = task, name: str = name) -> None:
                progress.update(task, description=f"{name}: {step}")

            built = building.build(name, tell, None if dry_run else folder)
            progress.update(task, description=f"{name}: {built}", total=1, completed=1)
            typer.echo(built)


@app.command("predictions")
def train_predictions(
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Climb the ladder and tell; keep nothing.")
    ] = False,
    instance: Instance = "dev",
) -> None:
    """Climb the ladder on the house's own visits, as the worker does every four weeks."""
    console = Console()

    async def learn(rpc: Rpc) -> list[Learnt]:
        store = supabase_prediction_store(rpc)
        learnt = await learn_everything(store, TrainingPolicy())
        for each in [] if dry_run else learnt:
            await store.record_model(each.model, each.trials)
        return learnt

    with Console(stderr=True).status("reading the house's history, then climbing"):
        learnt = ask(instance, learn)
    console.print(table_of_models(learnt))
    console.print(table_of_trials(learnt))
    console.print("Nothing was kept." if dry_run else "Kept in ai_models and ai_model_trials.")
