"""POST /auth/v1/signup."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import jwt
import psycopg
import pytest

from scripts.stack.state import StackState
from tests.stack.auth.people import PASSWORD, Someone, an_email, sign_in


def sign_up(client: httpx.Client, email: str, **more: Any) -> httpx.Response:
    return client.post("/auth/v1/signup", json={"email": email, "password": PASSWORD} | more)


def test_a_sign_up_answers_with_a_session_and_a_confirmed_user(visitor: httpx.Client) -> None:
    email = an_email()
    session = sign_up(visitor, email.upper(), data={"display_name": "Zofia"}).json()
    user = session["user"]
    assert session["token_type"] == "bearer"
    assert session["expires_in"] == 3600
    assert (user["email"], user["aud"], user["role"]) == (email, "authenticated", "authenticated")
    assert user["phone"] == ""
    assert user["is_anonymous"] is False
    assert user["email_confirmed_at"] == user["confirmed_at"]
    assert user["app_metadata"] == {"provider": "email", "providers": ["email"]}
    assert user["user_metadata"] == {
        "display_name": "Zofia",
        "sub": user["id"],
        "email": email,
        "email_verified": True,
        "phone_verified": False,
    }


def test_the_user_carries_the_identity_of_the_email_provider(visitor: httpx.Client) -> None:
    email = an_email()
    user = sign_up(visitor, email).json()["user"]
    (identity,) = user["identities"]
    assert identity["id"] == identity["user_id"] == user["id"]
    assert identity["identity_id"] != user["id"]
    assert (identity["provider"], identity["email"]) == ("email", email)
    assert identity["identity_data"]["sub"] == user["id"]


def test_the_access_token_has_the_claims_of_a_hosted_session(
    visitor: httpx.Client, site: StackState
) -> None:
    session = sign_up(visitor, an_email()).json()
    claims = jwt.decode(
        session["access_token"], site.jwt_secret, algorithms=["HS256"], audience="authenticated"
    )
    user = session["user"]
    assert claims["iss"] == f"{site.url}/auth/v1"
    assert claims["exp"] == claims["iat"] + 3600 == session["expires_at"]
    assert (claims["sub"], claims["email"], claims["phone"]) == (user["id"], user["email"], "")
    assert (claims["role"], claims["aal"]) == ("authenticated", "aal1")
    assert claims["is_anonymous"] is False
    assert claims["app_metadata"] == user["app_metadata"]
    assert claims["user_metadata"] == user["user_metadata"]
    assert [entry["method"] for entry in claims["amr"]] == ["password"]
    assert len(claims["session_id"]) == 36


def test_a_taken_address_is_refused_whatever_its_case(
    visitor: httpx.Client, person: Someone
) -> None:
    answer = sign_up(visitor, person.email.upper())
    assert answer.status_code == 422
    assert answer.json() == {
        "code": 422,
        "error_code": "user_already_exists",
        "msg": "User already registered",
    }


def test_of_two_sign_ups_at_once_one_wins(visitor: httpx.Client) -> None:
    email = an_email()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: sign_up(visitor, email), range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 422, 422, 422]
    codes = {answer.json().get("error_code") for answer in answers if answer.is_error}
    assert codes == {"user_already_exists"}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"password": PASSWORD}, 422, "anonymous_provider_disabled"),
        ({}, 422, "anonymous_provider_disabled"),
        ({"phone": "+48123456789", "password": PASSWORD}, 400, "phone_provider_disabled"),
        ({"email": "a@example.test", "phone": "+48123", "password": "x"}, 400, "validation_failed"),
        ({"email": "a@example.test"}, 400, "validation_failed"),
        ({"email": "not an address", "password": PASSWORD}, 400, "validation_failed"),
        ({"email": "a@b@example.test", "password": PASSWORD}, 400, "validation_failed"),
        ({"email": "a\x00@example.test", "password": PASSWORD}, 400, "validation_failed"),
        ({"email": f"{'a' * 64}@{'b' * 200}.test", "password": PASSWORD}, 400, "validation_failed"),
        ({"email": 7, "password": PASSWORD}, 400, "bad_json"),
        ({"email": "a@example.test", "password": PASSWORD, "data": []}, 400, "bad_json"),
        ({"email": "a@example.test", "password": PASSWORD, "data": {"n": "\x00"}}, 400, "bad_json"),
        ([], 400, "bad_json"),
    ],
)
def test_bad_input_is_named(
    visitor: httpx.Client, body: dict[str, Any], status: int, code: str
) -> None:
    answer = visitor.post("/auth/v1/signup", json=body)
    assert (answer.status_code, answer.json()["error_code"]) == (status, code)


def test_what_is_not_json_is_refused(visitor: httpx.Client) -> None:
    for content in (b"{", b'{"email": "\\ud800"}', b"\xff"):
        answer = visitor.post("/auth/v1/signup", content=content)
        assert (answer.status_code, answer.json()["error_code"]) == (400, "bad_json")


def test_a_body_beyond_a_megabyte_is_refused(visitor: httpx.Client) -> None:
    answer = sign_up(visitor, an_email(), data={"text": "x" * 1_100_000})
    assert answer.status_code == 413


def test_a_weak_password_names_its_reasons(visitor: httpx.Client) -> None:
    answer = sign_up(visitor, an_email(), password="kot")
    assert answer.status_code == 422
    assert answer.json() == {
        "code": 422,
        "error_code": "weak_password",
        "msg": "Password should be at least 6 characters.",
        "weak_password": {"reasons": ["length"]},
    }


def test_a_password_beyond_the_reach_of_bcrypt_is_refused(visitor: httpx.Client) -> None:
    assert sign_up(visitor, an_email(), password="ż" * 37).json()["error_code"] == (
        "validation_failed"
    )
    email = an_email()
    assert sign_up(visitor, email, password="ż" * 36).status_code == 200
    assert sign_in(visitor, email, "ż" * 36 + "x").status_code == 400


def test_newer_clients_get_the_code_as_a_string(visitor: httpx.Client) -> None:
    answer = visitor.post(
        "/auth/v1/signup",
        json={"email": an_email(), "password": "kot"},
        headers={"x-supabase-api-version": "2024-01-01"},
    )
    assert answer.headers["x-supabase-api-version"] == "2024-01-01"
    assert answer.json() == {
        "code": "weak_password",
        "message": "Password should be at least 6 characters.",
        "weak_password": {"reasons": ["length"]},
    }


def test_a_failing_trigger_of_the_project_leaves_nothing_behind(
    visitor: httpx.Client, admin_db: psycopg.Connection
) -> None:
    email = an_email()
    admin_db.execute(
        f"""
        create function public.refuse_somebody() returns trigger language plpgsql as $$
        begin
            if new.email = '{email}' then raise exception 'no'; end if;
            return new;
        end $$
        """
    )
    admin_db.execute(
        """
        create trigger refuse_somebody after insert on auth.users
        for each row execute function public.refuse_somebody()
        """
    )
    try:
        answer = sign_up(visitor, email)
    finally:
        admin_db.execute("drop function public.refuse_somebody() cascade")
    assert answer.status_code == 500
    assert answer.json()["error_code"] == "unexpected_failure"
    assert answer.json()["msg"] == "Database error saving new user"
    left = admin_db.execute("select from auth.users where email = %s", [email]).fetchone()
    assert left is None
    assert sign_up(visitor, email).status_code == 200
