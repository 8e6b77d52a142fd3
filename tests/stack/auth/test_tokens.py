"""Threat 28: tokens that must not work, at /auth/v1/user."""

import base64
import json
import time
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest

from scripts.stack.keys import mint_token
from scripts.stack.state import StackState
from tests.stack.auth.people import Someone

HOUR = 3600


def claims_of(person: Someone, **changes: Any) -> dict[str, Any]:
    now = int(time.time())
    claims = {
        "sub": person.id,
        "aud": "authenticated",
        "role": "authenticated",
        "iat": now,
        "exp": now + HOUR,
    }
    return {key: value for key, value in (claims | changes).items() if value is not None}


def show(client: httpx.Client, token: str) -> tuple[int, str | None]:
    answer = client.get("/auth/v1/user", headers={"authorization": f"Bearer {token}"})
    return answer.status_code, answer.json().get("error_code")


def test_a_well_signed_token_without_a_session_works(
    visitor: httpx.Client, person: Someone, site: StackState
) -> None:
    assert show(visitor, mint_token(site.jwt_secret, claims_of(person))) == (200, None)


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"exp": 1}, 403, "bad_jwt"),
        ({"sub": None}, 403, "bad_jwt"),
        ({"sub": "service_role"}, 400, "bad_jwt"),
        ({"sub": str(uuid4())}, 403, "user_not_found"),
        ({"session_id": str(uuid4())}, 403, "session_not_found"),
        ({"session_id": "x"}, 403, "bad_jwt"),
        ({"aud": "somewhere"}, 400, "validation_failed"),
    ],
)
def test_wrong_claims_are_refused(
    visitor: httpx.Client,
    person: Someone,
    site: StackState,
    changes: dict[str, Any],
    status: int,
    code: str,
) -> None:
    token = mint_token(site.jwt_secret, claims_of(person, **changes))
    assert show(visitor, token) == (status, code)


def test_a_token_without_or_with_another_signature_is_refused(
    visitor: httpx.Client, person: Someone, site: StackState
) -> None:
    claims = claims_of(person)
    good = mint_token(site.jwt_secret, claims)
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    none = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
    for token in (
        f"{none}.{body}.",
        mint_token("x" * 32, claims),
        jwt.encode(claims, site.jwt_secret * 2, algorithm="HS512"),
        good[:-4] + "AAAA",
        "nonsense",
    ):
        assert show(visitor, token) == (403, "bad_jwt")


def test_a_key_is_nobody(visitor: httpx.Client, site: StackState) -> None:
    assert show(visitor, site.anon_key) == (403, "bad_jwt")
    assert visitor.get("/auth/v1/user").json()["error_code"] == "bad_jwt"
