"""Agents of the demo: each signed in, listening over Realtime, answering and resolving."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import httpx
from postgrest.exceptions import APIError
from realtime import RealtimePostgresChangesListenEvent
from supabase import AsyncClient

from scripts.play.desk import Agent
from scripts.play.people import sign_in
from scripts.play.story import Story
from scripts.play.target import Target

SUBSCRIBE_SECONDS = 20
READING_SECONDS = (0.5, 2.0)
WORKING_SECONDS = (3.0, 8.0)
ANSWERS: Mapping[str, str] = {
    "pl": "Dziękujemy za wiadomość, już się tym zajmuję.",
    "en": "Thank you for your message, I am looking into it now.",
    "uk": "Дякуємо за повідомлення, вже займаюся цим.",
    "de": "Vielen Dank für Ihre Nachricht, ich kümmere mich darum.",
}

# An e-mail that made room for a Platinum chat: it is somebody's again a little later.
TAKEN_BACK = ("ticket_not_found", "not_yours_to_change", "stale_version", "ticket_is_open")

ClientAnswers = Callable[[str], Awaitable[None]]


class Team:
    """All agents who take tickets, online with a live screen each."""

    def __init__(self, story: Story, draw: random.Random, client_answers: ClientAnswers) -> None:
        self._story = story
        self._draw = draw
        self._client_answers = client_answers
        self._work: set[asyncio.Task[None]] = set()
        self._is_at_work: set[tuple[str, str]] = set()
        """Who works on which ticket: a colleague may get it before its last agent has noticed."""
        self._versions: dict[str, int] = {}
        self._ids: dict[AsyncClient, str] = {}
        self.signed_in: dict[str, AsyncClient] = {}
        self.failures: list[BaseException] = []

    async def come_in(
        self, target: Target, agents: Sequence[Agent], session: httpx.AsyncClient
    ) -> None:
        """Signs everybody in, opens their live screens, and says that they are there."""
        async with asyncio.TaskGroup() as group:
            for agent in agents:
                group.create_task(self._come_in(target, agent, session))

    async def _come_in(self, target: Target, agent: Agent, session: httpx.AsyncClient) -> None:
        staff_id, client = await sign_in(target, agent.email, session)
        self._story.names[staff_id] = agent.name
        self.signed_in[staff_id] = client
        self._ids[client] = staff_id
        await self._listen(staff_id, client)
        await client.rpc("set_presence", {"p_state": "online"}).execute()

    async def _listen(self, staff_id: str, client: AsyncClient) -> None:
        ready = asyncio.Event()
        channel = client.channel(f"desk-{staff_id}")
        channel.on_postgres_changes(
            RealtimePostgresChangesListenEvent.Update,
            schema="public",
            table="support_tickets",
            filter=f"assignee_id=eq.{staff_id}",
            callback=lambda change: self._show(client, change),
        )
        # "Subscribed" only says that the channel was joined; this says that changes will come.
        channel.on_system(
            lambda notice: ready.set() if notice.extension == "postgres_changes" else None
        )
        await channel.subscribe()
        async with asyncio.timeout(SUBSCRIBE_SECONDS):
            await ready.wait()

    def _show(self, client: AsyncClient, change: Mapping[str, Any]) -> None:
        """A ticket of mine changed: a new one is shown and worked on."""
        row = change["data"]["record"]
        self._versions[row["id"]] = row["version"]
        work = (row["assignee_id"], row["id"])
        if row["status"] != "assigned" or work in self._is_at_work:
            return
        self._is_at_work.add(work)
        self._story.see(row["id"])
        task = asyncio.create_task(self._serve(client, row))
        self._work.add(task)
        task.add_done_callback(self._note_end)

    async def _serve(self, client: AsyncClient, row: Mapping[str, Any]) -> None:
        try:
            await self._answer_and_solve(client, row)
        except APIError as error:
            if error.message not in TAKEN_BACK:
                raise
            self._is_at_work.discard((row["assignee_id"], row["id"]))
            await self._look_again(client, row["id"])

    async def _look_again(self, client: AsyncClient, ticket_id: str) -> None:
        """Whether it is mine again: that was told while I still worked on it, and not heard."""
        mine = client.table("support_tickets").select("*").eq("id", ticket_id)
        rows: Any = (await mine.eq("assignee_id", self._ids[client]).execute()).data
        for row in rows:
            self._show(client, {"data": {"record": row}})

    async def _answer_and_solve(self, client: AsyncClient, row: Mapping[str, Any]) -> None:
        ticket_id = row["id"]
        await asyncio.sleep(self._draw.uniform(*READING_SECONDS))
        said = {"p_ticket_id": ticket_id, "p_body": ANSWERS[row["language"]]}
        answer: Any = (await client.rpc("reply_to_ticket", said).execute()).data
        if ticket := self._story.tickets.get(ticket_id):
            ticket.responded_at = datetime.fromisoformat(answer["first_responded_at"])
        await self._client_answers(ticket_id)
        await asyncio.sleep(self._draw.uniform(*WORKING_SECONDS))
        await self._resolve(client, ticket_id)
        if ticket := self._story.tickets.get(ticket_id):
            ticket.is_done = True

    async def _resolve(self, client: AsyncClient, ticket_id: str) -> None:
        solved = {
            "p_ticket_id": ticket_id,
            "p_resolution": "Solved in one conversation.",
            "p_version": self._versions[ticket_id],  # as last seen on the live screen
        }
        await client.rpc("resolve_ticket", solved).execute()

    def _note_end(self, task: asyncio.Task[None]) -> None:
        self._work.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self.failures.append(error)

    async def go_home(self) -> None:
        """Ends all work and closes the screens."""
        for task in list(self._work):
            task.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)
        for client in self.signed_in.values():
            await client.realtime.close()
