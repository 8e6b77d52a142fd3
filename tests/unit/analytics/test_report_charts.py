"""Charts as shapes: what stands where, and that nothing is cut off."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lib.analytics.report.charts.bars import Bar, BarRow, draw_bars, draw_distances
from lib.analytics.report.charts.lines import FEW_DAYS, marked_days, runs_of
from lib.analytics.report.charts.ranges import RangeChart, RangeRow
from lib.analytics.report.drawing import WIDTH, Drawing, Shape, wrapped
from lib.analytics.report.scales import Scale, tidy_range

DAY = date(2026, 10, 1)
NUMBERS = st.floats(-1e7, 1e7, allow_nan=False)


def test_days_without_a_value_are_gaps() -> None:
    points = [(DAY + timedelta(days=n), 1.0) for n in (0, 1, 2, 5, 6)]
    assert [len(run) for run in runs_of(points, 1)] == [3, 2]


@given(st.integers(1, 366))
def test_a_handful_of_days_is_named_under_any_axis(length: int) -> None:
    days = marked_days(DAY, DAY + timedelta(days=length - 1))
    assert 1 <= len(days) <= 7
    assert days == sorted(set(days))
    assert length <= FEW_DAYS or all(day.day == 1 for day in days)


@given(st.lists(NUMBERS, min_size=1, max_size=8))
def test_a_tidy_range_holds_all_values_and_has_a_width(values: list[float]) -> None:
    low, high = tidy_range(values)
    assert low < high
    assert low <= min(values) + 1e-6
    assert high >= max(values) - 1e-6
    ticks = Scale(low, high, 0, 100).ticks()
    assert 2 <= len(ticks) <= 7
    assert all(one < other for one, other in pairwise(ticks))


@given(st.lists(NUMBERS, min_size=1, max_size=6))
def test_bars_and_their_texts_stay_within_the_drawing(values: list[float]) -> None:
    rows = [BarRow(label="Wiersz", bars=[Bar(value=v, text=f"{v:.1f}")]) for v in values]
    distances = [("Wiersz", value, f"{value:.1f}%") for value in values]
    for drawing in (
        draw_bars(rows, "Opis"),
        draw_distances(distances, "Opis", ("gorzej", "lepiej")),
    ):
        assert_within(drawing)


def test_intervals_are_drawn_around_their_values() -> None:
    rows = [RangeRow(label="VIP Gold", value=4.7, low=4.5, high=4.9, text="4,70")]
    chart = RangeChart(rows=rows, write=str, description="Opis", floor=1.0, ceiling=5.0)
    shapes = chart.draw().shapes
    (dot,) = [shape for shape in shapes if shape.tag == "circle"]
    whisker = next(shape for shape in shapes if look(shape) == "whisker")
    assert number(whisker, "x1") < number(dot, "cx") < number(whisker, "x2")


def test_long_labels_are_wrapped_and_what_is_left_is_an_ellipsis() -> None:
    lines = wrapped("Rozwiązanie przy pierwszym kontakcie bez przekazywania dalej", 120)
    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert wrapped("Nadzwyczajniejszenie" * 4, 60) == ["Nadzwyczaj"[:9] + "…"]
    assert wrapped("", 60) == [""]


def assert_within(drawing: Drawing) -> None:
    """No shape leaves the drawing, and no text its room."""
    for shape in drawing.shapes:
        if shape.tag == "rect":
            assert number(shape, "x") >= 0
            assert number(shape, "x") + number(shape, "width") <= WIDTH + 0.1
        elif shape.tag == "text" and shape.text:
            room = len(shape.text) * 5.5
            left = number(shape, "x") - (room if "end" in look(shape) else 0)
            assert left >= -0.1
            assert left + room <= WIDTH + 0.1


def number(shape: Shape, name: str) -> float:
    return float(dict(shape.attributes)[name])


def look(shape: Shape) -> str:
    return dict(shape.attributes)["class"]
