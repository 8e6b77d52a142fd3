"""How well Polish and English are recognised, whole and in their first few letters."""

from pathlib import Path

from lib.intelligence.language import recognise
from lib.intelligence.text import fold
from scripts.evaluate.report import Line, Report
from scripts.train.text import corpora

SHORT = 25


def goals() -> Report:
    """Return the table of goals: dev parts, whole and below 25 characters."""
    polish = [e.text for d in corpora.POLISH_DOMAINS for e in corpora.polish(d, "dev")]
    english = [e.text for e in corpora.english_part("dev")]
    questions = [e.text for e in corpora.banking("test")]
    lines = []
    for name, code, texts, baseline in (
        ("Polish", "pl", polish, ".996 (.93)"),
        ("Polish without diacritics", "pl", [fold(text) for text in polish], ".996 (.93)"),
        ("English", "en", english, ".9996 (.996)"),
        ("English, questions to a bank", "en", questions, ""),
    ):
        whole, short = _share(texts, code), _share([shorten(text) for text in texts], code)
        measured = f"{whole:.4f} ({short:.4f})"
        lines.append(Line(f"{name}: accuracy (under 25 characters)", measured, ".997", baseline))
    return Report("Language", lines, ["Baseline: py3langid restricted to Polish and English."])


def judge_file(path: Path) -> Report:
    """Return the accuracy on a tab separated file: text, language."""
    rows, notes = [], []
    for number, line in enumerate(path.read_text("utf-8-sig").splitlines(), 1):
        text, _, code = line.rpartition("\t")
        if text.strip() and code.strip():
            rows.append((text, code.strip().lower()))
        elif line.strip():
            notes.append(f"line {number}: not text and language; left out.")
    if not rows:
        return Report(f"Language: {path.name}", [], [*notes, "Nothing to judge."], is_unusable=True)
    right = sum(recognise(text).language == code for text, code in rows) / len(rows)
    found = Line("accuracy", f"{right:.4f}", on=f"{len(rows)} texts")
    return Report(f"Language: {path.name}", [found], notes, {"accuracy": right})


def shorten(text: str) -> str:
    """Return the first whole words that stay below 25 characters."""
    return text if len(text) < SHORT else text[:SHORT].rpartition(" ")[0] or text[: SHORT - 1]


def _share(texts: list[str], code: str) -> float:
    return sum(recognise(text).language == code for text in texts) / len(texts)
