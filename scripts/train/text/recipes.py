"""The shipped text models: what they are trained on and how. Seeds are fixed; nothing is drawn."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np
from scipy.optimize import minimize

from lib.intelligence.linear import Floats, TextModel, softmax
from lib.intelligence.text import Text, fold
from scripts.train.text import corpora
from scripts.train.text.corpora import Example
from scripts.train.text.fitting import Labels, Recipe, fit_view

POLISH = ("negative", "neutral", "positive", "ambiguous")
ENGLISH = ("negative", "neutral", "positive")
LANGUAGES = ("pl", "en")
OTHER_DOMAINS = 0.25
"""Weight of reviews of doctors in the head of hotels, and the other way round."""

Tell = Callable[[str], None]


def train_polish(tell: Tell, more: Sequence[Example] = ()) -> TextModel:
    """Two heads (hotels, medicine), a gate between them, calibrated on the dev parts.

    more: what agents said instead; it counts as the house's own messages do.
    """
    reviews = [e for d in corpora.POLISH_DOMAINS for e in corpora.polish(d, "train")]
    examples = [*reviews, *corpora.desk("pl"), *more]
    texts = [Text(example.text) for example in examples]
    labels = places(examples, POLISH)
    shares = [
        np.array([_share(e.domain, head) for e in examples], np.float32)
        for head in corpora.POLISH_DOMAINS
    ]
    tell("gate")
    domains = np.array([corpora.POLISH_DOMAINS.index(e.domain) for e in reviews])
    gate_recipe = Recipe(parts=("words",), strength=4, rounds=30, most_grams=12_000)
    ones = np.ones(len(reviews), np.float32)
    gate = fit_view(texts[: len(reviews)], domains, [ones], 2, gate_recipe)
    views = []
    for parts, most in ((("words", "stems"), 80_000), (("words", "chars"), 110_000)):
        tell(" + ".join(parts))
        recipe = Recipe(parts=parts, strength=4, most_grams=most)
        views.append(fit_view(texts, labels, shares, len(POLISH), recipe))
    model = TextModel("sentiment_pl", "", POLISH, 2, (1.0, 1.0), views, gate)
    held = [e for d in corpora.POLISH_DOMAINS for e in corpora.polish(d, "dev")]
    tell("temperatures")
    return calibrate(model, held)


def train_english(
    tell: Tell, without: str | None = None, more: Sequence[Example] = ()
) -> TextModel:
    """One head, VADER's rules among the features; `without` leaves a domain out; more: as above."""
    kept = [e for e in corpora.english_part("train") if e.domain != without]
    examples = [*kept, *corpora.desk("en"), *more]
    texts = [Text(example.text) for example in examples]
    labels = places(examples, ENGLISH)
    ones = np.ones(len(examples), np.float32)
    views = []
    for parts in (("words", "stems", "lexicon"), ("words", "chars", "lexicon")):
        tell(" + ".join(parts))
        recipe = Recipe(parts=parts, strength=3, rounds=30, most_grams=80_000)
        views.append(fit_view(texts, labels, [ones], len(ENGLISH), recipe))
    model = TextModel("sentiment_en", "", ENGLISH, 1, (1.0,), views)
    tell("temperatures")
    return calibrate(model, [e for e in corpora.english_part("dev") if e.domain != without])


def train_language(tell: Tell, more: Sequence[Example] = ()) -> TextModel:
    """Polish or English, from whole texts, from their beginnings, and typed without diacritics.

    more: what agents said instead.
    """
    polish = [e.text for d in corpora.POLISH_DOMAINS for e in corpora.polish(d, "train")]
    english = [e.text for e in corpora.english_part("train")]
    polish += [e.text for e in corpora.desk("pl")] * 3
    english += [e.text for e in corpora.desk("en")] * 6
    examples = [
        Example(piece, language, "any")
        for language, texts in (("pl", polish), ("en", english))
        for i, text in enumerate(texts)
        for piece in pieces(text, i)
    ]
    examples += more
    tell("letters")
    recipe = Recipe(parts=("letters",), strength=8, rounds=40, least_texts=5, most_grams=30_000)
    texts_seen = [Text(e.text) for e in examples]
    ones = np.ones(len(examples), np.float32)
    view = fit_view(texts_seen, places(examples, LANGUAGES), [ones], len(LANGUAGES), recipe)
    return TextModel("language", "", LANGUAGES, 1, (1.0,), [view])


def pieces(text: str, i: int) -> Iterable[str]:
    """Yield a beginning of one to four words, and every other text as typed without diacritics."""
    words = text.split()
    start = i % max(1, len(words) - 3)
    short = " ".join(words[start : start + 1 + i % 4])
    for piece in (text, short) if i % 3 == 0 else (short,):
        yield fold(piece) if i % 2 else piece


def calibrate(model: TextModel, held: Sequence[Example]) -> TextModel:
    """Return the model with the temperatures under which the held texts surprise it least."""
    labels = places(held, model.classes)
    mixed = [model.mix(example.text) for example in held]
    found = np.array([probabilities for probabilities, _ in mixed], dtype=np.float32)
    shares = np.array([share for _, share in mixed], dtype=np.float32)
    rows = np.arange(len(labels))

    def loss(temperatures: Floats) -> float:
        each = np.maximum(shares @ temperatures, 0.1)
        right = softmax(np.log(np.maximum(found, 1e-9)) / each[:, None])[rows, labels]
        return float(-np.log(np.maximum(right, 1e-9)).mean())

    best = minimize(loss, np.ones(model.heads), method="Nelder-Mead")
    return replace(model, temperatures=tuple(round(float(t), 3) for t in best.x))


def probabilities_of(model: TextModel, texts: Sequence[str]) -> Floats:
    """Return (texts, classes)."""
    return np.array([model.probabilities(text) for text in texts], dtype=np.float32)


def places(examples: Sequence[Example], classes: Sequence[str]) -> Labels:
    """Return each label's place among the classes."""
    return np.array([classes.index(example.label) for example in examples], dtype=np.intp)


def _share(domain: str, head: str) -> float:
    if domain == "desk":
        return 0.5
    return 1.0 if domain == head else OTHER_DOMAINS
