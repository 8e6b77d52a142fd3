"""What every rung can do: log odds that are a sum, so that what moved an estimate is exact."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import permutations
from math import factorial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from lib.intelligence.prediction.bgnbd import BgNbd, Rhythm
from lib.intelligence.prediction.measures import logit

Floats = NDArray[np.float64]
RHYTHM = ("repeats", "recency_days", "silence_days")


class Model(Protocol):
    """Features are n x f arrays in the order of `names`; answers are arrays of n, or n x f."""

    @property
    def names(self) -> tuple[str, ...]:
        """What the features are, in their order."""
        ...

    @property
    def intercept(self) -> float:
        """Log odds of the reference client, to whom every feature adds 0."""
        ...

    def contributions(self, features: Floats) -> Floats:
        """n x f log odds; intercept plus a row's sum is that client's score."""
        ...

    def probability(self, features: Floats) -> Floats:
        """n values from 0 to 1: expit of the score."""
        ...


@dataclass(frozen=True, slots=True)
class BaseRate:
    """The same for everybody: what speaks when a prior is worse than nothing."""

    rate: float
    names: tuple[str, ...] = ()

    @property
    def intercept(self) -> float:
        """Log odds of the reference client."""
        return float(logit(np.array([self.rate]))[0])

    def contributions(self, features: Floats) -> Floats:
        """n x f log odds of n x f features."""
        return np.zeros((len(features), 0))

    def probability(self, features: Floats) -> Floats:
        """n values from 0 to 1."""
        return np.full(len(features), self.rate)


@dataclass(frozen=True, slots=True)
class Absence:
    """BG/NBD's P(no visit within horizon_days). Features: repeats, recency_days, silence_days.

    The score is no sum by itself: its parts are exact Shapley values against the reference client.
    """

    rhythm: BgNbd
    horizon_days: float
    reference: tuple[float, float, float]
    names: tuple[str, ...] = RHYTHM

    @property
    def intercept(self) -> float:
        """Log odds of the reference client."""
        return float(self._score(np.array([self.reference]))[0])

    def contributions(self, features: Floats) -> Floats:
        """n x f log odds of n x f features."""
        return shapley(self._score, features, np.array(self.reference))

    def probability(self, features: Floats) -> Floats:
        """n values from 0 to 1."""
        probability: Floats = expit(self._score(features))
        return probability

    def _score(self, features: Floats) -> Floats:
        repeats, recency, silence = features.T
        known = Rhythm(repeats, recency, recency + silence)
        return logit(self.rhythm.absence(known, self.horizon_days))


@dataclass(frozen=True, slots=True)
class Shrunken:
    """A client's own share, drawn towards everybody's as if they had `weight` more cases.

    Features: how often it happened, among how many cases. The reference client has no case.
    """

    names: tuple[str, str]
    share: float
    weight: float

    @property
    def intercept(self) -> float:
        """Log odds of the reference client."""
        return float(logit(np.array([self.share]))[0])

    def contributions(self, features: Floats) -> Floats:
        """n x f log odds of n x f features."""
        return shapley(self._score, features, np.zeros(2))

    def probability(self, features: Floats) -> Floats:
        """n values from 0 to 1."""
        happened, cases = features.T
        share: Floats = (self.weight * self.share + happened) / (
            self.weight + np.maximum(cases, happened)
        )
        return share

    def _score(self, features: Floats) -> Floats:
        return logit(self.probability(features))


@dataclass(frozen=True, slots=True)
class Recalibrated:
    """Another model's score times slope plus shift (Platt): two numbers learnt from outcomes."""

    prior: "Prior"
    slope: float
    shift: float

    @property
    def names(self) -> tuple[str, ...]:
        """What the features are, in their order."""
        return self.prior.names

    @property
    def intercept(self) -> float:
        """Log odds of the reference client."""
        return self.shift + self.slope * self.prior.intercept

    def contributions(self, features: Floats) -> Floats:
        """n x f log odds of n x f features."""
        return self.slope * self.prior.contributions(features)

    def probability(self, features: Floats) -> Floats:
        """n values from 0 to 1."""
        probability: Floats = expit(
            self.shift + self.slope * logit(self.prior.probability(features))
        )
        return probability


Prior = Absence | Shrunken | BaseRate
"""Who speaks before anything is learnt from outcomes one by one."""


def shapley(score: Callable[[Floats], Floats], features: Floats, reference: Floats) -> Floats:
    """n x f exact Shapley values of a score of few features: each row sums to what it moved."""
    count = features.shape[1]
    scores = {
        chosen: score(
            np.where([chosen >> place & 1 for place in range(count)], features, reference)
        )
        for chosen in range(2**count)
    }
    moved = np.zeros_like(features)
    for order in permutations(range(count)):
        chosen = 0
        for place in order:
            moved[:, place] += scores[chosen | 1 << place] - scores[chosen]
            chosen |= 1 << place
    return moved / factorial(count)


def recalibrate(prior: Prior, features: Floats, outcomes: Floats) -> Recalibrated:
    """The slope and shift of greatest likelihood, drawn a little towards 1 and 0."""
    # Imported where a model learns: replicas that only score start a second sooner without it.
    from scipy.optimize import minimize

    score = logit(prior.probability(features))

    def cost(parameters: Floats) -> float:
        slope, shift = parameters
        odds = shift + slope * score
        loss = np.mean(np.logaddexp(0, odds) - outcomes * odds)
        return float(loss + ((slope - 1) ** 2 + shift**2) / len(outcomes))

    slope, shift = minimize(cost, np.array([1.0, 0.0]), method="L-BFGS-B").x
    return Recalibrated(prior, float(slope), float(shift))
