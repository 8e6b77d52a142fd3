"""What climbing the ladder finds: who speaks, who challenges, and what that rests on."""

from dataclasses import dataclass

import polars as pl

from lib.intelligence.prediction.candidates import WINDOWS, Candidate, Rung, Window
from lib.intelligence.prediction.fairness import GroupReport
from lib.intelligence.prediction.gate import Verdict
from lib.intelligence.prediction.measures import Goodness
from lib.intelligence.prediction.model import Model, Prior


@dataclass(frozen=True, slots=True)
class Trial:
    """A candidate at the gate: how good it was on the hold-out, beside whom it challenged.

    window: what it learnt from, all earlier snapshots or the newest of them alone.
    """

    candidate: Candidate
    window: Window
    challenged: Candidate
    goodness: Goodness
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Challenger:
    """Who scores in shadow next, learnt from all there is; goodness: on the hold-out."""

    rung: Candidate
    window: Window
    model: Model
    goodness: Goodness


@dataclass(frozen=True, slots=True)
class Climb:
    """The rung that speaks, its model (None: insufficient), the trials, and what they rest on.

    goodness and fairness: the champion's, on the hold-out; None and empty where there was none.

    A prior that was surely worse than one number for everybody is that number: model is a BaseRate.
    """

    rung: Rung
    model: Model | None
    trials: tuple[Trial, ...] = ()
    goodness: Goodness | None = None
    learnt_from: int = 0
    judged_on: int = 0
    clients: int = 0
    window: Window = "all"
    fairness: tuple[GroupReport, ...] = ()
    challenger: Challenger | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a decision rests on.

    prior, then: the prior of today, and of the hold-out's moment. rows: all matured outcomes;
    earlier: those known at that moment; holdout: the newest. clients: how many there are.
    """

    prior: Prior
    then: Prior
    rows: pl.DataFrame
    earlier: pl.DataFrame
    holdout: pl.DataFrame
    clients: int
    windows: tuple[Window, ...] = WINDOWS
