"""Fits one view: counts n-grams, learns a softmax by L-BFGS, keeps the n-grams that matter."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize

from lib.intelligence.linear import Part, View, softmax
from lib.intelligence.text import MEASURED, PARTS, Text

Floats: TypeAlias = NDArray[np.float32]
Labels: TypeAlias = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How one view is learnt."""

    parts: tuple[str, ...]
    strength: float
    """C of the ridge: the larger, the freer the weights."""
    rounds: int = 40
    least_texts: int = 2
    most_grams: int = 90_000


@dataclass(frozen=True, eq=False)
class Counted:
    """One part counted over all texts: term counts (texts, n-grams), and in how many it stands."""

    name: str
    grams: list[str]
    counts: sparse.csr_matrix
    frequency: NDArray[np.int64]


def count(name: str, texts: Sequence[Text], least: int) -> Counted:
    """Count a part's n-grams that stand in at least so many texts, in alphabetical order."""
    ids: dict[str, int] = {}
    columns, values, ends = array("i"), array("f"), array("i", [0])
    for text in texts:
        for gram, n in PARTS[name](text).items():
            columns.append(ids.setdefault(gram, len(ids)))
            values.append(n)
        ends.append(len(columns))
    shape = (len(texts), len(ids))
    raw = sparse.csr_matrix(
        (np.array(values, np.float32), np.array(columns), np.array(ends)), shape=shape
    )
    frequency = np.bincount(raw.indices, minlength=len(ids))
    order = [(gram, i) for gram, i in ids.items() if frequency[i] >= least or name in MEASURED]
    order.sort()
    kept = np.array([i for _, i in order], dtype=np.int64)
    return Counted(name, [gram for gram, _ in order], raw[:, kept].tocsr(), frequency[kept])


def narrow(counted: Counted, kept: NDArray[np.bool_]) -> Counted:
    """Return the part with some of its n-grams only."""
    grams = [gram for gram, is_kept in zip(counted.grams, kept, strict=True) if is_kept]
    return Counted(counted.name, grams, counted.counts[:, kept].tocsr(), counted.frequency[kept])


def weigh(counted: Counted) -> tuple[sparse.csr_matrix, Floats]:
    """Return the values that `Part.measure` gives, and the rarity of each n-gram."""
    if counted.name in MEASURED:
        return counted.counts, np.ones(len(counted.grams), np.float32)
    texts = counted.counts.shape[0]
    rarity = (np.log((texts + 1) / (counted.frequency + 1)) + 1).astype(np.float16)
    rarity = rarity.astype(np.float32)
    weighed = counted.counts.copy()
    weighed.data = (1 + np.log(weighed.data)) * rarity[weighed.indices]
    lengths = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
    weighed.data /= np.repeat(np.maximum(lengths, 1e-9), np.diff(weighed.indptr))
    return weighed.astype(np.float32), rarity


def fit_softmax(
    matrix: sparse.csr_matrix, labels: Labels, shares: Floats, classes: int, recipe: Recipe
) -> Floats:
    """Return weights (n-grams + 1, classes), the bias last; `shares` weighs the texts."""
    texts, grams = matrix.shape
    wanted = np.eye(classes, dtype=np.float32)[labels]
    turned = matrix.T.tocsr()
    rows = np.arange(texts)

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat.reshape(grams + 1, classes).astype(np.float32)
        found = softmax(matrix @ weights[:-1] + weights[-1])
        surprise = -np.log(np.maximum(found[rows, labels], 1e-9)) * shares
        off = (found - wanted) * shares[:, None]
        slope = np.vstack([turned @ off + weights[:-1] / recipe.strength, off.sum(axis=0)])
        ridge = float((weights[:-1] ** 2).sum()) / (2 * recipe.strength)
        return float(surprise.sum()) + ridge, slope.ravel().astype(np.float64)

    start = np.zeros((grams + 1) * classes)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": recipe.rounds})
    return np.asarray(found.x.reshape(grams + 1, classes), dtype=np.float32)


def fit_view(
    texts: Sequence[Text],
    labels: Labels,
    shares_by_head: Sequence[Floats],
    classes: int,
    recipe: Recipe,
) -> View:
    """Learn one view: every head on all texts, each weighed as `shares_by_head` says."""
    counted = [count(name, texts, recipe.least_texts) for name in recipe.parts]
    if sum(len(part.grams) for part in counted) > recipe.most_grams:
        weights = _fit_heads(counted, labels, shares_by_head, classes, recipe)
        counted = _keep_strongest(counted, weights[:-1], recipe.most_grams)
    weights = _fit_heads(counted, labels, shares_by_head, classes, recipe)
    scale = np.maximum(np.abs(weights[:-1]).max(axis=0), 1e-9) / 127
    return View(
        parts=[
            Part(part.name, {gram: i for i, gram in enumerate(part.grams)}, weigh(part)[1])
            for part in counted
        ],
        weights=np.rint(weights[:-1] / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        bias=weights[-1],
    )


def _fit_heads(
    counted: Sequence[Counted],
    labels: Labels,
    shares_by_head: Sequence[Floats],
    classes: int,
    recipe: Recipe,
) -> Floats:
    matrix = sparse.hstack([weigh(part)[0] for part in counted]).tocsr()
    return np.hstack(
        [fit_softmax(matrix, labels, shares, classes, recipe) for shares in shares_by_head]
    )


def _keep_strongest(counted: Sequence[Counted], weights: Floats, most: int) -> list[Counted]:
    """Keep what moves predictions most: the weight, times how much of the texts it touches."""
    matrix = sparse.hstack([weigh(part)[0] for part in counted]).tocsr()
    spread = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=0)).ravel())
    influence = np.abs(weights).max(axis=1) * spread
    measured = np.repeat([p.name in MEASURED for p in counted], [len(p.grams) for p in counted])
    influence[measured] = np.inf
    limit = np.sort(influence)[-most]
    ends = np.cumsum([len(part.grams) for part in counted])[:-1]
    kept = np.split(influence >= limit, ends)
    return [narrow(part, mask) for part, mask in zip(counted, kept, strict=True)]
