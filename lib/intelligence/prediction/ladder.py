"""Which model speaks: insufficient, prior, recalibrated, logistic, boosting; up only when proven.

Every candidate learns from outcomes that were known before the hold-out's moment and is judged on
the hold-out: the newest snapshot whose outcomes are known. Whoever wins learns once more from all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lib.intelligence.prediction.candidates import (
    Candidate,
    LadderPolicy,
    Option,
    Rung,
    Window,
    find_candidates,
    fit_prior,
    learn,
    matrix,
    outcomes_of,
    within,
)
from lib.intelligence.prediction.fairness import GroupReport, audit
from lib.intelligence.prediction.gate import Verdict, judge
from lib.intelligence.prediction.measures import Goodness, measure
from lib.intelligence.prediction.model import Model

PRIOR: Option = ("prior", "all")


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


def climb(
    now: pl.DataFrame,
    matured: pl.DataFrame,
    names: Sequence[str],
    policy: LadderPolicy,
    current: Rung = "prior",
) -> Climb:
    """Decide who speaks from now on.

    now: one row a client as in fit_prior. matured: rows of earlier snapshots with client_id, as_of
    (datetime), outcome (0 or 1), the columns of RHYTHM and of `names`, without gaps, of everybody
    who had come by then; those silent for too long count for the rhythm alone. current: the rung
    that speaks at present; it is left upwards and downwards only through the gate.
    """
    prior = fit_prior(now, policy)
    if prior is None:
        return Climb("insufficient", None, clients=now.height)
    if matured.is_empty():
        return Climb("prior", prior, clients=now.height)
    active = matured.filter(pl.col("silence_days") <= policy.active_days)
    earlier, holdout = split(active, policy.horizon_days)
    # The rhythm on trial knows no visit after the hold-out's moment either.
    then = fit_prior(matured.filter(pl.col("as_of") == holdout["as_of"].max()), policy)
    if then is None or not earlier.height:
        return Climb("prior", prior, learnt_from=active.height, clients=now.height)
    candidates = find_candidates(then, earlier, names, policy)
    (champion, window), trials = _try(candidates, holdout, policy, current)
    spoken = candidates[champion, window]
    said = spoken.probability(matrix(holdout, spoken.names))
    return Climb(
        rung="prior" if champion == "base_rate" else champion,
        model=learn(champion, prior, within(active, window), names, policy) or prior,
        trials=tuple(trials),
        goodness=measure(outcomes_of(holdout), said),
        learnt_from=active.height,
        judged_on=holdout.height,
        clients=now.height,
        window=window,
        fairness=tuple(_audit(holdout, said, policy)),
    )


def split(matured: pl.DataFrame, horizon_days: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(rows whose outcome was known at the newest snapshot's moment, that snapshot's rows)."""
    newest = matured["as_of"].max()
    if not isinstance(newest, datetime):
        return matured, matured
    known = pl.col("as_of") <= newest - timedelta(days=horizon_days)
    return matured.filter(known), matured.filter(pl.col("as_of") == newest)


def _try(
    candidates: dict[Option, Model], holdout: pl.DataFrame, policy: LadderPolicy, current: Rung
) -> tuple[Option, list[Trial]]:
    """First those below the present rung, the nearest first, then those above; each at the gate."""
    outcomes = outcomes_of(holdout)
    said = {each: m.probability(matrix(holdout, m.names)) for each, m in candidates.items()}
    clients = holdout["client_id"].cast(pl.String).rank("dense").to_numpy().astype(np.int64)
    champion = next((each for each in candidates if each[0] == current), PRIOR)
    place = list(candidates).index(champion)
    trials = []
    for each in [*reversed(list(candidates)[:place]), *list(candidates)[place + 1 :]]:
        verdict = judge(outcomes, said[champion], said[each], policy.gate, clients)
        trials.append(Trial(*each, champion[0], measure(outcomes, said[each]), verdict))
        if verdict.is_promoted:
            champion = each
    return champion, trials


def _audit(
    holdout: pl.DataFrame, said: NDArray[np.float64], policy: LadderPolicy
) -> list[GroupReport]:
    """How honest the champion is about each language and tier, where they are told."""
    return [
        report
        for column in ("language", "tier")
        if column in holdout.columns
        for report in audit(
            holdout[column].to_list(), outcomes_of(holdout), said, policy.alert_threshold
        )
    ]
