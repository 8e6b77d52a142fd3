"""People with real tokens, and what the schema offers them."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from psycopg.rows import class_row

from scripts.stack.state import StackState

PASSWORD = "Bursztyn-i-sól-9"
TICKET = {
    "p_subject": "Zgubiona bransoletka",
    "p_body": "Została w szatni, proszę o pomoc.",
    "p_channel": "email",
}


@dataclass(frozen=True)
class Caller:
    """Somebody who speaks to the gateway, with a session of their own unless a stranger."""

    id: UUID
    http: httpx.Client
    session: Mapping[str, Any]

    def rpc(self, function: str, **arguments: Any) -> httpx.Response:
        """Calls a function of schema public."""
        return self.http.post(f"/rest/v1/rpc/{function}", json=arguments)

    def rows(self, query: str) -> Any:
        """Reads `table?filters`; it must succeed."""
        return self.http.get(f"/rest/v1/{query}").raise_for_status().json()

    def open_ticket(self, **arguments: Any) -> Any:
        """Opens a ticket and returns it."""
        return self.rpc("open_ticket", **TICKET, **arguments).raise_for_status().json()


@dataclass(frozen=True)
class Function:
    """A function of an exposed schema, with its arguments by name and type."""

    schema: str
    name: str
    arguments: dict[str, str]


@dataclass(frozen=True)
class Column:
    """A column of a table people may read, and what they may do with it."""

    table_name: str
    name: str
    is_insertable: bool
    is_updatable: bool


@dataclass(frozen=True)
class Catalogue:
    """What the API shows: derived from the database, so that new objects are covered."""

    functions: list[Function]
    relations: list[str]
    columns: list[Column]
    published: list[str]

    def of(self, schema: str) -> list[Function]:
        """The functions of one schema."""
        return [function for function in self.functions if function.schema == schema]


@pytest.fixture(scope="session")
def offered(stack: StackState) -> Catalogue:
    """The exposed objects of the running stack."""
    with psycopg.connect(stack.db_url) as db:
        return Catalogue(
            functions=db.cursor(row_factory=class_row(Function)).execute(FUNCTIONS).fetchall(),
            relations=[name for (name,) in db.execute(RELATIONS)],
            columns=db.cursor(row_factory=class_row(Column)).execute(COLUMNS).fetchall(),
            published=[name for (name,) in db.execute(PUBLISHED)],
        )


@pytest.fixture(scope="session")
def open_sessions() -> Iterator[ExitStack]:
    """Closes every connection of the callers at the end."""
    with ExitStack() as sessions:
        yield sessions


@pytest.fixture(scope="session")
def stranger(stack: StackState, open_sessions: ExitStack) -> Caller:
    """Nobody in particular: the publishable key alone."""
    http = open_sessions.enter_context(http_session(stack, stack.publishable_key))
    return Caller(UUID(int=0), http, {})


@pytest.fixture(scope="session")
def server(stack: StackState, open_sessions: ExitStack) -> Caller:
    """The house's own server: the secret key."""
    return Caller(
        UUID(int=0), open_sessions.enter_context(http_session(stack, stack.secret_key)), {}
    )


@pytest.fixture(scope="module")
def alice(stack: StackState, open_sessions: ExitStack) -> Caller:
    """A client with tickets; new for each module, since nobody may open too many a minute."""
    return sign_up(stack, open_sessions)


@pytest.fixture(scope="module")
def bob(stack: StackState, open_sessions: ExitStack) -> Caller:
    """Another client, who is curious."""
    return sign_up(stack, open_sessions)


@pytest.fixture
def agent(stack: StackState, open_sessions: ExitStack) -> Caller:
    """An agent of the default desk, new for each test, because rights are taken away."""
    return hire(stack, sign_up(stack, open_sessions), "agent")


def sign_up(stack: StackState, sessions: ExitStack) -> Caller:
    """A new account through Auth."""
    http = sessions.enter_context(http_session(stack, stack.publishable_key))
    account = {"email": f"{uuid4().hex}@example.test", "password": PASSWORD}
    session = http.post("/auth/v1/signup", json=account).raise_for_status().json()
    http.headers["Authorization"] = f"Bearer {session['access_token']}"
    return Caller(UUID(session["user"]["id"]), http, session)


def hire(stack: StackState, person: Caller, role: str) -> Caller:
    """Makes somebody staff of the default desk; offline, so that routing leaves them alone."""
    with psycopg.connect(stack.db_url) as db:
        db.execute(
            "insert into public.staff_members (id, desk_id, role)"
            " values (%s, private.default_desk_id(), %s)",
            [person.id, role],
        )
    return person


def http_session(stack: StackState, key: str) -> httpx.Client:
    """A connection to the gateway with an API key."""
    return httpx.Client(base_url=stack.url, headers={"apikey": key}, timeout=15)


FUNCTIONS = """
select
    namespace.nspname as schema,
    proc.proname as name,
    coalesce(jsonb_object_agg(argument.name, argument.type::regtype) filter (
        where argument.name is not null
    ), '{}') as arguments
from pg_proc as proc
join pg_namespace as namespace on namespace.oid = proc.pronamespace
left join lateral unnest(proc.proargnames, proc.proargtypes::oid[]) as argument (name, type)
    on argument.type is not null
where namespace.nspname in ('public', 'worker')
group by namespace.nspname, proc.oid
order by 1, 2
"""

RELATIONS = """
select relname::text
from pg_class
where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v')
order by 1
"""

COLUMNS = """
select
    class.relname::text as table_name,
    attribute.attname::text as name,
    has_column_privilege('authenticated', class.oid, attribute.attnum, 'insert') as is_insertable,
    has_column_privilege('authenticated', class.oid, attribute.attnum, 'update') as is_updatable
from pg_class as class
join pg_attribute as attribute on attribute.attrelid = class.oid
where class.relnamespace = 'public'::regnamespace
    and class.relkind in ('r', 'p')
    and attribute.attnum > 0
    and not attribute.attisdropped
    -- Nobody at all can write these.
    and attribute.attidentity <> 'a'
    and attribute.attgenerated = ''
order by 1, attribute.attnum
"""

PUBLISHED = """
select tablename::text from pg_publication_tables where pubname = 'supabase_realtime' order by 1
"""
