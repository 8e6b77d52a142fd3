"""Rows of bars: amounts, shares of a whole, and distances from a goal."""

from collections.abc import Sequence
from dataclasses import dataclass

from lib.analytics.report.drawing import LETTER, LETTER_OF_WORDS, WIDTH, Canvas, Drawing, wrapped
from lib.analytics.report.scales import Scale

LABELS, GAP = 210.0, 12.0


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A value and how it is written; `look` first (full), second (hatched) or third (light)."""

    value: float
    text: str
    look: str = "first"


@dataclass(frozen=True, kw_only=True)
class BarRow:
    """A label and its bars, one under the other."""

    label: str
    bars: Sequence[Bar]


def draw_bars(
    rows: Sequence[BarRow], description: str, legend: Sequence[tuple[str, str]] = ()
) -> Drawing:
    """Return bars from a common line; values below nothing go to its left."""
    canvas = Canvas()
    top = draw_legend(canvas, legend, LABELS + GAP)
    bars = [bar for row in rows for bar in row.bars]
    room = max(len(bar.text) for bar in bars) * LETTER + 10
    low, high = min(0.0, *(b.value for b in bars)), max(0.0, *(b.value for b in bars))
    left = LABELS + GAP + (room if low < 0 else 0)
    right = WIDTH - (room if any(bar.value >= 0 for bar in bars) else 0) - 4
    scale = Scale(low, high if high > low else low + 1, left, right)
    y = top
    for row in rows:
        height = 17.0 * len(row.bars) + 9
        canvas.lines(LABELS, y + height / 2, wrapped(row.label, LABELS), "label end")
        for number, bar in enumerate(row.bars):
            _bar(canvas, bar, scale, y + 5 + 17 * number)
        y += height
    canvas.line(scale.at(0), top, scale.at(0), y, "axis")
    return canvas.drawn(y + 4, description)


def _bar(canvas: Canvas, bar: Bar, scale: Scale, y: float) -> None:
    start, end = scale.at(0), scale.at(bar.value)
    canvas.bar(start, y, end - start, 14, f"bar {bar.look}")
    is_left = bar.value < 0
    canvas.text(end + (-6 if is_left else 6), y + 11, bar.text, "label end" if is_left else "label")


def draw_shares(
    rows: Sequence[tuple[str, float, str]], description: str, legend: Sequence[tuple[str, str]]
) -> Drawing:
    """Return bars of a whole each: label, the share from 0 to 1 that is full, and a text."""
    canvas = Canvas()
    top = draw_legend(canvas, legend, LABELS + GAP)
    room = max(len(text) for _, _, text in rows) * LETTER + 10
    width = WIDTH - LABELS - GAP - room
    for number, (label, share, text) in enumerate(rows):
        y = top + number * 26
        canvas.lines(LABELS, y + 11, wrapped(label, LABELS), "label end")
        canvas.bar(LABELS + GAP, y + 3, width, 16, "bar second")
        canvas.bar(LABELS + GAP, y + 3, width * share, 16, "bar first")
        canvas.text(LABELS + GAP + width + 8, y + 15, text)
    return canvas.drawn(top + len(rows) * 26 + 4, description)


def draw_distances(
    rows: Sequence[tuple[str, float, str]], description: str, sides: tuple[str, str]
) -> Drawing:
    """Return distances from a goal in percent of it: right is better, and 100 at most is drawn."""
    canvas = Canvas()
    widest = max(len(text) for _, _, text in rows) * LETTER + 12
    span = max(10.0, *(min(abs(value), 100.0) for _, value, _ in rows))
    scale = Scale(-span, span, LABELS + GAP + widest, WIDTH - widest)
    middle, top = scale.at(0), 26.0
    canvas.text(middle - 8, 13, f"← {sides[0]}", "label end quiet")
    canvas.text(middle + 8, 13, f"{sides[1]} →", "label quiet")
    for number, (label, value, text) in enumerate(rows):
        y = top + number * 22
        canvas.lines(LABELS, y + 12, wrapped(label, LABELS), "label end")
        bar = Bar(value=value, text=text, look="first" if value >= 0 else "second")
        _bar(canvas, bar, scale, y + 5)
    canvas.line(middle, top - 4, middle, top + len(rows) * 22, "axis strong")
    return canvas.drawn(top + len(rows) * 22 + 4, description)


def draw_legend(canvas: Canvas, entries: Sequence[tuple[str, str]], left: float) -> float:
    """Draw a line of samples (label, look) and return where the chart begins."""
    x = left
    for label, look in entries:
        canvas.bar(x, 3, 14, 11, f"bar {look}")
        canvas.text(x + 20, 13, label)
        x += 20 + len(label) * LETTER_OF_WORDS + 22
    return 26.0 if entries else 4.0
