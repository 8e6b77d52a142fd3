"""What a client's message is about and how urgent it is. Pure: contexts in, judgements out.

Categories and urgency follow rules anybody can read (lib/intelligence/rules.py); how far a rule is
believed grows and falls with what agents made of it. Safety words may only raise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from lib.intelligence.language import OWN
from lib.intelligence.models.sentiment import SentimentSettings
from lib.intelligence.models.triage import (
    Judgement,
    MessageContext,
    Mood,
    NewMood,
    Settled,
    Suggestion,
    TriageContexts,
    TriageSettings,
)
from lib.intelligence.rules import HOUSE_RULES, TriageRules
from lib.intelligence.sentiment import Sentiment, is_sure, judge
from lib.intelligence.text import cap, tokens_of
from lib.intelligence.wording import find_safety, find_urgency, find_words

DEFAULT_CATEGORY = "general"
SURE_LANGUAGE_LETTERS, FEW_LETTERS = 20, 12


@dataclass(frozen=True, kw_only=True)
class TriagePolicy:
    """How far rules are believed before agents have spoken."""

    rules: TriageRules = HOUSE_RULES
    one_word: float = 0.62
    two_words: float = 0.82
    """Words of one category and none of another."""
    contested: float = 0.4
    """Words of several categories alike."""
    nothing: float = 0.3
    prior_weight: int = 20
    """So many choices of agents weigh as much as the numbers above."""

    def __post_init__(self) -> None:
        if not 0 <= self.nothing <= self.contested <= self.one_word <= self.two_words <= 1:
            raise ValueError("more words are believed more, and all are shares")


def triage(contexts: TriageContexts, policy: TriagePolicy) -> dict[UUID, Judgement]:
    """Judge each message, by its id; several of one client move their mood one after the other."""
    moods: dict[UUID, Mood] = {}
    judged: dict[UUID, Judgement] = {}
    for message in contexts.messages:
        mood = moods.get(message.client_id, message.mood)
        judgement = judge_message(message, mood, contexts, policy)
        if judgement.mood:
            moods[message.client_id] = Mood(
                level=judgement.mood.level,
                judged_count=judgement.mood.judged_count,
                is_low=judgement.mood.is_low,
            )
        judged[message.message_id] = judgement
    return judged


def judge_message(
    message: MessageContext, mood: Mood, contexts: TriageContexts, policy: TriagePolicy
) -> Judgement:
    """Judge one message of a client who is in the given mood."""
    settings, sentiment_settings = contexts.settings.triage, contexts.settings.sentiment
    sentiment = judge(message.body)
    words = tokens_of(cap(f"{message.subject}\n{message.body}"))
    category, belief, hits = find_category(words, policy)
    belief = believe(belief, contexts.settled.get(category), policy.prior_weight)
    safety, negated = find_safety(words, policy.rules)
    is_named = is_sure(sentiment, sentiment_settings)
    language, language_confidence = _language(message, sentiment)
    return Judgement(
        message_id=message.message_id,
        language=language,
        language_confidence=language_confidence,
        category=category,
        category_confidence=belief,
        urgency=find_urgency(words, policy.rules, safety=safety, negated=negated),
        safety_rules=tuple(sorted({*safety, *negated})),
        sentiment=sentiment.label if is_named else None,
        sentiment_score=sentiment.score if is_named else None,
        sentiment_confidence=sentiment.confidence,
        is_abstained=not is_named,
        probabilities=sentiment.probabilities,
        details={"rules": hits, "negated": sorted(negated), "pieces": sentiment.pieces},
        model_versions=tuple(
            v for v in (policy.rules.version, sentiment.model_version) if v != "none"
        ),
        suggestions=suggest(message, category, belief, sentiment, settings),
        is_priority_to_apply=settings.enabled and belief >= settings.apply_threshold,
        mood=move_mood(mood, sentiment.score, sentiment_settings) if is_named else None,
    )


def find_category(
    words: Sequence[str], policy: TriagePolicy
) -> tuple[str, float, dict[str, list[str]]]:
    """Return the category, how far to believe it, and the rules' words that spoke."""
    hits = {
        category: found
        for category, rule in policy.rules.categories.items()
        if (found := find_words(words, rule))
    }
    if complaints := find_words(words, policy.rules.complaints):
        # A complaint about a bill is a complaint: whoever takes it looks at the bill too.
        return (
            "complaint",
            _strength(len(complaints) + len(hits), policy),
            {**hits, "complaint": complaints},
        )
    if not hits:
        return DEFAULT_CATEGORY, policy.nothing, {}
    ranked = sorted(hits, key=lambda name: (-len(hits[name]), name))
    if len(ranked) > 1 and len(hits[ranked[0]]) == len(hits[ranked[1]]):
        return ranked[0], policy.contested, hits
    return ranked[0], _strength(len(hits[ranked[0]]), policy), hits


def believe(strength: float, settled: Settled | None, prior_weight: int) -> float:
    """Return how far to believe a rule that agents have kept and overruled so often."""
    if settled is None:
        return strength
    weight = prior_weight + settled.accepted + settled.overruled
    return (strength * prior_weight + settled.accepted) / weight


def suggest(
    message: MessageContext,
    category: str,
    belief: float,
    sentiment: Sentiment,
    settings: TriageSettings,
) -> tuple[Suggestion, ...]:
    """Return what to propose; the database adds the priority and has the last word."""
    found: list[tuple[str, str, float]] = []
    if category != DEFAULT_CATEGORY:
        found.append(("category", category, belief))
    letters = sum(c.isalpha() for c in message.body)
    tongue = sentiment.tongue
    if tongue.language and letters >= SURE_LANGUAGE_LETTERS:
        found.append(("language", tongue.language, tongue.confidence))
    return tuple(
        Suggestion(field, value, confidence, confidence >= settings.apply_threshold)
        for field, value, confidence in found
        if settings.enabled and confidence >= settings.suggest_threshold
    )


def move_mood(mood: Mood, score: float | None, settings: SentimentSettings) -> NewMood | None:
    """Return the mood after a message of this score; low once below one threshold until above."""
    if score is None:
        return None
    level = mood.level + settings.learning_rate * (score - mood.level)
    level = max(-1.0, min(1.0, level))
    limit = settings.clear_threshold if mood.is_low else settings.fall_threshold
    return NewMood(
        level=level,
        judged_count=mood.judged_count + 1,
        is_low=level <= -limit,
        fell_from=max(-1.0, min(1.0, mood.level)),
    )


def _strength(count: int, policy: TriagePolicy) -> float:
    return policy.two_words if count > 1 else policy.one_word


def _language(message: MessageContext, sentiment: Sentiment) -> tuple[str | None, float]:
    """A few letters tell little: then the language of the client's profile counts."""
    tongue = sentiment.tongue
    letters = sum(c.isalpha() for c in message.body)
    if 0 < letters < FEW_LETTERS and tongue.confidence < 0.9 and message.profile_language in OWN:
        return message.profile_language, 0.5
    return tongue.language, tongue.confidence
