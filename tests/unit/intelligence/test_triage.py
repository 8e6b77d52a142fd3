"""What a message is about and how urgent: rules anybody can read, safety first."""

from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.intelligence.models.sentiment import SentimentSettings
from lib.intelligence.models.triage import (
    Judgement,
    MessageContext,
    Mood,
    Settings,
    Settled,
    TriageContexts,
    TriageSettings,
)
from lib.intelligence.rules import HOUSE_RULES
from lib.intelligence.text import tokens_of
from lib.intelligence.triage import (
    TriagePolicy,
    believe,
    find_category,
    move_mood,
    triage,
)
from lib.intelligence.wording import find_safety, find_urgency

POLICY = TriagePolicy()
SENTIMENT = SentimentSettings()
ORDER = ("low", "medium", "high")


def urgency_of(text: str) -> str:
    words = tokens_of(text)
    safety, negated = find_safety(words, HOUSE_RULES)
    return find_urgency(words, HOUSE_RULES, safety=safety, negated=negated)


def judged(body: str, *, subject: str = "", settings: Settings | None = None) -> Judgement:
    message = MessageContext(
        message_id=uuid4(),
        ticket_id=uuid4(),
        client_id=uuid4(),
        subject=subject,
        body=body,
        profile_language="pl",
    )
    contexts = TriageContexts(settings=settings or Settings(), messages=(message,))
    return triage(contexts, POLICY)[message.message_id]


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("Proszę o fakturę za karnet", "billing"),
        ("Chciałabym przełożyć wizytę na piątek", "booking"),
        ("Czy są wolne miejsca na trening jogi?", "fitness"),
        ("Gdzie jest moja paczka z kremem?", "product"),
        ("Pytanie o botoks i kwas hialuronowy", "aesthetic_medicine"),
        ("Składam reklamację, wizyta była skandalem", "complaint"),
        ("I was charged twice, I want a refund", "billing"),
        ("Please reschedule my appointment", "booking"),
        ("Dzień dobry", "general"),
        ("", "general"),
    ],
)
def test_words_lead_to_a_category(text: str, category: str) -> None:
    assert find_category(tokens_of(text), POLICY)[0] == category


def test_more_words_of_one_category_are_believed_more() -> None:
    one = find_category(tokens_of("faktura"), POLICY)[1]
    two = find_category(tokens_of("faktura i zwrot"), POLICY)[1]
    contested = find_category(tokens_of("faktura za trening"), POLICY)[1]
    assert contested < one < two


@given(st.floats(0, 1), st.integers(0, 500), st.integers(0, 500))
def test_belief_follows_what_agents_made_of_it(strength: float, kept: int, lost: int) -> None:
    found = believe(strength, Settled(accepted=kept, overruled=lost), 20)
    assert 0 <= found <= 1
    assert believe(strength, Settled(accepted=kept + 1, overruled=lost), 20) >= found
    assert believe(strength, Settled(accepted=kept, overruled=lost + 1), 20) <= found


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Mam wysypkę na szyi", "rash"),
        ("mam wysypke", "rash"),
        ("Skóra pali i jest opuchnięta", "burn"),
        ("My lips are swollen", "swelling"),
        ("Skaleczyłam się przy manicure", "injury"),
        ("I cannot breathe, allergic reaction", "reaction"),
    ],
)
def test_safety_words_are_found_inflected_and_bare(text: str, rule: str) -> None:
    assert rule in find_safety(tokens_of(text), HOUSE_RULES)[0]
    assert urgency_of(text) == "high"


@pytest.mark.parametrize("text", ["no rash", "Nie mam wysypki", "bez opuchlizny", "never swelled"])
def test_a_denied_danger_is_no_hurry_but_not_nothing(text: str) -> None:
    spoken, denied = find_safety(tokens_of(text), HOUSE_RULES)
    assert (spoken, len(denied)) == (frozenset(), 1)
    assert urgency_of(text) == "low"
    assert judged(text).safety_rules != ()


def test_a_danger_denied_once_and_named_once_counts() -> None:
    text = "Nie miałam wysypki po masażu, ale dziś rano pojawiła się silna wysypka"
    assert find_safety(tokens_of(text), HOUSE_RULES)[0] == {"rash"}


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=120), st.sampled_from(["wysypka", "opuchlizna", "burn", "skaleczenie"]))
def test_a_safety_word_never_makes_it_less_urgent(text: str, word: str) -> None:
    before, after = urgency_of(text), urgency_of(f"{word} . . . . {text}")
    assert after == "high" or ORDER.index(after) >= ORDER.index(before)


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=300))
def test_the_same_message_gets_the_same_judgement(text: str) -> None:
    first, second = judged(text), judged(text)
    assert first.probabilities == second.probabilities
    assert (first.category, first.urgency, first.language) == (
        second.category,
        second.urgency,
        second.language,
    )
    assert (first.sentiment is None) == first.is_abstained


def test_two_thresholds_part_suggestions_from_what_is_applied() -> None:
    sure = judged("Poproszę o fakturę i zwrot płatności")
    unsure = judged("Poproszę o fakturę")
    by_field = {made.field: made for made in sure.suggestions}
    assert by_field["category"].is_to_apply
    assert not {m.field: m for m in unsure.suggestions}["category"].is_to_apply
    strict = Settings(triage=TriageSettings(suggest_threshold=0.99, apply_threshold=1))
    assert "category" not in {m.field for m in judged("faktura", settings=strict).suggestions}
    off = Settings(triage=TriageSettings(enabled=False))
    assert judged("Poproszę o fakturę i zwrot", settings=off).suggestions == ()


def test_a_mood_falls_once_and_clears_above_the_other_threshold() -> None:
    mood, falls = Mood(), []
    for score in (-0.9, -0.9, -0.9, 0.3, -0.2, 0.9, 0.9, -0.9, -0.9, -0.9):
        moved = move_mood(mood, score, SENTIMENT)
        assert moved is not None
        falls.append(moved.is_low and not mood.is_low)
        mood = Mood(level=moved.level, judged_count=moved.judged_count, is_low=moved.is_low)
    assert sum(falls) == 2
    assert falls[1]
    assert mood.judged_count == 10


@given(st.floats(-1, 1), st.floats(-1, 1), st.booleans())
def test_a_mood_stays_within_bounds(level: float, score: float, is_low: bool) -> None:  # noqa: FBT001
    moved = move_mood(Mood(level=level, is_low=is_low), score, SENTIMENT)
    assert moved is not None
    assert min(level, score) - 1e-9 <= moved.level <= max(level, score) + 1e-9


def test_several_messages_of_one_client_move_the_mood_one_after_the_other() -> None:
    client = uuid4()
    messages = tuple(
        MessageContext(
            message_id=uuid4(),
            ticket_id=uuid4(),
            client_id=client,
            subject="",
            body="Jestem bardzo niezadowolona, nie polecam.",
            profile_language="pl",
        )
        for _ in range(3)
    )
    found = list(triage(TriageContexts(messages=messages), POLICY).values())
    assert [j.mood.judged_count for j in found if j.mood] == [1, 2, 3]


def test_odd_policies_are_refused() -> None:
    with pytest.raises(ValueError, match="believed more"):
        TriagePolicy(one_word=0.9, two_words=0.5)
