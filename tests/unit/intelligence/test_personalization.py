"""What choices say: the same as replaying them, in any order they were told."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.intelligence.models.personalization import (
    Choice,
    ClientChoices,
    PersonalizationContexts,
    PersonalizationSettings,
    Preference,
    Topic,
)
from lib.intelligence.personalization import PersonalizationPolicy, decide, learn

POLICY = PersonalizationPolicy()
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
RATES = st.floats(0, 1)
TOPICS: Sequence[Topic] = ("treatment", "provider", "weekday", "channel", "language", "product")
# Each at a moment of its own: what happened first must not depend on who tells it.
CHOICES = st.lists(
    st.tuples(
        st.sampled_from(TOPICS),
        st.sampled_from(["a", "b", "c", "masaż 💆"]),
        st.integers(0, 20_000),
    ),
    max_size=60,
    unique_by=lambda told: told[2],
).map(lambda told: [Choice(t, c, NOW - timedelta(hours=hours)) for t, c, hours in told])


def replayed(choices: Sequence[Choice], rate: float) -> dict[tuple[str, str], tuple[float, int]]:
    """Value and count in closed form: each choice weighs rate * (1 - rate) ^ how many followed."""
    found: dict[tuple[str, str], tuple[float, int]] = {}
    for topic, option in {(made.topic, made.choice) for made in choices}:
        of_topic = sorted(
            (made for made in choices if made.topic == topic), key=lambda made: made.chosen_at
        )
        count = len(of_topic)
        value = 0.5 * (1 - rate) ** count + sum(
            rate * (1 - rate) ** (count - place)
            for place, made in enumerate(of_topic, start=1)
            if made.choice == option
        )
        last = max(made.chosen_at for made in of_topic if made.choice == option)
        if last + timedelta(days=365) > NOW:
            found[topic, option] = (value, count)
    return found


@given(CHOICES, RATES)
def test_what_is_learnt_equals_the_replay(choices: Sequence[Choice], rate: float) -> None:
    learnt = by_choice(learn(choices, rate, NOW, POLICY))
    expected = replayed(choices, rate)
    assert learnt.keys() == expected.keys()
    for key, (value, count) in expected.items():
        assert learnt[key].value == pytest.approx(value, abs=1e-9)
        assert learnt[key].confidence == pytest.approx(1 - (1 - rate) ** count)
        assert learnt[key].choice_count == count


@given(CHOICES, RATES, st.randoms(use_true_random=False))
def test_what_is_told_late_counts_as_if_told_in_time(
    choices: list[Choice], rate: float, dice: Random
) -> None:
    shuffled = list(choices)
    dice.shuffle(shuffled)
    assert learn(shuffled, rate, NOW, POLICY) == learn(choices, rate, NOW, POLICY)


@given(CHOICES, RATES)
def test_values_and_confidences_are_shares(choices: list[Choice], rate: float) -> None:
    for preference in learn(choices, rate, NOW, POLICY):
        assert 0 <= preference.value <= 1
        assert 0 <= preference.confidence <= 1
        assert preference.expires_at > NOW


@given(CHOICES.filter(bool), st.floats(0.01, 0.99))
def test_choosing_something_again_never_lowers_it_nor_raises_the_others(
    choices: list[Choice], rate: float
) -> None:
    topic, option = choices[0].topic, choices[0].choice
    before = by_choice(learn(choices, rate, NOW, POLICY))
    again = [*choices, Choice(topic, option, NOW + timedelta(minutes=1))]
    after = by_choice(learn(again, rate, NOW, POLICY))
    assert after[topic, option].value >= before.get((topic, option), after[topic, option]).value
    for key in before.keys() & after.keys() - {(topic, option)}:
        assert after[key].value <= before[key].value


def by_choice(learnt: Sequence[Preference]) -> dict[tuple[str, str], Preference]:
    return {(preference.topic, preference.choice): preference for preference in learnt}


def test_ten_visits_to_one_provider_are_worth_two_thirds() -> None:
    visits = [Choice("provider", "Marta", NOW - timedelta(days=day)) for day in range(10)]
    (marta,) = learn(visits, 0.1, NOW, POLICY)
    assert marta.value == pytest.approx(1 - 0.5 * 0.9**10)
    assert marta.confidence == pytest.approx(0.6513, abs=1e-4)
    assert marta.expires_at == NOW + timedelta(days=365)


def test_what_was_not_chosen_for_a_year_is_forgotten() -> None:
    old, new = timedelta(days=366), timedelta(days=1)
    learnt = learn(
        [Choice("product", "a", NOW - old), Choice("product", "b", NOW - new)], 0.1, NOW, POLICY
    )
    assert [(known.choice, known.choice_count) for known in learnt] == [("b", 2)]


@pytest.mark.parametrize(("is_enabled", "count"), [(True, 2), (False, 0)])
def test_each_subject_of_a_client_gets_the_profile_unless_it_is_switched_off(
    *, is_enabled: bool, count: int
) -> None:
    contexts = PersonalizationContexts(
        read_at=NOW,
        settings=PersonalizationSettings(is_enabled=is_enabled, learning_rate=0.1),
        clients=[
            ClientChoices(
                client_id=UUID(int=1),
                subject_ids=[UUID(int=1), UUID(int=2)],
                choices=[Choice("channel", "chat", NOW)],
            )
        ],
    )
    profiles = decide(contexts, POLICY)
    assert len(profiles) == count
    assert all(profile.preferences[0].value == 0.55 for profile in profiles.values())
