"""A user and what may change about one."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

OPTIONAL_INSTANTS = (
    "invited_at",
    "confirmation_sent_at",
    "recovery_sent_at",
    "email_change_sent_at",
    "email_confirmed_at",
    "phone_confirmed_at",
    "confirmed_at",
    "last_sign_in_at",
    "banned_until",
    "deleted_at",
)


@dataclass(frozen=True, kw_only=True)
class User:
    """One row of auth.users with its identities."""

    id: UUID
    aud: str
    role: str
    email: str | None
    phone: str | None
    encrypted_password: str | None
    app_metadata: dict[str, Any]
    user_metadata: dict[str, Any]
    identities: list[dict[str, Any]]
    created_at: datetime
    updated_at: datetime
    is_anonymous: bool = False
    invited_at: datetime | None = None
    confirmation_sent_at: datetime | None = None
    recovery_sent_at: datetime | None = None
    email_change_sent_at: datetime | None = None
    email_confirmed_at: datetime | None = None
    phone_confirmed_at: datetime | None = None
    confirmed_at: datetime | None = None
    last_sign_in_at: datetime | None = None
    banned_until: datetime | None = None
    deleted_at: datetime | None = None

    def is_banned(self, now: datetime) -> bool:
        """Whether sign-in and refresh are refused at `now`."""
        return self.banned_until is not None and self.banned_until > now


@dataclass(frozen=True, kw_only=True)
class UserChange:
    """New values; None leaves a column as it is, a null inside metadata removes the key."""

    email: str | None = None
    phone: str | None = None
    role: str | None = None
    password_hash: str | None = None
    is_email_confirmed: bool = False
    is_phone_confirmed: bool = False
    ban_seconds: float | None = None
    app_metadata: dict[str, Any] = field(default_factory=dict)
    user_metadata: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Session:
    """A signed-in device."""

    id: UUID
    user_id: UUID
    aal: str
    created_at: datetime
    not_after: datetime | None
