"""Answering once, by link, portal or phone: what is taken, what is refused, what follows."""

from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.database.success.surveyor import (
    Surveyed,
    a_token,
    age,
    answer,
    as_visitor,
    deliver,
    events_of,
    run_surveys,
    survey_of,
    surveys_where,
)
from tests.factories import a_client
from tests.support.acting import acting_as, refused
from tests.support.calling import call, refusal


@pytest.fixture
def house(db: psycopg.Connection) -> Surveyed:
    return Surveyed(db)


@pytest.fixture
def survey(house: Surveyed) -> dict[str, Any]:
    return house.sent()


@pytest.fixture
def token(db: psycopg.Connection, survey: dict[str, Any]) -> str:
    return a_token(db, survey["id"])


def again(db: psycopg.Connection, survey: dict[str, Any]) -> dict[str, Any]:
    return surveys_where(db, "id = %s", survey["id"])[0]


def test_a_link_shows_what_is_asked_and_nothing_of_the_client(
    db: psycopg.Connection, survey: dict[str, Any], token: str
) -> None:
    sheet = as_visitor(db, "get_survey(%s)", token)
    assert (sheet["state"], sheet["language"], sheet["kind"]) == ("open", "pl", "cycle")
    assert [asked["question"] for asked in sheet["questions"]] == survey["questions"]
    csat, reasons = sheet["questions"][:2]
    assert (csat["min"], csat["max"], csat["low"]) == (1, 5, "bardzo źle")
    assert reasons["shown_if"] == {"question": "csat", "at_most": 3}
    assert {"option": "waiting", "label": "czas oczekiwania"} in reasons["options"]
    told = str(sheet)
    assert not [
        survey[name] for name in ("client_id", "ticket_id", "agent_id") if survey[name] in told
    ]


@pytest.mark.parametrize(
    ("asked", "shown"), [("en", "en"), ("uk", "en"), ("pl", "pl"), ("?", "pl")]
)
def test_a_language_without_words_falls_back_as_a_whole(
    db: psycopg.Connection, token: str, asked: str, shown: str
) -> None:
    assert as_visitor(db, "get_survey(%s, %s)", token, asked)["language"] == shown


def test_reading_a_link_changes_nothing(
    db: psycopg.Connection, survey: dict[str, Any], token: str
) -> None:
    before = again(db, survey)
    row = db.execute("select txid_current_if_assigned() is null").fetchone()
    for _ in range(3):
        as_visitor(db, "get_survey(%s)", token)
    assert row is not None
    assert again(db, survey) == before
    volatile = db.execute("select provolatile from pg_proc where proname = 'get_survey'").fetchall()
    assert volatile == [("s",), ("s",)], "the API runs it in a transaction that cannot write"


def test_an_answer_is_credited_scored_and_told_of(
    db: psycopg.Connection, house: Surveyed, survey: dict[str, Any], token: str
) -> None:
    receipt = answer(
        db, token, csat=2, reasons=["tone", "waiting"], effort=3, nps=4, comment=" Szkoda. "
    )
    assert receipt["is_late"] is False
    assert receipt["thanks"].startswith("Dziękujemy")
    after = again(db, survey)
    assert (after["state"], after["answered_through"]) == ("answered", "link")
    assert [after[name] for name in ("csat", "effort", "nps", "comment")] == [2, 3, 4, "Szkoda."]
    row = db.execute(
        "select payload from public.events where subject_id = %s and kind = 'survey.answered'",
        [survey["id"]],
    ).fetchone()
    assert row is not None
    expected = {
        "client_id": str(house.client),
        "ticket_id": survey["ticket_id"],
        "cycle": 1,
        "kind": "cycle",
        "csat": 2,
        "nps": 4,
        "effort": 3,
        "agent_id": str(house.agent),
    }
    assert expected.items() <= row[0].items()
    told = db.execute(
        "select kind from public.notifications where recipient_id = %s", [house.agent]
    ).fetchall()
    assert ("survey_answered",) in told
    assert not db.execute(
        "select from private.timers where subject_id = %s", [survey["id"]]
    ).fetchall()


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({}, "PT422", "answer_required"),
    ({"csat": None}, "PT422", "answer_required"),
    ({"csat": 0}, "PT422", "answer_malformed"),
    ({"csat": 6}, "PT422", "answer_malformed"),
    ({"csat": 4.5}, "PT422", "answer_malformed"),
    ({"csat": "5"}, "PT422", "answer_malformed"),
    ({"csat": 5, "nps": 11}, "PT422", "answer_malformed"),
    ({"csat": 5, "effort": 0}, "PT422", "answer_malformed"),
    ({"csat": 2, "reasons": ["taste"]}, "PT422", "answer_malformed"),
    ({"csat": 2, "reasons": "tone"}, "PT422", "answer_malformed"),
    ({"csat": 4, "reasons": ["tone"]}, "PT422", "question_unknown"),
    ({"csat": 5, "height": 1}, "PT422", "question_unknown"),
    ({"csat": 5, "comment": "a" * 2001}, "PT422", "answer_malformed"),
    ({"csat": 5, "comment": "a" * 20001}, "PT413", "answers_too_long"),
]


@pytest.mark.parametrize(("answers", "code", "message"), REFUSED)
def test_what_was_not_asked_or_lies_off_its_scale_is_refused_whole(
    db: psycopg.Connection,
    survey: dict[str, Any],
    token: str,
    answers: dict[str, Any],
    code: str,
    message: str,
) -> None:
    with refused(db, code, message):
        answer(db, token, **answers)
    assert again(db, survey)["state"] == "sent"


def test_left_out_null_and_empty_are_the_same(
    db: psycopg.Connection, survey: dict[str, Any], token: str
) -> None:
    answer(db, token, csat=5, nps=None, comment="  ", reasons=[])
    after = again(db, survey)
    assert (after["csat"], after["nps"], after["comment"]) == (5, None, None)
    rows = db.execute(
        "select question from public.survey_answers where survey_id = %s", [survey["id"]]
    ).fetchall()
    assert rows == [("csat",)]


def test_a_repeated_call_answers_the_same_and_a_second_answer_is_refused(
    db: psycopg.Connection, survey: dict[str, Any], token: str
) -> None:
    first = answer(db, token, "k1", csat=5)
    assert answer(db, token, "k1", csat=5) == first
    with refused(db, "PT409", "survey_answered"):
        answer(db, token, "k2", csat=1)
    with refused(db, "PT422", "idempotency_key_reused"):
        answer(db, token, "k1", csat=1)
    assert again(db, survey)["csat"] == 5
    assert as_visitor(db, "get_survey(%s)", token)["state"] == "answered"
    assert events_of(db, survey["id"]).count("survey.answered") == 1


def test_a_late_answer_is_taken_and_marked_and_a_very_late_one_is_not(
    db: psycopg.Connection, house: Surveyed, survey: dict[str, Any], token: str
) -> None:
    age(db, survey["id"], 20)
    assert as_visitor(db, "get_survey(%s)", token)["state"] == "late"
    assert answer(db, token, csat=4)["is_late"] is True
    other = house.solved()
    db.execute("update public.surveys set asked_at = asked_at - interval '1 year'")
    run_surveys(db)
    deliver(db, survey_of(db, other))
    run_surveys(db)
    late = a_token(db, survey_of(db, other)["id"])
    age(db, survey_of(db, other)["id"], 91)
    for function in ("get_survey(%s)", "answer_survey(%s, '{\"csat\": 5}')"):
        with refused(db, "PT410", "survey_over"):
            as_visitor(db, function, late)


def test_an_answer_that_is_quicker_than_the_word_of_its_delivery_counts(
    db: psycopg.Connection, house: Surveyed
) -> None:
    ticket_id = house.solved()
    run_surveys(db)
    survey = survey_of(db, ticket_id)
    answer(db, a_token(db, survey["id"]), csat=5)
    deliver(db, survey)
    run_surveys(db)
    assert again(db, survey)["state"] == "answered"
    assert events_of(db, survey["id"]) == ["survey.sent", "survey.answered"]


def test_the_client_answers_in_the_portal_without_a_token(
    db: psycopg.Connection, house: Surveyed, survey: dict[str, Any]
) -> None:
    [mine] = call(db, house.client, "get_own_surveys()")
    assert (mine["survey_id"], mine["state"]) == (survey["id"], "open")
    call(db, house.client, "answer_own_survey(%s, %s)", survey["id"], Jsonb({"csat": 5}))
    after = again(db, survey)
    assert (after["answered_through"], after["answered_by"]) == ("portal", str(house.client))
    assert call(db, house.client, "get_own_surveys()") == []


def test_surveys_go_with_a_client_who_turns_out_to_be_another(
    db: psycopg.Connection, house: Surveyed, survey: dict[str, Any]
) -> None:
    other = a_client(db, desk_id=house.desk_id)
    call(db, house.manager, "merge_clients(%s, %s, 'Ta sama osoba')", other, house.client)
    for person in (other, house.client):
        assert len(call(db, person, "get_own_surveys()")) == 1
    call(db, house.client, "answer_own_survey(%s, %s)", survey["id"], Jsonb({"csat": 5}))
    after = again(db, survey)
    assert (after["state"], after["client_id"]) == ("answered", str(other))


def test_a_manager_writes_down_what_was_said_on_the_phone(db: psycopg.Connection) -> None:
    house = Surveyed(db, "vip_platinum")
    house.agree("phone")
    ticket_id = house.solved()
    run_surveys(db)
    survey = survey_of(db, ticket_id)
    said = Jsonb({"csat": 3, "comment": "Woli rozmawiać"})
    for person, code in (
        (house.agent, "PT403"),
        (house.colleague, "PT404"),
        (house.client, "PT403"),
    ):
        found = refusal(db, person, "record_survey_answer(%s, %s)", survey["id"], said)
        assert found[0] == code
    call(db, house.manager, "record_survey_answer(%s, %s)", survey["id"], said)
    after = again(db, survey)
    assert (after["answered_through"], after["answered_by"]) == ("staff", str(house.manager))


def test_an_answer_by_link_calls_the_call_off(db: psycopg.Connection) -> None:
    house = Surveyed(db, "vip_platinum")
    house.agree("phone")
    ticket_id = house.solved()
    run_surveys(db)
    survey = survey_of(db, ticket_id)
    call(db, house.client, "answer_own_survey(%s, %s)", survey["id"], Jsonb({"csat": 5}))
    row = db.execute(
        "select state, outcome from public.outreach_tasks where id = %s", [survey["task_id"]]
    ).fetchone()
    assert row == ("cancelled", "not_needed")


def test_an_answer_stays_but_its_words_may_be_erased(
    db: psycopg.Connection, survey: dict[str, Any], token: str
) -> None:
    answer(db, token, csat=1, comment="Źle")
    for change in ("csat = 5", "state = 'sent', answered_at = null", "comment = 'Dobrze'"):
        with refused(db, "PT409", "survey_answered"):
            db.execute(f"update public.surveys set {change} where id = %s".encode(), [survey["id"]])
    db.execute("update public.surveys set comment = null where id = %s", [survey["id"]])


def test_only_hashes_of_tokens_are_kept_and_five_are_enough(
    db: psycopg.Connection, survey: dict[str, Any], token: str
) -> None:
    tokens = [token, *(a_token(db, survey["id"]) for _ in range(4))]
    assert len({*tokens}) == 5
    assert all(len(one) == 43 for one in tokens)
    with acting_as(db, "service_role"), refused(db, "PT429", "too_many_tokens"):
        db.execute("select public.issue_survey_token(%s)", [survey["id"]])
    rows = db.execute("select encode(token_hash, 'escape') from private.survey_tokens").fetchall()
    assert not {*tokens} & {kept for (kept,) in rows}
    assert {as_visitor(db, "get_survey(%s)", one)["state"] for one in tokens} == {"open"}
