"""Drafts of answers. Pure: contexts in, drafts out.

The draft is made here, of approved content and known facts; a service may only reword it, and what
it says goes through `settle`. Changes of agents are measured by `measure_edit`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from lib.intelligence.models.replies import (
    Edit,
    Reply,
    ReplyContext,
    ReplyContexts,
    ReplyTemplate,
    SentDraft,
)
from lib.intelligence.redaction import Redactor, redactor
from lib.intelligence.reply_retrieval import Nearest, fitting, rank_answers, rank_templates
from lib.intelligence.reply_rewriting import judge_rewrite, messages_of
from lib.intelligence.reply_wording import fill, tone_of, values_of, wrap
from lib.intelligence.rules import HOUSE_RULES
from lib.intelligence.text import tokens_of
from lib.intelligence.wording import find_safety

NEUTRAL = "acknowledgement"
SPEAK_FOR_THEMSELVES = frozenset({"aesthetic_medicine", "complaint"})
"""Categories that are answered by their own templates alone."""
EXCERPT = 300
MOST_WORDS = 1500
"""Of an answer that is compared; longer ones are compared by their beginning."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is sent to the service for one draft, and how its answer is understood."""

    context: ReplyContext
    local: Reply
    draft: str
    """The local draft without personal data."""
    messages: Sequence[dict[str, str]]
    names: Redactor


@dataclass(frozen=True, kw_only=True)
class Rewrite:
    """What the service answered: a text, or a word for why there is none."""

    text: str | None = None
    failure: str | None = None
    model: str | None = None
    service_ms: int = 0
    token_count: int = 0


def draft_replies(contexts: ReplyContexts) -> dict[UUID, Reply]:
    """Return the local answer to each pending draft, by its id."""
    return {context.draft_id: draft_reply(context, contexts) for context in contexts.drafts}


def draft_reply(context: ReplyContext, contexts: ReplyContexts) -> Reply:
    """Return the local answer, or why there is none."""
    templates = fitting(contexts.templates, context.language, tone_of(context.tier))
    if not templates:
        return Reply(draft=None, fallback_reason="no_template", reasons=("no_template",))
    ranked = rank_templates(context.inquiry, context.category, _allowed(context, templates))
    chosen, why = _choose(ranked, templates, contexts.settings.template_threshold)
    if chosen is None:
        return Reply(draft=None, fallback_reason="no_template", reasons=("no_template",))
    values = values_of(context.facts, context.client, context.language)
    text, facts, missing = fill(chosen.body, values)
    answers = rank_answers(context.inquiry, context.answers, contexts.settings.answer_threshold)
    return Reply(
        draft=wrap(context, context.language, text),
        language=context.language,
        template_id=chosen.template_id,
        sources={
            "template": chosen.template,
            "version": chosen.version,
            "facts": facts,
            "templates": [
                {"template": near.template.template, "similarity": round(near.similarity, 3)}
                for near in ranked[:3]
            ],
            "answers": [
                {
                    "message_id": answer.message_id,
                    "similarity": round(similarity, 3),
                    "text": redactor(answer.names).redact(answer.answer)[:EXCERPT],
                }
                for answer, similarity in answers
            ],
        },
        reasons=(why, *(f"unknown_{name}" for name in missing)),
    )


def ask_service(context: ReplyContext, local: Reply) -> Request:
    """Return what the service is told: the draft and the question, without personal data."""
    client = context.client
    names = redactor(
        (
            client.display_name,
            client.given_name,
            client.family_name,
            client.vocative,
            context.agent_name,
        )
    )
    draft = names.redact(local.draft or "")
    inquiry = names.redact(context.inquiry)
    messages = messages_of(context, context.language, draft, inquiry)
    return Request(context=context, local=local, draft=draft, messages=messages, names=names)


def settle(request: Request, rewrite: Rewrite) -> Reply:
    """Return the reworded answer if it may be shown, else the local one with the reason."""
    told = replace(
        request.local,
        service_ms=rewrite.service_ms,
        token_count=rewrite.token_count,
        model=rewrite.model,
    )
    if rewrite.text is None:
        return replace(told, fallback_reason=rewrite.failure or "no_answer")
    text = rewrite.text.strip()
    if refused := judge_rewrite(request.draft, text, request.context.language):
        return replace(told, fallback_reason=refused)
    return replace(told, draft=request.names.restore(text), is_service_used=True)


def measure_edit(sent: SentDraft) -> Edit:
    """Return how many words were put in, taken out or replaced before sending."""
    before, after = sent.draft.split()[:MOST_WORDS], sent.answer.split()[:MOST_WORDS]
    row = list(range(len(after) + 1))
    for i, word in enumerate(before, 1):
        above, row[0] = row[0], i
        for j, other in enumerate(after, 1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (word != other))
    return Edit(row[-1], max(len(before), len(after)))


def _allowed(context: ReplyContext, templates: Sequence[ReplyTemplate]) -> list[ReplyTemplate]:
    """Complaints and health are answered by their own templates; words of injury are health."""
    spoken, negated = find_safety(tokens_of(context.inquiry), HOUSE_RULES)
    category = "aesthetic_medicine" if spoken or negated else context.category
    if category in SPEAK_FOR_THEMSELVES:
        return [t for t in templates if t.category == category]
    return [t for t in templates if t.category not in SPEAK_FOR_THEMSELVES]


def _choose(
    ranked: Sequence[Nearest], templates: Sequence[ReplyTemplate], threshold: float
) -> tuple[ReplyTemplate | None, str]:
    if ranked and ranked[0].template.category in SPEAK_FOR_THEMSELVES:
        return ranked[0].template, "category_speaks"
    if ranked and ranked[0].similarity >= threshold:
        return ranked[0].template, "nearest_template"
    return next((t for t in templates if t.template == NEUTRAL), None), "nothing_near"
