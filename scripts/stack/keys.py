"""Keys and tokens of the embedded stack, in the shapes hosted Supabase hands out."""

import base64
import hashlib
import secrets
import time
from collections.abc import Mapping
from typing import Any

import jwt

LEGACY_KEY_LIFETIME_SECONDS = 10 * 365 * 24 * 3600
OPAQUE_KEY_BYTES = 16


def mint_token(jwt_secret: str, claims: Mapping[str, Any]) -> str:
    """A JWT over exactly `claims`, signed HS256 with the project's secret."""
    return jwt.encode(dict(claims), jwt_secret, algorithm="HS256")


def role_token(jwt_secret: str, role: str, issued_at: int) -> str:
    """The JWT a key stands for; `issued_at` in epoch seconds, valid for ten years."""
    claims = {
        "iss": "supabase",
        "ref": "local",
        "role": role,
        "iat": issued_at,
        "exp": issued_at + LEGACY_KEY_LIFETIME_SECONDS,
    }
    return mint_token(jwt_secret, claims)


def legacy_keys(jwt_secret: str, issued_at: int | None = None) -> tuple[str, str]:
    """The anon and service_role keys of the JWT kind, in this order."""
    moment = int(time.time()) if issued_at is None else issued_at
    return role_token(jwt_secret, "anon", moment), role_token(jwt_secret, "service_role", moment)


def opaque_keys(entropy: bytes | None = None) -> tuple[str, str]:
    """A publishable and a secret key, in this order; from 32 random bytes unless given."""
    source = secrets.token_bytes(2 * OPAQUE_KEY_BYTES) if entropy is None else entropy
    if len(source) < 2 * OPAQUE_KEY_BYTES:
        raise ValueError(f"opaque keys need {2 * OPAQUE_KEY_BYTES} bytes, not {len(source)}")
    publishable, secret = source[:OPAQUE_KEY_BYTES], source[OPAQUE_KEY_BYTES:][:OPAQUE_KEY_BYTES]
    return opaque_key("sb_publishable_", publishable), opaque_key("sb_secret_", secret)


def opaque_key(prefix: str, entropy: bytes) -> str:
    """`prefix`, the bytes and a short checksum, which lets a scanner recognise a leaked key."""
    body = prefix + _base64url(entropy)
    checksum = _base64url(hashlib.sha256(body.encode()).digest())[:8]
    return f"{body}_{checksum}"


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
