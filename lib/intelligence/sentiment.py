"""How a client's words sound. Pure: the same text and thresholds give the same judgement.

A short text is judged whole, a long one piece by piece, one that changes between Polish and English
sentence by sentence. The message then sounds like the worse of its last sentence and its mean:
courtesy at the beginning must not hide the complaint at the end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lib.intelligence.language import OWN, Tongue, recognise
from lib.intelligence.linear import Floats
from lib.intelligence.models.sentiment import Analysis, SentimentContexts, SentimentSettings
from lib.intelligence.text import cap, sentences_of
from lib.intelligence.weights import load_model

PIECE = 280
"""Characters judged at once, about what the models were trained on."""
MIXED_LETTERS, MIXED_FROM = 15, 0.97
"""From how many letters, and how sure, a sentence counts as being in the other language."""
CLASSES = ("negative", "neutral", "positive", "ambiguous")
CHEERFUL = frozenset("😀😃😄😁😊😍🥰😘🙂🤩😎👍👏🙏❤💕💖💜🎉✨🌸💐🥳")
GLOOMY = frozenset("😡😠🤬😤😢😭😞😔😟🙁☹😩😫👎💔🤮😱")
EMOJI_WEIGHT = 1.2
"""Log-odds of one emoji; the Polish reviews hold none to learn it from. At most two count."""


@dataclass(frozen=True)
class Sentiment:
    """Calibrated probabilities by class; empty when nobody judges the language."""

    tongue: Tongue
    probabilities: Mapping[str, float]
    model_version: str
    pieces: int = 0

    @property
    def label(self) -> str | None:
        """The likeliest class."""
        return max(self.probabilities, key=self.probabilities.__getitem__, default=None)

    @property
    def confidence(self) -> float | None:
        """The probability of the likeliest class; None when not judged."""
        return max(self.probabilities.values(), default=None)

    @property
    def score(self) -> float | None:
        """Probability of positive minus that of negative, -1 to 1."""
        if not self.probabilities:
            return None
        return self.probabilities["positive"] - self.probabilities["negative"]


def judge(text: str, language: str | None = None) -> Sentiment:
    """Judge a text in the given language, or in the one it seems to be written in."""
    shown = cap(text).strip()
    tongue = Tongue(language, 1.0) if language else recognise(shown)
    if tongue.language is None and _emoji_balance(shown):
        # Signs alone speak no language; the English rules know them best.
        return _judge_pieces([("en", shown)], tongue)
    if tongue.language not in OWN:
        return Sentiment(tongue, {}, "none")
    parts = [(tongue.language, shown)] if language else _parts(shown, tongue.language)
    pieces = [(code, piece) for code, part in parts for piece in _cut(part)]
    return _judge_pieces(pieces, tongue)


def analyse(contexts: SentimentContexts) -> dict[str, Analysis]:
    """Answer each analysis that was asked for, by its id."""
    return {
        str(asked.analysis_id): _analysis(str(asked.analysis_id), asked.text, contexts.settings)
        for asked in contexts.texts
    }


def is_sure(sentiment: Sentiment, settings: SentimentSettings) -> bool:
    """Whether to name the sentiment; the threshold is a share, compared before any rounding."""
    confidence = sentiment.confidence
    return (
        settings.enabled
        and confidence is not None
        and (confidence >= settings.confidence_threshold)
    )


def _analysis(analysis_id: str, text: str, settings: SentimentSettings) -> Analysis:
    found = judge(text)
    is_named = is_sure(found, settings)
    return Analysis(
        analysis_id=analysis_id,
        language=found.tongue.language,
        sentiment=found.label if is_named else None,
        sentiment_score=found.score if is_named else None,
        sentiment_confidence=found.confidence,
        probabilities=found.probabilities,
        model_version=found.model_version,
    )


def _parts(text: str, language: str) -> list[tuple[str, str]]:
    """Return the text whole, or its sentences with their languages when it mixes two."""
    sentences = sentences_of(text)
    if len(sentences) == 1:
        return [(language, text)]
    tongues = [_tongue_of(sentence, language) for sentence in sentences]
    if set(tongues) == {language}:
        return [(language, text)]
    return list(zip(tongues, sentences, strict=True))


def _tongue_of(sentence: str, language: str) -> str:
    if sum(c.isalpha() for c in sentence) < MIXED_LETTERS:
        return language
    found = recognise(sentence)
    is_other = found.language in OWN and found.confidence >= MIXED_FROM
    return found.language if is_other and found.language else language


def _cut(text: str) -> list[str]:
    """Return runs of whole sentences of about PIECE characters, and the last sentence alone."""
    if len(text) <= PIECE:
        return [text]
    pieces = [""]
    *before, last = sentences_of(text)
    for sentence in before:
        joined = f"{pieces[-1]} {sentence}".strip()
        if pieces[-1] and len(joined) > PIECE:
            pieces.append(sentence)
        else:
            pieces[-1] = joined
    return [piece for piece in (*pieces, last) if piece]


def _judge_pieces(pieces: Sequence[tuple[str, str]], tongue: Tongue) -> Sentiment:
    found = [_probabilities(code, piece) for code, piece in pieces]
    weights = np.array([p.max() for p in found], dtype=np.float32)
    mean = np.average(np.array(found), axis=0, weights=weights)
    worse = min((found[-1], mean), key=lambda p: float(p[2] - p[0]))
    shares = worse.astype(np.float64) / float(worse.sum())
    versions = sorted({load_model(f"sentiment_{code}").version for code, _ in pieces})
    probabilities = {name: float(p) for name, p in zip(CLASSES, shares, strict=True)}
    return Sentiment(tongue, probabilities, "+".join(versions), len(pieces))


def _probabilities(code: str, piece: str) -> Floats:
    """Return the probabilities of CLASSES; English knows no ambiguous one."""
    model = load_model(f"sentiment_{code}")
    found = np.zeros(len(CLASSES), dtype=np.float32)
    found[: len(model.classes)] = model.probabilities(piece)
    balance = _emoji_balance(piece)
    if code == "pl" and balance:
        found *= np.exp(np.array([-1, 0, 1, 0], dtype=np.float32) * EMOJI_WEIGHT * balance)
        found /= found.sum()
    return found


def _emoji_balance(text: str) -> int:
    """Return cheerful minus gloomy emoji, -2 to 2."""
    balance = sum(c in CHEERFUL for c in text) - sum(c in GLOOMY for c in text)
    return max(-2, min(2, balance))
