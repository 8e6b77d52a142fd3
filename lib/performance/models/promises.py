"""What promises read and what is decided about them.

Contexts come from `worker.promise_contexts`, one snapshot; verdicts go to `worker.record_promises`.
All instants are the database's own: no worker's clock is asked.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

Notice = Literal["first_warning", "last_warning", "breach"]
"""Half over, nearly over, broken."""


class _Context(BaseModel):
    model_config = ConfigDict(frozen=True)


class PromiseClock(_Context):
    """One promise, and when somebody is to be told about it if its clock goes on as it does."""

    promise_id: UUID
    ticket_id: UUID
    state: Literal["running", "paused", "met", "breached", "cancelled"]
    is_ended: bool
    """Nothing is owed any more; a broken promise is still owed until somebody answers."""
    due_at: datetime | None
    """None while it is paused."""
    first_warning_at: datetime | None
    last_warning_at: datetime | None
    noticed: frozenset[Notice]
    """What was told already."""


class PromiseContexts(_Context):
    """The promises asked about, as they were at one moment."""

    read_at: datetime
    clocks: tuple[PromiseClock, ...]


@dataclass(frozen=True, slots=True)
class PromiseVerdict:
    """What is to be told about one promise now."""

    due_at: datetime | None
    """As read: the write compares it with the row under lock."""
    notice: Notice | None
    """None: nothing."""
