"""Checks a token the way Realtime does (pure): signature, times, the claims it needs."""

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import unquote

from scripts.stack.realtime import jsontext

Problem = Literal["malformed", "signature", "signer", "expired", "claims"]
_HASHES = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}
_MALFORMED = "The token provided is not a valid JWT"
_CHECK_KEYS = "check your JWT secret or JWKS configuration"
_JOIN_CODES: dict[Problem, str] = {
    "malformed": "MalformedJWT",
    "signature": "JwtSignatureError",
    "signer": "JwtSignerError",
    "expired": "InvalidJWTToken",
    "claims": "InvalidJWTToken",
}


class TokenError(Exception):
    """A token that is refused, and the sentence each place says about it."""

    def __init__(self, problem: Problem, text: str) -> None:
        super().__init__(text)
        self.problem, self.text = problem, text

    @property
    def connect_text(self) -> str:
        """The `error` of a refused upgrade."""
        return "Token has expired" if self.problem == "expired" else self.text

    @property
    def channel_text(self) -> str:
        """What a joined channel is told before it is closed."""
        return ":signature_error" if self.problem == "signature" else self.text

    @property
    def join_reason(self) -> str:
        """The `reason` of a refused join."""
        return f"{_JOIN_CODES[self.problem]}: {self.text}"


@dataclass(frozen=True, slots=True)
class Token:
    """A verified token: its text, its claims, and the second it ends (Unix time)."""

    text: str
    claims: dict[str, Any]
    expires_at: float

    @property
    def role(self) -> str:
        """The database role it acts as."""
        role = self.claims["role"]
        return role if isinstance(role, str) else jsontext.dumps(role)


def verify(text: str, secret: str, now: float) -> Token:
    """Verify a token at `now` (Unix time); TokenError says what is wrong with it."""
    cleaned = re.sub(r"\s", "", unquote(text))
    header, claims, signed, signature = _take_apart(cleaned)
    expected = hmac.digest(secret.encode(), signed, _hash_of(header))
    if not hmac.compare_digest(expected, signature):
        raise TokenError("signature", "Failed to validate JWT signature")
    _check_times(claims, now)
    if "role" not in claims or "exp" not in claims:
        raise TokenError("claims", "Fields `role` and `exp` are required in JWT")
    return Token(text, claims, float(claims["exp"]))


def _take_apart(text: str) -> tuple[dict[str, Any], dict[str, Any], bytes, bytes]:
    parts = text.split(".")
    try:
        header, claims = (jsontext.loads(_decode_part(part).decode()) for part in parts[:2])
        signature = _decode_part(parts[2]) if len(parts) == 3 else None
    except (ValueError, binascii.Error):
        raise TokenError("malformed", _MALFORMED) from None
    if not isinstance(header, dict) or not isinstance(claims, dict) or signature is None:
        raise TokenError("malformed", _MALFORMED)
    return header, claims, f"{parts[0]}.{parts[1]}".encode(), signature


def _decode_part(part: str) -> bytes:
    padded = part.encode("ascii") + b"=" * (-len(part) % 4)
    return base64.b64decode(padded, altchars=b"-_", validate=True)


def _hash_of(header: dict[str, Any]) -> str:
    algorithm, key = header.get("alg"), header.get("kid")
    if algorithm in _HASHES:
        return _HASHES[algorithm]().name
    of_key = f" for key ID (kid) {jsontext.dumps(key)}" if isinstance(key, str) else ""
    raise TokenError("signer", f"Failed to generate JWT signer{of_key}, {_CHECK_KEYS}")


def _check_times(claims: dict[str, Any], now: float) -> None:
    expires, issued = claims.get("exp", now + 1), claims.get("iat", now)
    if not jsontext.is_number(expires) or not jsontext.is_number(issued):
        raise TokenError("malformed", _MALFORMED)
    if expires <= int(now):
        raise TokenError("expired", f"Token has expired {int(now) - int(expires)} seconds ago")
