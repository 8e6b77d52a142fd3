"""POST /auth/v1/token?grant_type=refresh_token: rotation, reuse, races."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import jwt
import psycopg

from scripts.stack.state import StackState
from tests.stack.auth.people import Someone, a_client, bearer, refresh, sign_in
from tests.stack.gateway.site import AuthServers
from tests.support.waiting import eventually


def test_a_refresh_gives_a_new_pair_of_the_same_session(
    visitor: httpx.Client, person: Someone, site: StackState
) -> None:
    first = sign_in(visitor, person.email).json()
    second = refresh(visitor, first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert second["user"]["id"] == person.id
    ids = {
        jwt.decode(pair["access_token"], options={"verify_signature": False})["session_id"]
        for pair in (first, second)
    }
    assert len(ids) == 1
    assert refresh(visitor, second["refresh_token"]).status_code == 200


def test_a_lost_answer_can_be_asked_for_again(visitor: httpx.Client, person: Someone) -> None:
    first = sign_in(visitor, person.email).json()["refresh_token"]
    second = refresh(visitor, first).json()["refresh_token"]
    assert refresh(visitor, first).json()["refresh_token"] == second
    third = refresh(visitor, second).json()["refresh_token"]
    assert refresh(visitor, first).json()["refresh_token"] == third


def test_a_copied_token_ends_the_whole_family(
    own_auth: AuthServers, site: StackState, person: Someone
) -> None:
    auth_server = own_auth(refresh_reuse_seconds=0)
    with auth_server as url, a_client(url, site.publishable_key) as client:
        first = sign_in(client, person.email).json()
        second = refresh(client, first["refresh_token"]).json()
        other_device = sign_in(client, person.email).json()
        for stolen in (first, second):
            answer = refresh(client, stolen["refresh_token"])
            assert answer.status_code == 400
            assert answer.json()["error_code"] == "refresh_token_already_used"
        ended = client.get("/auth/v1/user", headers=bearer(second))
        assert (ended.status_code, ended.json()["error_code"]) == (403, "session_not_found")
        assert refresh(client, other_device["refresh_token"]).status_code == 200


def test_an_old_token_is_refused_once_the_reuse_interval_is_over(
    own_auth: AuthServers, site: StackState, person: Someone
) -> None:
    auth_server = own_auth(refresh_reuse_seconds=0.2)
    with auth_server as url, a_client(url, site.publishable_key) as client:
        first = sign_in(client, person.email).json()["refresh_token"]
        assert refresh(client, first).status_code == 200
        refused = eventually(lambda: (a := refresh(client, first)).is_error and a)
        assert refused.json()["error_code"] == "refresh_token_already_used"


def test_parallel_refreshes_agree_on_one_successor(visitor: httpx.Client, person: Someone) -> None:
    token = sign_in(visitor, person.email).json()["refresh_token"]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: refresh(visitor, token), range(16)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["refresh_token"] for answer in answers}) == 1


def test_an_unknown_token_is_not_found(visitor: httpx.Client) -> None:
    for token in ("unknown", "\x00", "ż" * 5000):
        answer = refresh(visitor, token)
        assert answer.status_code == 400
        assert answer.json() == {
            "code": 400,
            "error_code": "refresh_token_not_found",
            "msg": "Invalid Refresh Token: Refresh Token Not Found",
        }
    assert refresh(visitor, "").json()["error_code"] == "validation_failed"


def test_a_banned_user_cannot_refresh(
    visitor: httpx.Client, server: httpx.Client, person: Someone
) -> None:
    token = sign_in(visitor, person.email).json()["refresh_token"]
    server.put(f"/auth/v1/admin/users/{person.id}", json={"ban_duration": "1h30m"})
    assert refresh(visitor, token).json()["error_code"] == "user_banned"
    server.put(f"/auth/v1/admin/users/{person.id}", json={"ban_duration": "none"})
    assert refresh(visitor, token).status_code == 200


def test_a_refreshed_token_shows_what_changed_meanwhile(
    visitor: httpx.Client, server: httpx.Client, person: Someone
) -> None:
    token = sign_in(visitor, person.email).json()["refresh_token"]
    body = {"app_metadata": {"staff_roles": ["manager"]}}
    server.put(f"/auth/v1/admin/users/{person.id}", json=body)
    access_token = refresh(visitor, token).json()["access_token"]
    claims = jwt.decode(access_token, options={"verify_signature": False})
    assert claims["app_metadata"]["staff_roles"] == ["manager"]


def test_access_tokens_live_as_long_as_configured(
    own_auth: AuthServers, site: StackState, person: Someone
) -> None:
    auth_server = own_auth(access_token_seconds=1)
    with auth_server as url, a_client(url, site.publishable_key) as client:
        session = sign_in(client, person.email).json()
        assert session["expires_in"] == 1
        refused = eventually(
            lambda: (a := client.get("/auth/v1/user", headers=bearer(session))).is_error and a
        )
        assert (refused.status_code, refused.json()["error_code"]) == (403, "bad_jwt")


def test_the_database_holds_no_token_in_the_clear(
    visitor: httpx.Client, person: Someone, admin_db: psycopg.Connection
) -> None:
    first = sign_in(visitor, person.email).json()["refresh_token"]
    second = refresh(visitor, first).json()["refresh_token"]
    rows = admin_db.execute(
        "select t::text from auth.refresh_tokens t where user_id = %s", [person.id]
    ).fetchall()
    assert len(rows) == 2
    assert not any(token in row[0] for row in rows for token in (first, second))
