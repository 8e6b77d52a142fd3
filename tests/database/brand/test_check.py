"""The brand check: what it promises of every text, and how it fares on the gold files."""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.brand.evaluation import read_item, tally_rules

GOLD = Path(__file__).with_name("gold")
LEAST_PRECISION = 0.95
LEAST_RECALL = 0.85
CHECK = (
    "select private.check_brand(%(text)s, %(channel)s, %(tier)s, %(language)s, %(gender)s,"
    " %(given_name)s, %(form_of_address)s)"
)
SOME = {
    "channel": "chat",
    "tier": "standard",
    "language": "pl",
    "gender": None,
    "given_name": None,
    "form_of_address": None,
}
PIECES = (
    *("Witam", "pani", "Pani Anno,", "Czy możesz", "zadzwonić?", "zapraszamy", "Tomasz", "arkusz"),
    *(
        "!!",
        "🙂",
        "„hej ty”",
        "\n> cytat hej\n",
        "  ",
        "{{imię}}",
        "łąka",
        "no problem",
        "Dear Anna,",
    ),
    *("w sobotę.", "Ci", "państwo", "https://dom.test/a?b=tanio", "jan@dom.test", "\n\n", "’", "x̌"),
)
texts = st.lists(st.sampled_from(PIECES), min_size=1, max_size=14).map(" ".join)
patiently = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def check(db: psycopg.Connection, text: str, **situation: Any) -> dict[str, Any]:
    row = db.execute(CHECK, SOME | {"text": text} | situation).fetchone()
    assert row is not None
    found: dict[str, Any] = row[0]
    return found


def rules_of(found: dict[str, Any]) -> set[str]:
    return {finding["rule"] for finding in found["findings"]}


@cache
def gold_rows(language: str) -> Sequence[dict[str, Any]]:
    lines = (GOLD / f"{language}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("language", ["pl", "en"])
def test_blocking_rules_are_precise_and_miss_little_on_the_gold_file(
    db: psycopg.Connection, language: str
) -> None:
    rows = gold_rows(language)
    assert len(rows) >= 200
    assert len({row["text"] for row in rows}) > 0.95 * len(rows)
    pairs = [(set(row["expected"]), rules_of(check(db, **read_item(row)))) for row in rows]
    blocking = {
        rule
        for (rule,) in db.execute("select rule from public.brand_rules where severity = 'blocking'")
    }
    tallies = tally_rules(pairs)
    weak = [
        tally
        for tally in tallies
        if tally.rule in blocking
        and ((tally.precision or 0) < LEAST_PRECISION or (tally.recall or 0) < LEAST_RECALL)
    ]
    assert weak == []


def test_every_blocking_rule_is_in_the_gold_files(db: psycopg.Connection) -> None:
    expected = {
        rule for code in ("pl", "en") for row in gold_rows(code) for rule in row["expected"]
    }
    listed = db.execute("select rule from public.brand_rules where severity = 'blocking'")
    assert {rule for (rule,) in listed} <= expected


@patiently
@given(text=texts, language=st.sampled_from(["pl", "en", "de"]))
def test_a_finding_names_a_place_inside_the_text_and_its_words(
    db: psycopg.Connection, text: str, language: str
) -> None:
    found = check(db, text, language=language)
    for finding in found["findings"]:
        start, end = finding["start"], finding["start"] + finding["length"]
        assert 0 <= start <= end <= len(text)
        assert text[start:end] == finding["text"]
    points = sum(part["points"] for part in found["parts"])
    assert found["score"] == max(0, 100 - points)
    assert {part["rule"] for part in found["parts"]} == rules_of(found)
    assert found == check(db, text, language=language)


@patiently
@given(text=texts)
def test_a_forbidden_word_more_never_raises_the_score(db: psycopg.Connection, text: str) -> None:
    assert check(db, f"{text}. Mamy tanio.")["score"] <= check(db, f"{text}. Mamy dobrze.")["score"]


@pytest.mark.parametrize(
    ("tier", "channel", "is_found"),
    [("standard", "chat", False), ("vip_platinum", "chat", True), ("standard", "email", True)],
)
def test_limits_follow_tier_and_channel(
    db: psycopg.Connection, tier: str, channel: str, *, is_found: bool
) -> None:
    found = check(db, "Do zobaczenia 🙂", tier=tier, channel=channel)
    assert ("emoji" in rules_of(found)) is is_found


def test_words_of_the_client_in_quotation_are_not_ours(db: psycopg.Connection) -> None:
    quoted = "> hej, możesz mi pomóc?\nPrzesyłamy „taka jest procedura” oraz tanio@dom.test."
    assert check(db, quoted)["findings"] == []


def test_a_gate_that_warns_lets_a_blocking_finding_pass(db: psycopg.Connection) -> None:
    assert check(db, "Witam w salonie.")["verdict"] == "block"
    db.execute("update public.brand_guidelines set gate = 'warn' where tier is null")
    assert check(db, "Witam w salonie.")["verdict"] == "warn"


def test_other_languages_get_the_rules_of_every_language(db: psycopg.Connection) -> None:
    found = check(db, "Vielen Dank!!! {{name}}", language="de")
    assert rules_of(found) == {"exclamation", "placeholder"}


@pytest.mark.parametrize(
    ("name", "gender", "vocative"),
    [
        ("Anna", "female", "Anno"),
        ("Maja", "female", "Maju"),
        ("Kasia", "female", "Kasiu"),
        ("Beatrycze", "female", "Beatrycze"),
        ("Tomasz", "male", "Tomaszu"),
        ("Paweł", "male", "Pawle"),
        ("Jerzy", "male", "Jerzy"),
        ("Marek", "male", "Marku"),
        ("Wawrzyniec", "male", "Wawrzyńcu"),
        ("Oriana", "female", "Oriano"),
        ("Dobromir", "male", "Dobromirze"),
        ("Rustam", "male", "Rustamie"),
    ],
)
def test_names_have_their_vocative_by_table_or_by_rule(
    db: psycopg.Connection, name: str, gender: str, vocative: str
) -> None:
    row = db.execute("select private.find_vocative(%s, %s)", [name, gender]).fetchone()
    assert row == (vocative,)


@pytest.mark.parametrize(
    ("given_name", "text", "expected"),
    [
        ("Anna Maria", "Pani Anno Mario, pokój czeka.", set()),
        ("Anna Maria", "Dzień dobry, Pani Anno, pokój czeka.", set()),
        ("Anna Maria", "Pani Anno Maria, pokój czeka.", {"pl.vocative"}),
        ("Anna Maria", "Pani Anna Maria, pokój czeka.", {"pl.vocative"}),
        ("Anna-Maria", "Pani Anno-Mario, pokój czeka.", set()),
        ("Anna Maria", "Pani Ewo, pokój czeka.", {"wrong_name"}),
    ],
)
def test_two_given_names_are_called_both_or_by_the_first(
    db: psycopg.Connection, given_name: str, text: str, expected: set[str]
) -> None:
    found = check(db, text, gender="female", given_name=given_name, form_of_address="first_name")
    assert rules_of(found) == expected


@pytest.mark.parametrize(
    ("name", "gender", "vocative"),
    [
        ("Anna Maria", "female", "Anno Mario"),
        ("Jan Paweł", "male", "Janie Pawle"),
        ("Ewa-Maria", "female", "Ewo-Mario"),
        ("Anna", "female", "Anno"),
        ("", "female", None),
        (None, None, None),
    ],
)
def test_each_of_two_given_names_has_its_vocative(
    db: psycopg.Connection, name: str | None, gender: str | None, vocative: str | None
) -> None:
    row = db.execute("select private.find_vocative(%s, %s)", [name, gender]).fetchone()
    assert row == (vocative,)
