"""Somebody wants an answer proposed -> the local draft, perhaps reworded by an outside service.

And: an answer was sent after taking a draft -> how much of it was changed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol
from uuid import UUID

from lib.events import Job, JobResult
from lib.intelligence.models.replies import Edit, Reply, ReplyContext, ReplyContexts
from lib.intelligence.replies import (
    Request,
    Rewrite,
    ask_service,
    draft_replies,
    measure_edit,
    settle,
)
from lib.intelligence.reply_rewriting import find_obstacle
from lib.store.intelligence.replies import ReplyStore
from workers.runtime.worker import Worker


class Answer(Protocol):
    """What a service answered (lib.store.ai_client.AiAnswer)."""

    @property
    def text(self) -> str | None:
        """The answer, or None."""

    @property
    def failure(self) -> str | None:
        """Why there is none, in one word."""

    @property
    def model(self) -> str | None:
        """Who answered."""

    @property
    def service_ms(self) -> int:
        """How long it took."""

    @property
    def token_count(self) -> int:
        """What it cost."""


Ask = Callable[[Sequence[Mapping[str, str]]], Awaitable[Answer]]
"""Sends a conversation to the service; never raises."""


def replies(store: ReplyStore, ask: Ask | None) -> Worker:
    """Return the worker that drafts answers; without `ask` the local drafts stand."""

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        contexts = await store.reply_contexts([job.subject_id for job in jobs if job.subject_id])
        made = await asyncio.to_thread(draft_replies, contexts)
        if ask is not None:
            made = await _reword(store, ask, contexts, made)
        edits = await asyncio.to_thread(_measure, contexts)
        return await store.record_replies(jobs, {**made, **edits})

    # Somebody waits for each of them: few in a batch, several batches at once.
    return Worker(name="intelligence.replies", handle=handle, batch_size=10, concurrency=4)


async def _reword(
    store: ReplyStore, ask: Ask, contexts: ReplyContexts, made: dict[UUID, Reply]
) -> dict[UUID, Reply]:
    said = dict(made)
    open_to_it: list[Request] = []
    for context in contexts.drafts:
        local = made[context.draft_id]
        if local.draft is None:
            continue
        obstacle = find_obstacle(context) if contexts.settings.service_enabled else "switched_off"
        if obstacle:
            said[context.draft_id] = replace(local, fallback_reason=obstacle)
        else:
            open_to_it.append(ask_service(context, local))
    granted = await store.take_reply_calls(len(open_to_it)) if open_to_it else 0
    for request in open_to_it[granted:]:
        said[request.context.draft_id] = replace(request.local, fallback_reason="budget")
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_ask(ask, request)) for request in open_to_it[:granted]]
    settled = [task.result() for task in tasks]
    checked = await _keep_to_brand(store, open_to_it[:granted], settled)
    return {**said, **checked}


async def _ask(ask: Ask, request: Request) -> Reply:
    answer = await ask(request.messages)
    told = Rewrite(
        text=answer.text,
        failure=answer.failure,
        model=answer.model,
        service_ms=answer.service_ms,
        token_count=answer.token_count,
    )
    return await asyncio.to_thread(settle, request, told)


async def _keep_to_brand(
    store: ReplyStore, requests: Sequence[Request], settled: Sequence[Reply]
) -> dict[UUID, Reply]:
    """What the house would not say is not let in, however well it kept to the facts."""
    pairs = list(zip(requests, settled, strict=True))
    reworded = [(request, reply) for request, reply in pairs if reply.is_service_used]
    items = [_brand_item(request.context, reply.draft) for request, reply in reworded]
    verdicts = await store.check_brands(items) if items else []
    said = {request.context.draft_id: reply for request, reply in pairs}
    for (request, reply), verdict in zip(reworded, verdicts, strict=True):
        if verdict == "block":
            said[request.context.draft_id] = replace(
                reply,
                draft=request.local.draft,
                is_service_used=False,
                fallback_reason="brand_blocked",
            )
    return said


def _brand_item(context: ReplyContext, text: str | None) -> dict[str, Any]:
    return {
        "text": text,
        "channel": context.channel,
        "tier": context.tier,
        "language": context.language,
        "gender": context.client.gender,
        "given_name": context.client.given_name,
        "form_of_address": context.client.form_of_address,
    }


def _measure(contexts: ReplyContexts) -> dict[UUID, Edit]:
    return {sent.draft_id: measure_edit(sent) for sent in contexts.sent}
