"""People of the running stack: signed in through Auth, staff made by the project's owner."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID, uuid4

import httpx
import psycopg
from supabase import AsyncClient, AsyncClientOptions, acreate_client

from scripts.stack.state import StackState

PASSWORD = "Aksamit-i-cynamon-7"


@dataclass(frozen=True)
class Person:
    """Somebody signed in, with their own client of the API."""

    id: UUID
    api: AsyncClient


class Reception:
    """Lets people in, and sees them off at the end of the test."""

    def __init__(self, stack: StackState, http: httpx.AsyncClient) -> None:
        self.stack = stack
        self._http = http
        self.present: list[Person] = []

    async def sign_up(self, name: str = "Zofia Wrońska") -> Person:
        """A new client, signed up as a browser would do it."""
        options = AsyncClientOptions(auto_refresh_token=False, httpx_client=self._http)
        api = await acreate_client(self.stack.url, self.stack.publishable_key, options)
        answer = await api.auth.sign_up(
            {
                "email": f"{uuid4().hex}@example.test",
                "password": PASSWORD,
                "options": {"data": {"display_name": name}},
            }
        )
        assert answer.user is not None
        self.present.append(Person(UUID(answer.user.id), api))
        return self.present[-1]

    async def hire(
        self,
        desk_id: UUID | None = None,
        *,
        role: str = "agent",
        languages: Sequence[str] = ("pl",),
        skills: Sequence[str] = (),
        state: str = "online",
        capacity_units: int = 10,
    ) -> Person:
        """A new colleague at the desk (the default one), with skills, in the given state."""
        person = await self.sign_up("Agent " + uuid4().hex[:6])
        skills = [*skills, *(f"language.{language}" for language in languages)]
        with psycopg.connect(self.stack.db_url) as db:
            db.execute(
                """
                insert into public.staff_members (id, desk_id, role, state, capacity_units)
                values (%s, coalesce(%s, private.default_desk_id()), %s, %s, %s)
                """,
                [person.id, desk_id, role, state, capacity_units],
            )
            db.cursor().executemany(
                "insert into public.staff_skills (staff_id, skill, level) values (%s, %s, 4)",
                [(person.id, skill) for skill in skills],
            )
        return person


@asynccontextmanager
async def open_reception(stack: StackState) -> AsyncIterator[Reception]:
    """One HTTP pool for all people of a test, closed with their sockets at its end."""
    async with httpx.AsyncClient(timeout=30) as http:
        reception = Reception(stack, http)
        yield reception
        for person in reception.present:
            await person.api.remove_all_channels()
            await person.api.realtime.close()
