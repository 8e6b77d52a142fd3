"""What the worker of roll-ups reads and writes; methods are named as the SQL functions called."""

from typing import Any, Protocol

from lib.performance.models.rollups import Pruning, RollupContexts
from lib.store.rpc import Rpc


class RollupStore(Protocol):
    """Errors are those of lib.store.rpc."""

    async def rollup_contexts(self) -> RollupContexts:
        """Return how much is stale, and what is kept of each grain."""
        ...

    async def roll_metrics(self, marks: int, days: int) -> int:
        """Roll so much at most, in one transaction; answers how many marks are left."""
        ...

    async def prune_rollups(self, pruning: Pruning) -> int:
        """Delete cells unless they must be kept; answers how many went."""
        ...


def supabase_rollup_store(rpc: Rpc) -> RollupStore:
    """Return the store behind the functions of schema `worker`."""
    return _SupabaseRollupStore(rpc)


class _SupabaseRollupStore:
    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    async def rollup_contexts(self) -> RollupContexts:
        return RollupContexts.model_validate(await self._rpc.call("rollup_contexts", {}))

    async def roll_metrics(self, marks: int, days: int) -> int:
        params: dict[str, Any] = {"p_rows": marks, "p_days": days}
        left: int = (await self._rpc.call("roll_metrics", params))["left"]
        return left

    async def prune_rollups(self, pruning: Pruning) -> int:
        params: dict[str, Any] = {"p_grain": pruning.grain, "p_before": pruning.before.isoformat()}
        gone: int = (await self._rpc.call("prune_rollups", params))["gone"]
        return gone
