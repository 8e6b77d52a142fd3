"""What an evaluation found, as a table for people and as JSON for programs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Line:
    """One figure; `goal`, `baseline` and `published` are words of facts, where there are any."""

    what: str
    measured: str
    goal: str = ""
    baseline: str = ""
    published: str = ""
    on: str = ""
    """The data it was measured on."""


@dataclass(frozen=True)
class Report:
    """Figures of one task; `notes` say what was left out and why."""

    title: str
    lines: Sequence[Line]
    notes: Sequence[str] = ()
    figures: Mapping[str, Any] = field(default_factory=dict)
    """The same for programs."""
    is_unusable: bool = False
    """The file held nothing that could be judged."""

    def as_json(self) -> dict[str, Any]:
        """Return all of it as plain data."""
        lines = [vars(line) for line in self.lines]
        return {
            "title": self.title,
            "figures": dict(self.figures),
            "lines": lines,
            "notes": list(self.notes),
        }

    def print(self, console: Console) -> None:
        """Print the table and the notes; columns that nothing fills are left out."""
        table = Table(title=self.title, title_justify="left", box=None, header_style="bold")
        names = [
            name
            for name in ("what", "measured", "goal", "baseline", "published", "on")
            if any(getattr(line, name) for line in self.lines)
        ]
        for name in names:
            table.add_column(name, overflow="fold")
        for line in self.lines:
            table.add_row(*(getattr(line, name) for name in names))
        console.print(table)
        for note in self.notes:
            console.print(note, style="dim", markup=False)
        console.print()
