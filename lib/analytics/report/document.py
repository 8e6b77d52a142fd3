"""What a page consists of, before it is a page. Texts are plain: the page escapes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from lib.analytics.report.drawing import Drawing

Raw = str | int | Decimal | None
Status = Literal["good", "warning", "bad", "none"]


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as the table file has it, and as people read it."""

    raw: Raw
    text: str
    status: Status | None = None
    """Drawn as a sign before the text."""

    @property
    def is_number(self) -> bool:
        """Whether it stands at the right."""
        return not isinstance(self.raw, str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under a header. Its name is that of its file."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    is_shown: bool = True
    """Long ones are only a file."""
    note: str = ""

    @property
    def number_columns(self) -> tuple[bool, ...]:
        """Which columns hold numbers, all their cells do; the first names its row."""
        return tuple(
            place > 0 and bool(self.rows) and all(row[place].is_number for row in self.rows)
            for place in range(len(self.columns))
        )

    @property
    def is_long(self) -> bool:
        """Whether its rows stand closer together."""
        return len(self.rows) > 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A chart with what it shows, and the name of the table with its numbers."""

    title: str
    drawing: Drawing
    table: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One large number."""

    label: str
    value: str
    detail: str
    change: str
    status: Status
    status_word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something found: a heading, a sentence, and how sure it is."""

    title: str
    text: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What a number means and where its rows are."""

    term: str
    text: str
    source: str


Block = Figure | Table | tuple[Tile, ...] | tuple[Remark, ...] | tuple[Definition, ...] | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading, what it comes to in a sentence or two, and the evidence."""

    key: str
    title: str
    lead: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A whole report."""

    language: str
    title: str
    period: str
    scope: str
    highlights: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    warning: str
    """That the period has not ended, or nothing."""
    sections: tuple[Section, ...]

    @property
    def tables(self) -> list[Table]:
        """Every table in it, in order."""
        return [
            block
            for section in self.sections
            for block in section.blocks
            if isinstance(block, Table)
        ]


def named(figures: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks that say something: tables without rows and empty texts are left out."""
    return tuple(
        block for block in figures if not (isinstance(block, Table) and not block.rows) and block
    )
