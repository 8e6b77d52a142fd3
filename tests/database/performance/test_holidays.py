"""Polish public holidays by rule."""

from datetime import date, timedelta

import psycopg
import pytest

MOVING = {
    2024: "03-31 04-01 05-19 05-30",
    2025: "04-20 04-21 06-08 06-19",
    2026: "04-05 04-06 05-24 06-04",
    2027: "03-28 03-29 05-16 05-27",
    2028: "04-16 04-17 06-04 06-15",
}
FIXED = "01-01 01-06 05-01 05-03 08-15 11-01 11-11 12-25 12-26"


def holidays(db: psycopg.Connection, year: int) -> list[str]:
    rows = db.execute(
        "select falls_on from private.list_polish_holidays(%s) order by 1", [year]
    ).fetchall()
    assert all(day.year == year for (day,) in rows)
    return [f"{day:%m-%d}" for (day,) in rows]


@pytest.mark.parametrize("year", MOVING)
def test_a_year_has_exactly_these_days_off(db: psycopg.Connection, year: int) -> None:
    expected = f"{FIXED} {MOVING[year]}".split() + (["12-24"] if year >= 2025 else [])
    assert holidays(db, year) == sorted(expected)


def test_christmas_eve_makes_the_thirteen_days_of_2024_fourteen(db: psycopg.Connection) -> None:
    assert [len(holidays(db, year)) for year in (2024, 2025, 2026, 2027)] == [13, 14, 14, 14]


def test_a_rule_is_in_force_for_its_years_only(db: psycopg.Connection) -> None:
    assert "01-06" not in holidays(db, 2010)
    assert "01-06" in holidays(db, 2011)
    assert [year for year in range(2015, 2022) if "11-12" in holidays(db, year)] == [2018]


def test_easter_is_right_for_three_centuries(db: psycopg.Connection) -> None:
    rows = db.execute(
        "select year, private.find_easter(year) from generate_series(1900, 2199) year"
    ).fetchall()
    assert rows == [(year, gauss_easter(year)) for year in range(1900, 2200)]


def gauss_easter(year: int) -> date:
    """Gauss's rule with its two exceptions: another way to Easter than the one in SQL."""
    century = year // 100
    moon = (15 - (13 + 8 * century) // 25 + century - century // 4) % 30
    leap = (4 + century - century // 4) % 7
    age = (19 * (year % 19) + moon) % 30
    days = (2 * (year % 4) + 4 * (year % 7) + 6 * age + leap) % 7
    easter = date(year, 3, 22) + timedelta(days=age + days)
    is_too_late = (age, days) == (29, 6) or ((age, days) == (28, 6) and (11 * moon + 11) % 30 < 19)
    return easter - timedelta(days=7) if is_too_late else easter
