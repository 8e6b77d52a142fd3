"""Goals: how far each has come, and where it is likely to end."""

from collections.abc import Sequence
from dataclasses import dataclass

from lib.analytics.report.charts.bars import GAP, LABELS
from lib.analytics.report.drawing import LETTER, WIDTH, Canvas, Drawing, wrapped
from lib.analytics.report.scales import Scale

ROW = 34.0


@dataclass(frozen=True, kw_only=True)
class GoalRow:
    """Progress in percent of the way, and the interval of its forecast if there is one."""

    label: str
    progress: float
    low: float | None
    high: float | None
    text: str


def draw_goals(rows: Sequence[GoalRow], description: str, end_label: str) -> Drawing:
    """Return a track for each, from where it began to where it is to end."""
    canvas = Canvas()
    room = max(len(row.text) for row in rows) * LETTER + 14
    ends = [end for row in rows for end in (row.progress, row.high or 0.0)]
    scale = Scale(0, min(max(100.0, *ends), 130.0), LABELS + GAP, WIDTH - room)
    for number, row in enumerate(rows):
        y = 26 + ROW * number
        canvas.lines(LABELS, y + 9, wrapped(row.label, LABELS), "label end")
        canvas.bar(scale.start, y + 2, scale.at(100) - scale.start, 14, "track")
        canvas.bar(scale.start, y + 2, scale.at(row.progress) - scale.start, 14, "bar first")
        if row.low is not None and row.high is not None:
            canvas.line(scale.at(row.low), y + 22, scale.at(row.high), y + 22, "whisker")
            for end in (row.low, row.high):
                canvas.line(scale.at(end), y + 19, scale.at(end), y + 25, "whisker")
        canvas.text(scale.end + 10, y + 14, row.text)
    bottom = 26 + ROW * len(rows)
    canvas.line(scale.at(100), 18, scale.at(100), bottom, "target")
    canvas.text(scale.at(100) - 5, 13, end_label, "label end quiet")
    return canvas.drawn(bottom + 2, description)
