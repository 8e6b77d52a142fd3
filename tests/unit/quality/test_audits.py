"""The draw is fair and known; what it says of the whole is unbiased, and its interval covers."""

from random import Random
from statistics import fmean
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.quality.audits import AuditPolicy, draw, estimate, plan
from lib.quality.models.audits import (
    AuditContext,
    Candidate,
    Draw,
    Estimate,
    Judged,
    Reviewer,
)

POLICY = AuditPolicy()
AUDITOR, SECOND, MANAGER = UUID(int=1), UUID(int=2), UUID(int=3)
REVIEWERS = (
    Reviewer(id=AUDITOR, rank=1),
    Reviewer(id=SECOND, rank=1),
    Reviewer(id=MANAGER, rank=2),
)


def a_candidate(number: int, *, risky: bool = False, **details: Any) -> Candidate:
    made: dict[str, Any] = {
        "ticket_id": UUID(int=1000 + number),
        "cycle": 1,
        "agent_id": UUID(int=99),
        "risks": ("low_survey",) if risky else (),
        "involved_ids": frozenset(),
    }
    return Candidate(**made | details)


def an_audit(frame: tuple[Candidate, ...] = (), **details: Any) -> AuditContext:
    made: dict[str, Any] = {
        "audit_id": UUID(int=7),
        "status": "requested",
        "seed": 1,
        "sample_size": 20,
        "risk_share": 0.4,
        "frame": frame,
        "reviewers": REVIEWERS,
        "samples": (),
        "fingerprint": "f",
    }
    return AuditContext(**made | details)


def judged(made: Draw, scores: dict[UUID, float]) -> tuple[Judged, ...]:
    return tuple(
        Judged(
            stratum=sample.stratum,
            stratum_count=sample.stratum_count,
            is_judged=True,
            score=scores[sample.ticket_id],
        )
        for sample in made.samples
    )


FRAMES = st.tuples(st.integers(0, 60), st.integers(0, 30), st.integers(2, 40), st.floats(0, 1))


@given(FRAMES)
def test_no_stratum_is_overdrawn_or_left_unseen(sizes: tuple[int, int, int, float]) -> None:
    ordinary, risky, size, share = sizes
    frame = tuple(a_candidate(n, risky=n < risky) for n in range(ordinary + risky))
    made = draw(an_audit(frame, sample_size=size, risk_share=share), POLICY)
    assert len(made.samples) == min(size, len(frame))
    assert len({sample.ticket_id for sample in made.samples}) == len(made.samples)
    for name, count in (("ordinary", ordinary), ("risk", risky)):
        own = [sample for sample in made.samples if sample.stratum == name]
        assert all(s.inclusion_probability == len(own) / count for s in own)
        if size >= 4:
            assert len(own) >= min(2, count)


def test_a_seed_draws_the_same_again_and_another_does_not() -> None:
    frame = tuple(a_candidate(n, risky=n < 20) for n in range(100))
    first, again, other = (draw(an_audit(frame, seed=seed), POLICY) for seed in (1, 1, 2))
    assert first == again
    assert first.samples != other.samples


def test_strata_are_not_told_by_the_order() -> None:
    frame = tuple(a_candidate(n, risky=n < 50) for n in range(100))
    names = [sample.stratum for sample in draw(an_audit(frame), POLICY).samples]
    assert names != sorted(names)


def test_each_item_is_drawn_as_often_as_its_probability_says() -> None:
    frame = tuple(a_candidate(n, risky=n < 10) for n in range(50))
    counts = dict.fromkeys((c.ticket_id for c in frame), 0)
    for seed in range(1000):
        for sample in draw(an_audit(frame, seed=seed), POLICY).samples:
            counts[sample.ticket_id] += 1
    for candidate in frame:
        expected = 0.8 if candidate.risks else 0.3
        # Six standard errors of a share of a thousand.
        assert abs(counts[candidate.ticket_id] / 1000 - expected) < 0.09


def test_nobody_judges_what_they_had_part_in_and_auditors_share_the_rest() -> None:
    frame = (
        a_candidate(0, agent_id=AUDITOR),
        a_candidate(1, involved_ids=frozenset({AUDITOR, SECOND})),
        *(a_candidate(n) for n in range(2, 20)),
    )
    made = draw(an_audit(frame), POLICY)
    of = {sample.ticket_id: sample.reviewer_id for sample in made.samples}
    assert of[UUID(int=1000)] == SECOND
    assert of[UUID(int=1001)] == MANAGER
    shares = [list(of.values()).count(reviewer) for reviewer in (AUDITOR, SECOND)]
    assert abs(shares[0] - shares[1]) <= 1
    alone = draw(an_audit(frame[:1], reviewers=REVIEWERS[:1]), POLICY)
    assert [sample.reviewer_id for sample in alone.samples] == [None]


def a_population(seed: int) -> tuple[tuple[Candidate, ...], dict[UUID, float]]:
    """A desk's month: what is at risk is worse, and fails outright more often."""
    lot = Random(seed)
    frame = tuple(a_candidate(n, risky=n < 60) for n in range(400))
    scores = {}
    for candidate in frame:
        mean, fails = (70, 0.25) if candidate.risks else (90, 0.04)
        is_failed = lot.random() < fails
        scores[candidate.ticket_id] = 0.0 if is_failed else min(100.0, lot.gauss(mean, 8))
    return frame, scores


def test_the_team_estimate_is_unbiased_and_its_interval_covers_though_trouble_is_looked_for() -> (
    None
):
    frame, scores = a_population(3)
    truth = fmean(scores.values())
    runs = 1500
    estimates, plain, covered = [], [], 0
    for seed in range(runs):
        made = draw(an_audit(frame, seed=seed, sample_size=80), POLICY)
        known = judged(made, scores)
        found = estimate(an_audit(status="in_progress", samples=known), POLICY)
        assert found.score is not None
        assert found.low is not None
        assert found.high is not None
        estimates.append(found.score)
        plain.append(fmean(s.score or 0.0 for s in known))
        covered += found.low <= truth <= found.high
    spread = fmean((value - truth) ** 2 for value in estimates) ** 0.5
    # Four standard errors of the mean of all runs.
    assert abs(fmean(estimates) - truth) < 4 * spread / runs**0.5
    assert fmean(plain) < truth - 2, "the plain mean of the sample is biased by the search"
    assert 0.94 <= covered / runs <= 0.99


def test_a_whole_population_leaves_nothing_open() -> None:
    frame, scores = a_population(1)
    made = draw(an_audit(frame[:90], sample_size=100), POLICY)
    found = estimate(an_audit(status="in_progress", samples=judged(made, scores)), POLICY)
    truth = fmean(scores[c.ticket_id] for c in frame[:90])
    assert found.score == pytest.approx(truth)
    assert found.low == found.high == found.score
    assert found.is_complete


def of_stratum(*scores: float | None, count: int = 50, **details: Any) -> tuple[Judged, ...]:
    made: dict[str, Any] = {"stratum": "ordinary", "stratum_count": count} | details
    return tuple(Judged(is_judged=score is not None, score=score, **made) for score in scores)


@pytest.mark.parametrize(
    "samples",
    [
        of_stratum(90, None),
        (*of_stratum(90, 80), *of_stratum(None, None, stratum="risk")),
        of_stratum(None, None),
        (),
    ],
)
def test_too_little_judged_speaks_for_nobody(samples: tuple[Judged, ...]) -> None:
    found = estimate(an_audit(status="in_progress", samples=samples), POLICY)
    assert (found.score, found.is_complete) == (None, False)


def test_equal_scores_do_not_feign_certainty() -> None:
    samples = of_stratum(100, 100, 100, 100)
    found = estimate(an_audit(status="in_progress", samples=samples), POLICY)
    assert found.score == 100
    assert found.low is not None
    assert found.low < 95


def test_a_sample_in_which_nothing_applied_is_judged_without_a_score() -> None:
    samples = (*of_stratum(90, 80), Judged(
        stratum="ordinary", stratum_count=50, is_judged=True, score=None
    ))  # fmt: skip
    found = estimate(an_audit(status="in_progress", samples=samples), POLICY)
    assert (found.judged_count, found.is_complete, found.score) == (3, True, 85)


def test_what_is_requested_is_drawn_and_what_is_drawn_is_scored() -> None:
    made = plan([an_audit(), an_audit(status="completed")], POLICY)
    assert [type(said) for said in made] == [Draw, Estimate]


def test_a_policy_that_is_always_sure_is_refused() -> None:
    with pytest.raises(ValueError, match="confidence"):
        AuditPolicy(confidence=1)
