"""Users and sessions as GoTrue writes them."""

from datetime import UTC, datetime
from typing import Any

from scripts.stack.auth.models import OPTIONAL_INSTANTS, Session, User
from scripts.stack.auth.settings import AuthSettings
from scripts.stack.auth.tokens import access_token


def instant(moment: datetime) -> str:
    """RFC 3339 in UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def user_json(user: User) -> dict[str, Any]:
    """A user; instants that never happened are left out."""
    happened = {name: getattr(user, name) for name in OPTIONAL_INSTANTS}
    return {
        "id": str(user.id),
        "aud": user.aud,
        "role": user.role,
        "email": user.email or "",
        "phone": user.phone or "",
        **{name: instant(moment) for name, moment in happened.items() if moment},
        "app_metadata": user.app_metadata,
        "user_metadata": user.user_metadata,
        "identities": [_identity_json(identity) for identity in user.identities],
        "created_at": instant(user.created_at),
        "updated_at": instant(user.updated_at),
        "is_anonymous": user.is_anonymous,
    }


def session_json(
    user: User, session: Session, refresh_token: str, settings: AuthSettings, now: datetime
) -> dict[str, Any]:
    """What sign-in and refresh answer; `expires_in` in seconds, `expires_at` in epoch seconds."""
    return {
        "access_token": access_token(user, session, settings, now),
        "token_type": "bearer",
        "expires_in": settings.access_token_seconds,
        "expires_at": int(now.timestamp()) + settings.access_token_seconds,
        "refresh_token": refresh_token,
        "user": user_json(user),
    }


def _identity_json(row: dict[str, Any]) -> dict[str, Any]:
    """`id` is the provider's name for the person, `identity_id` our row."""
    instants = ("last_sign_in_at", "created_at", "updated_at")
    return {
        "identity_id": row["id"],
        "id": row["provider_id"],
        "user_id": row["user_id"],
        "identity_data": row["identity_data"],
        "provider": row["provider"],
        **{name: instant(datetime.fromisoformat(row[name])) for name in instants if row[name]},
        **({"email": row["email"]} if row["email"] else {}),
    }
