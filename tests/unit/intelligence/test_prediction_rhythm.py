"""The rhythm of visits: the model finds what it was made of, and its answers make sense."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.intelligence.prediction.bgnbd import BgNbd, Rhythm, fit_bgnbd
from lib.intelligence.prediction.measures import measure
from tests.unit.intelligence.simulated import TRUTH, a_history

parameters = st.floats(0.05, 50)
models = st.builds(BgNbd, r=parameters, alpha=parameters, a=parameters, b=parameters)


@st.composite
def rhythms(draw: st.DrawFn) -> Rhythm:
    repeats = draw(st.integers(0, 60))
    age = draw(st.floats(1, 3000))
    recency = draw(st.floats(0.01, 1)) * age if repeats else 0.0
    return Rhythm(np.array([float(repeats)]), np.array([recency]), np.array([age]))


def test_the_parameters_are_found_again() -> None:
    rhythm, _ = a_history(6000, 700)
    found = fit_bgnbd(rhythm)
    assert found.log_likelihood(rhythm) >= TRUTH.log_likelihood(rhythm)
    assert found.r / found.alpha == pytest.approx(TRUTH.r / TRUTH.alpha, rel=0.15)
    assert found.a / found.b == pytest.approx(TRUTH.a / TRUTH.b, rel=0.25)


def test_what_it_says_happens_that_often_and_to_those() -> None:
    rhythm, away = a_history(6000, 700)
    found = measure(away, fit_bgnbd(rhythm).absence(rhythm, 90))
    assert found.mean_probability == pytest.approx(found.base_rate, abs=0.015)
    assert found.ece is not None
    assert found.ece < 0.03
    assert found.auc is not None
    assert found.auc > 0.8
    assert found.brier < found.base_brier


@given(models, rhythms(), st.floats(0, 400), st.floats(0, 400))
def test_a_probability_that_grows_with_the_time_ahead(
    model: BgNbd, rhythm: Rhythm, first: float, second: float
) -> None:
    near, far = sorted((first, second))
    soon, late = model.absence(rhythm, near), model.absence(rhythm, far)
    assert 0 <= late[0] <= soon[0] + 1e-9 <= 1 + 2e-9


@given(models, rhythms(), st.floats(0, 2000))
def test_the_longer_the_silence_the_likelier_they_are_gone(
    model: BgNbd, rhythm: Rhythm, silence: float
) -> None:
    longer = Rhythm(rhythm.repeats, rhythm.recency_days, rhythm.age_days + silence)
    assert model.alive(longer)[0] <= model.alive(rhythm)[0] + 1e-9


@given(models, rhythms())
def test_nothing_ahead_is_nobody_came(model: BgNbd, rhythm: Rhythm) -> None:
    assert model.absence(rhythm, 0)[0] == pytest.approx(1)


def test_without_anybody_who_came_back_there_is_no_rhythm() -> None:
    with pytest.raises(ValueError, match="nobody has come back"):
        fit_bgnbd(Rhythm(np.zeros(5), np.zeros(5), np.arange(5.0)))


@pytest.mark.parametrize(
    ("repeats", "recency", "age"),
    [([1.0], [5.0], [4.0]), ([-1.0], [0.0], [4.0]), ([1.0, 2.0], [1.0], [4.0])],
)
def test_a_rhythm_that_cannot_be_is_refused(
    repeats: list[float], recency: list[float], age: list[float]
) -> None:
    with pytest.raises(ValueError, match=r"later|negative|length"):
        Rhythm(np.array(repeats), np.array(recency), np.array(age))
