"""Recovery cases and failures for tests."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from lib.vip.models.recovery import Candidate, RecoveryCase, RecoveryContexts, TriggerFacts
from lib.vip.recovery import RecoveryPolicy

NOON = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
POLICY = RecoveryPolicy()
CASE = UUID(int=9)


def after(**period: float) -> datetime:
    """So long after the case began."""
    return NOON + timedelta(**period)


def a_failure(job_id: int = 1, **changes: Any) -> TriggerFacts:
    plain = {
        "job_id": job_id,
        "trigger": "survey",
        "subject_id": uuid4(),
        "client_id": uuid4(),
        "ticket_id": None,
        "is_vip": False,
        "score": 2,
        "survey_kind": "cycle",
        "case_id": None,
        "is_owed": True,
        "details": {"csat": 2},
    }
    return TriggerFacts(**{**plain, **changes})


def somebody(number: int, stage: str = "manager", **changes: Any) -> Candidate:
    plain = {
        "staff_id": UUID(int=number),
        "stage": stage,
        "is_online": True,
        "is_on_leave": False,
        "case_count": 0,
    }
    return Candidate(**{**plain, **changes})


def a_case(*candidates: Candidate, **changes: Any) -> RecoveryCase:
    plain = {
        "case_id": CASE,
        "version": 3,
        "state": "open",
        "began_at": NOON,
        "owner_id": None,
        "assigned_at": None,
        "taken_at": None,
        "callback_due_at": None,
        "called_back_at": None,
        "resolved_at": None,
        "told": (),
        "is_failed_recovery": False,
        "can_owner_stay": changes.get("owner_id") is not None,
        "tried_ids": frozenset(),
        "candidates": candidates,
        "subject_ids": frozenset({CASE}),
    }
    return RecoveryCase(**{**plain, **changes})


def contexts_of(*things: RecoveryCase | TriggerFacts, read_at: datetime = NOON) -> RecoveryContexts:
    return RecoveryContexts(
        read_at=read_at,
        triggers=tuple(thing for thing in things if isinstance(thing, TriggerFacts)),
        cases=tuple(thing for thing in things if isinstance(thing, RecoveryCase)),
    )
