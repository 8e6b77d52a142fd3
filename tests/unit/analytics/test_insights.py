"""Insights: what is beyond chance is told, what is chance is not, however often one looks."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from scipy.stats import ttest_ind

from lib.analytics.insights import InsightPolicy, discover
from lib.analytics.models.insights import Comparison, Finding, InsightContexts, Sums

POLICY = InsightPolicy()
UNTIL = datetime(2026, 11, 21, 23, tzinfo=UTC)


def sums(*clients: Sequence[float]) -> Sums:
    """Of what each client said."""
    n = [float(len(said)) for said in clients]
    s = [float(sum(said)) for said in clients]
    return Sums(
        clients=len(clients),
        n=sum(n),
        s=sum(s),
        q=sum(value * value for said in clients for value in said),
        ss=sum(total * total for total in s),
        sn=sum(total * count for total, count in zip(s, n, strict=True)),
        nn=sum(count * count for count in n),
    )


def once(values: Any) -> Sums:
    """Everybody said one thing."""
    said = np.asarray(values, dtype=float)
    n, s, q = float(said.size), float(said.sum()), float((said * said).sum())
    return Sums(clients=n, n=n, s=s, q=q, ss=q, sn=s, nn=n)


def a_comparison(in_group: Sums, in_rest: Sums, **changes: Any) -> Comparison:
    plain = {
        "metric": "client_satisfaction",
        "better": "higher",
        "unit": "points",
        "dimension": "channel",
        "group_value": "chat",
        "label": "chat",
        "in_group": in_group,
        "in_rest": in_rest,
    }
    return Comparison(**{**plain, **changes})


def found(*comparisons: Comparison) -> Sequence[Finding]:
    return looked_at(*comparisons)[1]


def looked_at(*comparisons: Comparison) -> Any:
    contexts = InsightContexts(
        read_at=UNTIL, since_at=UNTIL, until_at=UNTIL, is_done=False, comparisons=comparisons
    )
    return discover(contexts, POLICY)


def test_one_opinion_each_is_welchs_test() -> None:
    random = np.random.default_rng(5)
    group, rest = random.normal(3.6, 1, 60), random.normal(4.4, 0.5, 200)
    [finding] = found(a_comparison(once(group), once(rest)))
    welch = ttest_ind(group, rest, equal_var=False)
    interval = welch.confidence_interval()
    assert finding.p_value == pytest.approx(welch.pvalue, rel=1e-6)
    assert finding.difference == pytest.approx(group.mean() - rest.mean(), abs=1e-4)
    assert finding.interval_low == pytest.approx(interval.low, abs=1e-4)
    assert finding.interval_high == pytest.approx(interval.high, abs=1e-4)
    assert finding.direction == "worse"
    assert finding.effect_size < -0.5
    assert (finding.group_count, finding.rest_count, finding.group_client_count) == (60, 200, 60)


def test_what_one_client_says_ten_times_is_one_opinion() -> None:
    group, rest = [3.2, 5.2] * 20, [3.5, 5.5] * 20
    [loud] = found(a_comparison(once(group * 10), once(rest * 10)))
    assert loud.p_value < 0.001
    repeated = a_comparison(
        sums(*[[value] * 10 for value in group]), sums(*[[value] * 10 for value in rest])
    )
    assert found(repeated) == []


def test_in_a_house_without_differences_few_looks_find_any() -> None:
    random = np.random.default_rng(2026)
    runs, groups = 200, 30
    false_alarms = 0
    for _ in range(runs):
        values = random.normal(4.5, 0.7, (groups, 2, 50))
        comparisons = [
            a_comparison(once(pair[0]), once(pair[1]), group_value=str(number))
            for number, pair in enumerate(values)
        ]
        false_alarms += bool(found(*comparisons))
    # At most one look in twenty, and by chance (three standard errors) not more than these.
    assert false_alarms / runs <= 0.05 + 3 * (0.05 * 0.95 / runs) ** 0.5


def test_of_what_is_told_about_a_house_with_differences_little_is_false() -> None:
    random = np.random.default_rng(7)
    told = false = 0
    for _ in range(40):
        shifts = [0.6] * 10 + [0.0] * 40
        findings = found(
            *(
                a_comparison(
                    once(random.normal(4 - shift, 0.7, 60)),
                    once(random.normal(4, 0.7, 60)),
                    group_value=f"{number}",
                )
                for number, shift in enumerate(shifts)
            )
        )
        told += len(findings)
        false += sum(int(finding.group_value) >= 10 for finding in findings)
    assert told > 40 * 8, "real differences are found"
    assert false / told <= 0.05


def test_small_groups_are_not_looked_at_and_small_differences_not_told() -> None:
    apart = a_comparison(once([1.0, 1.1] * 14), once([5.0, 4.9] * 100))
    alike = a_comparison(once([4.0, 4.2] * 40000), once([4.005, 4.205] * 40000))
    same = a_comparison(once([100.0] * 50), once([100.0] * 50))
    run, findings = looked_at(apart, alike, same)
    assert findings == []
    assert (run.comparison_count, run.left_out_count) == (1, 2)
    assert looked_at()[0].comparison_count == 0


def test_times_are_compared_by_ratio_and_lower_is_better() -> None:
    random = np.random.default_rng(3)
    group, rest = random.normal(np.log(60), 0.5, 200), random.normal(np.log(30), 0.5, 300)
    [finding] = found(
        a_comparison(
            once(group), once(rest), metric="vip_response_time", better="lower", unit="seconds"
        )
    )
    assert finding.unit == "percent_change"
    assert finding.direction == "worse"
    assert finding.difference == pytest.approx(100, abs=25)
    assert finding.interval_low < finding.difference < finding.interval_high
    assert finding.group_mean == pytest.approx(60, rel=0.15)


@pytest.mark.parametrize("dimension", ["channel", "tier", "desk", "category", "language", "hours"])
def test_every_finding_says_in_both_languages_what_where_and_what_to_do(dimension: str) -> None:
    random = np.random.default_rng(1)
    for metric, better in (
        ("client_satisfaction", "higher"),
        ("promises_kept", "higher"),
        ("reopen_rate", "lower"),
        ("vip_response_time", "lower"),
        ("something_new", "lower"),
    ):
        for shift in (-1.0, 1.0):
            [finding] = found(
                a_comparison(
                    once(random.normal(2 + shift, 1, 60)),
                    once(random.normal(2, 1, 60)),
                    metric=metric,
                    better=better,
                    dimension=dimension,
                    label="Mokotowska 9",
                )
            )
            for text in (finding.recommendation_pl, finding.recommendation_en):
                assert "Mokotowska 9" in text
                assert "{" not in text
                assert 60 < len(text) <= 600
