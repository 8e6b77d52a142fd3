"""Is a client asked about a service: now, later or not, how, and what? Pure: no clock.

What is decided follows from the rows of the survey alone, whatever event led here and however
often. Whoever is not asked is not asked for one reason, the first that holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from lib.success.models.surveys import (
    Outcome,
    Question,
    Questionnaire,
    Rule,
    SurveyCase,
    SurveyContexts,
    SurveyDecision,
)

TAKEN_UP_AGAIN = "merged"
"""A merge can be undone; then the survey it called off is judged once more."""


@dataclass(frozen=True, kw_only=True)
class SurveyPolicy:
    """What the rules of the house (public.survey_rules) do not say."""

    version: str = "surveys-1"
    patience: timedelta = timedelta(days=7)
    """After its moment a question is late for so long at most: then the service is forgotten."""
    call_time: timedelta = timedelta(days=3)
    """How long a manager has for the call."""

    def __post_init__(self) -> None:
        if min(self.patience, self.call_time) <= timedelta(0):
            raise ValueError("times are positive")

    def skips(self, case: SurveyCase, rule: Rule | None, now: datetime) -> str | None:
        """Return why the client is never asked about this; None: nothing speaks against it."""
        if rule is None or not rule.is_active:
            return "rule_off"
        if case.is_internal:
            return "internal"
        if reason := goes_on(case):
            return reason
        if case.ticket and case.ticket.category in rule.excluded_categories:
            return "excluded_category"
        if case.kind != "recovery" and draw(case.survey_id) >= rule.sample_share:
            return "not_sampled"
        if now > rule.ask_at + self.patience:
            return "too_late"
        return None

    def cools(self, case: SurveyCase, rule: Rule, now: datetime) -> bool:
        """Whether the client was asked something too short a time ago; recoveries always ask."""
        if case.kind == "recovery" or case.last_asked_at is None:
            return False
        return now < case.last_asked_at + timedelta(seconds=rule.cooldown_seconds)


def judge(contexts: SurveyContexts, policy: SurveyPolicy) -> list[SurveyDecision]:
    """Return one decision for each survey about which something is to be done."""
    said = (decide(case, contexts.read_at, policy) for case in contexts.cases)
    return [decision for decision in said if decision is not None]


def decide(case: SurveyCase, now: datetime, policy: SurveyPolicy) -> SurveyDecision | None:
    """Return what becomes of the survey; None: nothing for now."""
    if case.state == "sent":
        is_over = case.expires_at is not None and case.expires_at <= now
        return _said(case, "expire") if is_over else None
    if case.state == "queued":
        return follow(case)
    reason = policy.skips(case, case.rule, now)
    if reason is not None or case.rule is None:
        return None if case.state == "skipped" else _said(case, "skip", reason)
    if now < case.rule.ask_at:
        return SurveyDecision(
            survey_id=case.survey_id,
            fingerprint=case.fingerprint,
            subject_ids=case.subject_ids,
            outcome="wait",
            ask_at=case.rule.ask_at,
        )
    if policy.cools(case, case.rule, now):
        return _said(case, "skip", "cool_down")
    return ask(case, case.rule, now, policy)


def follow(case: SurveyCase) -> SurveyDecision | None:
    """Return what became of the message with the link, unless the service itself goes on."""
    if reason := goes_on(case):
        return _said(case, "skip", reason)
    if case.outreach is None:
        return _said(case, "skip", "message_gone")
    if case.outreach.state in ("sent", "delivered"):
        return _said(case, "mark_sent")
    if case.outreach.state == "queued":
        return None
    return _said(case, "skip", case.outreach.reason or case.outreach.state)


def ask(case: SurveyCase, rule: Rule, now: datetime, policy: SurveyPolicy) -> SurveyDecision:
    """Return how the client is asked: a manager calls a client who agrees to it, else a link."""
    sheet = case.questionnaire
    if sheet is None or not sheet.is_worded:
        return _said(case, "skip", "no_words")
    is_call = rule.is_by_phone and case.has_phone_consent and bool(case.caller_ids)
    return SurveyDecision(
        survey_id=case.survey_id,
        fingerprint=case.fingerprint,
        subject_ids=case.subject_ids,
        outcome="ask",
        manner="phone" if is_call else "link",
        caller_id=choose_caller(case.survey_id, case.caller_ids) if is_call else None,
        call_until=now + policy.call_time if is_call else None,
        questionnaire_version=sheet.version,
        questions=choose_questions(sheet, case, now),
    )


def choose_questions(sheet: Questionnaire, case: SurveyCase, now: datetime) -> tuple[str, ...]:
    """Return what is asked, in order: not again what was asked a short time ago, nor its sequel."""
    chosen: list[str] = []
    for asked in sheet.questions:
        is_sequel_of_none = asked.shown_if_question not in (None, *chosen)
        if asked.is_required or not (is_sequel_of_none or _is_fresh(asked, case, now)):
            chosen.append(asked.question)
    return tuple(chosen)


def goes_on(case: SurveyCase) -> str | None:
    """Return why the service is not over after all: it went on elsewhere, or was taken up again."""
    if case.ticket and case.ticket.is_merged:
        return TAKEN_UP_AGAIN
    return "reopened" if case.ticket and case.ticket.is_reopened else None


def draw(survey_id: UUID) -> float:
    """Return the lot of a survey, even over 0 to 1: its random id, so it stays the same."""
    return (survey_id.int >> 96) / 2**32


def choose_caller(survey_id: UUID, caller_ids: Sequence[UUID]) -> UUID:
    """Return the manager who calls: by lot, so that the calls are spread."""
    return caller_ids[survey_id.int % 2**32 % len(caller_ids)]


def _is_fresh(asked: Question, case: SurveyCase, now: datetime) -> bool:
    last_at = case.asked_questions.get(asked.question)
    return last_at is not None and now < last_at + timedelta(seconds=asked.repeat_seconds)


def _said(case: SurveyCase, outcome: Outcome, reason: str | None = None) -> SurveyDecision:
    return SurveyDecision(
        survey_id=case.survey_id,
        fingerprint=case.fingerprint,
        subject_ids=case.subject_ids,
        outcome=outcome,
        reason=reason,
    )
