"""Questions, words and rules as data: versions, languages, and what admins may change."""

from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.database.success.surveyor import Surveyed, a_token, as_visitor, run_surveys, survey_of
from tests.factories import an_admin
from tests.support.calling import call, refusal

QUESTIONS = [
    {"question": "csat", "scale": "csat", "is_required": True},
    {"question": "spa", "scale": "choices", "options": ["quiet", "loud"]},
    {"question": "why", "scale": "text", "shown_if_question": "csat", "shown_if_at_most": 2},
]
WORDS = {
    "greeting": "g",
    "thanks": "t",
    "invitation.subject": "s",
    "invitation.body": "b",
    "csat": "c",
    "csat.low": "l",
    "csat.high": "h",
    "spa": "p",
    "spa.quiet": "q",
    "spa.loud": "o",
    "why": "w",
}
SAVE = "save_survey_questionnaire('cycle', %s, %s)"


def test_a_new_version_is_asked_from_now_on_and_sent_ones_keep_theirs(
    db: psycopg.Connection,
) -> None:
    house, admin = Surveyed(db), an_admin(db)
    before = house.sent()
    token = a_token(db, before["id"])
    saved = call(db, admin, SAVE, Jsonb(QUESTIONS), Jsonb({"en": WORDS}))
    assert (saved["version"], [asked["question"] for asked in saved["questions"]]) == (
        before["questionnaire_version"] + 1,
        ["csat", "spa", "why"],
    )
    assert len(as_visitor(db, "get_survey(%s)", token)["questions"]) == 5
    db.execute("update public.surveys set asked_at = asked_at - interval '1 year'")
    ticket_id = house.solved()
    run_surveys(db)
    after = survey_of(db, ticket_id)
    assert (after["questionnaire_version"], after["questions"]) == (
        saved["version"],
        ["csat", "spa", "why"],
    )
    assert as_visitor(db, "get_survey(%s)", a_token(db, after["id"]))["language"] == "en"


BROKEN: list[tuple[Any, Any, str]] = [
    ([], {"en": WORDS}, "questions_malformed"),
    ({}, {"en": WORDS}, "questions_malformed"),
    ([{"question": "csat", "scale": "stars"}], {"en": WORDS}, "questions_malformed"),
    ([{"question": "Csat!", "scale": "csat"}], {"en": WORDS}, "questions_malformed"),
    ([QUESTIONS[0], QUESTIONS[0]], {"en": WORDS}, "questions_malformed"),
    ([QUESTIONS[2]], {"en": WORDS}, "questions_malformed"),
    ([{"question": "spa", "scale": "choices"}], {"en": WORDS}, "questions_malformed"),
    (QUESTIONS, {"en": {**WORDS, "more": "x"}}, "texts_malformed"),
    (QUESTIONS, {"english": WORDS}, "texts_malformed"),
    (QUESTIONS, {"en": {**WORDS, "why": "x" * 501}}, "texts_malformed"),
    (QUESTIONS, {"uk": WORDS}, "texts_incomplete"),
    (QUESTIONS, {"en": {"csat": "c"}}, "texts_incomplete"),
]


@pytest.mark.parametrize(("questions", "texts", "message"), BROKEN)
def test_what_could_not_be_asked_is_not_saved(
    db: psycopg.Connection, questions: Any, texts: Any, message: str
) -> None:
    found = refusal(db, an_admin(db), SAVE, Jsonb(questions), Jsonb(texts))
    assert found[:2] == ("PT422", message)


def test_missing_words_are_reported_for_each_language_of_the_house(
    db: psycopg.Connection,
) -> None:
    admin = an_admin(db)
    lacking = {
        (row["kind"], row["language"]): row for row in call(db, admin, "get_missing_survey_texts()")
    }
    assert ("recovery", "pl") not in lacking
    gap = lacking["recovery", "uk"]
    assert gap["shown_in"] == "en"
    words = dict.fromkeys(gap["missing"], "слово")
    last = words.popitem()
    call(db, admin, "save_survey_texts('recovery', 'uk', %s)", Jsonb(words))
    [still] = [
        row
        for row in call(db, admin, "get_missing_survey_texts()")
        if (row["kind"], row["language"]) == ("recovery", "uk")
    ]
    assert (still["missing"], still["shown_in"]) == ([last[0]], "en"), "never half and half"
    call(db, admin, "save_survey_texts('recovery', 'uk', %s)", Jsonb(dict([last])))
    row = db.execute("select private.choose_survey_language('recovery', 1, 'uk')").fetchone()
    assert row == ("uk",)


def test_rules_change_with_their_reason_and_within_bounds(db: psycopg.Connection) -> None:
    admin = an_admin(db)
    change = "set_survey_rule('cycle', 'standard', %s, 'Za dużo pytań')"
    rule = call(db, admin, change, Jsonb({"sample_share": 0.25, "delay_seconds": 3600}))
    assert (rule["sample_share"], rule["delay_seconds"]) == (0.25, 3600)
    row = db.execute(
        "select reason from private.configuration_history"
        " where table_name = 'public.survey_rules' order by id desc limit 1"
    ).fetchone()
    assert row == ("Za dużo pytań",)
    wrong = (
        {"sample_share": 2},
        {"delay_seconds": -1},
        {"tier": "premium"},
        [],
        {"is_active": None},
    )
    for changes in wrong:
        assert refusal(db, admin, change, Jsonb(changes))[0] == "PT422", changes
    none = refusal(db, admin, "set_survey_rule('cycle', 'gold', '{}')")
    assert none[:2] == ("PT404", "tier_not_found")
