"""The ladder: silent on few, rhythm from day one, up only when outcomes prove it, down likewise."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from lib.intelligence.prediction.candidates import LadderPolicy, within
from lib.intelligence.prediction.ladder import climb, split
from lib.intelligence.prediction.model import BaseRate
from tests.unit.intelligence.simulated import a_frame, a_history

POLICY = LadderPolicy()
NAMES = ("repeats", "recency_days", "silence_days", "noise")
NEWEST = datetime(2026, 10, 1, tzinfo=UTC)


def a_snapshot(count: int, months_ago: int, *, is_inverted: bool = False) -> pl.DataFrame:
    rhythm, away = a_history(count, 700, seed=months_ago + 1)
    outcome = 1 - away if is_inverted else away
    moment = NEWEST - timedelta(days=30 * months_ago)
    return a_frame(rhythm, outcome).with_columns(pl.lit(moment).alias("as_of"))


def now(count: int = 1500) -> pl.DataFrame:
    return a_frame(a_history(count, 700, seed=50)[0])


def test_below_the_least_number_of_clients_nothing_is_said() -> None:
    found = climb(now(99), a_snapshot(500, 0), NAMES, POLICY)
    assert (found.rung, found.model, found.clients) == ("insufficient", None, 99)


def test_without_any_outcome_the_rhythm_speaks_from_day_one() -> None:
    found = climb(now(), a_snapshot(500, 0).clear(), NAMES, POLICY)
    assert found.rung == "prior"
    assert found.model
    assert not found.trials


def test_where_the_rhythm_is_the_truth_nothing_else_is_surely_better() -> None:
    matured = pl.concat([a_snapshot(800, months) for months in (6, 3, 0)])
    found = climb(now(), matured, NAMES, POLICY)
    assert found.rung == "prior"
    assert {trial.candidate for trial in found.trials} >= {"base_rate", "recalibrated", "logistic"}
    assert not any(trial.verdict.is_promoted for trial in found.trials)
    active = matured.filter(pl.col("silence_days") <= POLICY.active_days)
    assert found.learnt_from == active.height < matured.height
    assert found.judged_on == active.filter(pl.col("as_of") == NEWEST).height
    assert found.goodness
    assert found.goodness.count == found.judged_on


def test_where_the_rhythm_misleads_what_learns_from_outcomes_takes_over_and_stays() -> None:
    matured = pl.concat([a_snapshot(1500, months, is_inverted=True) for months in (6, 3, 0)])
    found = climb(now(), matured, NAMES, POLICY)
    assert found.rung in {"recalibrated", "logistic"}
    again = climb(now(), matured, NAMES, POLICY, current=found.rung)
    assert again.rung == found.rung


def test_a_model_that_is_no_better_any_more_goes_down_by_the_same_gate() -> None:
    earlier = [a_snapshot(1500, months, is_inverted=True) for months in (6, 4)]
    found = climb(now(), pl.concat([*earlier, a_snapshot(1500, 0)]), NAMES, POLICY, "logistic")
    assert found.rung == "prior"
    assert any(t.challenged == "logistic" and t.verdict.is_promoted for t in found.trials)


def test_a_prior_worse_than_one_number_for_all_becomes_that_number() -> None:
    lone = LadderPolicy(min_recalibrated=10**6, min_logistic=10**6)
    matured = pl.concat([a_snapshot(800, months, is_inverted=True) for months in (3, 0)])
    found = climb(now(), matured, NAMES, lone)
    assert found.rung == "prior"
    assert isinstance(found.model, BaseRate)
    active = matured.filter(pl.col("silence_days") <= POLICY.active_days)
    assert found.model.rate == pytest.approx(active["outcome"].mean())


def test_who_speaks_is_audited_by_language_and_tier_on_the_holdout() -> None:
    matured = pl.concat([a_snapshot(800, months) for months in (6, 3, 0)]).with_columns(
        pl.when(pl.col("noise") > 0).then(pl.lit("pl")).otherwise(pl.lit("en")).alias("language"),
        pl.lit("standard").alias("tier"),
    )
    found = climb(now(), matured, NAMES, POLICY)
    assert [report.group for report in found.fairness] == ["en", "pl", "standard"]
    assert sum(report.count for report in found.fairness[:2]) == found.judged_on
    assert {report.verdict for report in found.fairness} <= {"fair", "too_few"}


def test_boosting_stands_only_where_outcomes_are_many() -> None:
    few = LadderPolicy(min_boosting=2001)
    matured = pl.concat([a_snapshot(1000, months) for months in (6, 3, 0)])
    found = climb(now(), matured, NAMES, few)
    assert all(trial.candidate != "boosting" for trial in found.trials)


@pytest.mark.parametrize("months", [[0, 1, 3, 5], [0, 3, 6, 9]])
def test_nobody_learns_from_what_was_not_known_at_the_holdouts_moment(months: list[int]) -> None:
    matured = pl.concat([a_snapshot(20, each) for each in months])
    earlier, holdout = split(matured, 90)
    assert set(holdout["as_of"]) == {NEWEST}
    assert all(NEWEST - moment >= timedelta(days=90) for moment in earlier["as_of"])
    assert set(within(earlier, "newest")["as_of"]) == {earlier["as_of"].max()}
    assert np.isfinite(earlier["outcome"].to_numpy()).all()
