"""Calls of the SQL functions in schema `worker`, over PostgREST, and what their errors mean.

The official client prepares URL, schema and keys once. The calls themselves go straight through its
HTTP session with orjson: calls are what a worker process spends its time on.
"""

import asyncio
from collections.abc import Mapping, Set
from typing import Any

import httpx
import orjson
from postgrest import AsyncPostgrestClient
from pydantic import BaseModel

from lib.errors import (
    ConfigurationError,
    LeaseLostError,
    LuxuryError,
    OutageError,
    PermanentError,
    TransientError,
)

ERROR_CODES: dict[str, type[LuxuryError]] = {
    "LS001": LeaseLostError,
    "LS002": PermanentError,
    "LS003": PermanentError,
}
"""Our own SQLSTATEs (private.error_codes): lease lost, subject gone, chain of events too long."""

_RETRYABLE_REFUSALS = {"PT409", "PT423", "PT429"}
_PERMANENT_CLASSES = ("PT4", "22", "42", "PGRST1", "PGRST2")
_PERMANENT_CODES = {"23502", "23514"}
_OUTAGE_STATUSES = (502, 503, 504)
_OUTAGE_CLASSES = ("08", "53", "57P", "PGRST00")
_KEY_CODES = {"401", "42501", "PGRST300", "PGRST301", "PGRST302", "PGRST303"}


class Rpc:
    """Calls functions of schema `worker` with a total time limit per call.

    Raises only errors of lib.errors.
    """

    def __init__(self, client: AsyncPostgrestClient, timeout_seconds: float) -> None:
        self._session = client.session
        self._url = f"{str(client.base_url).rstrip('/')}/rpc/"
        self._headers = {**client.headers, "Content-Type": "application/json"}
        self._timeout_seconds = timeout_seconds

    async def call(self, function: str, params: Mapping[str, Any]) -> Any:
        """Return what `worker.<function>` returns; `params` are its arguments by name.

        Values may be anything orjson writes (also UUID, datetime, dataclasses), pydantic models
        and sets.
        """
        # Told the arguments' names, PostgREST hands the body on unread: half the time of a batch.
        columns = f"?columns={','.join(params)}" if params else ""
        try:
            async with asyncio.timeout(self._timeout_seconds):
                response = await self._session.post(
                    self._url + function + columns,
                    content=orjson.dumps(params, default=_plain),
                    headers=self._headers,
                )
        except TimeoutError:
            raise TransientError(
                f"{function}: no answer within {self._timeout_seconds:g} s", code="timeout"
            ) from None
        except httpx.HTTPError as error:
            raise OutageError(f"{function}: {type(error).__name__}", code="network") from error
        if response.is_success:
            return orjson.loads(response.content) if response.content else None
        raise error_of(function, response.status_code, response.content)


def error_of(function: str, status: int, body: bytes) -> LuxuryError:
    """Translate an HTTP answer that is no success into the error tree.

    PostgREST answers `{"code", "message", "details", "hint"}`; a proxy before it answers anything.
    """
    answer = _parsed(body)
    code = str(answer.get("code") or status)
    message = f"{function}: {answer.get('message') or f'HTTP {status}'}"
    if code in ERROR_CODES:
        return _own_error(code, message, answer.get("details"))
    if code == "PGRST106":
        return ConfigurationError(
            "SUPABASE_URL", "the API does not expose schema worker", code=code
        )
    if code == "PGRST202":
        return ConfigurationError(
            "SUPABASE_URL", f"the database has no worker.{function}", code=code
        )
    if status == 401 or code in _KEY_CODES:
        return ConfigurationError(
            "SUPABASE_SECRET_KEY", f"the key may not call worker.{function}", code=code
        )
    if status < 500 and _is_permanent(code):
        return PermanentError(message, code=code)
    if status in _OUTAGE_STATUSES or code.startswith(_OUTAGE_CLASSES):
        return OutageError(message, code=code)
    return TransientError(message, code=code)


def _plain(value: object) -> object:
    if isinstance(value, BaseModel):
        return value.model_dump()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Set):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _own_error(code: str, message: str, details: object) -> LuxuryError:
    if ERROR_CODES[code] is LeaseLostError:
        return LeaseLostError(message, job_ids=_job_ids(details), code=code)
    return ERROR_CODES[code](message, code=code)


def _job_ids(details: object) -> tuple[int, ...]:
    try:
        ids = orjson.loads(details) if isinstance(details, str) else details
    except orjson.JSONDecodeError:
        return ()
    return tuple(int(job_id) for job_id in ids) if isinstance(ids, list) else ()


def _is_permanent(code: str) -> bool:
    if code in _RETRYABLE_REFUSALS:
        return False
    return code in _PERMANENT_CODES or code.startswith(_PERMANENT_CLASSES)
