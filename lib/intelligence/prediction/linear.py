"""Logistic regression as plain numbers: fitted by scikit-learn, kept and served without it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

Floats = NDArray[np.float64]
STRENGTH = 1.0


@dataclass(frozen=True, slots=True)
class Linear:
    """Log odds = intercept + the sum of weight x (value, clipped to [low, high], minus center).

    All arrays have one number a feature, in the order of names. center is the reference client, so
    the intercept is that client's log odds, and each product is what a feature moves them by.
    """

    names: tuple[str, ...]
    intercept: float
    weights: Floats
    center: Floats
    low: Floats
    high: Floats

    def contributions(self, features: Floats) -> Floats:
        """n x f log odds: with the intercept each row sums to the score."""
        moved: Floats = (np.clip(features, self.low, self.high) - self.center) * self.weights
        return moved

    def score(self, features: Floats) -> Floats:
        """n log odds of n x f features."""
        score: Floats = self.intercept + self.contributions(features).sum(axis=1)
        return score

    def probability(self, features: Floats) -> Floats:
        """n values from 0 to 1."""
        probability: Floats = expit(self.score(features))
        return probability


def fit_linear(
    names: Sequence[str], features: Floats, outcomes: Floats, strength: float = STRENGTH
) -> Linear:
    """Regularised by `strength` (scikit-learn's C) on standardised features, never rebalanced:

    thresholds are on probabilities, so the classes keep the shares they have. features is n x f
    without gaps; the reference client is the median one; values beyond the 1st and 99th percentile
    of training count as those. ValueError with outcomes all alike.
    """
    # Imported where a model learns: replicas that only score start a second sooner without it.
    from sklearn.linear_model import LogisticRegression

    if len(np.unique(outcomes)) < 2:
        raise ValueError("all outcomes are the same: there is nothing to learn")
    low, high = np.percentile(features, [1, 99], axis=0)
    clipped = np.clip(features, low, high)
    center, scale = np.median(clipped, axis=0), clipped.std(axis=0)
    scale[scale == 0] = 1.0
    model = LogisticRegression(C=strength, max_iter=1000)
    model.fit((clipped - center) / scale, outcomes)
    weights = model.coef_[0] / scale
    return Linear(tuple(names), float(model.intercept_[0]), weights, center, low, high)
