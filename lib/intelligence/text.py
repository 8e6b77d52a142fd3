"""Texts as the models see them, in training and serving alike: folded, cut, counted."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

MOST_CHARACTERS = 4000
"""A longer text is judged by its beginning and its end."""

# What canonical decomposition leaves whole, and apostrophes of all kinds.
UNDECOMPOSED = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "’": "'", "`": "'"})
TOKEN = re.compile(r"\d+|[^\W\d_]+(?:'[^\W\d_]+)?|[^\w\s]")
SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+")
STEM = 5
LONGEST_TOKEN = 40


def fold(text: str) -> str:
    """Return the text in lower case without diacritics: half the clients type none."""
    lowered = unicodedata.normalize("NFKC", text).lower().translate(UNDECOMPOSED)
    decomposed = unicodedata.normalize("NFD", lowered)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def cap(text: str) -> str:
    """Return at most MOST_CHARACTERS: the beginning, and the end, where requests stand."""
    if len(text) <= MOST_CHARACTERS:
        return text
    half = MOST_CHARACTERS // 2
    return f"{text[: half - 1]}\n{text[-half:]}"


def tokens_of(text: str) -> list[str]:
    """Return folded words, numbers and single signs; emoji are signs."""
    return [token[:LONGEST_TOKEN] for token in TOKEN.findall(fold(text))]


def sentences_of(text: str) -> list[str]:
    """Return the sentences that hold anything but signs, or the whole text when none does."""
    found = [part.strip() for part in SENTENCE_END.split(text)]
    return [part for part in found if any(c.isalnum() for c in part)] or [text.strip()]


@dataclass(frozen=True)
class Text:
    """One text to be judged."""

    raw: str

    @cached_property
    def tokens(self) -> list[str]:
        """Folded tokens, computed once for all parts."""
        return tokens_of(cap(self.raw))

    @cached_property
    def _counted(self) -> dict[str, Mapping[str, float]]:
        return {}

    def count(self, part: str) -> Mapping[str, float]:
        """Return the part's n-grams and their counts; views share them."""
        if part not in self._counted:
            self._counted[part] = PARTS[part](self)
        return self._counted[part]


def words(text: Text) -> Mapping[str, float]:
    """Count words and pairs of words."""
    return Counter(_runs(text.tokens, 2))


def stems(text: Text) -> Mapping[str, float]:
    """Count the beginnings of words, alone, in pairs and in threes: Polish inflects at the end."""
    return Counter(_runs([token[:STEM] for token in text.tokens], 3))


def chars(text: Text) -> Mapping[str, float]:
    """Count character runs of 2 to 6 within words; a word's edges are blanks."""
    return Counter(_pieces(text.tokens, 2, 6))


def letters(text: Text) -> Mapping[str, float]:
    """Count character runs of 1 to 4 of the text as it was typed, for telling languages apart."""
    return Counter(_pieces(TOKEN.findall(cap(text.raw).lower()), 1, 4))


def lexicon(text: Text) -> Mapping[str, float]:
    """Return what the English rules of VADER say: shares and the compound score, split by sign."""
    found: Mapping[str, float] = _vader().polarity_scores(cap(text.raw))
    compound = found["compound"]
    return {
        "above": max(compound, 0.0),
        "below": max(-compound, 0.0),
        "pos": found["pos"],
        "neg": found["neg"],
        "silent": float(compound == 0),
    }


PARTS: Mapping[str, Callable[[Text], Mapping[str, float]]] = {
    "words": words,
    "stems": stems,
    "chars": chars,
    "letters": letters,
    "lexicon": lexicon,
}
MEASURED = frozenset({"lexicon"})
"""Parts whose values are taken as they are, neither weighted by rarity nor brought to length 1."""


@cache
def _vader() -> SentimentIntensityAnalyzer:
    return SentimentIntensityAnalyzer()


def _runs(tokens: list[str], longest: int) -> list[str]:
    return [
        " ".join(tokens[i : i + n])
        for n in range(1, longest + 1)
        for i in range(len(tokens) - n + 1)
    ]


def _pieces(tokens: list[str], shortest: int, longest: int) -> list[str]:
    found: list[str] = []
    for token in tokens:
        padded = f" {token} "
        for n in range(shortest, longest + 1):
            if len(padded) <= n:
                found.append(padded)
                break
            found += [padded[i : i + n] for i in range(len(padded) - n + 1)]
    return found
