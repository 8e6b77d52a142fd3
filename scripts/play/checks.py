"""Asks the database and every client whether what must hold does."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from supabase import AsyncClient

CHECKS = Path(__file__).with_name("checks.sql")
INVARIANTS = Path(__file__).with_name("invariants.sql")
HEADING = re.compile(r"^-- (holds|always|in the end): (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One check: what must hold, how many break it, and the first of them."""

    promise: str
    broken: int
    first: str = ""

    @property
    def holds(self) -> bool:
        """Whether nothing breaks it."""
        return self.broken == 0


def read_promises(path: Path) -> tuple[str, list[tuple[str, str, str]]]:
    """What stands before the first heading, then (heading, promise, query) for each promise."""
    preparation, *parts = HEADING.split(path.read_text())
    return preparation, list(zip(parts[0::3], parts[1::3], parts[2::3], strict=True))


async def check_database(db_url: str) -> list[Verdict]:
    """Runs every query of checks.sql and invariants.sql, as role postgres."""
    preparation, checks = read_promises(CHECKS)
    _, invariants = read_promises(INVARIANTS)
    verdicts = []
    async with await psycopg.AsyncConnection.connect(db_url, autocommit=True) as connection:
        await connection.execute(preparation.encode())
        for _, promise, query in [*checks, *invariants]:
            rows = await (await connection.execute(query.encode())).fetchall()
            verdicts.append(Verdict(promise, len(rows), str(rows[0][0]) if rows else ""))
    return verdicts


async def check_privacy(clients: Mapping[str, AsyncClient]) -> list[Verdict]:
    """Every client asks for everything, and must get only what is theirs."""
    looks = await asyncio.gather(*(_look(person, client) for person, client in clients.items()))
    foreign = sum(foreign for foreign, _ in looks)
    own = sum(own for _, own in looks)
    return [
        Verdict("no client sees anything of others or of the house", foreign),
        Verdict("clients see their own", int(own == 0)),
    ]


async def _look(person_id: str, client: AsyncClient) -> tuple[int, int]:
    """How many rows of others a client sees, and how many of their own."""
    query = client.table("support_tickets").select("client_id, ticket_messages(id)")
    tickets: Any = (await query.execute()).data
    foreign = sum(ticket["client_id"] != person_id for ticket in tickets)
    for table in ("routing_decisions", "staff_members", "vip_client_profiles"):
        rows: Any = (await client.table(table).select("*").limit(1).execute()).data
        foreign += len(rows)
    return foreign, len(tickets)
