"""Why somebody got a ticket, in words: the stored decisions, read as they are made."""

import asyncio
import itertools
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import httpx
from postgrest.exceptions import APIError
from supabase import AsyncClient

from scripts.play.story import Story, Told

PAUSE_SECONDS = 0.25
BEATS_PER_LOOK = 4
COLUMNS = "id, ticket_id, outcome, agent_id, score, candidates, skipped, decided_at"
Row = Mapping[str, Any]
LANGUAGES = {"pl": "Polish", "en": "English", "uk": "Ukrainian", "de": "German"}


async def follow_decisions(service: AsyncClient, story: Story) -> None:
    """Tells the story of each new decision, until cancelled."""
    untold: list[Row] = []
    last_id = 0
    for beat in itertools.count():
        # The screen may miss a beat; the final checks read everything again.
        with suppress(httpx.HTTPError, APIError):
            rows = await _read_new(service, last_id)
            last_id = max([last_id, *(row["id"] for row in rows)])
            untold = _tell(story, [*untold, *rows])
            if beat % BEATS_PER_LOOK == 0:
                story.replicas = await _replicas(service)
        await asyncio.sleep(PAUSE_SECONDS)


async def _read_new(service: AsyncClient, last_id: int) -> list[Row]:
    query = service.table("routing_decisions").select(COLUMNS).gt("id", last_id).order("id")
    rows: Any = (await query.limit(200).execute()).data
    return list(rows)


def _tell(story: Story, rows: Sequence[Row]) -> list[Row]:
    """Answers the rows of tickets whose opening has not been answered yet: a decision is quick."""
    untold = []
    for row in rows:
        if ticket := story.tickets.get(row["ticket_id"]):
            _tell_one(ticket, row, story.names)
        else:
            untold.append(row)
    return untold


def _tell_one(ticket: Told, row: Row, names: Mapping[str, str]) -> None:
    if row["outcome"] == "waiting":
        ticket.has_waited = True
        ticket.why = f"waits: {_main_reason(row['skipped'])}"
        return
    ticket.agent = names.get(row["agent_id"], row["agent_id"])
    ticket.why = explain(row["candidates"][0]["parts"], ticket.language)
    ticket.decided_at = ticket.decided_at or datetime.fromisoformat(row["decided_at"])


def explain(parts: Mapping[str, int], language: str) -> str:
    """The two parts that weighed most, such as `dedicated agent +1000, speaks Polish +30`."""
    words = {
        "dedicated": "dedicated agent",
        "deputy": "their deputy",
        "relationship": "knows the client",
        "vip_pool": "serves VIP clients",
        "continuity": "had it before",
        "skill_level": "knows the subject",
        "language_level": f"speaks {LANGUAGES[language]}",
        "spare_capacity": "has room",
        "idle": "has waited longest",
    }
    best = sorted(parts.items(), key=lambda part: -part[1])[:2]
    return ", ".join(f"{words.get(part, part)} +{points}" for part, points in best)


def _main_reason(skipped: Mapping[str, str]) -> str:
    reason = max(skipped, key=lambda name: len(skipped[name].split()), default="nobody there")
    busy = "at_capacity" if "at_capacity" in skipped else reason
    return busy.replace("_", " ")


async def _replicas(service: AsyncClient) -> list[Mapping[str, Any]]:
    stats: Any = (await service.schema("worker").rpc("queue_stats", {}).execute()).data
    replicas: list[Mapping[str, Any]] = stats["replicas"]
    return replicas
