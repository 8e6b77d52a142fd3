"""Services as the white-glove worker reads them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from lib.vip.models.white_glove import (
    Colleague,
    PartnerRequest,
    ServiceCase,
    ServicePlan,
    Step,
    WhiteGloveContexts,
)
from lib.vip.saga import Saga
from lib.vip.white_glove import WhiteGlovePolicy, decide

NOON = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
POLICY = WhiteGlovePolicy()
CLIENT, DEDICATED, DEPUTY, RELATION, CONCIERGE, SPARE, MANAGER = (UUID(int=n) for n in range(1, 8))
SERVICE, PARTNERS = UUID(int=100), (UUID(int=201), UUID(int=202))


def a_step(key: str, **changes: Any) -> Step:
    """A task of the dedicated agent that is to be done within the hour."""
    plain = {
        "id": UUID(int=1000 + sum(key.encode())),
        "key": key,
        "phase": "deliver",
        "kind": "task",
        "owner_role": "dedicated_agent",
        "owner_id": DEDICATED,
        "state": "waiting",
        "due_at": NOON + timedelta(hours=1),
        "due_base": "start",
        "due_seconds": 3600,
        "depends_on_keys": (),
        "answer_seconds": None,
        "undo_kind": "none",
        "on_failure": "hold",
        "max_attempts": 1,
        "attempt": 0,
        "overdue_level": 0,
        "executed_rank": None,
        "result": None,
        "has_consent": True,
        "requests": (),
        "partner_ids": (),
    }
    return Step.model_validate({**plain, **changes})


def a_partner_step(key: str = "car", **changes: Any) -> Step:
    """Two partners could do it."""
    plain = {
        "kind": "partner_request",
        "owner_role": "partner",
        "answer_seconds": 600,
        "partner_ids": PARTNERS,
    }
    return a_step(key, **{**plain, **changes})


def a_notice(key: str = "letter", **changes: Any) -> Step:
    """The house writes to the client at once."""
    plain = {"kind": "notify", "owner_role": "house", "owner_id": None, "due_at": NOON}
    return a_step(key, **{**plain, **changes})


def a_question(key: str = "question", **changes: Any) -> Step:
    """The client is asked."""
    return a_step(key, **{"kind": "wait_client", **changes})


def a_request(partner: int, state: str, expires_in: float = 600) -> PartnerRequest:
    return PartnerRequest.model_validate(
        {
            "id": UUID(int=300 + partner),
            "partner_id": PARTNERS[partner],
            "state": state,
            "expires_at": NOON + timedelta(seconds=expires_in),
        }
    )


def somebody(person: UUID, role: str = "agent", **changes: Any) -> Colleague:
    return Colleague.model_validate(
        {"id": person, "role": role, "leaves": (), "engagements": (), **changes}
    )


STAFF = (
    somebody(DEDICATED),
    somebody(DEPUTY),
    somebody(RELATION, "relationship_manager"),
    somebody(CONCIERGE, "concierge"),
    somebody(SPARE),
)


def a_case(*steps: Step, **changes: Any) -> ServiceCase:
    """A service that was confirmed and is the dedicated agent's."""
    plain = {
        "service_id": SERVICE,
        "client_id": CLIENT,
        "status": "confirmed",
        "is_entitled": True,
        "started_at": NOON,
        "scheduled_at": None,
        "ends_at": None,
        "assigned_agent_id": DEDICATED,
        "team": (DEDICATED, DEPUTY, RELATION),
        "steps": steps,
        "staff": STAFF,
        "manager_ids": (MANAGER,),
        "fingerprint": "print",
        "subject_ids": {SERVICE},
    }
    return ServiceCase.model_validate({**plain, **changes})


def contexts_of(*cases: ServiceCase, open_steps: dict[UUID, int] | None = None) -> Any:
    return WhiteGloveContexts(read_at=NOON, cases=cases, open_steps=open_steps or {})


class Outcome:
    """What was decided about a case, in words."""

    def __init__(self, case: ServiceCase, open_steps: dict[UUID, int] | None = None) -> None:
        self.saga = Saga(case, NOON, open_steps or {})
        self.plan: ServicePlan = decide(self.saga, POLICY)
        self._keys = {step.id: step.key for step in case.steps}

    @property
    def states(self) -> dict[str, str]:
        return {step.key: step.state for step in self.saga.steps}

    @property
    def owners(self) -> dict[str, UUID | None]:
        return {step.key: step.owner_id for step in self.saga.steps}

    @property
    def turns(self) -> list[str]:
        return [o["status"] for o in self.plan.operations if o["op"] == "status"]

    @property
    def moves(self) -> list[tuple[str, str]]:
        """Each change of a step, in order."""
        return [
            (self._keys[o["step_id"]], o["state"])
            for o in self.plan.operations
            if o["op"] == "step"
        ]

    @property
    def asked(self) -> list[UUID]:
        return [o["partner_id"] for o in self.plan.operations if o["op"] == "ask"]

    @property
    def settled(self) -> list[str]:
        return [o["state"] for o in self.plan.operations if o["op"] == "settle"]

    def told(self, kind: str) -> list[UUID]:
        return [
            person
            for o in self.plan.operations
            if o["op"] == "tell" and o["kind"] == kind
            for person in o["recipient_ids"]
        ]

    @property
    def looks_again_in(self) -> float | None:
        at = self.plan.look_again_at
        return (at - NOON).total_seconds() if at else None
