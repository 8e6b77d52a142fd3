"""Is what a rule watches bad enough to tell somebody, still bad, or over? Pure: no clock.

Between the two thresholds of a rule nothing changes: no alert is raised there and none ends.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from operator import ge, gt, le, lt

from lib.performance.models.alerts import (
    AlertCase,
    AlertContexts,
    AlertDecision,
    ClearReason,
    OpenAlert,
    Outcome,
)


@dataclass(frozen=True, kw_only=True)
class AlertPolicy:
    """How rules are applied; the rules themselves are rows (public.alert_rules)."""

    version: str = "alerts-1"

    def is_bad(self, case: AlertCase) -> bool:
        """Whether the value lies beyond what raises an alert, with data enough to say so."""
        beyond = gt if case.direction == "above" else lt
        return (
            case.value is not None
            and case.sample_count >= case.min_samples
            and beyond(case.value, case.raise_threshold)
        )

    def is_good(self, case: AlertCase) -> bool:
        """Whether an open alert ends: back at the other threshold, or nothing left to measure."""
        return case.value is None or _is_back(case, case.value)


def judge(contexts: AlertContexts, policy: AlertPolicy) -> list[AlertDecision]:
    """Return one decision for each case that asks for one; calm cases nobody watched need none."""
    decisions = (decide(case, contexts.read_at, policy) for case in contexts.cases)
    return [said for said in decisions if said is not None]


def decide(case: AlertCase, now: datetime, policy: AlertPolicy) -> AlertDecision | None:
    """Return what becomes of the case; None: it is calm and was calm."""
    if case.alert is not None:
        return _kept_or_cleared(case, case.alert, now, policy)
    if not case.is_active or not policy.is_bad(case) or _is_cooling(case, now):
        return _said(case, "calm") if case.watched_at else None
    watched_at = case.watched_at or now
    if now - watched_at >= timedelta(seconds=case.min_seconds):
        return _said(case, "raise")
    return _said(case, "watch", watched_at=watched_at)


def _kept_or_cleared(
    case: AlertCase, alert: OpenAlert, now: datetime, policy: AlertPolicy
) -> AlertDecision:
    if not case.is_active:
        return _cleared(case, alert, "rule_off")
    if policy.is_good(case):
        return _cleared(case, alert, "recovered")
    is_resumed = alert.silenced_until is not None and alert.silenced_until <= now
    return AlertDecision(
        rule_id=case.rule_id,
        rule_version=case.rule_version,
        desk_id=case.desk_id,
        outcome="hold",
        value=case.value,
        ticket_id=case.ticket_id,
        alert_id=alert.id,
        alert_version=alert.version,
        is_resumed=is_resumed,
        step=_next_step(case, alert, now),
    )


def _next_step(case: AlertCase, alert: OpenAlert, now: datetime) -> int | None:
    """Return the step that is due: one at a time, none while somebody has acknowledged it."""
    if alert.state != "open" or alert.steps_taken >= len(case.escalation):
        return None
    wait = timedelta(seconds=case.escalation[alert.steps_taken].after_seconds)
    return alert.steps_taken + 1 if now >= alert.stepped_at + wait else None


def _is_cooling(case: AlertCase, now: datetime) -> bool:
    if case.last_cleared_at is None:
        return False
    return now < case.last_cleared_at + timedelta(seconds=case.cooldown_seconds)


def _is_back(case: AlertCase, value: Decimal) -> bool:
    return bool((le if case.direction == "above" else ge)(value, case.clear_threshold))


def _cleared(case: AlertCase, alert: OpenAlert, reason: ClearReason) -> AlertDecision:
    return AlertDecision(
        rule_id=case.rule_id,
        rule_version=case.rule_version,
        desk_id=case.desk_id,
        outcome="clear",
        value=case.value,
        ticket_id=case.ticket_id,
        alert_id=alert.id,
        alert_version=alert.version,
        clear_reason=reason,
        is_quiet=alert.state == "silenced",
    )


def _said(case: AlertCase, outcome: Outcome, watched_at: datetime | None = None) -> AlertDecision:
    return AlertDecision(
        rule_id=case.rule_id,
        rule_version=case.rule_version,
        desk_id=case.desk_id,
        outcome=outcome,
        value=case.value,
        ticket_id=case.ticket_id,
        watched_at=watched_at,
    )
