"""The schema as text: what a reviewer reads, and what the golden catalogue holds."""

import re
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

import psycopg

from scripts.stack.settings import PROJECT

GOLDEN = PROJECT / "tests" / "contract" / "golden" / "catalogue.txt"
QUERIES = Path(__file__).with_name("catalogue_queries")


def describe(db_url: str) -> str:
    """Return the schemas public, worker and private as text, the same for the same schema.

    Each query of catalogue_queries/*.sql answers (object, line), lines of one object in a row.
    Owners are left out: they hold every privilege anyway.
    """
    with psycopg.connect(db_url) as connection:
        connection.execute("set search_path = ''")
        rows = [
            row
            for path in sorted(QUERIES.glob("*.sql"))
            for row in connection.execute(path.read_bytes()).fetchall()
        ]
    objects = groupby(rows, key=lambda row: row[0])
    return "\n".join(_block(name, [line for _, line in lines]) for name, lines in objects)


def _block(name: str, lines: Iterable[str | None]) -> str:
    shown = [f"    {_plain(line)}\n" for line in lines if line is not None]
    return f"{_plain(name)}\n{''.join(shown)}"


def _plain(text: str) -> str:
    """One line, without the noise that Postgres adds when it writes an expression down."""
    text = re.sub(r"\s+", " ", text).replace("timestamp with time zone", "timestamptz")
    return re.sub(r"('[^']*')::(text|regclass)\b(?!\[)", r"\1", text).strip()
