"""Every rung's model: its parts sum to its score, and it is the same after being kept as JSON."""

import json
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import expit

from lib.errors import PermanentError
from lib.intelligence.prediction.document import digest, read_model, write_model
from lib.intelligence.prediction.factors import OTHERS, explain
from lib.intelligence.prediction.linear import fit_linear
from lib.intelligence.prediction.measures import measure
from lib.intelligence.prediction.model import Absence, BaseRate, Model, Shrunken, recalibrate
from lib.intelligence.prediction.steps import fit_steps
from tests.unit.intelligence.simulated import TRUTH

Floats = NDArray[np.float64]
NAMES = ("visits", "silence", "weekday", "noise", "constant", "money", "age")


def clients(count: int, seed: int) -> tuple[Floats, Floats]:
    """Seven features, and an event that three of them decide, one of them at both of its ends."""
    draw = np.random.default_rng(seed)
    features = draw.normal(size=(count, len(NAMES)))
    features[:, 2] = draw.integers(0, 7, count)
    features[:, 4] = 3.0
    chance = expit(features[:, 0] - 0.5 + 1.5 * np.abs(features[:, 1]) - 0.2 * features[:, 2])
    return features, (draw.random(count) < chance).astype(np.float64)


def rhythms(count: int, seed: int) -> Floats:
    draw = np.random.default_rng(seed)
    repeats = draw.integers(0, 12, count).astype(np.float64)
    recency = np.where(repeats > 0, draw.uniform(1, 400, count), 0)
    return np.stack([repeats, recency, draw.uniform(0, 300, count)], axis=1)


FEATURES, OUTCOMES = clients(1500, 1)
RHYTHMS = rhythms(300, 2)
PRIOR = Absence(TRUTH, 90, (2.0, 90.0, 30.0))
AWAY = (np.random.default_rng(3).random(300) < PRIOR.probability(RHYTHMS) ** 2).astype(np.float64)
LINE, STEPS = fit_linear(NAMES, FEATURES, OUTCOMES), fit_steps(NAMES, FEATURES, OUTCOMES)
MODELS: dict[str, tuple[Model, Floats]] = {
    "base rate": (BaseRate(0.3), np.zeros((5, 0))),
    "shrunken": (Shrunken(("low", "given"), 0.1, 5.0), np.array([[0.0, 0.0], [2.0, 3.0]])),
    "rhythm": (PRIOR, RHYTHMS),
    "recalibrated": (recalibrate(PRIOR, RHYTHMS, AWAY), RHYTHMS),
    "linear": (LINE, FEATURES),
    "steps": (STEPS, FEATURES),
}
everyone = pytest.mark.parametrize("kind", MODELS)


@everyone
def test_the_parts_sum_to_the_score(kind: str) -> None:
    model, features = MODELS[kind]
    score = model.intercept + model.contributions(features).sum(axis=1)
    np.testing.assert_allclose(expit(score), model.probability(features), atol=1e-9)


@everyone
def test_the_factors_shown_sum_to_it_too_the_largest_first(kind: str) -> None:
    model, features = MODELS[kind]
    for row, factors in zip(features[:20], explain(model, features[:20], most=3), strict=True):
        shown = model.intercept + sum(factor.contribution for factor in factors)
        assert expit(shown) == pytest.approx(model.probability(row[None, :])[0], abs=1e-9)
        sizes = [abs(factor.contribution) for factor in factors if factor.name != OTHERS]
        assert sizes == sorted(sizes, reverse=True)
        assert len(sizes) <= 3


@everyone
def test_a_kept_model_answers_bit_for_bit_as_before(kind: str) -> None:
    model, features = MODELS[kind]
    document = write_model(model)
    read = read_model(json.loads(json.dumps(document)))
    np.testing.assert_array_equal(read.probability(features), model.probability(features))
    assert digest(write_model(read)) == digest(document)


@pytest.mark.parametrize(("fit", "model"), [(fit_linear, LINE), (fit_steps, STEPS)])
def test_the_same_training_is_the_same_model(fit: Any, model: Model) -> None:
    again = write_model(fit(NAMES, FEATURES, OUTCOMES))
    assert digest(again) == digest(write_model(model))


def test_steps_learn_what_happens_at_both_ends_where_a_line_cannot() -> None:
    features, outcomes = clients(4000, 9)
    line, steps = (measure(outcomes, model.probability(features)) for model in (LINE, STEPS))
    assert steps.brier < line.brier < line.base_brier


def test_a_constant_or_wild_value_moves_nothing_beyond_reason() -> None:
    wild = FEATURES[:1].copy()
    wild[0, 4], wild[0, 5] = 1e9, -1e9
    parts = LINE.contributions(wild)[0]
    assert parts[4] == 0
    assert abs(parts[5]) < 1


def test_platt_finds_the_slope_of_an_overconfident_prior() -> None:
    found = recalibrate(PRIOR, RHYTHMS, AWAY)
    before, after = (measure(AWAY, model.probability(RHYTHMS)).brier for model in (PRIOR, found))
    assert after < before
    assert found.shift < 0


def test_a_share_of_few_cases_stays_near_everybodys_and_moves_with_many() -> None:
    model = Shrunken(("low", "given"), 0.1, 5.0)
    nobody, one, many = model.probability(np.array([[0.0, 0.0], [1.0, 1.0], [90.0, 100.0]]))
    assert nobody == pytest.approx(0.1)
    assert 0.1 < one < 0.3
    assert many == pytest.approx(0.9, abs=0.05)


@pytest.mark.parametrize("fit", [fit_linear, fit_steps])
def test_outcomes_all_alike_teach_nothing(fit: Any) -> None:
    with pytest.raises(ValueError, match="nothing to learn"):
        fit(NAMES, FEATURES, np.ones(len(FEATURES)))


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"kind": "pickle"},
        {"kind": "base_rate", "rate": "much"},
        {"kind": "recalibrated", "prior": write_model(LINE), "slope": 1, "shift": 0},
        {**write_model(LINE), "weights": [1.0]},
        {**write_model(STEPS), "edges": []},
        {**write_model(STEPS), "heights": [[0.0]] * len(NAMES)},
    ],
)
def test_what_is_no_model_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(PermanentError, match="not a model"):
        read_model(document)


def test_a_document_beyond_a_megabyte_is_refused() -> None:
    with pytest.raises(PermanentError, match="too large"):
        digest({"kind": "linear", "names": ["x" * 1_000_001]})
