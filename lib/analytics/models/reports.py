"""What the workers of reports read, and what they write.

Contexts come from `worker.report_contexts` and `worker.report_calendar`; pages go to
`worker.record_reports`, what is due to `worker.record_due_reports`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

Kind = Literal["executive", "success"]
Language = Literal["pl", "en"]


class _Context(BaseModel):
    model_config = ConfigDict(frozen=True)


class ReportContext(_Context):
    """A report that is to be drawn, with the frozen document it is made of."""

    report_id: UUID
    kind: Kind
    language: Language
    period: str
    """2026-10, 2026-Q3, 2026 or 2026-11-01/2026-11-30."""
    starts_on: date
    ends_on: date
    """The last day of it."""
    inputs: Mapping[str, Any]
    """Its shape is that of lib.analytics.report.inputs.document"""
    inputs_digest: str
    """SHA-256, hexadecimal: the write takes no page of other inputs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvTable:
    """One table of a page."""

    name: str
    title: str
    row_count: int
    csv: str
    """RFC 4180, with a header."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedReport:
    """A page and its tables."""

    report_id: UUID
    inputs_digest: str
    renderer_version: str
    html: str
    tables: tuple[CsvTable, ...]


class KnownReport(_Context):
    """A report that was asked for."""

    kind: Kind
    period: str
    language: Language


class ReportCalendar(_Context):
    """What is known when a day begins."""

    read_at: datetime
    first_ticket_at: datetime | None
    """None: the house has not begun."""
    known: tuple[KnownReport, ...]
    """Reports of the house that were asked for after their period had ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueReport:
    """A report that is to be made."""

    kind: Kind
    period: str
    language: Language
