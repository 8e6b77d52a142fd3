"""Access tokens: what they claim and how they are read."""

from datetime import datetime
from typing import Any

import jwt

from scripts.stack.auth.errors import AuthError
from scripts.stack.auth.models import Session, User
from scripts.stack.auth.settings import AuthSettings
from scripts.stack.keys import mint_token

ADMIN_ROLES = frozenset({"service_role", "supabase_admin"})


def access_token(user: User, session: Session, settings: AuthSettings, now: datetime) -> str:
    """The JWT that a signed-in client sends, with the claims of a hosted project."""
    issued_at = int(now.timestamp())
    claims = {
        "iss": settings.issuer,
        "sub": str(user.id),
        "aud": user.aud,
        "exp": issued_at + settings.access_token_seconds,
        "iat": issued_at,
        "email": user.email or "",
        "phone": user.phone or "",
        "app_metadata": user.app_metadata,
        "user_metadata": user.user_metadata,
        "role": user.role,
        "aal": session.aal,
        "amr": [{"method": "password", "timestamp": int(session.created_at.timestamp())}],
        "session_id": str(session.id),
        "is_anonymous": user.is_anonymous,
    }
    return mint_token(settings.jwt_secret, claims)


def read_claims(authorization: str, jwt_secret: str) -> dict[str, Any]:
    """The claims of `Bearer <JWT>`; raises no_authorization (401) or bad_jwt (403)."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise AuthError(401, "no_authorization", "This endpoint requires a Bearer token")
    options: Any = {"verify_aud": False, "verify_iat": False}
    try:
        return jwt.decode(token.strip(), jwt_secret, algorithms=["HS256"], options=options)
    except jwt.InvalidTokenError as error:
        message = f"invalid JWT: unable to parse or verify signature, {error}"
        raise AuthError(403, "bad_jwt", message) from None


def require_admin(claims: dict[str, Any]) -> None:
    """Raises not_admin (403) unless the token carries a server's role."""
    if claims.get("role") not in ADMIN_ROLES:
        raise AuthError(403, "not_admin", "User not allowed")
