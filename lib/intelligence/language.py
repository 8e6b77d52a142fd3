"""Which language a text is in. Polish or English by our own model; others are recognised too."""

import math
import unicodedata
from dataclasses import dataclass
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from lib.intelligence.text import cap
from lib.intelligence.weights import load_model

CLOSE_BY = ("pl", "en", "de", "fr", "es", "it", "pt", "nl", "cs", "sk", "lt", "hu", "ro", "sv")
CYRILLIC = ("uk", "ru", "be", "bg")
OWN = ("pl", "en")
FOREIGN_FROM = 0.98
FOREIGN_LETTERS = 20
"""A shorter text in Latin letters counts as Polish or English: names and slang look foreign."""


@dataclass(frozen=True)
class Tongue:
    """An ISO code, or None where there are no letters; confidence 0 to 1."""

    language: str | None
    confidence: float


def recognise(text: str) -> Tongue:
    """Return the language of the text."""
    shown = cap(text)
    letters = [c for c in shown if c.isalpha()]
    if not letters:
        return Tongue(None, 0.0)
    script = _script(letters)
    if script == "CYRILLIC":
        return _best(shown, CYRILLIC)
    if script != "LATIN":
        return _best(shown, ())
    own = load_model("language")
    probabilities = own.probabilities(shown)
    best = int(probabilities.argmax())
    if len(letters) >= FOREIGN_LETTERS:
        foreign = _best(shown, CLOSE_BY)
        if foreign.language not in OWN and foreign.confidence >= FOREIGN_FROM:
            return foreign
    return Tongue(own.classes[best], float(probabilities[best]))


def _script(letters: list[str]) -> str:
    """Return the first word of the Unicode name that most letters have."""
    seen: dict[str, int] = {}
    for letter in letters:
        script = unicodedata.name(letter, "UNKNOWN").split()[0].split("-")[0]
        seen[script] = seen.get(script, 0) + 1
    return max(sorted(seen), key=seen.__getitem__)


def _best(text: str, among: tuple[str, ...]) -> Tongue:
    """Return the likeliest of these languages (of all, when none is named)."""
    ranked = [
        (str(code), float(score))
        for code, score in _identifier().rank(text)
        if code in among or not among
    ]
    total = sum(math.exp(max(score - ranked[0][1], -700)) for _, score in ranked)
    return Tongue(ranked[0][0], 1 / total)


@cache
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=False)
