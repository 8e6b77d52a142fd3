"""What the worker of ledgers asks for; the method is named as the SQL function called."""

from dataclasses import dataclass
from typing import Protocol

from lib.store.rpc import Rpc


@dataclass(frozen=True, kw_only=True)
class LedgerProgress:
    """What one call came to."""

    client_count: int
    is_left: bool
    """Whether more clients wait."""


class LedgerStore(Protocol):
    """Errors are those of lib.store.rpc."""

    async def keep_ledgers(self, limit: int) -> LedgerProgress:
        """Make the ledgers of clients marked longest ago again, of at most `limit` marks."""
        ...


def supabase_ledger_store(rpc: Rpc) -> LedgerStore:
    """Return the store behind `worker.keep_ledgers`."""
    return _SupabaseLedgerStore(rpc)


class _SupabaseLedgerStore:
    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    async def keep_ledgers(self, limit: int) -> LedgerProgress:
        return LedgerProgress(**await self._rpc.call("keep_ledgers", {"p_limit": limit}))
