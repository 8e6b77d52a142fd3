"""Does a client's own list stay fast under row level security, with a million tickets around?

Ten thousand clients with a hundred tickets each. The newest fifty of one client: as the client,
under RLS, beside the same query as the tables' owner, whom RLS does not apply to; in SQL and over
PostgREST.
"""

import json
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from uuid import UUID

import asyncpg
import httpx

from scripts.bench.findings import Finding, Goal, p50
from scripts.bench.ground import Ground
from scripts.bench.people import add_people, empty_the_house
from scripts.bench.rounds import interleaved
from scripts.play.people import PASSWORD
from scripts.stack.state import StackState

TICKETS, PER_CLIENT = 1_000_000, 100
CALLS = 200
COLUMNS = (
    "id,number,subject,channel,category,language,status,priority,cycle,version,resolution,"
    "opened_at,first_response_due_at,first_responded_at,last_message_at,resolved_at,closed_at,"
    "updated_at"
)
LIST = "select * from public.my_tickets order by opened_at desc limit 50"

# Without triggers: a million events are not what is measured here.
FILL = """
    insert into public.support_tickets (
        client_id, channel, subject, tier, status, opened_at, first_response_due_at,
        last_message_at, resolved_at
    )
    select
        ($1::uuid[])[1 + n % cardinality($1::uuid[])], 'email', 'bench ' || n, 'standard',
        case when n % 100 = 0 then 'open' else 'resolved' end, day.at, day.at + interval '15 min',
        day.at, case when n % 100 <> 0 then day.at + interval '1 hour' end
    from generate_series(0, $2 - 1) n
    cross join lateral (select now() - n * interval '30 seconds' as at) day
"""


async def measure(ground: Ground) -> list[Finding]:
    """With and without RLS in turn, in SQL and over REST."""
    await empty_the_house(ground.state)
    try:
        async with httpx.AsyncClient(base_url=ground.state.url, timeout=30) as http:
            client_id, token = await _sign_up(ground.state, http)
            ground.note("writing tickets")
            await _fill(ground, client_id)
            under, without = await _connections(ground.state, client_id)
            calls: Mapping[str, Callable[[], Awaitable[None]]] = {
                "SQL, as the client": partial(_query, under),
                "SQL, without RLS": partial(_query, without),
                "REST, as the client": _as_client(ground.state, http, token),
                "REST, without RLS": _as_server(ground.state, http, client_id),
            }
            times = await interleaved(
                {name: partial(_timed, call) for name, call in calls.items()},
                2 * ground.rounds + 1,
                ground.note,
            )
            await under.close()
            await without.close()
    finally:
        await empty_the_house(ground.state)
    # The first round warms plans and caches.
    medians = {
        name: p50([ms for part in parts[1:] for ms in part]) for name, parts in times.items()
    }
    return [line for way in ("SQL", "REST") for line in _findings(way, medians)]


def _findings(way: str, medians: Mapping[str, float]) -> list[Finding]:
    mine, all_of_it = f"{way}, as the client", f"{way}, without RLS"
    return [
        Finding(question="own tickets", what=all_of_it, value=medians[all_of_it], unit="ms"),
        Finding(
            question="own tickets",
            what=mine,
            value=medians[mine],
            unit="ms",
            beside=all_of_it,
            ratio=medians[mine] / medians[all_of_it],
            goal=Goal("at most", 1.5),
        ),
    ]


async def _sign_up(state: StackState, http: httpx.AsyncClient) -> tuple[UUID, str]:
    body = {"email": "client@bench.example", "password": PASSWORD}
    headers = {"apikey": state.publishable_key}
    answer = await http.post("/auth/v1/signup", json=body, headers=headers)
    session = answer.raise_for_status().json()
    return UUID(session["user"]["id"]), session["access_token"]


async def _fill(ground: Ground, client_id: UUID) -> None:
    count = ground.scaled(TICKETS)
    admin = await asyncpg.connect(ground.state.admin_db_url)
    try:
        clients = [client_id, *await add_people(admin, count // PER_CLIENT - 1)]
        await admin.execute("set session_replication_role = replica")
        await admin.execute(FILL, clients, count)
        await admin.execute("reset session_replication_role")
        await admin.execute("vacuum analyze public.support_tickets")
    finally:
        await admin.close()


async def _connections(
    state: StackState, client_id: UUID
) -> tuple[asyncpg.Connection, asyncpg.Connection]:
    claims = json.dumps({"sub": str(client_id), "role": "authenticated"})
    connections = []
    for role in ("authenticated", "postgres"):
        connection = await asyncpg.connect(state.db_url)
        await connection.execute("select set_config('request.jwt.claims', $1, false)", claims)
        await connection.execute(f"set role {role}")
        connections.append(connection)
    return connections[0], connections[1]


async def _query(connection: asyncpg.Connection) -> None:
    rows = await connection.fetch(LIST)
    _expect_fifty(len(rows))


def _as_client(
    state: StackState, http: httpx.AsyncClient, token: str
) -> Callable[[], Awaitable[None]]:
    headers = {"apikey": state.publishable_key, "Authorization": f"Bearer {token}"}
    query = {"order": "opened_at.desc", "limit": "50"}
    return partial(_get, http, "/rest/v1/my_tickets", headers, query)


def _as_server(
    state: StackState, http: httpx.AsyncClient, client_id: UUID
) -> Callable[[], Awaitable[None]]:
    query = {
        "select": COLUMNS,
        "client_id": f"eq.{client_id}",
        "order": "opened_at.desc",
        "limit": "50",
    }
    headers = {"apikey": state.secret_key}
    return partial(_get, http, "/rest/v1/support_tickets", headers, query)


async def _get(
    http: httpx.AsyncClient, path: str, headers: Mapping[str, str], query: Mapping[str, str]
) -> None:
    answer = await http.get(path, headers=headers, params=query)
    _expect_fifty(len(answer.raise_for_status().json()))


def _expect_fifty(count: int) -> None:
    if count != 50:
        raise RuntimeError(f"the list should have 50 tickets, and has {count}")


async def _timed(call: Callable[[], Awaitable[None]]) -> list[float]:
    times = []
    for _ in range(CALLS):
        started = time.perf_counter()
        await call()
        times.append((time.perf_counter() - started) * 1000)
    return times
