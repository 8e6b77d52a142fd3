"""A grid of shares, the darker the more: each number is written into its field."""

from collections.abc import Sequence

from lib.analytics.report.drawing import WIDTH, Canvas, Drawing

LEFT, TOP, CELL = 150.0, 40.0, 22.0
SHADES = 6
DARK = 4
"""From this shade on the numbers are light."""


def draw_grid(
    rows: Sequence[tuple[str, Sequence[tuple[float, str] | None]]],
    heads: Sequence[str],
    corner: tuple[str, str],
    description: str,
) -> Drawing:
    """Return the grid: a label and, for each column, a share from 0 to 1 with its text, or None.

    `corner` is what stands over the labels, and over the columns.
    """
    canvas = Canvas()
    width = min((WIDTH - LEFT) / len(heads), 64.0)
    canvas.text(0, TOP - 8, corner[0], "label quiet")
    canvas.text(LEFT, 13, corner[1], "label quiet")
    for number, head in enumerate(heads):
        canvas.text(LEFT + width * (number + 0.5), TOP - 8, head, "label middle")
    for line, (label, cells) in enumerate(rows):
        y = TOP + CELL * line
        canvas.text(0, y + 15, label)
        for number, cell in enumerate(cells):
            if cell is not None:
                _cell(canvas, LEFT + width * number, y, width, cell)
    return canvas.drawn(TOP + CELL * len(rows) + 4, description)


def _cell(canvas: Canvas, x: float, y: float, width: float, cell: tuple[float, str]) -> None:
    shade = min(int(max(cell[0], 0.0) * SHADES), SHADES - 1)
    canvas.bar(x + 1, y + 1, width - 2, CELL - 2, f"shade{shade}")
    canvas.text(
        x + width / 2, y + 15, cell[1], f"label middle {'light' if shade >= DARK else ''}".rstrip()
    )
