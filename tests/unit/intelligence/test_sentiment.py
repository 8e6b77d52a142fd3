"""How words sound: calibrated, the same every time, cautious where the models know little."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.intelligence.models.sentiment import SentimentSettings
from lib.intelligence.sentiment import is_sure, judge
from lib.intelligence.text import fold

ENGLISH_GLAD = "I love it, the staff were wonderful and everything was perfect!"
POLISH_SAD = "Jestem bardzo niezadowolona, nie polecam tego miejsca."


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400), st.sampled_from(["pl", "en"]))
def test_probabilities_sum_to_one_and_repeat(text: str, language: str) -> None:
    first = judge(text, language)
    assert sum(first.probabilities.values()) == pytest.approx(1, abs=1e-6)
    assert all(0 <= p <= 1 for p in first.probabilities.values())
    assert judge(text, language).probabilities == first.probabilities


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Pani Ania jest cudowna, polecam z całego serca!", "positive"),
        (POLISH_SAD, "negative"),
        ("Czy mają Państwo parking dla klientów?", "neutral"),
        (ENGLISH_GLAD, "positive"),
        ("This was terrible, I was charged twice and nobody apologised.", "negative"),
        ("Could I move my appointment to Friday at 5 pm?", "neutral"),
    ],
)
def test_plain_words_sound_as_they_are_meant(text: str, label: str) -> None:
    found = judge(text)
    assert found.label == label
    assert is_sure(found, SentimentSettings())


@pytest.mark.parametrize("text", [POLISH_SAD, "Świetna obsługa, dziękuję za przemiły wieczór"])
def test_missing_diacritics_change_nothing(text: str) -> None:
    whole, bare = judge(text, "pl"), judge(fold(text), "pl")
    assert whole.probabilities == bare.probabilities


@pytest.mark.parametrize(
    ("plain", "negated"),
    [("polecam", "nie polecam"), ("I recommend it", "I do not recommend it")],
)
def test_negation_turns_the_score(plain: str, negated: str) -> None:
    language = "pl" if plain == "polecam" else "en"
    up, down = judge(plain, language).score, judge(negated, language).score
    assert up is not None
    assert down is not None
    assert down < up


def test_emoji_count_in_polish_too() -> None:
    calm = judge("Byłam wczoraj na zabiegu", "pl").score or 0
    assert (judge("Byłam wczoraj na zabiegu 😡😡", "pl").score or 0) < calm
    assert (judge("Byłam wczoraj na zabiegu 😍", "pl").score or 0) > calm


def test_a_complaint_at_the_end_is_not_hidden_by_courtesy_before() -> None:
    courtesy = "Dziękuję za miłą rozmowę i piękny salon. " * 8
    assert judge(courtesy + POLISH_SAD).label == "negative"


def test_mixed_languages_are_judged_sentence_by_sentence() -> None:
    found = judge(f"{POLISH_SAD} My appointment was cancelled without notice, I am very unhappy.")
    assert found.pieces == 2
    assert found.label == "negative"


@pytest.mark.parametrize("text", ["", "   ", "?!...", "123 456", "👩‍🦰"])
def test_without_words_nobody_judges(text: str) -> None:
    found = judge(text)
    assert found.label is None or found.tongue.language is not None
    assert not is_sure(found, SentimentSettings())


def test_emoji_alone_still_speak() -> None:
    assert (judge("😡😡😡").score or 0) < 0
    assert (judge("😍😍").score or 0) > 0


def test_a_megabyte_is_judged_by_its_beginning_and_its_end() -> None:
    text = f"{POLISH_SAD} " * 20_000
    found = judge(text)
    assert found.label == "negative"
    assert found.pieces < 30


@pytest.mark.parametrize("share", [0.5, 0.69, 0.9])
def test_the_threshold_is_a_setting(share: float) -> None:
    found = judge(POLISH_SAD)
    assert found.confidence is not None
    assert is_sure(found, SentimentSettings(confidence_threshold=share)) is (
        found.confidence >= share
    )
    assert not is_sure(found, SentimentSettings(enabled=False))
