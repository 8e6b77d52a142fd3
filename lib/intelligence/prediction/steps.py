"""Gradient boosting whose trees look at one feature each, kept as one step function a feature.

Without interactions a boosted model is a sum of functions of single features: its contributions
are exact, it is served by a table look-up, and it is stored as numbers, not as code.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingClassifier

Floats = NDArray[np.float64]
BINS = 64


@dataclass(frozen=True, slots=True)
class Steps:
    """Log odds = intercept + the sum of each feature's step.

    edges[j]: the sorted values at which feature j steps; heights[j]: one more number, the log odds
    a value adds left of the first edge, between two, right of the last. At the reference client
    (the median one) all add 0.
    """

    names: tuple[str, ...]
    intercept: float
    edges: tuple[Floats, ...]
    heights: tuple[Floats, ...]

    def contributions(self, features: Floats) -> Floats:
        """n x f log odds: with the intercept each row sums to the score."""
        columns = [
            heights[np.searchsorted(edges, features[:, place])]
            for place, (edges, heights) in enumerate(zip(self.edges, self.heights, strict=True))
        ]
        return np.stack(columns, axis=1)

    def score(self, features: Floats) -> Floats:
        """n log odds of n x f features."""
        score: Floats = self.intercept + self.contributions(features).sum(axis=1)
        return score

    def probability(self, features: Floats) -> Floats:
        """n values from 0 to 1."""
        probability: Floats = expit(self.score(features))
        return probability


def fit_steps(names: Sequence[str], features: Floats, outcomes: Floats, seed: int = 0) -> Steps:
    """As fit_linear, by 150 small trees without interactions; the same input is the same model."""
    # Imported where a model learns: replicas that only score start a second sooner without it.
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    if len(np.unique(outcomes)) < 2:
        raise ValueError("all outcomes are the same: there is nothing to learn")
    edges = [_edges(features[:, place]) for place in range(len(names))]
    model = HistGradientBoostingClassifier(
        learning_rate=0.05,
        max_iter=150,
        max_leaf_nodes=15,
        min_samples_leaf=20,
        l2_regularization=1.0,
        interaction_cst="no_interactions",
        early_stopping=False,
        random_state=seed,
    )
    # A replica has a core among others: threads that wait for each other would only be slower.
    with threadpool_limits(limits=1):
        model.fit(_bins(edges, features), outcomes)
    reference = _bins(edges, np.median(features, axis=0)[None, :])
    intercept = float(model.decision_function(reference)[0])
    heights = [_heights(model, reference, place, len(each)) for place, each in enumerate(edges)]
    return Steps(tuple(names), intercept, tuple(edges), tuple(each - intercept for each in heights))


def _edges(values: Floats) -> Floats:
    """Where a feature may step: halfway between known values, at equal shares of them."""
    known = np.unique(values)
    if len(known) > BINS:
        known = np.unique(np.percentile(values, np.linspace(0, 100, BINS), method="nearest"))
    edges: Floats = (known[:-1] + known[1:]) / 2
    return edges


def _bins(edges: Sequence[Floats], features: Floats) -> Floats:
    """The number of edges below each value: n x f."""
    columns = [np.searchsorted(each, features[:, place]) for place, each in enumerate(edges)]
    return np.stack(columns, axis=1).astype(np.float64)


def _heights(
    model: "HistGradientBoostingClassifier", reference: Floats, place: int, edge_count: int
) -> Floats:
    """The score of the reference client with each bin of feature `place` in turn."""
    rows = np.repeat(reference, edge_count + 1, axis=0)
    rows[:, place] = np.arange(edge_count + 1)
    heights: Floats = model.decision_function(rows)
    return heights
