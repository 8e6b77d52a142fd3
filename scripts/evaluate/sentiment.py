"""How well sentiment is told: on the dev parts, or on a file of texts, labels and languages."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from lib.intelligence.linear import Floats
from lib.intelligence.text import fold
from scripts.evaluate.cards import card_of
from scripts.evaluate.figures import (
    Labels,
    accuracy,
    area_under_curve,
    at_confidence,
    calibration_error,
    macro_f1,
)
from scripts.evaluate.report import Line, Report
from scripts.evaluate.rows import Judged, Row, judge_rows, read_rows
from scripts.train.text import corpora

THRESHOLD = 0.7
NOTES_SHOWN = 20


def goals() -> Report:
    """Return the table of goals on the dev parts."""
    lines = []
    parts = {
        domain: _rows(corpora.polish(domain, "dev"), "pl") for domain in ("hotels", "medicine")
    }
    for domain, goal, baseline, published in (
        ("hotels", ".865", ".845", "LaBSE .855, RoBERTa-large .891"),
        ("medicine", ".810", ".777", "LaBSE .809, RoBERTa-large .847"),
    ):
        found = accuracy(*_pair(judge_rows(parts[domain])))
        on = f"WCCRS {domain}, dev part"
        lines.append(
            Line(f"Polish, {domain}: accuracy", f"{found:.3f}", goal, baseline, published, on)
        )
    both = [row for rows in parts.values() for row in rows]
    judged = judge_rows(both)
    bare = judge_rows([Row(fold(row.text), row.label, row.language) for row in both])
    lines.append(_stripped(judged, bare))
    lines += _confidence("Polish, 4 classes", judged, "WCCRS, dev parts", "", "")
    for domain, goal, baseline in (
        ("hotels", ".96", ".957 of 75%"),
        ("medicine", ".90", ".883 of 69%"),
    ):
        clear = judge_rows([row for row in parts[domain] if row.label != "ambiguous"])
        on = f"WCCRS {domain}, dev part without ambiguous"
        lines += _confidence(f"Polish, {domain}, 3 classes", clear, on, goal, baseline)
    english = judge_rows(_rows(corpora.english_part("dev"), "en"))
    lines += _unseen()
    lines += _confidence("English", english, "dev part of all domains", "", "")
    return Report("Sentiment", lines, ["Test parts are not here: run them with --data FILE."])


def judge_file(path: Path) -> Report:
    """Return accuracy, macro F1, ECE, coverage and accuracy at 0.7 of a tab separated file.

    A header is recognised; rows that cannot be read are named with their line and left out.
    """
    rows, notes = read_rows(path)
    if not rows:
        return Report(
            f"Sentiment: {path.name}", [], [*notes, "Nothing to judge."], is_unusable=True
        )
    judged = judge_rows(rows)
    lines, figures = _lines(judged)
    by_language = sorted({row.language or "?" for row in rows})
    if len(by_language) > 1:
        for language in by_language:
            of_it = judge_rows([row for row in rows if (row.language or "?") == language])
            lines.append(
                Line(
                    f"accuracy, {language}",
                    f"{accuracy(*_pair(of_it)):.4f}",
                    on=str(len(of_it.labels)),
                )
            )
    left_out = len(notes)
    if left_out > NOTES_SHOWN:
        notes = [*notes[:NOTES_SHOWN], f"... and {left_out - NOTES_SHOWN} more."]
    if judged.unjudged:
        notes.append(f"{judged.unjudged} rows are in a language nobody judges: counted as wrong.")
    return Report(f"Sentiment: {path.name}", lines, notes, {**figures, "left_out": left_out})


def _lines(judged: Judged) -> tuple[list[Line], dict[str, Any]]:
    covered, sure = at_confidence(judged.probabilities, judged.labels, THRESHOLD)
    figures: dict[str, Any] = {
        "texts": len(judged.labels),
        "classes": list(judged.classes),
        "accuracy": accuracy(*_pair(judged)),
        "macro_f1": macro_f1(*_pair(judged)),
        "ece": calibration_error(*_pair(judged)),
        "coverage_at_0.7": covered,
        "accuracy_at_0.7": sure,
        "auc_positive_negative": _auc(judged),
    }
    names = {
        "texts": "texts",
        "accuracy": "accuracy",
        "macro_f1": "macro F1",
        "ece": "ECE",
        "coverage_at_0.7": "coverage at 0.7",
        "accuracy_at_0.7": "accuracy at 0.7 and above",
        "auc_positive_negative": "AUC, positive against negative",
    }
    return [Line(text, _shown(figures[name])) for name, text in names.items()], figures


def _auc(judged: Judged) -> float | None:
    if not {"positive", "negative"} <= set(judged.classes):
        return None
    up, down = judged.classes.index("positive"), judged.classes.index("negative")
    is_polar = np.isin(judged.labels, [up, down])
    scores = judged.probabilities[:, up] - judged.probabilities[:, down]
    return area_under_curve(scores[is_polar], judged.labels[is_polar] == up)


def _confidence(name: str, judged: Judged, on: str, goal: str, baseline: str) -> list[Line]:
    covered, sure = at_confidence(judged.probabilities, judged.labels, THRESHOLD)
    error = calibration_error(*_pair(judged))
    return [
        Line(f"{name}: ECE", f"{error:.3f}", ".02", "", "", on),
        Line(
            f"{name}: accuracy at 0.7", f"{sure or 0:.3f} of {covered:.0%}", goal, baseline, "", on
        ),
    ]


def _stripped(judged: Judged, bare: Judged) -> Line:
    whole, without = accuracy(*_pair(judged)), accuracy(*_pair(bare))
    return Line(
        "Polish, diacritics stripped: accuracy",
        f"{without:.3f} ({without - whole:+.3f})",
        "within .005",
        ".796",
        "",
        "WCCRS, dev parts",
    )


def _unseen() -> list[Line]:
    measured: Mapping[str, float] = card_of("sentiment_en").get("unseen_domain_auc", {})
    return [
        Line(
            f"English, unseen {domain}: AUC",
            f"{auc:.3f}",
            ".950 (IMDB)",
            ".933 (IMDB)",
            "VADER .881 (IMDB)",
            "when trained without it",
        )
        for domain, auc in measured.items()
    ]


def _rows(examples: Sequence[corpora.Example], language: str) -> list[Row]:
    return [Row(example.text, example.label, language) for example in examples]


def _pair(judged: Judged) -> tuple[Floats, Labels]:
    return judged.probabilities, judged.labels


def _shown(value: float | None) -> str:
    if value is None:
        return "-"
    return str(value) if isinstance(value, int) else f"{value:.4f}"
