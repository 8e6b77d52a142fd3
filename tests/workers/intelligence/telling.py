"""Contexts of scoring as the API would send them, and an API that answers page by page."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from lib.events import Job
from lib.intelligence.prediction.document import digest, write_model
from lib.intelligence.prediction.model import Absence
from tests.unit.intelligence.simulated import TRUTH

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
NO_CASES = {"names": ["days_left"], "rows": [], "next": None}
NAMES = [
    *("repeats", "recency_days", "silence_days", "low_ratings_365", "ratings_365"),
    *("accepted_365", "offers_365"),
]
CLIENT = [4.0, 200.0, 50.0, 0.0, 0.0, 0.0, 0.0]


class PagingRpc:
    """Remembers each call; each function has a list of answers, the last of which is repeated."""

    def __init__(self, **answers: list[Any]) -> None:
        self.calls: list[tuple[str, Mapping[str, Any]]] = []
        self._answers = answers

    async def call(self, function: str, params: Mapping[str, Any]) -> Any:
        """Return the next answer of this function."""
        self.calls.append((function, params))
        answers = self._answers[function]
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def names(self) -> list[str]:
        """Return which functions were called, in order."""
        return [name for name, _ in self.calls]


def a_job(worker: str, subject_id: UUID | None = None, job_id: int = 1) -> Job:
    """A job of this worker."""
    return Job(job_id, 1, worker, 1, 100 + job_id, "clock.daily", subject_id, {}, NOON)


def a_champion(**changes: Any) -> dict[str, Any]:
    """The rhythm of visits speaks, confirmed today."""
    document = write_model(Absence(TRUTH, 90.0, (2.0, 90.0, 30.0)))
    return {
        "id": str(uuid4()),
        "rung": "prior",
        "document": document,
        "sha256": digest(document),
        "horizon_days": 90,
        "client_count": 150,
        "is_measured": False,
        "confirmed_at": NOON,
        **changes,
    }


def contexts(count: int, **changes: Any) -> dict[str, Any]:
    """One page of so many clients."""
    clients = [
        {"client_id": str(uuid4()), "features": CLIENT, "is_alert": False} for _ in range(count)
    ]
    return {
        "as_of": NOON,
        "names": NAMES,
        "models": {"churn": a_champion()},
        "settings": {},
        "clients": clients,
        "next": None,
        **changes,
    }
