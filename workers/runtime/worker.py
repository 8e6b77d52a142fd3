"""What a component gives to the runtime: a name and a function that handles a batch of jobs."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from lib.events import Job, JobResult

Handle = Callable[[Sequence[Job]], Awaitable[Mapping[int, JobResult]]]

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*\.[a-z][a-z0-9]*(_[a-z0-9]+)*")


@dataclass(frozen=True, kw_only=True)
class Worker:
    """One concept's worker.

    `handle` reads once, decides once and writes once for the whole batch, and answers per job id.
    Jobs of one subject stand in event order, and no two batches run the same subject at once. A job
    it does not mention counts as failed. When it raises, the runtime runs the batch's jobs one by
    one.
    """

    name: str
    """`component.concept`, as in private.subscriptions."""

    handle: Handle

    batch_size: int = 100
    """Most jobs in one call of `handle`."""

    concurrency: int = 2
    """Batches of this worker that run at the same time in one process."""

    records: bool = True
    """True: the write function finishes the jobs in the transaction of their effect.
    False: there is no write; the runtime finishes jobs answered `recorded` or `gone`."""

    lease_seconds: float | None = None
    """Length of a lease; None: the process's WORKER_LEASE_SECONDS. Leases are renewed in time."""

    timeout_seconds: float = 120.0
    """A batch that runs longer is cancelled and its jobs count as failed."""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"worker name {self.name!r} is not of the form component.concept")
        if self.batch_size < 1 or self.concurrency < 1:
            raise ValueError(f"{self.name}: batch_size and concurrency start at 1")

    @property
    def capacity(self) -> int:
        """Jobs this worker can hold in one process."""
        return self.batch_size * self.concurrency
