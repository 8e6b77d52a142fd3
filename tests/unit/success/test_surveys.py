"""Asked, later or not, how and what: the table of decisions, and what holds for all of them."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.success.models.surveys import (
    Carried,
    Question,
    Questionnaire,
    Rule,
    SurveyCase,
    SurveyContexts,
    SurveyDecision,
    Ticket,
)
from lib.success.surveys import SurveyPolicy, choose_caller, decide, draw, judge

NOON = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
POLICY = SurveyPolicy()
ALWAYS = UUID("00000000-0000-4000-8000-000000000007")  # draws 0
NEVER = UUID("ffffffff-0000-4000-8000-000000000007")  # draws almost 1
CALLERS = (UUID(int=21), UUID(int=22), UUID(int=23))


def ago(**span: float) -> datetime:
    return NOON - timedelta(**span)


def a_rule(**changes: Any) -> Rule:
    plain = {
        "is_active": True,
        "ask_at": ago(minutes=1),
        "cooldown_seconds": 14 * 86400,
        "sample_share": 1.0,
        "answer_seconds": 14 * 86400,
        "is_by_phone": False,
        "excluded_categories": frozenset({"spam"}),
    }
    return Rule(**{**plain, **changes})


def a_ticket(**changes: Any) -> Ticket:
    plain = {"is_merged": False, "is_reopened": False, "category": "booking"}
    return Ticket(**{**plain, **changes})


def a_question(name: str, **changes: Any) -> Question:
    plain = {
        "question": name,
        "is_required": name == "csat",
        "shown_if_question": None,
        "repeat_seconds": 0,
    }
    return Question(**{**plain, **changes})


SHEET = Questionnaire(
    version=3,
    is_worded=True,
    questions=(
        a_question("csat"),
        a_question("reasons", shown_if_question="csat"),
        a_question("nps", repeat_seconds=90 * 86400),
        a_question("why", shown_if_question="nps"),
        a_question("comment"),
    ),
)


def a_case(**changes: Any) -> SurveyCase:
    plain = {
        "survey_id": ALWAYS,
        "kind": "cycle",
        "state": "waiting",
        "happened_at": ago(hours=5),
        "expires_at": None,
        "rule": a_rule(),
        "ticket": a_ticket(),
        "is_internal": False,
        "has_phone_consent": True,
        "caller_ids": CALLERS,
        "last_asked_at": None,
        "asked_questions": {},
        "questionnaire": SHEET,
        "outreach": None,
        "fingerprint": "f",
        "subject_ids": frozenset({UUID(int=5)}),
    }
    return SurveyCase(**{**plain, **changes})


def outcome(case: SurveyCase, now: datetime = NOON) -> tuple[str, str | None] | None:
    said = decide(case, now, POLICY)
    return (said.outcome, said.reason) if said else None


SKIPS: list[tuple[str, dict[str, Any]]] = [
    ("rule_off", {"rule": None}),
    ("rule_off", {"rule": a_rule(is_active=False)}),
    ("internal", {"is_internal": True}),
    ("merged", {"ticket": a_ticket(is_merged=True, is_reopened=True, category="spam")}),
    ("reopened", {"ticket": a_ticket(is_reopened=True, category="spam")}),
    ("excluded_category", {"ticket": a_ticket(category="spam")}),
    ("not_sampled", {"survey_id": NEVER, "rule": a_rule(sample_share=0.99)}),
    ("not_sampled", {"rule": a_rule(sample_share=0.0)}),
    ("too_late", {"rule": a_rule(ask_at=ago(days=7, seconds=1))}),
    ("cool_down", {"last_asked_at": ago(days=13)}),
    ("no_words", {"questionnaire": None}),
    ("no_words", {"questionnaire": SHEET.model_copy(update={"is_worded": False})}),
]


@pytest.mark.parametrize(("reason", "changes"), SKIPS)
def test_whoever_is_not_asked_is_not_asked_for_one_reason(
    reason: str, changes: dict[str, Any]
) -> None:
    assert outcome(a_case(**changes)) == ("skip", reason)


def test_before_its_moment_a_survey_waits_for_it() -> None:
    at = NOON + timedelta(hours=2)
    said = decide(a_case(rule=a_rule(ask_at=at), last_asked_at=ago(days=1)), NOON, POLICY)
    assert said is not None
    assert (said.outcome, said.ask_at) == ("wait", at), "the cool-down may be over by then"


def test_a_recovery_is_asked_about_whoever_was_drawn_and_asked_before() -> None:
    case = a_case(
        kind="recovery",
        survey_id=NEVER,
        rule=a_rule(sample_share=0.0),
        last_asked_at=ago(minutes=5),
    )
    assert outcome(case) == ("ask", None)


def test_a_client_is_asked_again_the_moment_the_cool_down_is_over() -> None:
    case = a_case(last_asked_at=ago(days=14))
    assert outcome(case) == ("ask", None)
    assert outcome(case, ago(microseconds=1)) == ("skip", "cool_down")


@pytest.mark.parametrize(
    ("changes", "manner"),
    [
        ({}, "phone"),
        ({"has_phone_consent": False}, "link"),
        ({"caller_ids": ()}, "link"),
        ({"rule": a_rule()}, "link"),
    ],
)
def test_a_manager_calls_only_a_client_who_agrees_and_if_one_may(
    changes: dict[str, Any], manner: str
) -> None:
    said = decide(a_case(**{"rule": a_rule(is_by_phone=True), **changes}), NOON, POLICY)
    assert said is not None
    assert said.manner == manner
    assert (said.caller_id in CALLERS) == (manner == "phone")
    assert said.call_until == (NOON + POLICY.call_time if manner == "phone" else None)


def test_what_was_asked_lately_is_not_asked_again_nor_what_depends_on_it() -> None:
    assert asked({}) == ("csat", "reasons", "nps", "why", "comment")
    assert asked({"nps": ago(days=89), "csat": ago(days=1)}) == ("csat", "reasons", "comment")
    assert asked({"nps": ago(days=90)}) == ("csat", "reasons", "nps", "why", "comment")


def asked(before: dict[str, datetime]) -> tuple[str, ...]:
    said = decide(a_case(asked_questions=before), NOON, POLICY)
    assert said is not None
    assert said.questionnaire_version == SHEET.version
    return said.questions


CARRIED: list[tuple[Carried | None, tuple[str, str | None] | None]] = [
    (Carried(state="queued", reason=None), None),
    (Carried(state="sent", reason=None), ("mark_sent", None)),
    (Carried(state="delivered", reason=None), ("mark_sent", None)),
    (Carried(state="suppressed", reason="no_consent"), ("skip", "no_consent")),
    (Carried(state="cancelled", reason=None), ("skip", "cancelled")),
    (None, ("skip", "message_gone")),
]


@pytest.mark.parametrize(("carried", "expected"), CARRIED)
def test_a_message_that_goes_nowhere_ends_the_survey_with_its_reason(
    carried: Carried | None, expected: tuple[str, str | None] | None
) -> None:
    assert outcome(a_case(state="queued", outreach=carried)) == expected


def test_a_message_is_called_back_when_the_ticket_goes_on() -> None:
    on_its_way = Carried(state="queued", reason=None)
    case = a_case(state="queued", outreach=on_its_way, ticket=a_ticket(is_reopened=True))
    assert outcome(case) == ("skip", "reopened")


def test_what_a_merge_called_off_is_judged_anew_and_nothing_else_is() -> None:
    assert outcome(a_case(state="skipped")) == ("ask", None)
    assert outcome(a_case(state="skipped", ticket=a_ticket(is_merged=True))) is None


def test_a_sent_survey_expires_at_its_moment_and_changes_no_more() -> None:
    case = a_case(state="sent", expires_at=NOON, ticket=a_ticket(is_merged=True), rule=None)
    assert outcome(case) == ("expire", None)
    assert outcome(case, ago(seconds=1)) is None


@given(st.uuids(version=4))
def test_the_lot_of_a_survey_is_a_share_and_stays(survey_id: UUID) -> None:
    assert 0 <= draw(survey_id) < 1
    assert draw(survey_id) == draw(UUID(str(survey_id)))
    assert choose_caller(survey_id, CALLERS) in CALLERS


def test_as_many_are_drawn_as_the_share_says() -> None:
    lots = Random(7)
    ids = [UUID(int=lots.getrandbits(128)) for _ in range(4000)]
    for share in (0.0, 0.3, 0.8, 1.0):
        assert abs(sum(draw(one) < share for one in ids) - share * 4000) < 120  # 4 deviations


CASES = st.builds(
    a_case,
    survey_id=st.sampled_from([ALWAYS, NEVER]),
    kind=st.sampled_from(["cycle", "recovery", "treatment"]),
    state=st.sampled_from(["waiting", "queued", "sent", "skipped"]),
    rule=st.none()
    | st.builds(
        a_rule,
        is_active=st.booleans(),
        is_by_phone=st.booleans(),
        sample_share=st.sampled_from([0.0, 0.5, 1.0]),
        ask_at=st.sampled_from([ago(days=9), ago(minutes=1), NOON + timedelta(hours=1)]),
    ),
    ticket=st.none() | st.builds(a_ticket, is_merged=st.booleans(), is_reopened=st.booleans()),
    is_internal=st.booleans(),
    last_asked_at=st.none() | st.just(ago(days=1)),
    expires_at=st.none() | st.just(ago(days=1)),
    outreach=st.none() | st.just(Carried(state="sent", reason=None)),
)


@given(CASES)
def test_each_decision_says_all_that_its_outcome_needs_and_nothing_else(case: SurveyCase) -> None:
    [*decisions] = judge(SurveyContexts(read_at=NOON, cases=(case,)), POLICY)
    for said in decisions:
        assert (said.survey_id, said.fingerprint) == (case.survey_id, case.fingerprint)
        assert filled(said) <= NEEDED[said.outcome] | {"caller_id", "call_until"}
        assert NEEDED[said.outcome] <= filled(said)


NEEDED = {
    "ask": {"manner", "questionnaire_version", "questions"},
    "wait": {"ask_at"},
    "skip": {"reason"},
    "mark_sent": set(),
    "expire": set(),
}
OPTIONAL = (
    *("reason", "ask_at", "manner", "caller_id", "call_until"),
    *("questionnaire_version", "questions"),
)


def filled(said: SurveyDecision) -> set[str]:
    return {name for name in OPTIONAL if getattr(said, name)}


def test_a_policy_without_patience_is_refused() -> None:
    with pytest.raises(ValueError, match="positive"):
        SurveyPolicy(patience=timedelta(0))
