"""What happened (an event) and the work it asks of one worker (a job)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

JobResult = Literal["recorded", "stale", "gone"]
"""What a handler says about one job:

recorded  the effect is written and the job is finished (in the same transaction)
gone      nothing is needed any more; the job is finished
stale     the world changed under lock; nothing was written, the job is read afresh soon
"""


@dataclass(frozen=True, slots=True)
class Job:
    """One event to be handled by one worker, leased to this process until its fence moves on.

    A plain frozen dataclass, not a pydantic model: thousands are made per second, and the store has
    checked each field's type already (lib.store.jobs).
    """

    id: int
    fence: int
    worker: str
    attempt: int
    event_id: int
    kind: str
    subject_id: UUID | None
    payload: Mapping[str, Any]
    occurred_at: datetime

    def lease(self) -> dict[str, int]:
        """The two numbers every write must carry: `{"job_id", "fence"}`."""
        return {"job_id": self.id, "fence": self.fence}
