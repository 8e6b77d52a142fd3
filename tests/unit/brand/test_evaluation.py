"""Precision and recall of the brand check, from what was expected and what was found."""

from typing import Any

import pytest

from lib.brand.evaluation import (
    Tally,
    mean_of,
    read_expected,
    read_item,
    resolve_rule,
    sum_tallies,
    tally_rules,
    tells_gender,
)

RULES: list[dict[str, Any]] = [
    {"rule": "pl.gender", "language": "pl", "aliases": ["wrong_gender"]},
    {"rule": "en.gender", "language": "en", "aliases": ["wrong_gender"]},
    {"rule": "emoji", "language": None, "aliases": ["too_many_emoji"]},
]


def test_each_rule_counts_what_was_right_extra_and_missed() -> None:
    tallies = tally_rules([({"a", "b"}, {"a"}), (set(), {"a"}), ({"b"}, {"b"})])
    assert tallies == [Tally("a", 1, 1, 0), Tally("b", 1, 0, 1)]
    assert (tallies[0].precision, tallies[0].recall) == (0.5, 1.0)
    assert sum_tallies("all", tallies) == Tally("all", 2, 1, 1)


def test_a_rule_that_was_never_found_has_no_precision() -> None:
    never = Tally("a", 0, 0, 2)
    assert (never.precision, never.recall) == (None, 0.0)
    assert mean_of([never.precision, 0.5]) == 0.5
    assert mean_of([None]) is None


@pytest.mark.parametrize(
    ("name", "language", "rule"),
    [
        ("pl.gender", "pl", "pl.gender"),
        ("gender", "en", "en.gender"),
        ("Wrong gender", "pl", "pl.gender"),
        ("en.too-many-emoji", "en", "emoji"),
        ("something_else", "pl", "something_else"),
    ],
)
def test_rules_are_found_under_their_other_names(name: str, language: str, rule: str) -> None:
    assert resolve_rule(name, language, RULES) == rule


@pytest.mark.parametrize("told", [None, [], "none", ["none"], "", "null"])
def test_nothing_expected_can_be_said_in_many_ways(told: object) -> None:
    assert read_expected({"expected": told}) == []


def test_a_line_may_use_other_keys() -> None:
    row = {"text": "a", "client_gender": "F", "first_name": "Anna", "rules": "witam, emoji"}
    item = read_item(row)
    assert (item["gender"], item["given_name"]) == ("female", "Anna")
    assert (item["channel"], item["tier"], item["language"]) == ("email", "standard", "pl")
    assert read_expected(row) == ["witam", " emoji"]


def test_silence_about_gender_is_told_from_an_unknown_one() -> None:
    assert tells_gender({"text": "a", "gender": None})
    assert not tells_gender({"text": "a"})
