"""Which model speaks: insufficient, prior, recalibrated, logistic, boosting; up only when proven.

Every candidate learns from outcomes that were known before the hold-out's moment and is judged on
the hold-out: the newest snapshot whose outcomes are known. Whoever wins learns once more from all.
From the prior a backtest is enough to go up; from higher rungs the best one above challenges in
shadow. Down leads the backtest from everywhere.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lib.intelligence.prediction.candidates import (
    ORDER,
    LadderPolicy,
    Option,
    Rung,
    find_candidates,
    fit_prior,
    learn,
    matrix,
    outcomes_of,
    within,
)
from lib.intelligence.prediction.climbs import Challenger, Climb, Known, Trial
from lib.intelligence.prediction.fairness import GroupReport, audit
from lib.intelligence.prediction.gate import judge
from lib.intelligence.prediction.measures import measure
from lib.intelligence.prediction.model import Model

PRIOR: Option = ("prior", "all")


def climb(
    now: pl.DataFrame,
    matured: pl.DataFrame,
    names: Sequence[str],
    policy: LadderPolicy,
    current: Rung = "prior",
) -> Climb:
    """Decide who speaks of visits from now on.

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
    known = Known(
        prior=prior, then=then, rows=active, earlier=earlier, holdout=holdout, clients=now.height
    )
    return decide(known, names, policy, current)


def decide(known: Known, names: Sequence[str], policy: LadderPolicy, current: Rung) -> Climb:
    """Who speaks from now on, and who challenges: every candidate at the gate."""
    candidates = find_candidates(known.then, known.earlier, names, policy, known.windows)
    (champion, window), trials = _try(candidates, known.holdout, policy, current)
    spoken = candidates[champion, window]
    said = spoken.probability(matrix(known.holdout, spoken.names))
    learnt = learn(champion, known.prior, within(known.rows, window), names, policy)
    return Climb(
        rung="prior" if champion == "base_rate" else champion,
        model=learnt or known.prior,
        trials=tuple(trials),
        goodness=measure(outcomes_of(known.holdout), said),
        learnt_from=known.rows.height,
        judged_on=known.holdout.height,
        clients=known.clients,
        window=window,
        fairness=tuple(_audit(known.holdout, said, policy)),
        challenger=_challenger(known, names, policy, (champion, window), trials),
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
    is_prior, place = champion == PRIOR, list(candidates).index(champion)
    below, above = list(candidates)[:place], list(candidates)[place + 1 :]
    trials = []
    for each in [*reversed(below), *above]:
        verdict = judge(outcomes, said[champion], said[each], policy.gate, clients)
        trials.append(Trial(*each, champion[0], measure(outcomes, said[each]), verdict))
        if verdict.is_promoted and (is_prior or each in below):
            champion = each
    return champion, trials


def _challenger(
    known: Known,
    names: Sequence[str],
    policy: LadderPolicy,
    champion: Option,
    trials: Sequence[Trial],
) -> Challenger | None:
    """Whoever above the champion did better on average, the best of them; None: nobody did."""
    above = [
        each
        for each in trials
        if ORDER.index(each.candidate) > ORDER.index(champion[0])
        and each.challenged == champion[0]
        and (each.verdict.gain or 0) > 0
    ]
    if not above:
        return None
    best = max(above, key=lambda each: each.verdict.gain or 0)
    rows = within(known.rows, best.window)
    model = learn(best.candidate, known.prior, rows, names, policy)
    return Challenger(best.candidate, best.window, model, best.goodness) if model else None


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
