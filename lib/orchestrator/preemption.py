"""Which asynchronous work goes back to the queue when a live ticket cannot wait."""

from collections.abc import Iterable, Sequence

from lib.orchestrator.models.routing import InterruptibleWork


def least_urgent_first(work: Iterable[InterruptibleWork]) -> list[InterruptibleWork]:
    """Return the work in the opposite of queue order."""
    return sorted(work, key=lambda item: (item.boost, -item.due_at.timestamp(), -item.number))


def work_to_send_back(
    work: Sequence[InterruptibleWork], units: int
) -> tuple[InterruptibleWork, ...]:
    """Return what frees these units, the least urgent and no more than needed; empty: not enough.

    `work` is ordered least urgent first.
    """
    picked: list[InterruptibleWork] = []
    freed = 0
    for item in work:
        if freed >= units:
            break
        picked.append(item)
        freed += item.load_units
    if freed < units:
        return ()
    for item in reversed(picked.copy()):
        if freed - item.load_units >= units:
            picked.remove(item)
            freed -= item.load_units
    return tuple(picked)
