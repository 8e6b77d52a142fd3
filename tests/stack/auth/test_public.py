"""What needs no user, and the ways in that stay closed."""

import httpx
import pytest

from scripts.stack.state import StackState


def test_health_and_settings_tell_what_is_offered(visitor: httpx.Client) -> None:
    assert visitor.get("/auth/v1/health").json()["name"] == "GoTrue"
    settings = visitor.get("/auth/v1/settings").json()
    assert settings["external"]["email"] is True
    assert settings["external"]["anonymous_users"] is False
    assert settings["mailer_autoconfirm"] is True
    assert settings["disable_signup"] is False


def test_there_are_no_public_keys_because_the_secret_is_shared(site: StackState) -> None:
    answer = httpx.get(f"{site.url}/auth/v1/.well-known/jwks.json")
    assert (answer.status_code, answer.json()) == (200, {"keys": []})


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("POST", "/otp", 422, "otp_disabled"),
        ("POST", "/verify", 403, "otp_expired"),
        ("POST", "/sso", 404, "saml_provider_disabled"),
        ("GET", "/authorize?provider=google", 400, "validation_failed"),
        ("POST", "/factors", 422, "mfa_totp_enroll_not_enabled"),
        ("POST", "/invite", 403, "not_admin"),
    ],
)
def test_other_ways_in_are_closed_in_words_that_clients_know(
    visitor: httpx.Client, method: str, path: str, status: int, code: str
) -> None:
    answer = visitor.request(method, f"/auth/v1{path}")
    assert (answer.status_code, answer.json()["error_code"]) == (status, code)


def test_an_unknown_path_is_not_found(visitor: httpx.Client) -> None:
    assert visitor.get("/auth/v1/nothing").status_code == 404
