"""What conditions mean, case by case, and the laws they obey."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.errors import PermanentError
from lib.orchestrator.conditions import compare, fold, judge
from lib.orchestrator.models.workflows import Fact

TICKET: dict[str, Fact] = {
    "client.tier": "vip_platinum",
    "ticket.cycle": 3,
    "ticket.due_in_seconds": None,
    "client.is_new": False,
    "message.text": "Po zabiegu mam Opuchliznę i silny ból. Zgubiłam też kolczyk!",
    "event.changed": ["category", "priority"],
}


def is_field(field: str, op: str, value: Any) -> dict[str, Any]:
    return {"field": field, "op": op, "value": value}


YES = is_field("ticket.cycle", "eq", 3)
NO = is_field("ticket.cycle", "eq", 1)


# Comparisons --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "op", "value", "holds"),
    [
        ("client.tier", "eq", "vip_platinum", True),
        ("client.tier", "eq", "vip_gold", False),
        ("client.tier", "ne", "vip_gold", True),
        ("client.tier", "in", ["vip_gold", "vip_platinum"], True),
        ("client.tier", "in", ["standard"], False),
        ("ticket.cycle", "gte", 3, True),
        ("ticket.cycle", "gte", 4, False),
        ("ticket.cycle", "lte", 3, True),
        ("ticket.cycle", "lte", 2, False),
        ("client.is_new", "eq", False, True),
        ("client.is_new", "ne", True, True),
        ("event.changed", "contains", ["category"], True),
        ("event.changed", "contains", ["subject", "priority"], True),
        ("event.changed", "contains", ["language"], False),
        # About what is not there nothing holds, but that it is not.
        ("ticket.due_in_seconds", "is_null", True, True),
        ("ticket.due_in_seconds", "is_null", False, False),
        ("ticket.due_in_seconds", "lte", 60, False),
        ("ticket.due_in_seconds", "gte", 60, False),
        ("ticket.due_in_seconds", "eq", 60, False),
        ("ticket.due_in_seconds", "ne", 60, True),
        ("ticket.due_in_seconds", "in", [60], False),
        ("ticket.unheard_of", "is_null", True, True),
        ("ticket.subject", "contains", ["ból"], False),
        ("client.tier", "is_null", False, True),
    ],
)
def test_comparisons(field: str, op: str, value: Any, *, holds: bool) -> None:
    assert judge(is_field(field, op, value), TICKET).holds is holds


@pytest.mark.parametrize(
    ("phrases", "holds"),
    [
        (["opuchliznę"], True),
        (["opuchlizne"], True),  # without diacritics
        (["OPUCHLIZNĘ"], True),
        (["opuchlizna"], False),  # another form of the word
        (["opuch*"], True),  # what begins so
        (["puch*"], False),  # not in the middle of a word
        (["zgubilam"], True),  # ł is no l with a mark, and folds all the same
        (["silny ból"], True),
        (["ból silny"], False),
        (["siln* bol*"], True),
        (["ból", "gorączka"], True),  # any of them
        (["gorączka", "swelling"], False),
        (["ból zgubiłam"], True),  # over the end of a sentence
        (["kolczyk!"], True),  # marks do not count
        (["zabiegu mam opuchliznę i silny ból zgubiłam też kolczyk i"], False),
    ],
)
def test_words_in_a_text(phrases: list[str], *, holds: bool) -> None:
    assert judge(is_field("message.text", "contains", phrases), TICKET).holds is holds


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Zażółć gęślą jaźń", "zazolc gesla jazn"),
        ("ŁÓDŹ", "lodz"),
        ("Straße", "strasse"),
        ("Fiancée", "fiancee"),
        ("ﬁtness", "fitness"),
        ("Đorđe Øre", "dorde ore"),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(max_size=200))
def test_what_is_folded_stays_as_it_is(text: str) -> None:
    assert fold(fold(text)) == fold(text)


# Reasons ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "holds", "places"),
    [
        (YES, True, ["conditions"]),
        ({"all": []}, True, []),
        ({"all": [YES, NO, NO]}, False, ["conditions.all[1]"]),
        ({"all": [YES, YES]}, True, ["conditions.all[0]", "conditions.all[1]"]),
        ({"any": [NO, YES, YES]}, True, ["conditions.any[1]"]),
        ({"any": [NO, NO]}, False, ["conditions.any[0]", "conditions.any[1]"]),
        ({"not": NO}, True, ["conditions.not"]),
        ({"not": {"all": [YES, {"any": [NO]}]}}, True, ["conditions.not.all[1].any[0]"]),
    ],
)
def test_the_comparisons_that_decided_are_named(
    condition: Mapping[str, Any], places: list[str], *, holds: bool
) -> None:
    judgement = judge(condition, TICKET)
    assert judgement.holds is holds
    assert [finding.place for finding in judgement.findings] == places


def test_findings_say_what_was_found_but_repeat_no_texts() -> None:
    text = is_field("message.text", "contains", ["ból"])
    tier = is_field("client.tier", "eq", "vip_platinum")
    findings = judge({"all": [text, tier]}, TICKET).findings
    assert [finding.found for finding in findings] == [None, "vip_platinum"]


@pytest.mark.parametrize(
    "condition", [{}, {"all": [], "any": []}, {"field": "a", "op": "eq"}, {"none": []}]
)
def test_what_is_no_condition_is_refused(condition: Mapping[str, Any]) -> None:
    with pytest.raises(PermanentError):
        judge(condition, TICKET)


def test_unknown_operators_are_refused() -> None:
    with pytest.raises(PermanentError):
        compare("like", 1, 1)


# Laws ---------------------------------------------------------------------------------------


NUMBERS = st.integers(0, 3)
VALUES = {
    "eq": NUMBERS,
    "ne": NUMBERS,
    "gte": NUMBERS,
    "lte": NUMBERS,
    "in": st.lists(NUMBERS, min_size=1, max_size=3),
    "is_null": st.booleans(),
}
COMPARISONS = st.sampled_from(sorted(VALUES)).flatmap(
    lambda op: st.builds(is_field, st.sampled_from("abc"), st.just(op), VALUES[op])
)
TREES = st.recursive(
    COMPARISONS,
    lambda part: st.one_of(
        st.fixed_dictionaries({"all": st.lists(part, max_size=4)}),
        st.fixed_dictionaries({"any": st.lists(part, max_size=4)}),
        st.fixed_dictionaries({"not": part}),
    ),
    max_leaves=20,
)
FACTS = st.dictionaries(st.sampled_from("abc"), st.one_of(st.none(), NUMBERS))


def holds(condition: Mapping[str, Any], facts: Mapping[str, Fact]) -> bool:
    return judge(condition, facts).holds


@given(TREES, FACTS)
def test_not_not_is_the_same(tree: Mapping[str, Any], facts: dict[str, Fact]) -> None:
    assert holds({"not": {"not": tree}}, facts) == holds(tree, facts)


@given(st.lists(TREES, max_size=4), FACTS)
def test_not_all_is_any_not(trees: list[Mapping[str, Any]], facts: dict[str, Fact]) -> None:
    assert holds({"not": {"all": trees}}, facts) == holds(
        {"any": [{"not": tree} for tree in trees]}, facts
    )


@given(st.lists(TREES, max_size=4), FACTS)
def test_not_any_is_all_not(trees: list[Mapping[str, Any]], facts: dict[str, Fact]) -> None:
    assert holds({"not": {"any": trees}}, facts) == holds(
        {"all": [{"not": tree} for tree in trees]}, facts
    )


@given(st.permutations([YES, NO, {"not": YES}, {"any": [NO, YES]}]), FACTS)
def test_the_order_changes_the_reasons_only(
    parts: list[Mapping[str, Any]], facts: dict[str, Fact]
) -> None:
    known = TICKET | facts
    for word in ("all", "any"):
        assert holds({word: parts}, known) == holds({word: parts[::-1]}, known)


@given(st.sampled_from("abc"), NUMBERS, FACTS)
def test_opposites(field: str, value: int, facts: dict[str, Fact]) -> None:
    assert holds(is_field(field, "ne", value), facts) != holds(is_field(field, "eq", value), facts)
    assert holds(is_field(field, "in", [value]), facts) == holds(
        is_field(field, "eq", value), facts
    )
    at_least, at_most = (holds(is_field(field, op, value), facts) for op in ("gte", "lte"))
    assert (at_least and at_most) == holds(is_field(field, "eq", value), facts)
