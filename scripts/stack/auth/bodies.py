"""What clients send; unknown fields are ignored, a null is an absent field, as in Go."""

import re
from typing import Any, TypeVar
from uuid import UUID

import orjson
from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from scripts.stack.auth.errors import AuthError, invalid

MAX_BODY_BYTES = 1_048_576
MAX_EMAIL_LENGTH = 255
EMAIL = re.compile(r"[^\s@\x00-\x1f\x7f]{1,64}@[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")
DURATION = re.compile(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)")
UNIT_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}
MAX_BAN_SECONDS = 292 * 365 * 24 * 3600  # what a Go duration holds


class SignUpBody(BaseModel):
    """POST /signup."""

    email: str | None = None
    phone: str | None = None
    password: str | None = None
    data: dict[str, Any] | None = None


class PasswordBody(BaseModel):
    """POST /token?grant_type=password."""

    email: str | None = None
    phone: str | None = None
    password: str | None = None


class RefreshBody(BaseModel):
    """POST /token?grant_type=refresh_token."""

    refresh_token: str | None = None


class RecoverBody(BaseModel):
    """POST /recover and /resend."""

    email: str | None = None


class UserBody(BaseModel):
    """PUT /user."""

    email: str | None = None
    phone: str | None = None
    password: str | None = None
    data: dict[str, Any] | None = None
    app_metadata: dict[str, Any] | None = None


class AdminUserBody(BaseModel):
    """POST /admin/users and PUT /admin/users/{id}."""

    id: str | None = None
    email: str | None = None
    phone: str | None = None
    password: str | None = None
    password_hash: str | None = None
    role: str | None = None
    email_confirm: bool | None = None
    phone_confirm: bool | None = None
    user_metadata: dict[str, Any] | None = None
    app_metadata: dict[str, Any] | None = None
    ban_duration: str | None = None


class DeleteBody(BaseModel):
    """DELETE /admin/users/{id}."""

    should_soft_delete: bool | None = None


Body = TypeVar("Body", bound=BaseModel)


async def read_body(request: Request, model: type[Body]) -> Body:
    """The request's JSON as `model`; raises bad_json (400), or 413 beyond a megabyte."""
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > MAX_BODY_BYTES:
            raise invalid("Request body is too large", status=413)
    try:
        content = orjson.loads(raw) if raw else {}
        return model.model_validate(content, strict=True)
    except (orjson.JSONDecodeError, ValidationError):
        raise _bad_json() from None


def normal_email(raw: str) -> str:
    """The address in lower case; raises validation_failed (400)."""
    email = raw.strip().lower()
    if len(email) > MAX_EMAIL_LENGTH:
        raise invalid("An email address is too long")
    if not EMAIL.fullmatch(email) or ".." in email:
        raise invalid("Unable to validate email address: invalid format")
    return email


def metadata(content: dict[str, Any] | None) -> dict[str, Any]:
    """Metadata that Postgres can store: it knows no NUL character."""
    written = orjson.dumps(content).replace(b"\\\\", b"")
    if b"\\u0000" in written:
        raise _bad_json()
    return content or {}


def duration_seconds(text: str) -> float:
    """A Go duration such as `24h` or `1h30m`; `none` is 0."""
    if text == "none":
        return 0
    if not re.fullmatch(f"(?:{DURATION.pattern})+", text):
        raise invalid(f'invalid format for ban duration: time: invalid duration "{text}"')
    seconds = sum(float(n) * UNIT_SECONDS[unit] for n, unit in DURATION.findall(text))
    return min(seconds, MAX_BAN_SECONDS)


def uuid_of(text: str, message: str) -> UUID:
    """A UUID; raises validation_failed (400) with `message`."""
    try:
        return UUID(text)
    except ValueError:
        raise invalid(message) from None


def _bad_json() -> AuthError:
    return AuthError(400, "bad_json", "Could not parse request body as JSON")
