"""The official Python client, unchanged, through the gateway."""

from collections.abc import AsyncIterator

import pytest
from supabase import AsyncClient, AuthApiError, AuthWeakPasswordError, acreate_client

from scripts.stack.state import StackState
from tests.stack.auth.people import PASSWORD, an_email


@pytest.fixture
async def client(site: StackState) -> AsyncIterator[AsyncClient]:
    """A browser's client."""
    made = await acreate_client(site.url, site.publishable_key)
    yield made
    await made.auth.close()


@pytest.fixture(params=["secret_key", "service_role_key"])
async def admin(site: StackState, request: pytest.FixtureRequest) -> AsyncIterator[AsyncClient]:
    """A server's client, with either kind of key."""
    made = await acreate_client(site.url, getattr(site, request.param))
    yield made
    await made.auth.close()


async def test_the_life_of_an_account(client: AsyncClient) -> None:
    email = an_email()
    signed_up = await client.auth.sign_up(
        {"email": email, "password": PASSWORD, "options": {"data": {"locale": "pl"}}}
    )
    assert signed_up.session is not None
    assert signed_up.user is not None
    assert signed_up.user.user_metadata["locale"] == "pl"
    await client.auth.sign_out()
    signed_in = await client.auth.sign_in_with_password({"email": email, "password": PASSWORD})
    assert signed_in.session is not None
    shown = await client.auth.get_user()
    assert shown is not None
    assert shown.user.email == email
    refreshed = await client.auth.refresh_session()
    assert refreshed.session is not None
    assert refreshed.session.refresh_token != signed_in.session.refresh_token
    claims = await client.auth.get_claims()
    assert claims is not None
    assert claims["claims"]["sub"] == shown.user.id
    updated = await client.auth.update_user({"data": {"locale": "uk"}})
    assert updated.user.user_metadata["locale"] == "uk"
    await client.auth.reset_password_for_email(email)
    await client.auth.sign_out({"scope": "global"})
    assert await client.auth.get_session() is None


async def test_errors_arrive_with_their_codes(client: AsyncClient) -> None:
    with pytest.raises(AuthApiError) as wrong:
        await client.auth.sign_in_with_password({"email": an_email(), "password": "x"})
    assert (wrong.value.code, wrong.value.status) == ("invalid_credentials", 400)
    with pytest.raises(AuthWeakPasswordError) as weak:
        await client.auth.sign_up({"email": an_email(), "password": "kot"})
    assert weak.value.reasons == ["length"]
    with pytest.raises(AuthApiError) as anonymous:
        await client.auth.sign_in_anonymously()
    assert anonymous.value.code == "anonymous_provider_disabled"
    with pytest.raises(AuthApiError) as not_admin:
        await client.auth.admin.list_users()
    assert not_admin.value.code == "not_admin"


async def test_a_server_keeps_the_users(admin: AsyncClient, client: AsyncClient) -> None:
    email = an_email()
    created = await admin.auth.admin.create_user(
        {
            "email": email,
            "password": PASSWORD,
            "email_confirm": True,
            "app_metadata": {"staff_roles": ["agent"]},
        }
    )
    user_id = created.user.id
    assert user_id in {user.id for user in await admin.auth.admin.list_users(page=1, per_page=5)}
    await admin.auth.admin.update_user_by_id(user_id, {"user_metadata": {"locale": "de"}})
    shown = await admin.auth.admin.get_user_by_id(user_id)
    assert shown.user.user_metadata["locale"] == "de"
    session = (
        await client.auth.sign_in_with_password({"email": email, "password": PASSWORD})
    ).session
    assert session is not None
    await admin.auth.admin.sign_out(session.access_token)
    with pytest.raises(AuthApiError) as ended:
        await client.auth.get_user()
    assert ended.value.code == "session_not_found"
    await admin.auth.admin.delete_user(user_id)
    with pytest.raises(AuthApiError) as gone:
        await admin.auth.admin.get_user_by_id(user_id)
    assert (gone.value.code, gone.value.status) == ("user_not_found", 404)
