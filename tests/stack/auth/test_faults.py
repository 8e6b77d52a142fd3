"""A database that goes away and comes back; addresses that must be confirmed first."""

from typing import Any

from scripts.stack.state import StackState
from tests.stack.auth.people import (
    PASSWORD,
    Someone,
    a_client,
    an_email,
    refresh,
    sign_in,
)
from tests.stack.gateway.relay import relay_to
from tests.stack.gateway.site import AuthServers
from tests.support.waiting import eventually


def shape_of(value: Any) -> Any:
    """The value with every leaf replaced by its type."""
    if isinstance(value, dict):
        return {key: shape_of(item) for key, item in value.items()}
    return [shape_of(item) for item in value] if isinstance(value, list) else type(value)


def test_a_lost_database_is_503_and_sessions_survive_it(
    own_auth: AuthServers, site: StackState, person: Someone
) -> None:
    with relay_to(site.db_port) as relay:
        through_relay = site.model_copy(update={"db_port": relay.port})
        database_url = through_relay.dsn("supabase_auth_admin")
        auth_server = own_auth(database_url=database_url)
        with auth_server as url, a_client(url, site.publishable_key) as client:
            session = sign_in(client, person.email).json()
            relay.cut()
            answer = refresh(client, session["refresh_token"])
            assert (answer.status_code, answer.json()["error_code"]) == (503, "unexpected_failure")
            relay.mend()
            assert eventually(lambda: refresh(client, session["refresh_token"]).is_success, 20)


def test_without_autoconfirm_nobody_learns_whose_address_is_known(
    own_auth: AuthServers, site: StackState, person: Someone
) -> None:
    auth_server = own_auth(is_autoconfirmed=False)
    with auth_server as url, a_client(url, site.publishable_key) as client:
        body = {"email": an_email(), "password": PASSWORD}
        fresh = client.post("/auth/v1/signup", json=body)
        known = client.post("/auth/v1/signup", json=body | {"email": person.email})
        assert fresh.status_code == known.status_code == 200
        assert "access_token" not in fresh.json()
        assert shape_of(known.json()) == shape_of(fresh.json())
        assert known.json()["id"] != person.id
        unconfirmed = sign_in(client, body["email"])
        assert unconfirmed.json()["error_code"] == "email_not_confirmed"
