"""What agents said instead of a judgement; methods are named as the SQL functions called."""

from typing import Protocol

from lib.intelligence.models.triage import Correction
from lib.store.rpc import Rpc

_PAGE = 1000


class CorrectionStore(Protocol):
    """Errors are those of lib.store.rpc."""

    async def correction_rows(self) -> list[Correction]:
        """Return the latest correction of each message's language and sentiment."""
        ...


def supabase_correction_store(rpc: Rpc) -> CorrectionStore:
    """Return the store behind the functions of schema `worker`."""
    return _SupabaseCorrectionStore(rpc)


class _SupabaseCorrectionStore:
    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    async def correction_rows(self) -> list[Correction]:
        found: list[Correction] = []
        after: int | None = None
        while True:
            params = {"p_after": after, "p_limit": _PAGE}
            answer = await self._rpc.call("correction_rows", params)
            found += [Correction(*row) for row in answer["rows"]]
            after = answer["next"]
            if after is None:
                return found
