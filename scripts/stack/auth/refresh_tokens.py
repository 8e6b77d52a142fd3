"""Refresh tokens: a chain per session, of which the database keeps only digests.

Each token's successor is an HMAC of it. Within the reuse interval the successor can therefore be
told again to a client that lost the answer, without storing any token in the clear.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

TOKEN_BYTES = 18
MAX_STEPS = 32  # refreshes of one session within the reuse interval that we follow

Verdict = Literal["rotate", "repeat", "refuse"]


@dataclass(frozen=True, kw_only=True)
class RefreshToken:
    """One row of auth.refresh_tokens; `digest` is its column `token`."""

    id: int
    digest: str
    revoked: bool
    updated_at: datetime


def new_token() -> str:
    """The first token of a session."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest_of(token: str) -> str:
    """What the database stores."""
    return hashlib.sha256(token.encode()).hexdigest()


def successor_of(token: str, jwt_secret: str) -> str:
    """The token that replaces `token`; nobody without the secret can tell it."""
    key = b"refresh-token:" + jwt_secret.encode()
    code = hmac.digest(key, token.encode(), hashlib.sha256)[:TOKEN_BYTES]
    return base64.urlsafe_b64encode(code).decode()


def descendant_of(token: str, digest: str, jwt_secret: str) -> str | None:
    """The descendant of `token` whose digest is `digest`, or None."""
    for _ in range(MAX_STEPS):
        token = successor_of(token, jwt_secret)
        if hmac.compare_digest(digest_of(token), digest):
            return token
    return None


def judge(
    presented: RefreshToken, active: RefreshToken | None, now: datetime, reuse_seconds: float
) -> Verdict:
    """What to do with a presented token: the active one rotates, a recent one is answered again.

    Anything else was copied: its family must end.
    """
    if not presented.revoked:
        return "rotate"
    is_recent = now - presented.updated_at <= timedelta(seconds=reuse_seconds)
    return "repeat" if active and is_recent else "refuse"
