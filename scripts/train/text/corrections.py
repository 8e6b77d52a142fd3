"""What agents said instead, as texts to learn from: beside the corpora, never in their dev parts.

A fifth of them, by the text's digest, is never learnt from: it tells what the rest was worth.
"""

import csv
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lib.intelligence.models.triage import Correction
from scripts.train.text import corpora
from scripts.train.text.corpora import Example
from scripts.train.text.recipes import ENGLISH, LANGUAGES, POLISH

HEADER = ["text", "field", "correct", "language"]
CLASSES: Mapping[str, Sequence[str]] = {
    "language": LANGUAGES,
    "sentiment_pl": POLISH,
    "sentiment_en": ENGLISH,
}


@dataclass(frozen=True)
class Corrected:
    """Of one model: what is learnt from, what is held out, how many are left out."""

    learnt: Sequence[Example] = ()
    held: Sequence[Example] = ()
    left_out: int = 0

    def __str__(self) -> str:
        return (
            f"{len(self.learnt)} corrections to learn from, {len(self.held)} held out, "
            f"{self.left_out} left out"
        )


def read_corrections(path: Path) -> list[Correction]:
    """Return the rows of a tab separated file: text, field, correct value, language.

    field: language or sentiment. ValueError names the first line that is none.
    """
    found = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.reader(file, "excel-tab"), 1):
            if row == HEADER or not any(row):
                continue
            if len(row) != len(HEADER) or row[1] not in ("language", "sentiment") or not row[0]:
                raise ValueError(f"line {number} is not: {', '.join(HEADER)}")
            found.append(Correction(*row))
    return found


def write_corrections(path: Path, corrections: Iterable[Correction]) -> None:
    """Write such a file, readable by its owner alone: clients' words stand in it."""
    path.touch(mode=0o600)
    path.chmod(0o600)
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = ([each.text, each.field, each.correct, each.language] for each in corrections)
        csv.writer(file, "excel-tab").writerows([HEADER, *rows])


def sort_corrections(corrections: Sequence[Correction], model: str) -> Corrected:
    """Return what this model can learn from: its language, its classes, none of the dev parts."""
    own = [each for each in corrections if _is_of(each, model)]
    seen = {example.text for example in held_texts(model)}
    fit = {
        each.text: Example(each.text, each.correct, "desk")
        for each in own
        if each.correct in CLASSES[model] and each.text not in seen
    }
    return Corrected(
        learnt=[example for text, example in fit.items() if not is_held(text)],
        held=[example for text, example in fit.items() if is_held(text)],
        left_out=len(own) - len(fit),
    )


def held_texts(model: str) -> list[Example]:
    """Return the dev parts that the model is judged on, labelled as it answers."""
    polish = [e for d in corpora.POLISH_DOMAINS for e in corpora.polish(d, "dev")]
    english = corpora.english_part("dev")
    if model == "language":
        texts = (("pl", polish), ("en", english))
        return [Example(e.text, language, "") for language, part in texts for e in part]
    return polish if model == "sentiment_pl" else english


def is_held(text: str) -> bool:
    """Whether a correction is held out: always the same fifth."""
    return hashlib.sha256(text.encode()).digest()[1] % 5 == 0


def _is_of(correction: Correction, model: str) -> bool:
    if correction.field == "language":
        return model == "language"
    return model == f"sentiment_{correction.language}"
