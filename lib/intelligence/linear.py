"""Linear models of texts: a few views, each a softmax over weighted n-grams, averaged.

Probability of a class = mean over views of sum over heads of gate(head) * softmax(view, head),
then sharpened or softened by a temperature. Heads are the kinds of text it was trained on (reviews
of hotels, of doctors), each with its temperature; the gate says which a text resembles. Without a
gate there is one head.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lib.intelligence.text import MEASURED, Text

Floats: TypeAlias = NDArray[np.float32]
SMALLEST = 1e-9


@dataclass(frozen=True, eq=False)
class Part:
    """N-grams of one kind: their places in the view's weights, and how rare they are."""

    name: str
    vocabulary: Mapping[str, int]
    rarity: Floats

    def measure(self, text: Text) -> tuple[list[int], Floats]:
        """Return the places of the text's known n-grams and their values (length 1 together)."""
        counts = text.count(self.name)
        known = [
            (self.vocabulary[gram], n) for gram, n in counts.items() if gram in self.vocabulary
        ]
        places = [place for place, _ in known]
        values = np.array([n for _, n in known], dtype=np.float32)
        if self.name not in MEASURED and places:
            values = (1 + np.log(values)) * self.rarity[places]
            values /= np.linalg.norm(values)
        return places, values


@dataclass(frozen=True, eq=False)
class View:
    """One linear model. `weights` int8 (n-grams, outputs), `scale` and `bias` (outputs,)."""

    parts: Sequence[Part]
    weights: NDArray[np.int8]
    scale: Floats
    bias: Floats

    def scores(self, text: Text) -> Floats:
        """Return log-odds, one for each output."""
        total = np.zeros(len(self.bias), dtype=np.float32)
        first = 0
        for part in self.parts:
            places, values = part.measure(text)
            if places:
                total += values @ self.weights[first:][places].astype(np.float32)
            first += len(part.vocabulary)
        return total * self.scale + self.bias


@dataclass(frozen=True, eq=False)
class TextModel:
    """What texts are judged with; `version` is the digest's beginning."""

    name: str
    version: str
    classes: tuple[str, ...]
    heads: int
    temperatures: tuple[float, ...]
    """One for each head."""
    views: Sequence[View]
    gate: View | None = None

    def probabilities(self, text: str) -> Floats:
        """Return the probability of each class; they sum to 1. Empty texts get the prior."""
        mixed, shares = self.mix(text)
        return sharpen(mixed, float(shares @ np.array(self.temperatures, dtype=np.float32)))

    def mix(self, text: str) -> tuple[Floats, Floats]:
        """Return the probabilities before any temperature, and the share of each head."""
        item = Text(text)
        mixed = np.zeros(len(self.classes), dtype=np.float32)
        shares = softmax(self.gate.scores(item)) if self.gate else np.ones(1, dtype=np.float32)
        for view in self.views:
            by_head = softmax(view.scores(item).reshape(self.heads, len(self.classes)))
            mixed += shares @ by_head
        return mixed / np.float32(len(self.views)), shares


def softmax(scores: Floats) -> Floats:
    """Return probabilities along the last axis."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True), dtype=np.float32)


def sharpen(probabilities: Floats, temperature: float) -> Floats:
    """Return the probabilities under a temperature; below 1 the likeliest gains."""
    surprise = np.log(np.maximum(probabilities, SMALLEST)).astype(np.float32)
    return softmax(surprise / np.float32(temperature))
