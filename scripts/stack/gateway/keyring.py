"""API keys: what a request presents, and the JWT that goes on to the service behind."""

import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import jwt

from scripts.stack.gateway.settings import GatewaySettings

Headers = list[tuple[bytes, bytes]]

SECRET_PREFIX = b"sb_secret_"
OPAQUE_PREFIX = b"sb_"
BROWSER_PREFIX = b"Mozilla/"
BEARER = b"bearer "
MAX_REMEMBERED = 10_000
READ_LENIENTLY: Any = {"verify_aud": False, "verify_iat": False}
NO_KEY = (
    "No API key found in request",
    "No `apikey` request header or url param was found.",
)
WRONG_KEY = (
    "Invalid API key",
    "Double check your Supabase publishable, secret, `anon` or `service_role` API key.",
)
SECRET_IN_BROWSER = (
    "Forbidden use of secret API key in browser",
    "Secret API keys can only be used in a protected environment and should never be used in a"
    " browser. Delete this secret API key immediately.",
)


@dataclass(frozen=True)
class Presented:
    """What a request says about itself, as raw header values."""

    apikey: bytes | None
    authorization: bytes | None
    user_agent: bytes


class KeyRefusedError(Exception):
    """The request is refused; `message` and `hint` as the hosted gateway says them."""

    def __init__(self, reason: tuple[str, str]) -> None:
        super().__init__(reason[0])
        self.message, self.hint = reason


class Keyring:
    """The project's keys, and the JWT keys whose signature has been checked."""

    def __init__(self, settings: GatewaySettings) -> None:
        anon, service = settings.anon_key.encode(), settings.service_role_key.encode()
        self._secret = settings.auth.jwt_secret
        self._tokens = {
            settings.publishable_key.encode(): anon,
            settings.secret_key.encode(): service,
            anon: anon,
            service: service,
        }
        self._checked: dict[bytes, float] = {}

    def token(self, key: bytes) -> bytes | None:
        """The JWT behind a key, or None for a key that is not ours."""
        return self._tokens.get(key) or (key if self._is_signed(key) else None)

    def swap(self, key: bytes) -> bytes:
        """The JWT behind an opaque key; anything else unchanged."""
        return self._tokens.get(key, key)

    def authorization(self, presented: Presented) -> bytes:
        """The Authorization header to pass on: a user's token outranks the key."""
        key = presented.apikey
        if not key:
            raise KeyRefusedError(NO_KEY)
        token = self.token(key)
        if token is None:
            raise KeyRefusedError(WRONG_KEY)
        self.refuse_in_browser(presented)
        sent = presented.authorization
        if sent is None or sent[:7].lower() != BEARER:
            return b"Bearer " + token
        bearer = sent[7:].strip()
        if bearer == key:
            return b"Bearer " + token
        if bearer.startswith(OPAQUE_PREFIX):
            raise KeyRefusedError(WRONG_KEY)
        return sent

    def refuse_in_browser(self, presented: Presented) -> None:
        """A secret key that a browser sends has leaked."""
        is_secret = presented.apikey is not None and presented.apikey.startswith(SECRET_PREFIX)
        if is_secret and presented.user_agent.startswith(BROWSER_PREFIX):
            raise KeyRefusedError(SECRET_IN_BROWSER)

    def _is_signed(self, key: bytes) -> bool:
        expiry = self._checked.get(key)
        if expiry is None:
            try:
                claims = jwt.decode(key, self._secret, algorithms=["HS256"], options=READ_LENIENTLY)
            except jwt.InvalidTokenError:
                return False
            if len(self._checked) >= MAX_REMEMBERED:
                self._checked.clear()
            expiry = self._checked[key] = float(claims.get("exp", "inf"))
        return expiry > time.time()


def present(headers: Headers, query: bytes) -> Presented:
    """Reads the headers that decide; the key may stand in the query instead."""
    found = dict(headers)
    return Presented(
        apikey=found.get(b"apikey") or query_key(query),
        authorization=found.get(b"authorization"),
        user_agent=found.get(b"user-agent", b""),
    )


def query_key(query: bytes) -> bytes | None:
    """The `apikey` parameter of a query string."""
    if b"apikey=" not in query:
        return None
    values = dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True))
    return values.get("apikey", "").encode("latin-1") or None


def without_query_key(query: bytes) -> bytes:
    """The query string without the key, which PostgREST would take for a filter."""
    parts = [part for part in query.split(b"&") if not part.startswith(b"apikey=")]
    return b"&".join(parts)
