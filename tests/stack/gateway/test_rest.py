"""/rest/v1 through the whole gateway to the real PostgREST."""

from collections.abc import Iterator

import httpx
import psycopg
import pytest
from supabase import AsyncClientOptions, acreate_client

from scripts.stack.keys import mint_token
from scripts.stack.state import StackState
from tests.stack.auth.people import PASSWORD, Someone, an_email, bearer, sign_in
from tests.stack.gateway.upstreams import CHUNK
from tests.support.waiting import eventually

PROBE = "/rest/v1/rpc/gateway_probe"


@pytest.fixture(scope="module")
def probe(site: StackState) -> Iterator[None]:
    """A function that tells as whom it runs, and a view of one row."""
    with psycopg.connect(site.admin_db_url, autocommit=True) as db:
        db.execute(
            """
            create or replace function public.gateway_probe() returns jsonb language sql as $$
                select jsonb_build_object(
                    'role', current_user,
                    'person', auth.uid(),
                    'headers', current_setting('request.headers', true)::jsonb)
            $$
            """
        )
        db.execute("grant execute on function public.gateway_probe() to public")
        db.execute("create or replace view public.gateway_probes as select 7 as number")
        db.execute("grant select on public.gateway_probes to public")
        known = {"apikey": site.secret_key}
        for path in (PROBE, "/rest/v1/gateway_probes"):
            eventually(lambda path=path: httpx.get(site.url + path, headers=known).is_success, 20)
        yield
        db.execute("drop function public.gateway_probe()")
        db.execute("drop view public.gateway_probes")


@pytest.mark.usefixtures("probe")
def test_each_key_acts_as_its_role(visitor: httpx.Client, server: httpx.Client) -> None:
    assert visitor.post(PROBE).json()["role"] == "anon"
    assert server.post(PROBE).json()["role"] == "service_role"


@pytest.mark.usefixtures("probe")
def test_a_signed_in_user_acts_as_themselves(visitor: httpx.Client, person: Someone) -> None:
    session = sign_in(visitor, person.email).json()
    seen = visitor.post(PROBE, headers=bearer(session)).json()
    assert (seen["role"], seen["person"]) == ("authenticated", person.id)


@pytest.mark.usefixtures("probe")
async def test_the_official_client_sends_the_token_while_signed_in(site: StackState) -> None:
    async with httpx.AsyncClient() as http:
        options = AsyncClientOptions(httpx_client=http)
        client = await acreate_client(site.url, site.publishable_key, options)
        session = await client.auth.sign_up({"email": an_email(), "password": PASSWORD})
        assert session.user is not None
        seen = (await client.rpc("gateway_probe").execute()).data
        assert (seen["role"], seen["person"]) == ("authenticated", session.user.id)
        await client.auth.sign_out()
        assert (await client.rpc("gateway_probe").execute()).data["role"] == "anon"


@pytest.mark.usefixtures("probe")
def test_the_database_never_sees_the_key(server: httpx.Client, site: StackState) -> None:
    headers = server.post(PROBE).json()["headers"]
    assert "apikey" not in headers
    assert site.secret_key not in str(headers)
    assert headers["x-forwarded-for"] == "127.0.0.1"


def test_tokens_that_postgrest_refuses_come_back_with_its_words(
    visitor: httpx.Client, site: StackState
) -> None:
    """Threat 28, over HTTP."""
    forged = mint_token("x" * 32, {"role": "service_role", "exp": 9_999_999_999})
    expired = mint_token(site.jwt_secret, {"role": "authenticated", "exp": 1})
    owner = mint_token(site.jwt_secret, {"role": "supabase_admin", "exp": 9_999_999_999})
    for token, status in ((forged, 401), (expired, 401), (owner, 403)):
        answer = visitor.get("/rest/v1/", headers={"authorization": f"Bearer {token}"})
        assert answer.status_code == status
        assert set(answer.json()) == {"code", "details", "hint", "message"}


def test_a_refusal_of_a_long_upload_arrives(visitor: httpx.Client) -> None:
    """PostgREST refuses before it reads, and closes on whatever was sent too much."""
    forged = mint_token("x" * 32, {"role": "service_role", "exp": 9_999_999_999})
    for _ in range(5):
        pieces = (CHUNK for _ in range(100))
        headers = {"authorization": f"Bearer {forged}", "content-type": "application/json"}
        answer = visitor.post("/rest/v1/notes", headers=headers, content=pieces)
        assert answer.status_code == 401


@pytest.mark.usefixtures("probe")
def test_an_answer_may_repeat_a_long_query(visitor: httpx.Client) -> None:
    """In Content-Location, which is longer than what clients usually accept in a header."""
    numbers = ",".join(str(number) for number in range(4000))
    answer = visitor.get(f"/rest/v1/gateway_probes?number=in.({numbers})")
    assert answer.json() == [{"number": 7}]
    assert len(answer.headers["content-location"]) > len(numbers)


def test_errors_of_postgrest_pass_unchanged(server: httpx.Client) -> None:
    answer = server.get("/rest/v1/there_is_no_such_table")
    assert answer.status_code == 404
    assert set(answer.json()) == {"code", "details", "hint", "message"}


def test_services_that_are_not_here_are_not_found(visitor: httpx.Client) -> None:
    for path in ("/storage/v1/bucket", "/functions/v1/hello", "/graphql/v1", "/rest/v11", "/"):
        answer = visitor.get(path)
        assert answer.status_code == 404
        assert answer.json() == {"message": "no Route matched with those values"}
