"""What the audience sees: a live screen on a terminal, plain lines elsewhere."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from scripts.play.numbers import by_tier, duration, spread
from scripts.play.story import Story, Told

FRAMES_A_SECOND = 4
PLAIN_SECONDS = 2.0
OTHER_LINES = 17
TIER_STYLES = {
    "vip_platinum": "bold magenta",
    "vip_gold": "yellow",
    "premium": "cyan",
    "standard": "white",
}


@asynccontextmanager
async def on_screen(story: Story, console: Console, *, is_plain: bool) -> AsyncIterator[None]:
    """Shows the story while the block runs."""
    showing = asyncio.create_task(_print(story, console) if is_plain else _draw(story, console))
    try:
        yield
    finally:
        showing.cancel()
        await asyncio.gather(showing, return_exceptions=True)


async def _draw(story: Story, console: Console) -> None:
    with Live(console=console, auto_refresh=False, transient=False) as live:
        try:
            while True:
                live.update(picture(story, console.size.height), refresh=True)
                await asyncio.sleep(1 / FRAMES_A_SECOND)
        finally:
            live.update(picture(story, console.size.height), refresh=True)


async def _print(story: Story, console: Console) -> None:
    act = ""
    while True:
        if story.act != act or story.tickets:
            act = story.act
            console.print(line(story), highlight=False, markup=False, soft_wrap=True)
        await asyncio.sleep(PLAIN_SECONDS)


def line(story: Story) -> str:
    """The state in one line, without anything a client wrote."""
    seen = spread(ticket.seen_ms for ticket in story.tickets.values())
    return (
        f"{story.seconds:6.1f} s  {story.act}: {len(story.tickets)} of {story.planned} opened, "
        f"{story.waiting} waiting, {story.done} resolved, click to agent's screen {seen}"
    )


def picture(story: Story, height: int) -> RenderableType:
    """One frame."""
    newest = list(story.tickets.values())[-max(4, height - OTHER_LINES) :]
    body = _scenes(story) if story.scenes else _tickets(newest)
    return Group(_header(story), body, _tiers(story), _replicas(story))


def _scenes(story: Story) -> RenderableType:
    lines = (Text(text) for scene in story.scenes for text in (f"\n{scene.title}", *scene.lines))
    return Group(*lines)


def _header(story: Story) -> RenderableType:
    text = Text.assemble(
        (f"{story.act}  ", "bold"),
        f"{story.seconds:.0f} s   opened {len(story.tickets)} of {story.planned}   "
        f"waiting {story.waiting}   resolved {story.done}   clients' replies {story.replies}",
    )
    return Panel(text, title="An evening at the desk, Warszawa")


def _tickets(tickets: list[Told]) -> Table:
    table = Table(expand=True, box=None, pad_edge=False)
    for column in ("ticket", "tier", "", "message", "went to", "why"):
        table.add_column(column, no_wrap=True, ratio={"message": 4, "why": 4}.get(column))
    table.add_column("decided", justify="right", no_wrap=True)
    table.add_column("on screen", justify="right", no_wrap=True)
    table.add_column("promise", justify="right", no_wrap=True)
    for ticket in reversed(tickets):
        table.add_row(
            str(ticket.number),
            Text(ticket.tier.removeprefix("vip_"), style=TIER_STYLES[ticket.tier]),
            f"{ticket.language} {ticket.channel}",
            Text(ticket.text, overflow="ellipsis"),
            ticket.agent or Text("...", style="dim"),
            Text(ticket.why, style="dim", overflow="ellipsis"),
            _milliseconds(ticket.decided_ms),
            _milliseconds(ticket.seen_ms),
            _promise(ticket),
        )
    return table


def _milliseconds(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f} ms"


def _promise(ticket: Told) -> Text:
    if ticket.is_kept is None:
        seconds = (ticket.due_at - ticket.opened_at).total_seconds()
        return Text(duration(round(seconds)), style="dim")
    return Text("kept", style="green") if ticket.is_kept else Text("broken", style="red")


def _tiers(story: Story) -> Table:
    table = Table(expand=True, box=None, pad_edge=False)
    for column in ("tier", "promise", "opened", "answered", "kept", "click to agent's screen"):
        table.add_column(column)
    for figures in by_tier(story):
        table.add_row(
            Text(figures.tier, style=TIER_STYLES[figures.tier]),
            figures.promise,
            str(figures.opened),
            str(figures.answered),
            f"{figures.kept} of {figures.answered}",
            str(figures.seen),
        )
    return table


def _replicas(story: Story) -> Text:
    words = []
    for replica in sorted(story.replicas, key=lambda replica: str(replica["replica"])):
        report = replica["report"]
        recorded = report.get("recorded", 0)
        words.append(
            f"{replica['replica']}: {report.get('state')}, Realtime {report.get('realtime')}, "
            f"{recorded} jobs in the last second"
        )
    return Text("Workers   " + "   ".join(words), style="dim")
