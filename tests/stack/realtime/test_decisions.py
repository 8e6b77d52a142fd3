"""What the server decides without a database: filters' grammar, rates, presence, rows."""

import contextlib
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.stack.realtime import elixir, join
from scripts.stack.realtime.changes import filters, params
from scripts.stack.realtime.changes.params import Filter, ParamsError
from scripts.stack.realtime.changes.records import commit_timestamp
from scripts.stack.realtime.changes.values import quick
from scripts.stack.realtime.presence import Presence
from scripts.stack.realtime.rates import Rate

column_names = st.text(st.sampled_from("abcdef_"), min_size=1, max_size=8)
plain_values = st.text(st.sampled_from("abc 0123.-:%żó=*"), max_size=12)
conditions = st.builds(
    Filter,
    column_names,
    st.sampled_from(sorted(params.OPERATORS - {"in"})),
    plain_values,
    st.booleans(),
)


def written(given_filter: Filter) -> str:
    quoted = '"' + given_filter.value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    negation = "not." if given_filter.is_negated else ""
    return f"{given_filter.column}={negation}{given_filter.operator}.{quoted}"


@given(st.lists(conditions, min_size=1, max_size=4))
def test_filters_are_read_as_they_were_written(wanted: list[Filter]) -> None:
    assert list(params.parse_filters(",".join(map(written, wanted)))) == wanted


@given(st.text(max_size=30))
def test_any_text_is_either_filters_or_an_error(text: str) -> None:
    with contextlib.suppress(ParamsError):
        assert all(each.operator in params.OPERATORS for each in params.parse_filters(text))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a=eq.b.c", "b.c"),
        ('a=eq."b,c"', "b,c"),
        (r'a=eq."b\"c\\d"', r"b\"c\\d".replace(r"\"", '"').replace(r"\\", "\\")),
        ('a=eq."b" ', "b"),
        ('a=eq."b"c', '"b"c'),
        ('a=eq.b"c', 'b"c'),
        ('a=in.(1,"x)y")', '{1,"x)y"}'),
        ("a=eq.(b,c)", "(b,c)"),
    ],
)
def test_quotes_and_parentheses_keep_commas(text: str, value: str) -> None:
    (found,) = params.parse_filters(text)
    assert found.value == value


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "nil"),
        (True, "true"),
        ('a"b\\', '"a\\"b\\\\"'),
        ({"b": [1, 2.5], "a": None}, '%{"a" => nil, "b" => [1, 2.5]}'),
        ({}, "%{}"),
    ],
)
def test_values_are_shown_as_elixir_does(value: Any, shown: str) -> None:
    assert elixir.inspect(value) == shown


def test_null_passes_no_comparison() -> None:
    for name in params.OPERATORS - {"is", "isdistinct"}:
        for is_negated in (False, True):
            checked = filters.checked_filter(Filter("n", name, "5", is_negated), 23, 5)
            assert filters.judge(checked, {"n": None}) is False


def test_a_value_the_log_did_not_bring_passes_no_filter() -> None:
    checked = filters.checked_filter(Filter("n", "is", "null", is_negated=False), 23, "null")
    assert filters.judge(checked, {}) is False


@given(st.integers(-(2**63), 2**63 - 1), st.integers(-(2**63), 2**63 - 1))
def test_integers_are_compared_exactly(value: int, operand: int) -> None:
    expected = {"eq": value == operand, "lt": value < operand, "gte": value >= operand}
    for name, answer in expected.items():
        checked = filters.checked_filter(
            Filter("n", name, str(operand), is_negated=False), 20, operand
        )
        assert filters.judge(checked, {"n": str(value)}) is answer


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_quick_text_and_its_filter_value_are_the_same(text: str) -> None:
    assert filters.as_text(quick((25, text))) == text


def test_moments_are_cut_to_milliseconds() -> None:
    moment = datetime(2026, 11, 22, 7, 2, 49, 619_999, tzinfo=UTC)
    assert commit_timestamp(moment) == "2026-11-22T07:02:49.619Z"


def test_rates_are_averages_of_the_last_minute() -> None:
    rate = Rate(2)
    rate.count(100, 10)
    assert not rate.is_exceeded(100)
    rate.count(101)
    assert rate.is_exceeded(101)
    assert rate.average(105) == pytest.approx(1.1)
    assert rate.average(170) == 0
    assert not Rate(None).is_exceeded(0, 10**9)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-1, 2)), max_size=30))
def test_the_state_is_what_the_diffs_add_up_to(steps: list[tuple[int, int]]) -> None:
    presence, refs = Presence(), {}
    for channel, number in steps:
        if number < 0:
            diff = presence.untrack(channel)
        else:
            diff = presence.track(channel, f"key{channel % 2}", {"n": number})
        for key, one in diff.leaves.items() if diff else ():
            for meta in one["metas"]:
                del refs[meta["phx_ref"]]
            assert key
        for key, one in diff.joins.items() if diff else ():
            for meta in one["metas"]:
                refs[meta["phx_ref"]] = (key, meta["n"])
    state = presence.state()
    shown = {m["phx_ref"]: (key, m["n"]) for key, one in state.items() for m in one["metas"]}
    assert shown == refs


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=5) | st.integers(), max_size=4))
def test_the_same_binding_has_the_same_positive_id(binding: dict[str, Any]) -> None:
    number = join.binding_id(binding)
    assert 0 < number < 2**27
    assert number == join.binding_id(dict(reversed(binding.items())))


def test_ids_of_bindings_are_those_of_the_hosted_server() -> None:
    binding = {"event": "*", "schema": "public", "table": "test"}
    assert join.binding_id(binding) == 106243155


@pytest.mark.parametrize(
    ("payload", "chosen"),
    [
        ({}, "key"),
        ({"access_token": "a"}, "a"),
        ({"access_token": "a", "user_token": "u"}, "u"),
        ({"access_token": "sb_publishable_x"}, "key"),
        ({"access_token": None}, "key"),
        (None, "key"),
    ],
)
def test_which_token_a_join_uses(payload: Any, chosen: str) -> None:
    assert join.chosen_token(payload, "key") == chosen
