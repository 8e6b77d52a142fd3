"""Drift and fairness: alarms for what is there, none for chance."""

from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest

from lib.intelligence.prediction.drift import LIMIT, compare, index, shares
from lib.intelligence.prediction.fairness import audit
from lib.intelligence.prediction.training import find_drift

NEWEST = datetime(2026, 8, 1, tzinfo=UTC)


@pytest.mark.parametrize("size", [50, 100, 500])
def test_equal_populations_rarely_raise_an_alarm(size: int) -> None:
    alarms = 0
    for seed in range(100):
        draw = np.random.default_rng(seed)
        alarms += compare(draw.normal(size=2000), draw.normal(size=size), seed).is_alarming
    assert alarms <= 10


def test_few_rows_ask_for_more_than_the_textbook_limit() -> None:
    draw = np.random.default_rng(0)
    reference = draw.normal(size=2000)
    assert compare(reference, draw.normal(size=50)).alarm_at > LIMIT
    assert compare(reference, draw.normal(size=2000)).alarm_at == LIMIT


def test_another_population_is_an_alarm_and_the_same_one_has_index_nought() -> None:
    draw = np.random.default_rng(1)
    reference = draw.normal(size=2000)
    assert compare(reference, draw.normal(1, 1, 800)).is_alarming
    assert compare(reference, reference).index == 0


def test_the_index_is_the_same_both_ways() -> None:
    edges = np.array([0.0, 1.0])
    before, after = (shares(edges, np.array(v)) for v in ([-1, 0.5, 2, 3.0], [0.1, 0.2, 5.0]))
    assert index(before, after) == pytest.approx(index(after, before))
    assert before.sum() == pytest.approx(1)


def test_training_names_the_features_that_are_not_what_they_were() -> None:
    draw = np.random.default_rng(3)
    then = pl.DataFrame(
        {"as_of": [NEWEST] * 900, "same": draw.normal(size=900), "moved": draw.normal(size=900)}
    )
    today = pl.DataFrame({"same": draw.normal(size=900), "moved": draw.normal(2, 1, 900)})
    assert set(find_drift(today, then, ("same", "moved"))) == {"moved"}
    assert find_drift(today, then.clear(), ("same", "moved")) == {}


def test_an_empty_sample_is_refused() -> None:
    with pytest.raises(ValueError, match="need values"):
        compare(np.array([]), np.array([1.0]))


def test_a_group_the_model_is_wrong_about_is_unfair_and_a_small_one_has_no_verdict() -> None:
    draw = np.random.default_rng(2)
    chances = draw.beta(2, 2, 4000)
    groups = ["pl" if place % 2 else "en" for place in range(4000)]
    shifted = np.where(np.arange(4000) % 2, chances, np.clip(chances + 0.2, 0, 1))
    outcomes = (draw.random(4000) < shifted).astype(float)
    groups[0] = "uk"
    reports = {report.group: report for report in audit(groups, outcomes, chances, 0.7)}
    assert list(reports) == ["en", "pl", "uk"]
    assert reports["en"].verdict == "unfair"
    assert reports["en"].gap < -0.1
    assert reports["pl"].verdict == "fair"
    assert reports["uk"].verdict == "too_few"
    assert reports["pl"].low < reports["pl"].gap < reports["pl"].high
    assert sum(report.count for report in reports.values()) == 4000
