"""How likely somebody stays away, from the rhythm of their visits alone: the BG/NBD model.

Clients come at a rate of their own (gamma over clients) and after each visit may have come for the
last time (beta over clients). Source: P. Fader, B. Hardie, K. L. Lee, "Counting your customers the
easy way: an alternative to the Pareto/NBD model", Marketing Science 24 (2005). Time is in days.
"""

from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, gammaln

Floats = NDArray[np.float64]
START = (1.0, 30.0, 1.0, 2.0)
LIMIT = 12.0


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What the model knows of n clients, each an array of n.

    repeats: visits after the first. recency_days: from the first visit to the last one, 0 without
    repeats. age_days: from the first visit to now.
    """

    repeats: Floats
    recency_days: Floats
    age_days: Floats

    def __post_init__(self) -> None:
        if not len(self.repeats) == len(self.recency_days) == len(self.age_days):
            raise ValueError("repeats, recency_days and age_days differ in length")
        if np.any(self.repeats < 0) or np.any(self.recency_days < 0):
            raise ValueError("repeats and recency_days are never negative")
        if np.any(self.recency_days > self.age_days):
            raise ValueError("nobody's last visit is later than now")


@dataclass(frozen=True, slots=True)
class BgNbd:
    """Four positive parameters: gamma (r, alpha in days) of rates, beta (a, b) of leaving."""

    r: float
    alpha: float
    a: float
    b: float

    def log_likelihood(self, rhythm: Rhythm) -> float:
        """The sum over all clients."""
        return float(np.sum(_log_likelihoods(self, rhythm)))

    def alive(self, rhythm: Rhythm) -> Floats:
        """P(the client has not come for the last time): n values from 0 to 1."""
        x = rhythm.repeats
        log_odds_gone = (
            np.log(self.a)
            - np.log(self.b + np.maximum(x, 1) - 1)
            + (self.r + x)
            * np.log((self.alpha + rhythm.age_days) / (self.alpha + rhythm.recency_days))
        )
        alive: Floats = np.where(x > 0, expit(-log_odds_gone), 1.0)
        return alive

    def absence(self, rhythm: Rhythm, horizon_days: float) -> Floats:
        """P(no visit within the next horizon_days): n values from 0 to 1.

        Whoever has left stays away; whoever has not comes at a rate whose gamma the visits so far
        have narrowed.
        """
        alive = self.alive(rhythm)
        base = self.alpha + rhythm.age_days
        silent = (base / (base + horizon_days)) ** (self.r + rhythm.repeats)
        absence: Floats = 1.0 - alive * (1.0 - silent)
        return absence


def fit_bgnbd(rhythm: Rhythm, penalty: float = 0.0) -> BgNbd:
    """The parameters of greatest likelihood; ValueError without anybody who came back.

    penalty: weight of the squared log parameters, for few clients.
    """
    # Imported where a model learns: replicas that only score start a second sooner without it.
    from scipy.optimize import minimize

    if not np.any(rhythm.repeats > 0):
        raise ValueError("nobody has come back yet: there is no rhythm to learn")
    count = len(rhythm.repeats)

    def cost(log_parameters: Floats) -> float:
        model = BgNbd(*np.exp(log_parameters))
        shrunk = penalty * float(np.sum(log_parameters**2))
        return shrunk - model.log_likelihood(rhythm) / count

    bounds = [(-LIMIT, LIMIT)] * len(START)
    best = minimize(cost, np.log(START), method="L-BFGS-B", bounds=bounds)
    return BgNbd(*(float(value) for value in np.exp(best.x)))


def _log_likelihoods(model: BgNbd, rhythm: Rhythm) -> Floats:
    r, alpha, a, b = astuple(model)
    x = rhythm.repeats
    visits = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    staying = gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
    still_here = -(r + x) * np.log(alpha + rhythm.age_days)
    left = (
        np.log(a) - np.log(b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + rhythm.recency_days)
    )
    both: Floats = visits + staying + np.where(x > 0, np.logaddexp(still_here, left), still_here)
    return both
