"""The end of the evening: figures, promises, and whether everything that must hold does."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from scripts.play.checks import Verdict
from scripts.play.desk import Desk
from scripts.play.numbers import by_tier, spread
from scripts.play.people import PASSWORD
from scripts.play.story import Story
from scripts.play.target import Target


def print_summary(console: Console, story: Story, verdicts: Sequence[Verdict]) -> None:
    """The figures, then one line per check."""
    tickets = list(story.tickets.values())
    at_once = [ticket for ticket in tickets if not ticket.has_waited]
    console.print(f"\n[bold]{len(tickets)} tickets in {story.seconds:.0f} s[/bold]\n")
    console.print(_promises(story))
    spreads = Table(box=None, pad_edge=False)
    for column in ("", "p50", "p95", "longest"):
        spreads.add_column(column, justify="right" if column else "left", no_wrap=True)
    decided = spread(ticket.decided_ms for ticket in tickets)
    seen = spread(ticket.seen_ms for ticket in tickets)
    found = spread(ticket.seen_ms for ticket in at_once)
    spreads.add_row("opened to assigned, by the database's clock", *decided.cells())
    spreads.add_row("client's click to agent's screen, over Realtime", *seen.cells())
    spreads.add_row(f"the same for the {len(at_once)} who found somebody free", *found.cells())
    console.print(spreads)
    for scene in story.scenes:
        console.print(f"\n[bold]{scene.title}[/bold]")
        for told in scene.lines:
            console.print(f"  {told}", highlight=False, markup=False, soft_wrap=True)
    console.print()
    for verdict in verdicts:
        console.print(_line(verdict), highlight=False)


def _promises(story: Story) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in ("tier", "promise", "tickets", "kept", "p50 to screen", "p95", "longest"):
        table.add_column(column, justify="left" if column == "tier" else "right", no_wrap=True)
    for tier in by_tier(story):
        kept = f"{tier.kept} of {tier.opened}"
        table.add_row(tier.tier, tier.promise, str(tier.opened), kept, *tier.seen.cells())
    return table


def _line(verdict: Verdict) -> str:
    if verdict.holds:
        return f"[green]ok[/green]      {verdict.promise}"
    cases = f"{verdict.broken} times, first {verdict.first or '-'}"
    return f"[red]failed[/red]  {verdict.promise}: {cases}"


def print_doors(console: Console, target: Target, desk: Desk) -> None:
    """How a React app connects to what was left running, and whom one can be."""
    agent = next(person for person in desk.agents if person.takes_tickets)
    manager = next(person for person in desk.agents if person.role == "manager")
    examples = (("client", desk.clients[0]), ("agent", agent), ("manager", manager))
    console.print("\n[bold]The desk stays open.[/bold] In a React app:\n")
    console.print(_snippet(target), highlight=False, markup=False, soft_wrap=True)
    console.print(f"Accounts, all with the password {PASSWORD}:", highlight=False)
    for kind, person in examples:
        console.print(f"  {kind:8} {person.email}  {person.name}", highlight=False)
    if target.is_embedded:
        console.print("\nStop it, workers and all: ./scripts/luxury down --instance=demo")


def _snippet(target: Target) -> str:
    return f"""\
import {{ createClient }} from '@supabase/supabase-js'

const supabase = createClient(
  '{target.url}',
  '{target.publishable_key}',
)
await supabase.auth.signInWithPassword({{ email, password }})

await supabase.rpc('open_ticket', {{
  p_subject: 'Massage on Saturday',
  p_body: 'Is there a free hour on Saturday morning?',
  p_channel: 'chat',
}})
supabase
  .channel('my-tickets')
  .on('postgres_changes', {{ event: '*', schema: 'public', table: 'support_tickets' }}, console.log)
  .subscribe()
"""
