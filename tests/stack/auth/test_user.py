"""GET and PUT /auth/v1/user, POST /auth/v1/logout."""

from typing import Any

import httpx
import psycopg
import pytest

from scripts.stack.keys import mint_token
from scripts.stack.state import StackState
from tests.stack.auth.people import PASSWORD, People, Someone, bearer, refresh, sign_in


def update(client: httpx.Client, session: dict[str, Any], **body: Any) -> httpx.Response:
    return client.put("/auth/v1/user", json=body, headers=bearer(session))


def test_own_metadata_is_merged_and_nulls_remove(visitor: httpx.Client, person: Someone) -> None:
    session = sign_in(visitor, person.email).json()
    update(visitor, session, data={"locale": "pl", "vip": {"since": None}})
    user = update(visitor, session, data={"locale": None, "scent": "fig"}).json()
    assert user["user_metadata"]["scent"] == "fig"
    assert user["user_metadata"]["vip"] == {"since": None}
    assert "locale" not in user["user_metadata"]


def test_nobody_grants_themselves_server_metadata(visitor: httpx.Client, person: Someone) -> None:
    session = sign_in(visitor, person.email).json()
    refused = update(visitor, session, app_metadata={"staff_roles": ["manager"]})
    assert (refused.status_code, refused.json()["error_code"]) == (403, "not_admin")
    update(visitor, session, data={"staff_roles": ["manager"]}, role="service_role")
    user = refresh(visitor, session["refresh_token"]).json()["user"]
    assert user["app_metadata"] == {"provider": "email", "providers": ["email"]}
    assert user["role"] == "authenticated"


def test_a_new_address_counts_at_once(visitor: httpx.Client, person: Someone) -> None:
    session = sign_in(visitor, person.email).json()
    user = update(visitor, session, email=f"New-{person.email}").json()
    assert user["email"] == user["identities"][0]["email"] == f"new-{person.email}"
    assert sign_in(visitor, f"new-{person.email}").status_code == 200
    assert sign_in(visitor, person.email).status_code == 400


def test_an_address_of_somebody_else_is_refused(visitor: httpx.Client, a_person: People) -> None:
    me, other = a_person(), a_person()
    answer = update(visitor, sign_in(visitor, me.email).json(), email=other.email)
    assert (answer.status_code, answer.json()["error_code"]) == (422, "email_exists")


def test_a_new_password_ends_the_other_sessions(visitor: httpx.Client, person: Someone) -> None:
    mine, other = sign_in(visitor, person.email).json(), sign_in(visitor, person.email).json()
    assert update(visitor, mine, password=PASSWORD).json()["error_code"] == "same_password"
    assert update(visitor, mine, password="kot").json()["error_code"] == "weak_password"
    assert update(visitor, mine, password="Inne-haslo-9").status_code == 200
    assert refresh(visitor, mine["refresh_token"]).status_code == 200
    assert refresh(visitor, other["refresh_token"]).status_code == 400
    assert sign_in(visitor, person.email).status_code == 400
    assert sign_in(visitor, person.email, "Inne-haslo-9").status_code == 200


def test_a_phone_cannot_be_set_without_a_provider(visitor: httpx.Client, person: Someone) -> None:
    answer = update(visitor, sign_in(visitor, person.email).json(), phone="+48123456789")
    assert answer.json()["error_code"] == "phone_provider_disabled"


@pytest.mark.parametrize(
    ("scope", "mine", "other"),
    [("local", 403, 200), ("others", 200, 403), ("global", 403, 403), (None, 403, 403)],
)
def test_signing_out_ends_the_sessions_of_its_scope(
    visitor: httpx.Client, person: Someone, scope: str | None, mine: int, other: int
) -> None:
    here, there = sign_in(visitor, person.email).json(), sign_in(visitor, person.email).json()
    query = {"scope": scope} if scope else {}
    answer = visitor.post("/auth/v1/logout", params=query, headers=bearer(here))
    assert (answer.status_code, answer.content) == (204, b"")
    for session, status in ((here, mine), (there, other)):
        user = visitor.get("/auth/v1/user", headers=bearer(session))
        assert user.status_code == status
        refreshed = refresh(visitor, session["refresh_token"])
        assert refreshed.is_success == (status == 200)
        if status == 403:
            assert user.json()["error_code"] == "session_not_found"
            assert refreshed.json()["error_code"] == "refresh_token_not_found"


def test_an_unknown_scope_ends_nothing(visitor: httpx.Client, person: Someone) -> None:
    session = sign_in(visitor, person.email).json()
    answer = visitor.post("/auth/v1/logout?scope=all", headers=bearer(session))
    assert answer.json()["error_code"] == "validation_failed"
    assert visitor.get("/auth/v1/user", headers=bearer(session)).status_code == 200


def test_a_session_of_somebody_else_is_not_found(
    visitor: httpx.Client, a_person: People, site: StackState
) -> None:
    """A signed token that names another person's session helps nobody (threat 28)."""
    import jwt

    me, other = a_person(), a_person()
    claims = jwt.decode(
        sign_in(visitor, me.email).json()["access_token"], options={"verify_signature": False}
    )
    forged = mint_token(site.jwt_secret, claims | {"sub": other.id})
    answer = visitor.get("/auth/v1/user", headers=bearer({"access_token": forged}))
    assert answer.json()["error_code"] == "session_not_found"


def test_a_deleted_user_is_gone_with_all_sessions(
    visitor: httpx.Client,
    server: httpx.Client,
    person: Someone,
    admin_db: psycopg.Connection,
) -> None:
    session = sign_in(visitor, person.email).json()
    assert server.delete(f"/auth/v1/admin/users/{person.id}").status_code == 200
    answer = visitor.get("/auth/v1/user", headers=bearer(session))
    assert (answer.status_code, answer.json()["error_code"]) == (403, "user_not_found")
    assert refresh(visitor, session["refresh_token"]).status_code == 400
    left = admin_db.execute("select from auth.sessions where user_id = %s", [person.id]).fetchone()
    assert left is None
