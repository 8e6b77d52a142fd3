"""Tables as files."""

import csv
import io
from decimal import Decimal

import pytest

from lib.analytics.report.document import Cell, Table
from lib.analytics.report.tables import csv_table, field_text


@pytest.mark.parametrize(
    "said", ["=1+1", "+48 600", "-2+3", "@sum(a1)", "\t=1", "\r=1", " =1", "\u00a0=1", "＝1"]
)
def test_a_text_that_looks_like_a_formula_is_only_a_text(said: str) -> None:
    assert next(csv.reader([field_text(said)]))[0].startswith("'")


def test_numbers_stay_numbers_also_below_zero() -> None:
    written = [field_text(value) for value in (Decimal("-3.50"), -4, None, Decimal("1E+3"))]
    assert written == ["-3.50", "-4", "", "1000"]


def test_quotes_commas_and_lines_survive_a_reader() -> None:
    said = 'Ala ma "kota", i psa\r\nz łąki'
    table = Table(
        name="t",
        title="T",
        columns=("a", "b, c"),
        rows=((Cell(said, said), Cell(Decimal("1.5"), "1,5")),),
    )
    made = csv_table(table)
    assert made.csv.endswith("\r\n")
    assert list(csv.reader(io.StringIO(made.csv, newline=""))) == [["a", "b, c"], [said, "1.5"]]
    assert made.row_count == 1
