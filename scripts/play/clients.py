"""Clients of the demo: each signed in as themselves, opening tickets at a steady pace."""

import asyncio
import random
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import httpx
from supabase import AsyncClient

from scripts.play.desk import Client
from scripts.play.messages import Message
from scripts.play.people import sign_in
from scripts.play.story import Story, Told
from scripts.play.target import Target

PLAYING = 60
REPLY_SHARE = 0.25
REPLIES: Mapping[str, str] = {
    "pl": "Dziękuję za szybką odpowiedź!",
    "en": "Thank you for the quick answer!",
    "uk": "Дякую за швидку відповідь!",
    "de": "Vielen Dank für die schnelle Antwort!",
}


def choose_players(clients: Sequence[Client], draw: random.Random) -> list[Client]:
    """The clients who write this evening: some of each language and tier."""
    groups: dict[tuple[str, str], list[Client]] = {}
    for client in draw.sample(clients, len(clients)):
        groups.setdefault((client.language, client.tier), []).append(client)
    players: list[Client] = []
    while len(players) < PLAYING and any(groups.values()):
        players += [group.pop() for group in groups.values() if group]
    return players[:PLAYING]


class Chorus:
    """All playing clients, signed in."""

    def __init__(self, story: Story, draw: random.Random) -> None:
        self._story = story
        self._draw = draw
        self._moods = random.Random(draw.random())  # noqa: S311
        self._by_language: dict[str, list[AsyncClient]] = {}
        self._owners: dict[str, AsyncClient] = {}
        self.signed_in: dict[str, AsyncClient] = {}

    async def sign_in(
        self, target: Target, players: Sequence[Client], session: httpx.AsyncClient
    ) -> None:
        """Signs all players in."""

        signed_in = await asyncio.gather(*(sign_in(target, p.email, session) for p in players))
        self.signed_in = dict(signed_in)
        for player, (_, client) in zip(players, signed_in, strict=True):
            self._by_language.setdefault(player.language, []).append(client)

    async def play(self, messages: Sequence[Message], pace: float) -> None:
        """Opens a ticket per message, `pace` a second; returns when all are open."""
        begun = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for place, message in enumerate(messages):
                await asyncio.sleep(max(0.0, begun + place / pace - time.perf_counter()))
                client = self._draw.choice(self._by_language[message.language])
                group.create_task(self._open(client, message, f"demo-{place}"))

    async def _open(self, client: AsyncClient, message: Message, key: str) -> None:
        clicked_s = time.perf_counter()
        request = {
            "p_subject": message.text[:60],
            "p_body": message.text,
            "p_channel": message.channel,
            "p_category": message.category,
            "p_language": message.language,
            "p_idempotency_key": key,
        }
        ticket: Any = (await client.rpc("open_ticket", request).execute()).data
        self._owners[ticket["id"]] = client
        self._story.open(_told(ticket, message, clicked_s))

    async def answer(self, ticket_id: str) -> None:
        """Sometimes the client has the last word."""
        ticket, client = self._story.tickets.get(ticket_id), self._owners.get(ticket_id)
        if ticket is None or client is None or self._moods.random() > REPLY_SHARE:
            return
        reply = {"p_ticket_id": ticket_id, "p_body": REPLIES[ticket.language]}
        await client.rpc("reply_to_ticket", reply).execute()
        self._story.replies += 1


def _told(ticket: Mapping[str, Any], message: Message, clicked_s: float) -> Told:
    return Told(
        id=ticket["id"],
        number=ticket["number"],
        tier=ticket["tier"],
        language=message.language,
        channel=message.channel,
        category=message.category,
        text=message.text,
        clicked_s=clicked_s,
        opened_at=datetime.fromisoformat(ticket["opened_at"]),
        due_at=datetime.fromisoformat(ticket["first_response_due_at"]),
    )
