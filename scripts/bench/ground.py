"""Where benchmarks run: an instance of their own, its sizes and its progress line."""

from dataclasses import dataclass

from scripts.bench.rounds import Note
from scripts.stack.state import StackState

QUICK_SHARE = 0.1


@dataclass(frozen=True, kw_only=True)
class Ground:
    """The running stack, how thoroughly to measure, and whom to tell meanwhile."""

    state: StackState
    is_quick: bool
    note: Note

    @property
    def rounds(self) -> int:
        """Rounds whose median counts."""
        return 1 if self.is_quick else 3

    @property
    def admin_db_url(self) -> str:
        """Postgres as the superuser."""
        return self.state.admin_db_url

    def scaled(self, count: int) -> int:
        """A size, smaller where we are to be quick."""
        return max(20, round(count * QUICK_SHARE)) if self.is_quick else count
