"""The clock of the shell. Decisions take `now` as a parameter and never call this."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

WARSAW = ZoneInfo("Europe/Warsaw")
"""The house's own day begins at midnight here."""


def utc_now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


def start_of_minute(now: datetime) -> datetime:
    """Return the instant the running minute began, in UTC."""
    return now.astimezone(UTC).replace(second=0, microsecond=0)


def start_of_hour(now: datetime) -> datetime:
    """Return the instant the running UTC hour began, in UTC."""
    return start_of_minute(now).replace(minute=0)


def start_of_day(now: datetime, zone: ZoneInfo = WARSAW) -> datetime:
    """Return the instant the running day of `zone` began, in UTC."""
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return midnight.astimezone(UTC)
