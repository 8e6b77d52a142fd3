"""From contexts to what is written: alerts that do not flap, confidence only where measured."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.errors import PermanentError
from lib.intelligence.models.predictions import Champion, Prediction, Refusal, ScoringContexts
from lib.intelligence.prediction.document import digest, write_model
from lib.intelligence.prediction.model import Absence, Shrunken
from lib.intelligence.prediction.scoring import ScoringPolicy, answer, load, score
from lib.intelligence.prediction.training import TrainingPolicy, moments
from tests.unit.intelligence.simulated import TRUTH

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
POLICY = ScoringPolicy()
NAMES = ("repeats", "recency_days", "silence_days", "low_ratings_365", "ratings_365")
ABSENCE = Absence(TRUTH, 90.0, (2.0, 90.0, 30.0))


def a_champion(model: Any = ABSENCE, **changes: Any) -> dict[str, Any]:
    document = write_model(model)
    return {
        "id": uuid4(), "rung": "prior", "document": document, "sha256": digest(document),
        "horizon_days": 90, "client_count": 150, "is_measured": False, "confirmed_at": NOW,
        **changes,
    }  # fmt: skip


def contexts(
    *features: tuple[float, ...], is_alert: bool = False, **changes: Any
) -> ScoringContexts:
    clients = [{"client_id": uuid4(), "features": each, "is_alert": is_alert} for each in features]
    given: dict[str, Any] = {
        "as_of": NOW, "names": NAMES, "models": {"churn": a_champion()}, "clients": clients,
        "settings": {"prediction_models.churn": {"enabled": True, "threshold": 0.7}},
    }  # fmt: skip
    return ScoringContexts.model_validate(given | changes)


@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.floats(0, 600), st.floats(0, 400)), min_size=1, max_size=8
    )
)
def test_probabilities_are_probabilities_and_their_factors_sum(
    clients: list[tuple[int, float, float]],
) -> None:
    rows = [(float(x), seen if x else 0.0, silent, 0.0, 0.0) for x, seen, silent in clients]
    for made in score(contexts(*rows), POLICY):
        assert 0 <= made.probability <= 1
        moved = sum(factor.contribution for factor in made.factors)
        assert made.intercept + moved == pytest.approx(made.log_odds, abs=1e-6)


def test_the_same_input_is_the_same_output() -> None:
    given = contexts((4.0, 200.0, 50.0, 0.0, 0.0))
    assert score(given, POLICY) == score(given, POLICY)


def probability_after(silence: float) -> float:
    [made] = score(contexts((6.0, 300.0, silence, 0.0, 0.0)), POLICY)
    return made.probability


def test_an_alert_begins_at_the_threshold_and_ends_well_below_it() -> None:
    silences = [day for day in range(400) if 0.6 <= probability_after(float(day)) < 0.7]
    assert silences
    between = (6.0, 300.0, float(silences[0]), 0.0, 0.0)
    assert not score(contexts(between), POLICY)[0].is_alert
    assert score(contexts(between, is_alert=True), POLICY)[0].is_alert
    calm = (6.0, 300.0, 1.0, 0.0, 0.0)
    assert not score(contexts(calm, is_alert=True), POLICY)[0].is_alert


@given(st.floats(0, 300), st.floats(0, 300))
def test_the_longer_somebody_stays_away_the_likelier_it_is(first: float, second: float) -> None:
    near, far = sorted((first, second))
    assert probability_after(near) <= probability_after(far) + 1e-9


def test_confidence_is_told_only_where_calibration_was_measured() -> None:
    row = (4.0, 200.0, 50.0, 0.0, 0.0)
    [unmeasured] = score(contexts(row), POLICY)
    assert unmeasured.confidence is None
    [measured] = score(contexts(row, models={"churn": a_champion(is_measured=True)}), POLICY)
    assert measured.confidence == max(measured.probability, 1 - measured.probability)


@pytest.mark.parametrize(("visits", "word"), [(1, "none"), (2, "low"), (5, "medium"), (10, "high")])
def test_evidence_is_how_much_of_a_history_there_is(visits: int, word: str) -> None:
    assert POLICY.evidence_of(visits) == word


def test_what_is_switched_off_is_not_scored() -> None:
    off = contexts((1.0, 9.0, 9.0, 0.0, 0.0), settings={"prediction_models.churn": {"enabled": 0}})
    assert score(off, POLICY) == []


def test_a_model_that_is_not_what_was_kept_is_refused() -> None:
    with pytest.raises(PermanentError, match="not what was kept"):
        load(Champion.model_validate(a_champion(sha256="0" * 64)))


SHARE = Shrunken(("lapses_before", "periods_before"), 0.4, 2.0)


def with_memberships(*lapses: float, **changes: Any) -> ScoringContexts:
    """One client for each, whose rhythm says about 0.22; a membership of each nears its end."""
    given = contexts(*[(6.0, 300.0, 10.0, 0.0, 0.0) for _ in lapses])
    cases = [
        {
            "client_id": client.client_id, "subject_id": uuid4(), "moment": NOW, "is_alert": False,
            "prediction_type": "lapse", "features": (lapsed, lapsed),
        }
        for client, lapsed in zip(given.clients, lapses, strict=True)
    ]  # fmt: skip
    return ScoringContexts.model_validate(
        given.model_dump()
        | {
            "models": {"churn": a_champion(), "lapse": a_champion(SHARE)},
            "case_names": {"lapse": SHARE.names, "satisfaction": ("tone",)},
            "cases": cases,
        }
        | changes
    )


def test_of_churn_the_likelier_part_speaks_and_both_are_told() -> None:
    made = score(with_memberships(0.0, 50.0), POLICY)
    churn = [each for each in made if each.prediction_type == "churn"]
    lapse = [each for each in made if each.prediction_type == "lapse"]
    assert [each.part for each in churn] == ["membership", "membership"]
    assert [each.probability for each in churn] == [each.probability for each in lapse]
    assert [each.is_alert for each in churn] == [False, True]
    assert not any(each.is_alert for each in lapse)
    for each in churn:
        assert each.parts
        assert each.probability == max(each.parts.values())
        moved = sum(factor.contribution for factor in each.factors)
        assert each.intercept + moved == pytest.approx(each.log_odds, abs=1e-9)
    assert churn[0].model_id == lapse[0].model_id


def test_where_the_visits_are_likelier_to_end_they_speak() -> None:
    silent = with_memberships(0.0)
    features = (6.0, 300.0, 250.0, 0.0, 0.0)
    clients = [each.model_copy(update={"features": features}) for each in silent.clients]
    [churn, _] = score(silent.model_copy(update={"clients": tuple(clients)}), POLICY)
    assert (churn.part, churn.subject_id) == ("visits", None)
    assert churn.parts
    assert set(churn.parts) == {"visits", "membership"}


def test_a_client_who_never_came_is_known_by_the_membership_alone() -> None:
    never = with_memberships(3.0).model_copy(update={"clients": ()})
    [churn, lapse] = score(never, POLICY)
    assert (churn.part, churn.evidence) == ("membership", "none")
    assert churn.parts == {"membership": lapse.probability}


def test_an_alert_of_a_membership_ends_well_below_the_threshold_too() -> None:
    between = with_memberships(1.5)
    [churn, _] = score(between, POLICY)
    assert 0.6 <= churn.probability < 0.7
    assert not churn.is_alert
    cases = [each.model_copy(update={"is_alert": True}) for each in between.cases]
    assert score(between.model_copy(update={"cases": tuple(cases)}), POLICY)[0].is_alert


def test_without_a_case_there_is_nothing_due() -> None:
    given = with_memberships(models={"lapse": a_champion(SHARE), "satisfaction": a_champion()})
    requests = [a_request(uuid4(), prediction_type=each) for each in ("lapse", "satisfaction")]
    asked = ScoringContexts.model_validate(given.model_dump() | {"requests": requests})
    reasons = {said.reason for said in answer(asked, POLICY).values() if isinstance(said, Refusal)}
    assert reasons == {"nothing_due"}


def a_request(client_id: UUID, **changes: Any) -> dict[str, Any]:
    return {
        "request_id": uuid4(), "client_id": client_id, "prediction_type": "churn",
        "is_objected": False, **changes,
    }  # fmt: skip


def test_each_request_gets_a_prediction_or_one_reason() -> None:
    given = contexts((4.0, 200.0, 50.0, 0.0, 0.0))
    known = given.clients[0].client_id
    requests = {
        "scored": a_request(known),
        "no_history": a_request(uuid4()),
        "objection": a_request(uuid4(), is_objected=True),
        "insufficient_data": a_request(known, prediction_type="upsell"),
    }
    asked = given.model_copy(update={"requests": ()})
    answers = answer(
        ScoringContexts.model_validate(asked.model_dump() | {"requests": list(requests.values())}),
        POLICY,
    )
    assert isinstance(answers[requests["scored"]["request_id"]], Prediction)
    for reason in ("no_history", "objection", "insufficient_data"):
        said = answers[requests[reason]["request_id"]]
        assert isinstance(said, Refusal)
        assert said.reason == reason


def test_training_looks_at_first_days_of_months_whose_horizon_has_passed() -> None:
    found = moments(NOW, TrainingPolicy(months=14))
    assert found[0] == datetime(2026, 7, 31, 22, tzinfo=UTC)
    assert len(set(found)) == 14
    assert found == sorted(found, reverse=True)
    assert all(NOW - moment >= timedelta(days=90) for moment in found)


@pytest.mark.parametrize("days", [1, 27, 28, 90])
def test_the_ladder_is_climbed_every_four_weeks(days: int) -> None:
    champion = Champion.model_validate(a_champion(confirmed_at=NOW - timedelta(days=days)))
    assert TrainingPolicy().is_due(champion, NOW) is (days >= 28)


def test_who_does_not_speak_yet_is_tried_each_night() -> None:
    silent = Champion.model_validate(a_champion(rung="insufficient", document=None, sha256=None))
    assert TrainingPolicy().is_due(silent, NOW)
    assert TrainingPolicy().is_due(None, NOW)
