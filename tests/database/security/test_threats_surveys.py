"""Numbered threats around surveys: guessing, foreign surveys, answers that are not the client's."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.database.success.surveyor import (
    Surveyed,
    a_token,
    age,
    answer,
    as_visitor,
    run_surveys,
    survey_of,
    surveys_where,
)
from tests.factories import a_client, a_manager, a_staff_member, a_ticket, an_agent
from tests.support.acting import acting_as, refused
from tests.support.calling import call, refusal, rows
from tests.support.parallel import lasting_desk

WRONG = "A" * 43


@pytest.fixture
def house(db: psycopg.Connection) -> Surveyed:
    return Surveyed(db)


@contextmanager
def calling_from(db: psycopg.Connection, address: str) -> Iterator[None]:
    """As the gateway tells where a request comes from."""
    db.execute(
        "select set_config('request.headers', %s, true)", [json.dumps({"x-real-ip": address})]
    )
    yield
    db.execute("select set_config('request.headers', '', true)")


def test_threat_570_a_wrong_token_is_counted_by_address_until_it_is_told_to_wait(
    db: psycopg.Connection, house: Surveyed
) -> None:
    token = a_token(db, house.sent()["id"])
    with calling_from(db, "203.0.113.7"):
        for _ in range(20):
            assert answer(db, WRONG, csat=5)["message"] == "survey_not_found"
            row = db.execute("select current_setting('response.status')").fetchone()
            assert row == ("404",), "an exception would have taken the count back"
        for function in ("answer_survey(%s, '{\"csat\": 5}')", "get_survey(%s)"):
            for tried in (WRONG, token):
                with refused(db, "PT429", "too_many_requests"):
                    as_visitor(db, function, tried)
    with calling_from(db, "203.0.113.8"):
        assert as_visitor(db, "get_survey(%s)", token)["state"] == "open"


@pytest.mark.parametrize("guess", [None, "", "x", WRONG, WRONG + "A", "' or true --", "ą" * 43])
def test_threat_571_what_is_no_token_leads_nowhere(
    db: psycopg.Connection, house: Surveyed, guess: str | None
) -> None:
    a_token(db, house.sent()["id"])
    with refused(db, "PT404", "survey_not_found"):
        as_visitor(db, "get_survey(%s)", guess)
    assert answer(db, guess or "", csat=5)["message"] == "survey_not_found"


def test_threat_572_tokens_are_made_for_the_server_alone_and_never_kept(
    db: psycopg.Connection, house: Surveyed
) -> None:
    survey = house.sent()
    for person in (house.client, house.agent, house.manager):
        with (
            pytest.raises(psycopg.errors.InsufficientPrivilege),
            db.transaction(),
            acting_as(db, "authenticated", person),
        ):
            db.execute("select public.issue_survey_token(%s)", [survey["id"]])
    for role in ("anon", "authenticated", "service_role"):
        with (
            pytest.raises(psycopg.errors.InsufficientPrivilege),
            db.transaction(),
            acting_as(db, role, house.manager),
        ):
            db.execute("select * from private.survey_tokens")


def test_threat_573_a_foreign_survey_answers_like_none(
    db: psycopg.Connection, house: Surveyed
) -> None:
    survey, stranger = house.sent(), a_client(db, desk_id=house.desk_id)
    said = Jsonb({"csat": 1})
    for survey_id in (survey["id"], stranger):
        found = refusal(db, stranger, "answer_own_survey(%s, %s)", survey_id, said)
        assert found[:2] == ("PT404", "survey_not_found")
        elsewhere = refusal(db, a_manager(db), "record_survey_answer(%s, %s)", survey_id, said)
        assert elsewhere[:2] == ("PT404", "survey_not_found")
    assert call(db, stranger, "get_own_surveys()") == []


def test_threat_574_staff_answer_neither_by_link_nor_about_themselves(
    db: psycopg.Connection, house: Surveyed
) -> None:
    survey = house.sent()
    token, said = a_token(db, survey["id"]), Jsonb({"csat": 5})
    for person in (house.agent, house.colleague, house.manager):
        found = refusal(db, person, "answer_survey(%s, %s)", token, said)
        assert found[:2] == ("PT403", "staff_cannot_answer")
    assert refusal(db, house.agent, "record_survey_answer(%s, %s)", survey["id"], said)[:2] == (
        "PT403",
        "own_survey",
    )


READ: LiteralString = "select csat from public.surveys where id = %s"


def test_threat_575_an_agent_learns_of_a_survey_when_it_is_answered_and_not_before(
    db: psycopg.Connection, house: Surveyed
) -> None:
    survey = house.sent()
    boss = a_staff_member(db, "executive")
    far, stranger = a_manager(db), a_client(db)
    people = {
        "agent": house.agent,
        "manager": house.manager,
        "client": house.client,
        "colleague": house.colleague,
        "executive": boss,
        "far": far,
        "stranger": stranger,
    }

    def readers(statement: LiteralString) -> set[str]:
        return {name for name, who in people.items() if rows(db, who, statement, survey["id"])}

    assert readers(READ) == {"manager", "executive", "client"}
    answer(db, a_token(db, survey["id"]), csat=2, comment="Tylko dla Państwa")
    assert readers(READ) == {"agent", "manager", "executive", "client"}
    answers: LiteralString = "select body from public.survey_answers where survey_id = %s"
    assert readers(answers) == {"agent", "manager", "executive", "client"}


def test_threat_576_a_client_does_not_see_why_they_were_not_asked(
    db: psycopg.Connection, house: Surveyed
) -> None:
    ticket_id = house.solved(category="spam")
    run_surveys(db)
    assert survey_of(db, ticket_id)["reason"] == "excluded_category"
    assert rows(db, house.client, "select 1 from public.surveys") == []


WRITES: tuple[LiteralString, ...] = (
    "update public.surveys set csat = 5",
    "delete from public.surveys",
    "insert into public.survey_answers (survey_id, question, number) values"
    " (gen_random_uuid(), 'csat', 5)",
    "update public.survey_rules set sample_share = 0",
    "update public.survey_texts set body = 'x'",
    "select private.create_survey('cycle', null, null, null, null)",
    "select private.take_survey_answer(null, '{}', 'staff', null)",
    "select private.carry_out_surveys('[]', 'x')",
)


@pytest.mark.parametrize("statement", WRITES)
def test_threat_577_nobody_writes_surveys_past_their_functions(
    db: psycopg.Connection, house: Surveyed, statement: LiteralString
) -> None:
    for role in ("anon", "authenticated", "service_role"):
        if role == "service_role" and "carry_out_surveys" in statement:
            continue
        with (
            pytest.raises(psycopg.errors.InsufficientPrivilege),
            db.transaction(),
            acting_as(db, role, house.manager),
        ):
            db.execute(statement)


def test_threat_578_a_token_lives_no_longer_than_its_survey(
    db: psycopg.Connection, house: Surveyed
) -> None:
    survey = house.sent()
    token = a_token(db, survey["id"])
    age(db, survey["id"], 400)
    with refused(db, "PT410", "survey_over"):
        as_visitor(db, "get_survey(%s)", token)
    db.execute("delete from public.support_tickets where id = %s", [survey["ticket_id"]])
    assert not surveys_where(db, "id = %s", survey["id"])
    with refused(db, "PT404", "survey_not_found"):
        as_visitor(db, "get_survey(%s)", token)


SENT: LiteralString = """
with made as (
    insert into public.surveys (
        kind, client_id, ticket_id, cycle, desk_id, tier, language, rule_version, state, manner,
        questionnaire_version, questions, asked_at, sent_at, expires_at, late_until
    )
    select 'cycle', client_id, id, 1, desk_id, tier, 'pl', 1, 'sent', 'link', 1, '{csat}', now(),
        now(), now() + interval '1 day', now() + interval '2 days'
    from public.support_tickets where id = %s
    returning id
)
insert into private.survey_tokens (token_hash, survey_id)
select private.hash_survey_token(%s), id from made returning survey_id
"""


def test_threat_579_of_two_answers_at_the_same_moment_one_counts(database_url: str) -> None:
    with lasting_desk(database_url) as (db, desk_id):
        ticket_id = a_ticket(
            db, a_client(db, desk_id=desk_id), assignee_id=an_agent(db, desk_id=desk_id)
        )
        row = db.execute(SENT, [ticket_id, WRONG]).fetchone()
        assert row is not None
        start = Barrier(2)

        def say(csat: int) -> Any:
            with psycopg.connect(database_url) as other:
                start.wait(10)
                try:
                    return answer(other, WRONG, f"k{csat}", csat=csat)["is_late"]
                except psycopg.Error as error:
                    return error.diag.message_primary

        with ThreadPoolExecutor(2) as pool:
            results = list(pool.map(say, (1, 5)))
        assert sorted(map(str, results)) == ["False", "survey_answered"]
        [survey] = surveys_where(db, "id = %s", row[0])
        assert survey["csat"] == (1, 5)[results.index(False)]
        counted = db.execute(
            "select count(*) from public.events where subject_id = %s and kind = 'survey.answered'",
            [row[0]],
        ).fetchone()
        assert counted == (1,)
        db.execute("delete from private.jobs where subject_id = %s", [row[0]])
