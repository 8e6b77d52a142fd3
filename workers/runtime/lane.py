"""The waiting jobs of one worker, as batches that keep each subject's order."""

from collections.abc import Collection, Sequence

from lib.events import Job
from workers.runtime.worker import Worker


def subject_of(job: Job) -> int:
    """Jobs with equal subjects must run in order; a job without a subject is its own.

    A number, because a UUID is slow to hash; ids below zero are no UUID's number.
    """
    return -job.id if job.subject_id is None else job.subject_id.int


class Lane:
    """Jobs of one worker in this process: waiting ones by subject, and how many are held.

    A subject in a running batch is busy: its other jobs wait, so that two batches never run it.
    """

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self.running = 0
        self.held = 0
        self._waiting: dict[int, list[Job]] = {}
        self._busy: set[int] = set()

    @property
    def free(self) -> int:
        """Jobs that may still be claimed."""
        return self.worker.capacity - self.held

    def add(self, jobs: Sequence[Job]) -> None:
        """Put claimed jobs behind those that wait; they stand in event order per subject."""
        self.held += len(jobs)
        for job in jobs:
            self._waiting.setdefault(subject_of(job), []).append(job)

    def next_batch(self) -> list[Job]:
        """Take the next batch, or nothing while all slots run or all waiting subjects are busy.

        A subject's jobs stay together; only more of them than fit one batch are split.
        """
        batch: list[Job] = []
        if self.running >= self.worker.concurrency or not self._waiting:
            return batch
        for subject, jobs in list(self._waiting.items()):
            room = self.worker.batch_size - len(batch)
            if room == 0:
                break
            if subject in self._busy or (len(jobs) > room and batch):
                continue
            batch += jobs[:room]
            self._busy.add(subject)
            if len(jobs) > room:
                self._waiting[subject] = jobs[room:]
            else:
                del self._waiting[subject]
        if batch:
            self.running += 1
        return batch

    def finish(self, batch: Sequence[Job], broken: Collection[int]) -> list[Job]:
        """End a batch; return the waiting jobs of `broken` subjects, which must not overtake."""
        self.running -= 1
        self.held -= len(batch)
        self._busy.difference_update(map(subject_of, batch))
        return [job for subject in broken for job in self._take(subject)]

    def drop(self, job_ids: Collection[int]) -> list[Job]:
        """Forget waiting jobs that are no longer ours; return the later ones of their subjects."""
        broken = [s for s, jobs in self._waiting.items() if any(j.id in job_ids for j in jobs)]
        taken = [job for subject in broken for job in self._take(subject)]
        return [job for job in taken if job.id not in job_ids]

    def clear(self) -> list[Job]:
        """Take all waiting jobs out."""
        return [job for subject in list(self._waiting) for job in self._take(subject)]

    def _take(self, subject: int) -> list[Job]:
        jobs = self._waiting.pop(subject, [])
        self.held -= len(jobs)
        return jobs
