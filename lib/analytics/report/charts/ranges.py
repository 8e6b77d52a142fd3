"""Rows of values with their intervals, and of what an assumption moves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lib.analytics.report.charts.bars import GAP, LABELS
from lib.analytics.report.drawing import LETTER, WIDTH, Canvas, Drawing, wrapped
from lib.analytics.report.scales import Scale, tidy_range

ROW = 27.0


@dataclass(frozen=True, kw_only=True)
class RangeRow:
    """A value with the interval that holds the true one, and how it is written."""

    label: str
    value: float
    low: float
    high: float
    text: str


@dataclass(frozen=True, kw_only=True)
class RangeChart:
    """Rows on a common axis, perhaps with a line across them."""

    rows: Sequence[RangeRow]
    write: Callable[[float], str]
    description: str
    floor: float | None = None
    ceiling: float | None = None
    mark: float | None = None
    mark_label: str = ""
    is_swing: bool = False
    """What an assumption moves is a bar around the mark, not a dot on a whisker."""

    def draw(self) -> Drawing:
        """Return the drawing."""
        canvas = Canvas()
        top = 24.0 if self.mark is not None else 6.0
        bottom = top + ROW * len(self.rows)
        scale = self._scale()
        for value in scale.ticks(6):
            x = scale.at(value)
            canvas.line(x, top, x, bottom, "grid")
            canvas.text(x, bottom + 16, self.write(value), "label middle")
        canvas.line(scale.start, bottom, scale.end, bottom, "axis")
        for number, row in enumerate(self.rows):
            self._row(canvas, row, scale, top + ROW * (number + 0.5))
        if self.mark is not None:
            self._mark(canvas, scale, self.mark, top, bottom)
        return canvas.drawn(bottom + 22, self.description)

    def _scale(self) -> Scale:
        ends = [end for row in self.rows for end in (row.low, row.high, row.value)]
        if self.mark is not None:
            ends.append(self.mark)
        low, high = tidy_range(ends, floor=self.floor, ceiling=self.ceiling)
        room = max(len(row.text) for row in self.rows) * LETTER + 14
        return Scale(low, high, LABELS + GAP + 8, WIDTH - room)

    def _row(self, canvas: Canvas, row: RangeRow, scale: Scale, y: float) -> None:
        canvas.lines(LABELS, y, wrapped(row.label, LABELS), "label end")
        low, high, value = scale.at(row.low), scale.at(row.high), scale.at(row.value)
        if self.is_swing:
            canvas.bar(low, y - 7, value - low, 14, "bar second")
            canvas.bar(value, y - 7, high - value, 14, "bar first")
        else:
            canvas.line(low, y, high, y, "whisker")
            for end in (low, high):
                canvas.line(end, y - 4, end, y + 4, "whisker")
            canvas.dot(value, y, 4.5, "point first")
        canvas.text(scale.end + 12, y + 4, row.text)

    def _mark(self, canvas: Canvas, scale: Scale, mark: float, top: float, bottom: float) -> None:
        x = scale.at(mark)
        canvas.line(x, top - 4, x, bottom, "target")
        is_right = x > (scale.start + scale.end) / 2
        canvas.text(
            x + (-5 if is_right else 5),
            13,
            self.mark_label,
            "label end quiet" if is_right else "label quiet",
        )
