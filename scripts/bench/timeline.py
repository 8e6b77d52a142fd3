"""Is a client's timeline as fast after a long life as after a short one?

The first page of fifty of a client with 100 entries, beside the first, a middle and the last page
of one with 10,000, as the client, under RLS. And what it costs those who write: messages with and
without its index and trigger.
"""

import json
import time
from functools import partial
from uuid import UUID

import asyncpg

from scripts.bench.findings import Finding, Goal, p50
from scripts.bench.ground import Ground
from scripts.bench.people import add_people, empty_the_house
from scripts.bench.rounds import interleaved

SHORT, LONG = 100, 10_000
CALLS = MESSAGES = 100
PAGE = "select public.get_client_timeline($1, $2)"

# A tenth tickets, half messages and notes, the rest visits and purchases. Without triggers: what
# follows from each row is not what is measured.
FILL = (
    """
    insert into public.support_tickets (
        client_id, channel, subject, tier, opened_at, first_response_due_at, last_message_at,
        status, resolved_at, closed_at
    )
    select
        $1::uuid, 'email', 'bench ' || n, 'standard', day.at, day.at + interval '1 h', now(),
        'closed', now(), now()
    from generate_series(1, $2::integer / 10) n
    cross join lateral (select now() - n * interval '40 hours' as at) day
    """,
    """
    insert into public.ticket_messages (
        ticket_id, client_id, author_id, author_kind, is_internal, body, created_at
    )
    select
        ticket.id, ticket.client_id, case when n in (0, 2) then ticket.client_id end,
        case when n in (0, 2) then 'client' else 'assistant' end, n = 4,
        'Dzień dobry, to wiadomość ' || n, ticket.opened_at + n * interval '1 h'
    from public.support_tickets ticket
    cross join generate_series(0, 4) n
    where ticket.client_id = $1 and $2::integer > 0
    """,
    """
    insert into public.visits (
        client_id, treatment_id, source, external_ref, starts_at, price_minor
    )
    select $1::uuid, 'massage_deep', 'bench', $1::uuid || ' ' || n, now() - n * interval '20 h', 1
    from generate_series(1, $2::integer / 5) n
    """,
    """
    insert into public.purchases (
        client_id, kind, product_id, amount_minor, purchased_at, source, external_ref
    )
    select
        $1::uuid, 'product', 'collagen', 17900, now() - n * interval '20 h', 'bench',
        $1::uuid || ' ' || n
    from generate_series(1, $2::integer / 5) n
    """,
)
WRITE = """
    insert into public.ticket_messages (ticket_id, author_id, author_kind, body)
    select ticket.id, ticket.client_id, 'client', 'Dzień dobry'
    from public.support_tickets ticket
    where ticket.client_id = $1 order by ticket.id limit 1
"""
WITHOUT = (
    "drop index public.ticket_messages_client_id_created_at_idx",
    "alter table public.ticket_messages alter column client_id drop not null",
    "alter table public.ticket_messages disable trigger ticket_messages_know_client",
)


async def measure(ground: Ground) -> list[Finding]:
    """Pages of a short and a long life in turn; then writing with and without."""
    await empty_the_house(ground.state)
    admin = await asyncpg.connect(ground.admin_db_url)
    try:
        ground.note("writing two lives")
        short, long = await _lives(admin)
        return await _pages(ground, admin, short, long) + await _writing(ground, admin, short)
    finally:
        await admin.close()
        await empty_the_house(ground.state)


async def _lives(admin: asyncpg.Connection) -> tuple[UUID, UUID]:
    short, long = await add_people(admin, 2)
    await admin.execute("set session_replication_role = replica")
    for client_id, entries in ((short, SHORT), (long, LONG)):
        for statement in FILL:
            await admin.execute(statement, client_id, entries)
    await admin.execute("reset session_replication_role")
    await admin.execute("vacuum analyze")
    return short, long


async def _pages(
    ground: Ground, admin: asyncpg.Connection, short: UUID, long: UUID
) -> list[Finding]:
    first = f"first page of {SHORT:,}"
    pages: dict[str, tuple[UUID, str | None]] = {
        first: (short, None),
        f"first page of {LONG:,}": (long, None),
        f"middle page of {LONG:,}": (long, await _mark(admin, long, 0.5)),
        f"last page of {LONG:,}": (long, await _mark(admin, long, 0.995)),
    }
    acting = {who: await _acting_as(ground, who) for who in (short, long)}
    calls = {name: partial(_timed, acting[who], who, mark) for name, (who, mark) in pages.items()}
    times = await interleaved(calls, 2 * ground.rounds + 1, ground.note)
    for connection in acting.values():
        await connection.close()
    # The first round warms plans and caches.
    medians = {
        name: p50([ms for part in parts[1:] for ms in part]) for name, parts in times.items()
    }
    return [_page_finding(name, ms, first, medians[first]) for name, ms in medians.items()]


def _page_finding(name: str, ms: float, first: str, beside: float) -> Finding:
    plain = Finding(question="timeline", what=name, value=ms, unit="ms")
    return plain if name == first else _beside(name, ms, first, beside, Goal("at most", 1.5))


def _beside(name: str, ms: float, other: str, beside: float, goal: Goal) -> Finding:
    return Finding(
        question="timeline",
        what=name,
        value=ms,
        unit="ms",
        beside=other,
        ratio=ms / beside,
        goal=goal,
    )


async def _mark(admin: asyncpg.Connection, client_id: UUID, share: float) -> str:
    """The cursor behind which that share of the life lies: visits stand for the rest."""
    row = await admin.fetchrow(
        "select extract(epoch from starts_at)::numeric(20, 6) as at, id from public.visits"
        " where client_id = $1 order by starts_at desc offset $2 limit 1",
        client_id,
        round(LONG / 5 * share),
    )
    return f"{row['at']}/visit/{row['id']}"


async def _acting_as(ground: Ground, client_id: UUID) -> asyncpg.Connection:
    connection = await asyncpg.connect(ground.state.db_url)
    claims = json.dumps({"sub": str(client_id), "role": "authenticated"})
    await connection.execute("select set_config('request.jwt.claims', $1, false)", claims)
    await connection.execute("set role authenticated")
    return connection


async def _timed(connection: asyncpg.Connection, client_id: UUID, mark: str | None) -> list[float]:
    times = []
    for _ in range(CALLS):
        started = time.perf_counter()
        answer = json.loads(await connection.fetchval(PAGE, client_id, mark))
        times.append(1000 * (time.perf_counter() - started))
        if not answer["entries"]:
            raise RuntimeError("an empty page measures nothing")
    return times


async def _writing(ground: Ground, admin: asyncpg.Connection, client_id: UUID) -> list[Finding]:
    """Rolled back each time, so that both find the same table."""
    names = ("a message without it", "a message with it")
    times = await interleaved(
        {name: partial(_written, admin, client_id, is_without=name == names[0]) for name in names},
        2 * ground.rounds + 1,
        ground.note,
    )
    without, with_it = (p50(times[name][1:]) for name in names)
    return [
        Finding(question="timeline", what=names[0], value=without, unit="ms"),
        _beside(names[1], with_it, names[0], without, Goal("at most", 1.1)),
    ]


async def _written(admin: asyncpg.Connection, client_id: UUID, *, is_without: bool) -> float:
    transaction = admin.transaction()
    await transaction.start()
    try:
        for statement in WITHOUT if is_without else ():
            await admin.execute(statement)
        started = time.perf_counter()
        for _ in range(MESSAGES):
            await admin.execute(WRITE, client_id)
        return 1000 * (time.perf_counter() - started) / (MESSAGES)
    finally:
        await transaction.rollback()
