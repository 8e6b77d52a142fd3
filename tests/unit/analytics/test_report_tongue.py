"""Numbers, money, times and days as people write them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from lib.analytics.report.tongue import MINUS, NARROW, NO_BREAK, Tongue

PL, EN = Tongue("pl"), Tongue("en")


def test_numbers_are_grouped_and_have_the_languages_point() -> None:
    assert PL.number(Decimal("1234567.5"), 2) == f"1{NARROW}234{NARROW}567,50"
    assert EN.number(Decimal("1234567.5"), 2) == "1,234,567.50"
    assert (PL.number(999), EN.number(1000)) == ("999", "1,000")


def test_halves_are_rounded_away_from_zero_and_nothing_is_minus_zero() -> None:
    assert [PL.number(Decimal(n), 1) for n in ("0.25", "-0.25", "-0.04")] == [
        "0,3",
        f"{MINUS}0,3",
        "0,0",
    ]
    assert [EN.signed(Decimal(n), 1) for n in ("0.04", "0.05", "-1")] == ["0.0", "+0.1", "−1.0"]


def test_money_is_written_from_grosze() -> None:
    assert PL.money(123450) == f"1{NARROW}234,50{NO_BREAK}zł"
    assert EN.money(-123450) == f"{MINUS}PLN{NO_BREAK}1,234.50"
    assert PL.money(None) == "–"


@pytest.mark.parametrize(
    ("seconds", "polish"),
    [("7.24", "7,2 s"), ("42.6", "43 s"), ("200", "3 min 20 s"), ("120", "2 min"),
     ("7500", "2 godz. 5 min"), ("-7500", "−2 godz. 5 min"), ("367200", "4 d 6 godz.")],
)  # fmt: skip
def test_times_have_two_units_at_most(seconds: str, polish: str) -> None:
    assert PL.seconds(Decimal(seconds)) == polish.replace(" ", NO_BREAK)


def test_days_months_and_moments_are_those_of_warsaw() -> None:
    assert PL.day(date(2026, 11, 1)).replace(NO_BREAK, " ") == "1 listopada 2026"
    assert EN.day(date(2026, 11, 1)).replace(NO_BREAK, " ") == "1 November 2026"
    late = datetime(2026, 10, 31, 23, 5, tzinfo=UTC)
    assert PL.moment(late).replace(NO_BREAK, " ") == "1 listopada 2026, 00:05"


@pytest.mark.parametrize(
    ("period", "first", "last", "polish", "english"),
    [
        ("2026-10", (10, 1), (10, 31), "październik 2026", "October 2026"),
        ("2026-Q3", (7, 1), (9, 30), "III kwartał 2026", "Q3 2026"),
        ("2026", (1, 1), (12, 31), "rok 2026", "2026"),
        ("2026-11-01/2026-11-30", (11, 1), (11, 30), "1–30 listopada 2026", "1–30 November 2026"),
        ("2026-09-28/2026-10-03", (9, 28), (10, 3), "28 września 2026 – 3 października 2026",
         "28 September 2026 – 3 October 2026"),
        ("2026-10-03/2026-10-03", (10, 3), (10, 3), "3 października 2026", "3 October 2026"),
    ],
)  # fmt: skip
def test_periods_have_names(
    period: str, first: tuple[int, int], last: tuple[int, int], polish: str, english: str
) -> None:
    days = date(2026, *first), date(2026, *last)
    assert PL.period(period, *days).replace(NO_BREAK, " ") == polish
    assert EN.period(period, *days).replace(NO_BREAK, " ") == english


@pytest.mark.parametrize(
    ("count", "polish"),
    [(1, "sprawa"), (2, "sprawy"), (5, "spraw"), (12, "spraw"), (22, "sprawy"), (112, "spraw"),
     (0, "spraw"), (101, "spraw")],
)  # fmt: skip
def test_polish_counts_have_three_forms(count: int, polish: str) -> None:
    written = PL.count(count, ("sprawa", "sprawy", "spraw"), ("ticket", "tickets"))
    assert written == f"{count}{NO_BREAK}{polish}"
