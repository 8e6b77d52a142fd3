"""Errors as GoTrue says them: a status, a stable code, a sentence."""

from datetime import date
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

VERSION_HEADER = "x-supabase-api-version"
CODES_AS_STRINGS_SINCE = date(2024, 1, 1)


class AuthError(Exception):
    """An answer other than success; `extra` joins the body, `headers` the answer."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        extra: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message
        self.extra = extra or {}
        self.headers = headers or {}


def invalid(message: str, status: int = 400) -> AuthError:
    """The request's content is refused."""
    return AuthError(status, "validation_failed", message)


def unexpected(message: str) -> AuthError:
    """The database refused what GoTrue expects to work, for example a failing trigger."""
    return AuthError(500, "unexpected_failure", message)


def wants_codes_as_strings(request: Request) -> bool:
    """Whether the client speaks API version 2024-01-01 or later."""
    try:
        version = date.fromisoformat(request.headers.get(VERSION_HEADER, ""))
    except ValueError:
        return False
    return version >= CODES_AS_STRINGS_SINCE


def error_response(request: Request, error: AuthError) -> Response:
    """The error in the shape of the API version that the request names."""
    headers = dict(error.headers)
    if wants_codes_as_strings(request):
        body = {"code": error.code, "message": error.message, **error.extra}
        headers[VERSION_HEADER] = CODES_AS_STRINGS_SINCE.isoformat()
    else:
        body = {"code": error.status, "error_code": error.code, "msg": error.message, **error.extra}
    return answer(body, error.status, headers)


def answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer."""
    return Response(orjson.dumps(body), status, headers, media_type="application/json")
