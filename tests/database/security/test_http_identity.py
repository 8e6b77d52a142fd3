"""Who one is: tokens forged, expired or outlived, and addresses that somebody would like to know.

Numbered as the list of threats.
"""

import statistics
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import jwt
import psycopg
import pytest

from scripts.stack.state import StackState
from tests.database.security.conftest import Caller


def test_threat_20_a_wrong_password_does_not_tell_whether_the_address_is_known(
    alice: Caller, stranger: Caller
) -> None:
    known = alice.session["user"]["email"]
    answers = [sign_in(stranger, email, "Zgadywane-1") for email in (known, "nobody@example.test")]
    assert answers[0].status_code == answers[1].status_code == 400
    assert answers[0].json() == answers[1].json()


def test_threat_20_nor_does_the_time_of_the_answer(alice: Caller, stranger: Caller) -> None:
    def seconds(email: str) -> float:
        began = time.perf_counter()
        sign_in(stranger, email, "Zgadywane-2")
        return time.perf_counter() - began

    known = statistics.median(seconds(alice.session["user"]["email"]) for _ in range(3))
    unknown = statistics.median(seconds(f"{uuid4().hex}@example.test") for _ in range(3))
    assert 1 / 3 < known / unknown < 3


def test_threat_20_the_list_of_accounts_is_for_the_server_alone(alice: Caller) -> None:
    for path in ("/auth/v1/admin/users", f"/auth/v1/admin/users/{alice.id}"):
        assert alice.http.get(path).status_code in {401, 403}


def test_threat_21_guessing_a_password_is_slowed_down(stranger: Caller) -> None:
    email = f"{uuid4().hex}@example.test"
    statuses = [sign_in(stranger, email, f"Zgadywane-{n}").status_code for n in range(12)]
    assert statuses[0] == 400
    assert statuses[-1] == 429


@pytest.mark.parametrize(
    "forgery", ["no algorithm", "other secret", "expired", "not yet", "nonsense"]
)
def test_threat_28_a_forged_or_expired_token_opens_nothing(
    forgery: str, alice: Caller, stack: StackState
) -> None:
    now = datetime.now(UTC)
    claims = {"sub": str(alice.id), "role": "authenticated", "aud": "authenticated"}
    token = {
        "no algorithm": jwt.encode(claims, "", "none"),
        "other secret": signed(claims, "z" * 40),
        "expired": signed(claims | {"exp": now - timedelta(minutes=5)}, stack.jwt_secret),
        "not yet": signed(claims | {"nbf": now + timedelta(minutes=5)}, stack.jwt_secret),
        "nonsense": "eyJ.not.atoken",
    }[forgery]
    assert read_with(alice, token).status_code == 401


@pytest.mark.parametrize("role", ["postgres", "supabase_admin", "authenticator"])
def test_threat_28_no_token_becomes_a_powerful_role(
    role: str, alice: Caller, stack: StackState
) -> None:
    answer = read_with(alice, signed({"role": role, "sub": str(alice.id)}, stack.jwt_secret))
    assert answer.status_code in {401, 403}


@pytest.mark.parametrize("subject", ["not-a-uuid", "", None, "0; drop table profiles"])
def test_threat_28_a_token_without_a_person_sees_nobodys_rows(
    subject: str | None, alice: Caller, stack: StackState
) -> None:
    alice.open_ticket()
    answer = read_with(alice, signed({"role": "authenticated", "sub": subject}, stack.jwt_secret))
    assert answer.is_error or answer.json() == []


def test_threat_28_nobody_signs_in_without_a_name(stranger: Caller) -> None:
    assert stranger.http.post("/auth/v1/signup", json={}).is_client_error


def test_threat_29_a_revoked_role_ends_with_the_next_call(agent: Caller, stack: StackState) -> None:
    assert agent.rpc("get_desk_queue").is_success
    with psycopg.connect(stack.db_url) as db:
        db.execute("update public.staff_members set is_active = false where id = %s", [agent.id])
    assert agent.rpc("get_desk_queue").status_code == 403
    assert agent.rows("staff_members?select=id") == []


def test_threat_29_a_banned_colleague_has_no_rights_left(agent: Caller, server: Caller) -> None:
    server.http.put(
        f"/auth/v1/admin/users/{agent.id}", json={"ban_duration": "24h"}
    ).raise_for_status()
    assert agent.rpc("get_desk_queue").status_code == 403
    assert refresh(agent).is_client_error


def test_threat_29_after_signing_out_no_new_token_is_to_be_had(agent: Caller) -> None:
    agent.http.post("/auth/v1/logout").raise_for_status()
    assert refresh(agent).is_client_error
    assert agent.http.get("/auth/v1/user").is_client_error


def test_threat_29_a_stolen_refresh_token_used_twice_ends_the_session(
    agent: Caller, stack: StackState
) -> None:
    first = refresh(agent).raise_for_status().json()
    second = refresh(agent, first["refresh_token"]).raise_for_status().json()
    with psycopg.connect(stack.admin_db_url) as db:
        db.execute(
            "update auth.refresh_tokens set updated_at = updated_at - interval '1 hour'"
            " where user_id::text = %s",
            [str(agent.id)],
        )
    assert refresh(agent).is_client_error
    assert refresh(agent, second["refresh_token"]).is_client_error


def sign_in(caller: Caller, email: str, password: str) -> httpx.Response:
    return caller.http.post(
        "/auth/v1/token?grant_type=password", json={"email": email, "password": password}
    )


def refresh(caller: Caller, token: str = "") -> httpx.Response:
    return caller.http.post(
        "/auth/v1/token?grant_type=refresh_token",
        json={"refresh_token": token or caller.session["refresh_token"]},
    )


def signed(claims: dict[str, Any], secret: str) -> str:
    exp = {"exp": datetime.now(UTC) + timedelta(minutes=5)}
    return jwt.encode({key: v for key, v in (exp | claims).items() if v is not None}, secret)


def read_with(caller: Caller, token: str) -> httpx.Response:
    return caller.http.get(
        "/rest/v1/support_tickets?select=id", headers={"Authorization": f"Bearer {token}"}
    )
