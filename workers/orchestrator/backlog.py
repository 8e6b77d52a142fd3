"""Events that free hands (presence, a ticket done, each minute) -> waiting tickets are routed anew.

There is nothing to decide in Python: what waits and who has room is one look and one write in SQL.
"""

from lib.store.orchestrator.routing import OrchestratorStore
from workers.runtime.worker import Worker


def backlog(store: OrchestratorStore) -> Worker:
    """Return the worker that sends waiting tickets back to routing, the most urgent first."""
    return Worker(
        name="orchestrator.backlog",
        handle=store.record_backlog,
        batch_size=200,
        concurrency=1,
    )
