"""The ladder of cases: silent on few, shares first, up by proof, never by what came later."""

from datetime import UTC, datetime, timedelta
from typing import cast
from uuid import uuid4

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.intelligence.models.predictions import CASE_TYPES, ShadowRow
from lib.intelligence.prediction.candidates import LadderPolicy
from lib.intelligence.prediction.cases import CASES, climb_cases, split_cases
from lib.intelligence.prediction.document import read_model, write_model
from lib.intelligence.prediction.gate import GatePolicy
from lib.intelligence.prediction.model import Model, Recalibrated, Shrunken, recalibrate
from lib.intelligence.prediction.shadow import settle
from lib.intelligence.prediction.training import TrainingPolicy, learn_cases

KIND = CASES["satisfaction"]
NAMES = (*KIND.share_of, "tone")
POLICY = LadderPolicy()
BEGINS = datetime(2025, 1, 1, tzinfo=UTC)


def cases(
    count: int, *, tone: float = 0.0, flips_after: float = 1.0, seed: int = 1
) -> pl.DataFrame:
    """One case an hour, known a day later. tone: how much the tone says about the outcome."""
    draw = np.random.default_rng(seed)
    ratings = draw.integers(0, 6, count).astype(float)
    low = np.floor(draw.random(count) * (ratings + 1) * 0.5)
    said = draw.normal(size=count)
    turned = np.where(np.arange(count) < flips_after * count, 1.0, -1.0)
    chance = 1 / (1 + np.exp(1.0 + tone * said * turned))
    moments = [BEGINS + timedelta(hours=place) for place in range(count)]
    return pl.DataFrame(
        {
            "client_id": [f"client {place}" for place in range(count)],
            "as_of": moments,
            "known_at": [moment + timedelta(days=1) for moment in moments],
            "outcome": (draw.random(count) < chance).astype(int),
            "low_ratings_365": low,
            "ratings_365": ratings,
            "tone": said,
        }
    )


def test_a_share_speaks_from_twenty_cases_on() -> None:
    silent = learn_cases("satisfaction", cases(19), NAMES, None, TrainingPolicy()).model
    assert (silent["rung"], silent["document"], silent["client_count"]) == (
        "insufficient",
        None,
        19,
    )
    rows = cases(40)
    learnt = learn_cases("satisfaction", rows, NAMES, None, TrainingPolicy()).model
    assert (learnt["rung"], learnt["judged_count"], learnt["horizon_days"]) == ("prior", 0, 14)
    share = (int(rows["outcome"].sum()) + 0.5) / 41
    assert learnt["document"] == write_model(Shrunken(KIND.share_of, share, KIND.weight))


def test_what_the_features_say_is_learnt_and_speaks_when_it_is_proven() -> None:
    found = climb_cases(cases(1200, tone=1.5), KIND, NAMES, POLICY)
    assert found.rung == "logistic"
    assert found.goodness
    assert found.goodness.brier < found.goodness.base_brier
    assert found.judged_on == 300
    assert any(trial.verdict.is_promoted for trial in found.trials)


def test_a_backtest_is_enough_from_the_prior_but_above_it_the_best_challenges_in_shadow() -> None:
    found = climb_cases(cases(1200, tone=1.5), KIND, NAMES, POLICY, current="recalibrated")
    assert found.rung == "recalibrated"
    assert found.challenger
    assert found.challenger.rung == "logistic"
    learnt = learn_cases("satisfaction", cases(1200, tone=1.5), NAMES, None, TrainingPolicy())
    assert learnt.model["rung"] == "logistic"
    assert learnt.challenger is None


def test_what_misleads_now_goes_down_by_the_same_gate() -> None:
    turned = cases(2000, tone=1.5, flips_after=0.7)
    found = climb_cases(turned, KIND, NAMES, POLICY, current="logistic")
    assert found.rung in {"prior", "recalibrated"}
    assert any(t.challenged == "logistic" and t.verdict.is_promoted for t in found.trials)


@given(st.integers(0, 900), st.integers(1, 300))
@settings(max_examples=25, deadline=None)
def test_nobody_learns_from_what_was_not_known_when_the_holdout_began(
    count: int, least: int
) -> None:
    earlier, holdout = split_cases(cases(count), least)
    assert earlier.height == 0 or holdout.height >= least
    assert earlier.height + holdout.height <= count
    if earlier.height and holdout.height:
        begins = cast("datetime", holdout["as_of"].min())
        assert cast("datetime", earlier["known_at"].max()) <= begins
        assert cast("datetime", earlier["as_of"].max()) < begins


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=20))
@settings(deadline=None)
def test_shares_and_what_corrects_them_are_probabilities_whose_factors_sum(
    rows: list[tuple[int, int]],
) -> None:
    features = np.array(rows, dtype=float)
    prior = Shrunken(KIND.share_of, 0.2, 5.0)
    for model in (prior, Recalibrated(prior, 0.8, -0.3)):
        said = model.probability(features)
        assert np.all((said > 0) & (said < 1) | (features[:, 0] > 0))
        score = model.intercept + model.contributions(features).sum(axis=1)
        assert 1 / (1 + np.exp(-score)) == pytest.approx(said, abs=1e-6)
        assert np.array_equal(same(model).probability(features), said)


def same(model: Model) -> Model:
    return read_model(write_model(model))


def test_a_share_that_says_too_much_is_corrected() -> None:
    rows = cases(3000)
    features = rows.select(KIND.share_of).to_numpy()
    outcomes = rows["outcome"].to_numpy().astype(float)
    prior = Shrunken(KIND.share_of, 0.6, 5.0)
    corrected = recalibrate(prior, features, outcomes)
    assert corrected.probability(features).mean() == pytest.approx(outcomes.mean(), abs=0.01)


def test_every_type_of_case_counts_a_clients_own_share() -> None:
    for kind in CASE_TYPES:
        happened, of = CASES[kind].share_of
        assert happened != of


# -- shadow ----------------------------------------------------------------------------------------


def shadows(count: int, *, blur: float, seed: int = 3) -> list[ShadowRow]:
    """The challenger says the truth, the champion a blurred one; blur below 0: the other way."""
    draw = np.random.default_rng(seed)
    truth = draw.beta(2, 2, count)
    other = (1 - abs(blur)) * truth + abs(blur) * draw.permutation(truth)
    champion, challenger = (other, truth) if blur > 0 else (truth, other)
    happened = (draw.random(count) < truth).astype(int)
    return [
        (uuid4(), float(before), float(after), int(came))
        for before, after, came in zip(champion, challenger, happened, strict=True)
    ]


def test_a_challenger_waits_until_enough_came_of_its_scores() -> None:
    assert settle([], GatePolicy()) is None
    assert settle(shadows(199, blur=1.0), GatePolicy()) is None


def test_a_surely_better_challenger_is_promoted_and_another_is_not() -> None:
    better = settle(shadows(800, blur=1.0), GatePolicy())
    worse = settle(shadows(800, blur=-1.0), GatePolicy())
    assert better
    assert better.verdict.is_promoted
    assert worse
    assert worse.verdict.reason == "not_surely_better"
    assert worse.goodness.brier > better.goodness.brier


def test_many_cases_of_one_client_are_one_witness_in_shadow_too() -> None:
    rows = shadows(400, blur=0.5)
    few = [uuid4() for _ in range(40)]
    alone = settle(rows, GatePolicy())
    together = settle([(few[at % 40], *row[1:]) for at, row in enumerate(rows)], GatePolicy())
    assert alone
    assert together
    assert alone.verdict.gain == together.verdict.gain
    assert alone.verdict.bound != together.verdict.bound
    assert settle([(few[0], *row[1:]) for row in rows], GatePolicy()) is None
