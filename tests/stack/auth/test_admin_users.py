"""/auth/v1/admin/users: the secret key only."""

from typing import Any
from uuid import uuid4

import httpx
import jwt
import psycopg
import pytest

from scripts.stack.keys import mint_token
from scripts.stack.state import StackState
from tests.stack.auth.people import PASSWORD, People, Someone, an_email, bearer, refresh, sign_in

USERS = "/auth/v1/admin/users"


def test_a_server_creates_a_user_who_can_sign_in(
    server: httpx.Client, visitor: httpx.Client
) -> None:
    user_id, email = str(uuid4()), an_email()
    answer = server.post(
        USERS,
        json={
            "id": user_id,
            "email": email.upper(),
            "password": PASSWORD,
            "email_confirm": True,
            "user_metadata": {"display_name": "Ewa"},
            "app_metadata": {"staff_roles": ["agent"]},
        },
    )
    user = answer.json()
    assert (answer.status_code, user["id"], user["email"]) == (200, user_id, email)
    assert user["user_metadata"] == {"display_name": "Ewa", "email_verified": True}
    assert user["app_metadata"]["staff_roles"] == ["agent"]
    assert user["app_metadata"]["providers"] == ["email"]
    claims = jwt.decode(
        sign_in(visitor, email).json()["access_token"], options={"verify_signature": False}
    )
    assert claims["app_metadata"]["staff_roles"] == ["agent"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "validation_failed"),
        ({"email": "nobody"}, 400, "validation_failed"),
        ({"email": "a@example.test", "password": "kot"}, 422, "weak_password"),
        ({"email": "a@example.test", "password_hash": "md5:x"}, 400, "validation_failed"),
        ({"email": "a@example.test", "ban_duration": "soon"}, 400, "validation_failed"),
        ({"email": "a@example.test", "id": "7"}, 400, "validation_failed"),
        ({"email": "a@example.test", "app_metadata": "admin"}, 400, "bad_json"),
        ({"email": "a@example.test", "email_confirm": "yes"}, 400, "bad_json"),
    ],
)
def test_bad_input_creates_nobody(
    server: httpx.Client, body: dict[str, Any], status: int, code: str
) -> None:
    answer = server.post(USERS, json=body)
    assert (answer.status_code, answer.json()["error_code"]) == (status, code)


def test_a_taken_address_is_refused(server: httpx.Client, person: Someone) -> None:
    answer = server.post(USERS, json={"email": person.email})
    assert (answer.status_code, answer.json()["error_code"]) == (422, "email_exists")


def test_the_list_is_paged_newest_first(server: httpx.Client, a_person: People) -> None:
    people = [a_person() for _ in range(3)]
    first = server.get(USERS, params={"page": 1, "per_page": 2})
    total = int(first.headers["x-total-count"])
    assert total >= 3
    assert [user["id"] for user in first.json()["users"]] == [people[2].id, people[1].id]
    assert "page=2&per_page=2" in first.headers["link"].split(";")[0]
    assert f'page={-(-total // 2)}&per_page=2>; rel="last"' in first.headers["link"]
    last = server.get(USERS, params={"page": total, "per_page": 1})
    assert 'rel="next"' not in last.headers["link"]
    assert server.get(USERS, params={"page": total + 1, "per_page": 1}).json()["users"] == []


def test_the_list_can_be_filtered(server: httpx.Client, person: Someone) -> None:
    users = server.get(USERS, params={"filter": person.email[:12]}).json()["users"]
    assert [user["id"] for user in users] == [person.id]


@pytest.mark.parametrize("query", ["page=0", "page=x", "per_page=-1", "page=99999999999999999999"])
def test_a_bad_page_is_named(server: httpx.Client, query: str) -> None:
    answer = server.get(f"{USERS}?{query}")
    assert (answer.status_code, answer.json()["error_code"]) == (400, "validation_failed")


def test_a_filter_that_postgres_cannot_hold_is_refused(server: httpx.Client) -> None:
    assert server.get(f"{USERS}?filter=%00").status_code == 400


def test_a_user_is_read_and_changed(server: httpx.Client, person: Someone) -> None:
    path = f"{USERS}/{person.id}"
    email = an_email()
    changed = server.put(
        path,
        json={
            "email": email,
            "app_metadata": {"tier": "vip_gold", "providers": None},
            "user_metadata": {"locale": "uk"},
            "ban_duration": "1h",
        },
    ).json()
    assert (changed["email"], changed["user_metadata"]["locale"]) == (email, "uk")
    assert changed["app_metadata"] == {"provider": "email", "tier": "vip_gold"}
    assert changed["banned_until"]
    assert server.get(path).json() == changed


def test_a_password_set_by_a_server_ends_every_session(
    server: httpx.Client, visitor: httpx.Client, person: Someone
) -> None:
    session = sign_in(visitor, person.email).json()
    server.put(f"{USERS}/{person.id}", json={"password": "Inne-haslo-9"})
    assert refresh(visitor, session["refresh_token"]).status_code == 400
    assert sign_in(visitor, person.email, "Inne-haslo-9").status_code == 200


def test_an_unknown_user_is_not_found(server: httpx.Client) -> None:
    for method in ("GET", "PUT", "DELETE"):
        body = {} if method == "PUT" else None
        answer = server.request(method, f"{USERS}/{uuid4()}", json=body)
        assert (answer.status_code, answer.json()["error_code"]) == (404, "user_not_found")
    assert server.get(f"{USERS}/7").json()["error_code"] == "validation_failed"


def test_a_soft_deleted_user_keeps_the_id_and_nothing_else(
    server: httpx.Client, visitor: httpx.Client, person: Someone, admin_db: psycopg.Connection
) -> None:
    session = sign_in(visitor, person.email).json()
    path = f"{USERS}/{person.id}"
    assert server.request("DELETE", path, json={"should_soft_delete": True}).json() == {}
    user = server.get(path).json()
    assert user["deleted_at"]
    assert person.email not in str(user)
    assert refresh(visitor, session["refresh_token"]).status_code == 400
    assert sign_in(visitor, person.email).status_code == 400


def test_only_servers_pass(visitor: httpx.Client, person: Someone, site: StackState) -> None:
    session = sign_in(visitor, person.email).json()
    own_role = mint_token(site.jwt_secret, {"role": "postgres", "exp": 9_999_999_999})
    for headers in ({}, bearer(session), {"authorization": f"Bearer {own_role}"}):
        for method, path in (("GET", USERS), ("POST", USERS), ("PUT", f"{USERS}/{person.id}")):
            body = {} if method != "GET" else None
            answer = visitor.request(method, path, headers=headers, json=body)
            assert (answer.status_code, answer.json()["error_code"]) == (403, "not_admin")
