"""API keys at the gateway: who is let in, and as whom."""

import time
from typing import Any

import httpx
import pytest

from scripts.stack.keys import legacy_keys, mint_token, opaque_keys
from scripts.stack.state import StackState
from tests.stack.gateway.serving import serving
from tests.stack.gateway.upstreams import echo, port_of, proxy_to

HOUR = 3600
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"
NO_KEY = {
    "message": "No API key found in request",
    "hint": "No `apikey` request header or url param was found.",
}


@pytest.fixture(scope="module")
def echo_url(site: StackState) -> Any:
    """The way to REST, with a server behind it that shows what arrives."""
    with serving(echo, has_lifespan=False) as behind, proxy_to(site, port_of(behind)) as url:
        yield url


def passed_on(url: str, headers: dict[str, str], query: str = "") -> str | None:
    answer = httpx.get(f"{url}/notes{query}", headers=headers)
    assert answer.status_code == 206, answer.text
    return dict(answer.json()["headers"]).get("authorization")


def test_opaque_and_legacy_keys_stand_for_their_role(echo_url: str, site: StackState) -> None:
    for key, token in (
        (site.publishable_key, site.anon_key),
        (site.secret_key, site.service_role_key),
        (site.anon_key, site.anon_key),
        (site.service_role_key, site.service_role_key),
    ):
        assert passed_on(echo_url, {"apikey": key}) == f"Bearer {token}"
        same = {"apikey": key, "authorization": f"Bearer {key}"}
        assert passed_on(echo_url, same) == f"Bearer {token}"
        basic = {"apikey": key, "authorization": "Basic eDp5"}
        assert passed_on(echo_url, basic) == f"Bearer {token}"


def test_the_token_of_a_user_outranks_the_key(echo_url: str, site: StackState) -> None:
    headers = {"apikey": site.secret_key, "authorization": "Bearer user.token.here"}
    assert passed_on(echo_url, headers) == "Bearer user.token.here"


def test_the_key_may_stand_in_the_address_and_goes_no_further(
    echo_url: str, site: StackState
) -> None:
    answer = httpx.get(f"{echo_url}/notes?select=id&apikey={site.publishable_key}&id=eq.1")
    assert answer.json()["query"] == "select=id&id=eq.1"
    answer = httpx.get(f"{echo_url}/notes", headers={"apikey": site.secret_key})
    assert site.secret_key not in answer.text


def test_any_token_signed_with_the_secret_is_a_key(echo_url: str, site: StackState) -> None:
    claims = {"role": "authenticated", "exp": int(time.time()) + HOUR}
    token = mint_token(site.jwt_secret, claims)
    assert passed_on(echo_url, {"apikey": token}) == f"Bearer {token}"


@pytest.mark.parametrize("path", ["/rest/v1/", "/rest/v1/notes", "/auth/v1/settings"])
def test_without_a_key_nobody_passes(site: StackState, path: str) -> None:
    answer = httpx.get(site.url + path)
    assert (answer.status_code, answer.json()) == (401, NO_KEY)
    bearer_only = {"authorization": f"Bearer {site.service_role_key}"}
    assert httpx.get(site.url + path, headers=bearer_only).status_code == 401


def test_a_wrong_key_is_refused(site: StackState) -> None:
    expired = mint_token(site.jwt_secret, {"role": "service_role", "exp": 1})
    foreign = legacy_keys("another-secret-of-at-least-32-bytes")[1]
    for key in (opaque_keys()[1], expired, foreign, "sb_secret_", "x", "ż".encode().hex()):
        for path in ("/rest/v1/notes", "/auth/v1/settings"):
            answer = httpx.get(site.url + path, headers={"apikey": key})
            assert (answer.status_code, answer.json()["message"]) == (401, "Invalid API key")


def test_one_key_cannot_borrow_the_rights_of_another(site: StackState) -> None:
    headers = {"apikey": site.publishable_key, "authorization": f"Bearer {site.secret_key}"}
    answer = httpx.get(f"{site.url}/rest/v1/notes", headers=headers)
    assert (answer.status_code, answer.json()["message"]) == (401, "Invalid API key")


def test_a_secret_key_in_a_browser_is_refused(site: StackState) -> None:
    for path in ("/rest/v1/notes", "/auth/v1/admin/users", "/realtime/v1/api/ping"):
        headers = {"apikey": site.secret_key, "user-agent": BROWSER}
        answer = httpx.get(site.url + path, headers=headers)
        assert answer.status_code == 401
        assert answer.json()["message"] == "Forbidden use of secret API key in browser"
        headers = {"apikey": site.publishable_key, "user-agent": BROWSER}
        assert httpx.get(site.url + path, headers=headers).json() != NO_KEY


def test_keys_are_made_from_given_bytes() -> None:
    publishable, secret = opaque_keys(bytes(range(32)))
    assert publishable.startswith("sb_publishable_")
    assert secret.startswith("sb_secret_")
    assert (publishable, secret) == opaque_keys(bytes(range(32)))
    assert opaque_keys() != opaque_keys()
    with pytest.raises(ValueError, match="32 bytes"):
        opaque_keys(b"short")
