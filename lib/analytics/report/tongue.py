"""Numbers, money, times and days as people write them in Polish and in English.

Written out here rather than taken from a locale library: a new version of its data would change the
bytes of pages that were made before.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from lib.analytics.models.reports import Language
from lib.analytics.report.months import ENGLISH, POLISH_GENITIVE, POLISH_NOMINATIVE, QUARTERS

WARSAW = ZoneInfo("Europe/Warsaw")
NO_BREAK = "\u00a0"
NARROW = "\u202f"
MINUS = "\u2212"
DASH = "\u2013"
NOTHING = "\u2013"
"""Stands where there is no number."""

Number = Decimal | int


@dataclass(frozen=True)
class Tongue:
    """How one language writes values; each method answers text with no-break spaces."""

    language: Language

    @property
    def is_polish(self) -> bool:
        """Whether it is Polish; else English."""
        return self.language == "pl"

    def say(self, polish: str, english: str) -> str:
        """The one of the two that is in this language."""
        return polish if self.is_polish else english

    def count(self, count: int, polish: tuple[str, str, str], english: tuple[str, str]) -> str:
        """1 ankieta, 3 ankiety, 5 ankiet; 1 survey, 3 surveys."""
        if not self.is_polish:
            noun = english[count != 1]
        elif count == 1:
            noun = polish[0]
        else:
            is_few = count % 10 in (2, 3, 4) and count % 100 not in (12, 13, 14)
            noun = polish[1 if is_few else 2]
        return f"{self.number(count)}{NO_BREAK}{noun}"

    def number(self, value: Number | None, digits: int = 0) -> str:
        """1 234,50 or 1,234.50."""
        if value is None:
            return NOTHING
        rounded = rounded_to(value, digits)
        whole, _, part = f"{abs(rounded):.{digits}f}".partition(".")
        grouped = _grouped(whole, NARROW if self.is_polish else ",")
        point = "," if self.is_polish else "."
        return (MINUS if rounded < 0 else "") + grouped + (point + part if part else "")

    def signed(self, value: Number | None, digits: int = 0) -> str:
        """A difference: always with its sign, but for none."""
        text = self.number(value, digits)
        return f"+{text}" if value is not None and rounded_to(value, digits) > 0 else text

    def percent(self, value: Number | None, digits: int = 1) -> str:
        """93,5%; of a number out of 100."""
        return NOTHING if value is None else f"{self.number(value, digits)}%"

    def money(self, minor: Number | None, digits: int = 2) -> str:
        """1 234,50 zł or PLN 1,234.50; of minor units."""
        if minor is None:
            return NOTHING
        amount = self.number(Decimal(minor) / 100, digits)
        if self.is_polish:
            return f"{amount}{NO_BREAK}zł"
        sign = MINUS if amount.startswith(MINUS) else ""
        return f"{sign}PLN{NO_BREAK}{amount.removeprefix(MINUS)}"

    def seconds(self, value: Number | None) -> str:
        """42 s, 3 min 20 s, 2 h 5 min or 4 d 6 h (in Polish: godz., dni)."""
        if value is None:
            return NOTHING
        whole = int(rounded_to(value, 0))
        hour, day = ("godz.", "d") if self.is_polish else ("h", "d")
        sizes: tuple[tuple[int, str, int, str], ...] = (
            (86400, day, 3600, hour),
            (3600, hour, 60, "min"),
            (60, "min", 1, "s"),
        )
        for size, unit, lesser, small in sizes:
            if abs(whole) >= size:
                big, rest = divmod(abs(whole), size)
                tail = f"{NO_BREAK}{rest // lesser}{NO_BREAK}{small}" if rest // lesser else ""
                return f"{MINUS if whole < 0 else ''}{big}{NO_BREAK}{unit}{tail}"
        return (
            f"{self.number(value, 0 if abs(Decimal(value)) >= 10 or value == 0 else 1)}{NO_BREAK}s"
        )

    def value(self, unit: str, value: Number | None) -> str:
        """A value of a unit of the metric dictionary."""
        return _WRITERS.get(unit, _plain)(self, value)

    def interval(self, write: Callable[[Decimal], str], low: Decimal, high: Decimal) -> str:
        """From low to high, as the language writes ranges."""
        return f"{write(low)} {DASH} {write(high)}"

    def day(self, on: date) -> str:
        """1 listopada 2026 or 1 November 2026."""
        names = POLISH_GENITIVE if self.is_polish else ENGLISH
        return f"{on.day}{NO_BREAK}{names[on.month - 1]}{NO_BREAK}{on.year}"

    def short_day(self, on: date) -> str:
        """1.11 or 1 Nov."""
        return (
            f"{on.day}.{on.month:02}" if self.is_polish else f"{on.day} {ENGLISH[on.month - 1][:3]}"
        )

    def month(self, on: date) -> str:
        """Listopad 2026 (in the middle of a sentence: small) or November 2026."""
        names = POLISH_NOMINATIVE if self.is_polish else ENGLISH
        return f"{names[on.month - 1]}{NO_BREAK}{on.year}"

    def moment(self, at: datetime) -> str:
        """The day and the time of day in Warsaw."""
        local = at.astimezone(WARSAW)
        return f"{self.day(local.date())}, {local:%H:%M}"

    def period(self, period: str, starts_on: date, ends_on: date) -> str:
        """Październik 2026, III kwartał 2026, rok 2026, 1-30 listopada 2026."""
        if "/" in period:
            return self._days(starts_on, ends_on)
        if "Q" in period:
            quarter = QUARTERS[(starts_on.month - 1) // 3]
            if self.is_polish:
                return f"{quarter}{NO_BREAK}kwartał{NO_BREAK}{starts_on.year}"
            return f"Q{(starts_on.month + 2) // 3}{NO_BREAK}{starts_on.year}"
        if len(period) == 4:
            return f"rok{NO_BREAK}{period}" if self.is_polish else period
        return self.month(starts_on)

    def _days(self, first: date, last: date) -> str:
        if first == last:
            return self.day(first)
        if (first.year, first.month) == (last.year, last.month):
            return f"{first.day}{DASH}{self.day(last)}"
        return f"{self.day(first)} {DASH} {self.day(last)}"


def rounded_to(value: Number, digits: int) -> Decimal:
    """Return the value with so many digits; halves go away from zero, and nothing is minus zero."""
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    return abs(rounded) if rounded == 0 else rounded


def _grouped(digits: str, separator: str) -> str:
    head = len(digits) % 3
    parts = [digits[:head]] if head else []
    return separator.join(parts + [digits[i : i + 3] for i in range(head, len(digits), 3)])


def _plain(tongue: Tongue, value: Number | None) -> str:
    whole = value is not None and rounded_to(value, 2) == rounded_to(value, 0)
    return tongue.number(value, 0 if whole else 2)


_WRITERS: dict[str, Callable[[Tongue, Number | None], str]] = {
    "seconds": lambda tongue, value: tongue.seconds(value),
    "percent": lambda tongue, value: tongue.percent(value),
    "money": lambda tongue, value: tongue.money(value),
    "points": lambda tongue, value: tongue.number(value, 2),
    "count": _plain,
}
