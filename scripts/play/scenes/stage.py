"""Where a scene plays: a desk of its own, people signed in as themselves, and what is told."""

import asyncio
import itertools
import time
import unicodedata
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import bcrypt
import httpx
from supabase import AsyncClient

from scripts.play.people import PASSWORD, sign_in
from scripts.play.seeding import COST, appoint, create_account
from scripts.play.target import Target

PATIENCE_SECONDS = 30
PAUSE_SECONDS = 0.02
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Player:
    """Somebody of a scene, signed in."""

    id: str
    name: str
    email: str
    api: AsyncClient

    async def call(self, function: str, **arguments: object) -> Any:
        """Calls a function of the frontend's as this person; `p_` is put before the names."""
        named = {f"p_{name}": value for name, value in arguments.items()}
        return (await self.api.rpc(function, named).execute()).data

    async def ticket(self, ticket_id: str) -> Row:
        """A ticket as this person sees it; empty when they do not."""
        query = self.api.table("support_tickets").select("*").eq("id", ticket_id)
        rows: Any = (await query.execute()).data
        return rows[0] if rows else {}


def address_of(name: str) -> str:
    """`Zofia Wiśniewska` -> `zofia.wisniewska`, as people choose their addresses."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return ".".join(plain.lower().split())


class Stage:
    """Hires and invites. Each run has people of its own, so that scenes can be played again."""

    def __init__(self, target: Target, service: AsyncClient, session: httpx.AsyncClient) -> None:
        self._target = target
        self._service = service
        self._session = session
        self._run = uuid4().hex[:8]
        self._hashed = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(COST)).decode()
        self._players: list[Player] = []
        self._numbers = itertools.count()

    async def desk(self, name: str) -> str:
        """A new desk's id."""
        desk: Any = (
            await self._service.rpc("create_desk", {"p_name": f"{name} {self._run}"}).execute()
        ).data
        return str(desk["id"])

    async def staff(
        self, desk_id: str, name: str, role: str = "agent", capacity: int = 10
    ) -> Player:
        """Somebody who speaks Polish and English and answers bookings; online if an agent."""
        player = await self._arrive(name)
        await appoint(
            self._service,
            player.id,
            role,
            desk_id,
            capacity,
            {"language.pl": 5, "language.en": 4, "category.booking": 4},
        )
        if role == "agent":
            await player.call("set_presence", state="online")
        return player

    async def client(self, manager: Player, name: str, tier: str, desk_id: str) -> Player:
        """Somebody who writes to that desk."""
        player = await self._arrive(name)
        await self.service("set_client_desk", client_id=player.id, desk_id=desk_id, reason="demo")
        await manager.call("set_client_tier", client_id=player.id, tier=tier, reason="demo")
        return player

    async def service(self, function: str, **arguments: object) -> Any:
        """Calls a function with the workers' key."""
        named = {f"p_{name}": value for name, value in arguments.items()}
        return (await self._service.rpc(function, named).execute()).data

    async def leave(self) -> None:
        """Everybody goes home."""
        for player in self._players:
            await player.api.auth.sign_out()

    async def _arrive(self, name: str) -> Player:
        email = f"{address_of(name)}.{self._run}{next(self._numbers)}@scene.example"
        await create_account(self._service, email, name, self._hashed)
        person_id, api = await sign_in(self._target, email, self._session)
        player = Player(person_id, name, email, api)
        self._players.append(player)
        return player


async def until(
    holds: Callable[[], Awaitable[bool]], what: str, seconds: float = PATIENCE_SECONDS
) -> float:
    """Seconds it took until `holds`; TimeoutError naming `what` when it never did."""
    begun = time.monotonic()
    while not await holds():
        if time.monotonic() - begun > seconds:
            raise TimeoutError(f"waited {seconds:.0f} s in vain until {what}")
        await asyncio.sleep(PAUSE_SECONDS)
    return time.monotonic() - begun


async def until_with(player: Player, ticket_ids: Sequence[str], what: str) -> float:
    """Seconds until all these tickets are with this agent."""

    async def holds() -> bool:
        tickets = [await player.ticket(ticket_id) for ticket_id in ticket_ids]
        return all(ticket.get("assignee_id") == player.id for ticket in tickets)

    return await until(holds, what)
