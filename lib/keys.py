"""API keys: which are secret, and which of them are about to reach a browser."""

import base64
import binascii
import re
from collections.abc import Mapping

import orjson

from lib.errors import ConfigurationError

# Build tools copy variables with these prefixes into the JavaScript that browsers download.
_PUBLIC_PREFIXES = ("VITE_", "NEXT_PUBLIC_", "REACT_APP_", "EXPO_PUBLIC_", "NUXT_PUBLIC_")
_SECRET_NAME = re.compile(r"SECRET|SERVICE_ROLE|PASSWORD|PRIVATE")


def is_publishable(key: str) -> bool:
    """True for the key that browsers get: `sb_publishable_...` or a legacy anon key."""
    return key.startswith("sb_publishable_") or _jwt_role(key) == "anon"


def is_secret(key: str) -> bool:
    """True for a key that sees everything: `sb_secret_...` or a legacy service_role key."""
    return key.startswith("sb_secret_") or _jwt_role(key) == "service_role"


def refuse_public_secrets(variables: Mapping[str, str]) -> None:
    """Raise ConfigurationError when a variable made for browsers carries a secret."""
    for name, value in variables.items():
        prefix = next((p for p in _PUBLIC_PREFIXES if name.startswith(p)), None)
        if prefix and (_SECRET_NAME.search(name) or is_secret(value)):
            raise ConfigurationError(
                name, f"{name} would hand a secret to every browser: rename it without {prefix}"
            )


def _jwt_role(key: str) -> str | None:
    """Return the role a JWT claims, unverified, or None when `key` is none."""
    parts = key.split(".")
    if len(parts) != 3:
        return None
    try:
        claims = orjson.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, orjson.JSONDecodeError, ValueError):
        return None
    return claims.get("role") if isinstance(claims, dict) else None
