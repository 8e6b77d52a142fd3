"""`luxury demo`: the main job played on real messages, live, and checked to the end."""

import asyncio
import signal
from typing import Annotated

import typer
import uvloop
from rich.console import Console

from scripts.commands.stack import told
from scripts.play.evening import Options, play
from scripts.play.target import Target, start_embedded, stop_embedded, use_running


def demo(
    *,
    tickets: Annotated[int, typer.Option(min=1, max=10_000, help="How many messages.")] = 200,
    pace: Annotated[float, typer.Option(min=0.1, max=500, help="Messages a second.")] = 10.0,
    replicas: Annotated[int, typer.Option(min=1, max=16, help="Worker processes.")] = 2,
    seed: Annotated[int, typer.Option(help="Same seed: same people, same messages.")] = 2026,
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave it running; say how to connect a React app.")
    ] = False,
    plain: Annotated[bool, typer.Option("--plain", help="Lines instead of a screen.")] = False,
    url: Annotated[
        str, typer.Option(help="Play on a Supabase that runs already (a development one).")
    ] = "",
) -> None:
    """Play an evening at the desk: tickets arriving, who gets them, why; then check everything."""
    console = Console()
    options = Options(
        tickets=tickets,
        pace=pace,
        replicas=replicas,
        seed=seed,
        is_plain=plain or not console.is_terminal,
        is_kept=keep,
    )
    _end_like_ctrl_c()
    with told():
        try:
            console.print("Starting Supabase ..." if not url else f"Playing on {url}")
            target = use_running(url) if url else start_embedded()
            holds = _run(target, options, console)
        finally:
            if not (url or keep):
                stop_embedded()
    raise typer.Exit(0 if holds else 1)


def _end_like_ctrl_c() -> None:
    """A closed terminal or a plain kill must not leave the stack and the workers running."""
    for number in (signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, lambda *_: signal.raise_signal(signal.SIGINT))


def _run(target: Target, options: Options, console: Console) -> bool:
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(play(target, options, console))
    except KeyboardInterrupt:
        console.print("Stopped.")
        raise typer.Exit(130) from None
