"""Labelled texts from a tab separated file, and what the shipped models say of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lib.intelligence.linear import Floats
from lib.intelligence.sentiment import CLASSES, judge
from scripts.evaluate.figures import Labels

HEADER = ("text", "label", "language")


@dataclass(frozen=True)
class Row:
    """One text to be judged; language None: to be recognised."""

    text: str
    label: str
    language: str | None


@dataclass(frozen=True)
class Judged:
    """Probabilities of those classes that the rows' labels name, and their labels."""

    classes: tuple[str, ...]
    probabilities: Floats
    labels: Labels
    unjudged: int
    """Rows in a language nobody judges: counted as wrong, without confidence."""


def read_rows(path: Path) -> tuple[list[Row], list[str]]:
    """Return the rows that can be read, and a sentence for each that cannot."""
    rows, notes = [], []
    lines = path.read_text("utf-8-sig", errors="replace").split("\n")
    for number, line in enumerate(lines, 1):
        fields = line.rstrip("\r").split("\t")
        if not line.strip() or (number == 1 and _is_header(fields)):
            continue
        problem = _problem(fields)
        if problem:
            notes.append(f"line {number}: {problem}; left out.")
        else:
            language = fields[2].strip().lower() if len(fields) > 2 else ""
            rows.append(Row(fields[0], fields[1].strip().lower(), language or None))
    return rows, notes


def judge_rows(rows: Sequence[Row]) -> Judged:
    """Judge every row; classes that no label names fold away."""
    classes = tuple(name for name in CLASSES if name in {row.label for row in rows})
    found = np.zeros((len(rows), len(classes)), dtype=np.float32)
    unjudged = 0
    for place, row in enumerate(rows):
        probabilities = judge(row.text, row.language).probabilities
        named = np.array([probabilities.get(name, 0.0) for name in classes], dtype=np.float32)
        if named.sum() > 0:
            found[place] = named / named.sum()
        else:
            unjudged += 1
            # Any class but the right one: an answer that is none is no luck either.
            found[place, (classes.index(row.label) + 1) % len(classes)] = 1e-6
    labels = np.array([classes.index(row.label) for row in rows], dtype=np.intp)
    return Judged(classes, found, labels, unjudged)


def _is_header(fields: Sequence[str]) -> bool:
    return [field.strip().lower() for field in fields[:2]] == list(HEADER[:2])


def _problem(fields: Sequence[str]) -> str | None:
    if len(fields) not in (2, 3):
        return f"{len(fields)} fields instead of text, label, language"
    if not fields[0].strip():
        return "no text"
    if fields[1].strip().lower() not in CLASSES:
        return f"unknown label {fields[1].strip()[:40]!r}"
    return None
