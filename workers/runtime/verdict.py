"""What became of one job, as the runtime tells the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from lib.events import JobResult

State = Literal["recorded", "gone", "stale", "failed", "dead", "released", "lost"]
STATES: tuple[State, ...] = get_args(State)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one job; `error` says why it failed."""

    state: State
    error: str = ""

    @property
    def is_finished(self) -> bool:
        """True when the job is done for good, so that later jobs of its subject may run."""
        return self.state in ("recorded", "gone")


RESULTS: Mapping[JobResult | None, Verdict] = {
    "recorded": Verdict("recorded"),
    "gone": Verdict("gone"),
    "stale": Verdict("stale"),
}
UNMENTIONED = Verdict("failed", "the handler did not answer for this job")
RELEASED = Verdict("released")
LOST = Verdict("lost")


def reason_text(error: Exception) -> str:
    """Say why for `last_error`, which operators read: type and message, at most 500 characters."""
    return f"{type(error).__name__}: {error}"[:500].replace("\0", "")
