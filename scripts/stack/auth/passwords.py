"""Passwords: their rules, and bcrypt away from the event loop."""

import asyncio
import secrets
from dataclasses import dataclass

import bcrypt

from scripts.stack.auth.errors import AuthError, invalid
from scripts.stack.auth.settings import MAX_PASSWORD_BYTES, AuthSettings


@dataclass(frozen=True)
class Passwords:
    """Hashes and checks; `decoy` is what an unknown account's password is compared with."""

    cost: int
    min_bytes: int
    decoy: bytes

    def check_strength(self, password: str) -> None:
        """Raises weak_password (422) or, beyond bcrypt's reach, validation_failed (400)."""
        size = len(password.encode())
        if size > MAX_PASSWORD_BYTES:
            raise invalid(f"Password cannot be longer than {MAX_PASSWORD_BYTES} characters")
        if size < self.min_bytes:
            message = f"Password should be at least {self.min_bytes} characters."
            reasons = {"weak_password": {"reasons": ["length"]}}
            raise AuthError(422, "weak_password", message, extra=reasons)

    async def hash(self, password: str) -> str:
        """The bcrypt hash of a password that passed `check_strength`."""
        salt = bcrypt.gensalt(self.cost)
        return (await asyncio.to_thread(bcrypt.hashpw, password.encode(), salt)).decode()

    async def matches(self, password: str, stored: str | None) -> bool:
        """Whether `password` is the stored one; takes as long when there is none to compare."""
        return await asyncio.to_thread(self._matches, password.encode(), stored)

    def _matches(self, password: bytes, stored: str | None) -> bool:
        is_right = _compare(password, stored.encode()) if stored else False
        if not is_right and (not stored or _cost_of(stored) < self.cost):
            _compare(password, self.decoy)
        return is_right


def passwords(settings: AuthSettings) -> Passwords:
    """The rules of `settings`, with a decoy of the same cost as real hashes."""
    decoy = bcrypt.hashpw(secrets.token_bytes(16), bcrypt.gensalt(settings.bcrypt_cost))
    return Passwords(settings.bcrypt_cost, settings.password_min_bytes, decoy)


def check_hash(stored: str) -> None:
    """Refuses a password hash that is not bcrypt's."""
    if not stored.startswith(("$2a$", "$2b$", "$2y$")) or len(stored) != 60:
        raise invalid("Invalid password hash: only bcrypt is supported")


def _compare(password: bytes, stored: bytes) -> bool:
    is_right = False
    try:
        is_right = bcrypt.checkpw(password[:MAX_PASSWORD_BYTES], stored)
    except ValueError:  # a stored hash of another kind
        return False
    return is_right and len(password) <= MAX_PASSWORD_BYTES


def _cost_of(stored: str) -> int:
    parts = stored.split("$")
    return int(parts[2]) if len(parts) == 4 and parts[2].isdigit() else 0
