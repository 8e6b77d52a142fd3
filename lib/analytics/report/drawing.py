"""Drawings: shapes with classes, for the page's template to write as SVG.

Nothing here is markup: texts are escaped where the page is made, colours stand in its style sheet.
One unit is one CSS pixel; a drawing as wide as the text has WIDTH of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

WIDTH = 672.0
LETTER = 6.5
"""How much room a letter of a chart's text is given: figures and signs are wide."""
LETTER_OF_WORDS = 5.8
"""How wide a letter of running words is, on average."""

Attributes = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """One element."""

    tag: str
    attributes: Attributes
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A chart; the description says in words what it shows."""

    width: float
    height: float
    description: str
    shapes: tuple[Shape, ...]

    @property
    def view_box(self) -> str:
        """Of the SVG element."""
        return f"0 0 {place(self.width)} {place(self.height)}"


@dataclass
class Canvas:
    """Collects shapes."""

    shapes: list[Shape] = field(default_factory=list)

    def line(self, x1: float, y1: float, x2: float, y2: float, look: str) -> None:
        """A straight line."""
        self._add("line", look, x1=x1, y1=y1, x2=x2, y2=y2)

    def bar(self, x: float, y: float, width: float, height: float, look: str) -> None:
        """A rectangle; a negative width goes to the left."""
        self._add("rect", look, x=min(x, x + width), y=y, width=abs(width), height=height)

    def dot(self, x: float, y: float, radius: float, look: str) -> None:
        """A circle."""
        self._add("circle", look, cx=x, cy=y, r=radius)

    def path(self, points: Sequence[tuple[float, float]], look: str) -> None:
        """A broken line through the points."""
        steps = " ".join(f"{place(x)} {place(y)}" for x, y in points)
        self.shapes.append(Shape("path", (("class", look), ("d", f"M{steps}"))))

    def text(self, x: float, y: float, text: str, look: str = "label") -> None:
        """One line of text; its class says how it is aligned."""
        named = (("class", look), ("x", place(x)), ("y", place(y)))
        self.shapes.append(Shape("text", named, text))

    def lines(self, x: float, middle: float, lines: Sequence[str], look: str = "label") -> None:
        """Some lines of text around a middle."""
        for number, text in enumerate(lines):
            self.text(x, middle + 4 + (number - (len(lines) - 1) / 2) * 13, text, look)

    def drawn(self, height: float, description: str, width: float = WIDTH) -> Drawing:
        """All of it."""
        return Drawing(
            width=width, height=height, description=description, shapes=tuple(self.shapes)
        )

    def _add(self, tag: str, look: str, **numbers: float) -> None:
        placed = tuple((name, place(value)) for name, value in numbers.items())
        self.shapes.append(Shape(tag, (("class", look), *placed)))


def place(value: float) -> str:
    """A coordinate, to a tenth: the same everywhere, whatever the last bits are."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def wrapped(text: str, width: float, most: int = 2) -> list[str]:
    """The text in lines that fit; what does not fit in so many ends in an ellipsis."""
    letters = max(int(width / LETTER_OF_WORDS), 4)
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= letters:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    shown = [line if len(line) <= letters else f"{line[: letters - 1]}…" for line in lines[:most]]
    if len(lines) > most:
        shown[-1] = f"{shown[-1][: letters - 1].rstrip()}…"
    return shown or [""]
