"""POST /auth/v1/token?grant_type=password."""

import statistics
import time
from typing import Any

import httpx
import psycopg
import pytest

from scripts.stack.state import StackState
from tests.stack.auth.people import (
    PASSWORD,
    People,
    Someone,
    a_client,
    an_email,
    bearer,
    sign_in,
)
from tests.stack.gateway.site import AuthServers


def test_the_right_password_opens_a_session(visitor: httpx.Client, person: Someone) -> None:
    session = sign_in(visitor, person.email.upper()).json()
    assert session["user"]["id"] == person.id
    assert session["weak_password"] is None
    assert session["user"]["last_sign_in_at"]
    assert visitor.get("/auth/v1/user", headers=bearer(session)).json()["id"] == person.id


def test_each_sign_in_is_a_session_of_its_own(visitor: httpx.Client, person: Someone) -> None:
    first, second = sign_in(visitor, person.email).json(), sign_in(visitor, person.email).json()
    assert first["refresh_token"] != second["refresh_token"]


def test_an_unknown_address_and_a_wrong_password_look_the_same(
    visitor: httpx.Client, person: Someone
) -> None:
    wrong, unknown = sign_in(visitor, person.email, "x"), sign_in(visitor, an_email(), "x")
    assert wrong.status_code == unknown.status_code == 400
    assert (
        wrong.json()
        == unknown.json()
        == {
            "code": 400,
            "error_code": "invalid_credentials",
            "msg": "Invalid login credentials",
        }
    )


def test_an_unknown_address_takes_as_long_as_a_wrong_password(
    visitor: httpx.Client, a_person: People
) -> None:
    known = a_person()  # with a cheaper hash than the server's own: the worst case

    def seconds(email: str) -> float:
        started = time.perf_counter()
        assert sign_in(visitor, email, "wrong").status_code == 400
        return time.perf_counter() - started

    pairs = [(seconds(known.email), seconds(an_email())) for _ in range(6)]
    ratio = statistics.median(unknown / wrong for wrong, unknown in pairs)
    assert 0.5 < ratio < 2


def test_a_locked_account_is_not_told_to_those_who_do_not_know_its_password(
    visitor: httpx.Client, a_person: People
) -> None:
    banned = a_person(ban_duration="24h")
    unconfirmed = a_person(email_confirm=False)
    for someone in (banned, unconfirmed):
        assert sign_in(visitor, someone.email, "x").json()["error_code"] == "invalid_credentials"
    assert sign_in(visitor, banned.email).json()["error_code"] == "user_banned"
    assert sign_in(visitor, unconfirmed.email).json()["error_code"] == "email_not_confirmed"


def test_recovery_answers_everybody_alike(visitor: httpx.Client, person: Someone) -> None:
    for email in (person.email, an_email()):
        answer = visitor.post("/auth/v1/recover", json={"email": email})
        assert (answer.status_code, answer.json()) == (200, {})


@pytest.mark.parametrize(
    ("query", "body", "status", "code"),
    [
        ("grant_type=password", {}, 400, "validation_failed"),
        (
            "grant_type=password",
            {"phone": "+48123", "password": "x"},
            422,
            "phone_provider_disabled",
        ),
        (
            "grant_type=password",
            {"email": "a\x00@b.test", "password": "x"},
            400,
            "invalid_credentials",
        ),
        ("grant_type=password", {"email": "a@b.test", "password": ["x"]}, 400, "bad_json"),
        ("grant_type=id_token", {"provider": "google"}, 400, "provider_disabled"),
        ("grant_type=pkce", {"auth_code": "x"}, 404, "flow_state_not_found"),
        ("grant_type=magic", {}, 400, "invalid_credentials"),
        ("", {}, 400, "invalid_credentials"),
    ],
)
def test_other_grants_and_bad_input_are_named(
    visitor: httpx.Client, query: str, body: dict[str, Any], status: int, code: str
) -> None:
    answer = visitor.post(f"/auth/v1/token?{query}", json=body)
    assert (answer.status_code, answer.json()["error_code"]) == (status, code)


def test_a_user_written_by_a_seed_can_sign_in(
    visitor: httpx.Client, admin_db: psycopg.Connection
) -> None:
    email = an_email()
    admin_db.execute(
        """
        insert into auth.users (id, aud, role, email, encrypted_password, email_confirmed_at,
                                raw_user_meta_data, created_at, updated_at)
        values (gen_random_uuid(), 'authenticated', 'authenticated', %s,
                extensions.crypt(%s, extensions.gen_salt('bf')), now(), '{}', now(), now())
        """,
        [email, PASSWORD],
    )
    session = sign_in(visitor, email).json()
    assert session["user"]["identities"] == []
    assert session["user"]["app_metadata"] == {}


def test_guessing_is_slowed_down_for_one_account_only(
    own_auth: AuthServers, site: StackState, a_person: People
) -> None:
    victim, neighbour = a_person(), a_person()
    limits = {"sign_in_failures": 3, "sign_in_window_seconds": 60}
    with own_auth(**limits) as url, a_client(url, site.publishable_key) as client:
        spoof = [{"x-forwarded-for": f"10.0.0.{n}"} for n in range(5)]
        statuses = [
            client.post(
                "/auth/v1/token?grant_type=password",
                json={"email": victim.email, "password": "x"},
                headers=header,
            ).status_code
            for header in spoof
        ]
        refused = sign_in(client, victim.email)
        assert statuses == [400, 400, 400, 429, 429]
        assert refused.json()["error_code"] == "over_request_rate_limit"
        assert 0 < int(refused.headers["retry-after"]) <= 60
        assert sign_in(client, neighbour.email).status_code == 200


def test_a_right_password_forgives_the_wrong_ones_before(
    own_auth: AuthServers, site: StackState, person: Someone
) -> None:
    limits = {"sign_in_failures": 3}
    with own_auth(**limits) as url, a_client(url, site.publishable_key) as client:
        for password in ("x", "x", PASSWORD, "x", "x", PASSWORD):
            answer = sign_in(client, person.email, password)
            assert answer.status_code == (200 if password == PASSWORD else 400)
