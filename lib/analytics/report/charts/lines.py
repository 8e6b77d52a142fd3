"""A value a day, as a line."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from lib.analytics.report.drawing import LETTER_OF_WORDS, WIDTH, Canvas, Drawing
from lib.analytics.report.scales import Scale, tidy_range

TOP, HEIGHT, BOTTOM, LEFT, RIGHT = 26.0, 132.0, 24.0, 58.0, 14.0
FEW_DAYS = 62
"""As long each day has its dot, and days without a value are gaps."""


@dataclass(frozen=True, kw_only=True)
class Series:
    """Days with values; `look` is drawn (first or second): full or dashed."""

    label: str
    points: Sequence[tuple[date, float]]
    look: str = "first"


@dataclass(frozen=True, kw_only=True)
class LineChart:
    """Lines over the days from first to last."""

    first: date
    last: date
    series: Sequence[Series]
    write: Callable[[float], str]
    write_day: Callable[[date], str]
    description: str
    target: float | None = None
    target_label: str = ""
    floor: float | None = 0.0
    ceiling: float | None = None

    def draw(self) -> Drawing:
        """Return the drawing."""
        canvas = Canvas()
        values = [value for series in self.series for _, value in series.points]
        if self.target is not None:
            values.append(self.target)
        if self.floor is not None and self.ceiling is None:
            values.append(self.floor)  # What has no end begins at nothing.
        low, high = tidy_range(values, floor=self.floor, ceiling=self.ceiling)
        across = Scale(
            self.first.toordinal(),
            max(self.last, self.first + timedelta(days=1)).toordinal(),
            LEFT + 6,
            WIDTH - RIGHT - 6,
        )
        up = Scale(low, high, TOP + HEIGHT, TOP)
        self._axes(canvas, across, up)
        for series in self.series:
            self._line(canvas, series, across, up)
        self._legend(canvas)
        return canvas.drawn(TOP + HEIGHT + BOTTOM, self.description)

    def _axes(self, canvas: Canvas, across: Scale, up: Scale) -> None:
        for value in up.ticks(5):
            canvas.line(LEFT, up.at(value), WIDTH - RIGHT, up.at(value), "grid")
            canvas.text(LEFT - 8, up.at(value) + 4, self.write(value), "label end")
        canvas.line(LEFT, TOP + HEIGHT, WIDTH - RIGHT, TOP + HEIGHT, "axis")
        for day in marked_days(self.first, self.last):
            x = across.at(day.toordinal())
            canvas.line(x, TOP + HEIGHT, x, TOP + HEIGHT + 4, "axis")
            canvas.text(x, TOP + HEIGHT + 18, self.write_day(day), "label middle")
        if self.target is not None:
            y = up.at(self.target)
            canvas.line(LEFT, y, WIDTH - RIGHT, y, "target")

    def _line(self, canvas: Canvas, series: Series, across: Scale, up: Scale) -> None:
        is_short = (self.last - self.first).days < FEW_DAYS
        for run in runs_of(series.points, 1 if is_short else 7):
            placed = [(across.at(day.toordinal()), up.at(value)) for day, value in run]
            if len(placed) > 1:
                canvas.path(placed, f"curve {series.look}")
            if is_short or len(placed) <= FEW_DAYS:
                for x, y in placed:
                    canvas.dot(x, y, 2.6, f"point {series.look}")

    def _legend(self, canvas: Canvas) -> None:
        x = LEFT
        named = [(series.label, f"curve {series.look}") for series in self.series]
        if self.target is not None:
            named.append((self.target_label, "target"))
        for label, look in named:
            canvas.line(x, 9, x + 22, 9, look)
            canvas.text(x + 28, 13, label)
            x += 28 + len(label) * LETTER_OF_WORDS + 24


def runs_of(points: Sequence[tuple[date, float]], most: int) -> list[list[tuple[date, float]]]:
    """The points in runs without a gap of more than so many days."""
    runs: list[list[tuple[date, float]]] = []
    for day, value in sorted(points):
        if runs and (day - runs[-1][-1][0]).days <= most:
            runs[-1].append((day, value))
        else:
            runs.append([(day, value)])
    return runs


def marked_days(first: date, last: date) -> list[date]:
    """Days named under the axis: a handful, or where months begin."""
    length = (last - first).days + 1
    if length <= FEW_DAYS:
        step = max(-(-length // 7), 1)
        return [first + timedelta(days=number) for number in range(0, length, step)]
    months = [day for number in range(length) if (day := first + timedelta(days=number)).day == 1]
    return months[:: -(-len(months) // 7)]
