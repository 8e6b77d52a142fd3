"""A service while a decision is being made: its rows as they will be, and the changes so far."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from lib.vip.models.white_glove import Operation, PartnerRequest, ServiceCase, Status, Step


class Saga:
    """Every change is made twice: in the working copy, and as an operation for the write."""

    def __init__(self, case: ServiceCase, now: datetime, open_steps: Mapping[UUID, int]) -> None:
        self.case = case
        self.now = now
        self.open_steps = open_steps
        self.status: Status = case.status
        self.agent_id = case.assigned_agent_id
        self.operations: list[Operation] = []
        self.moments: list[datetime] = []
        """When something new may have to be done although nothing happened."""
        self._steps = {step.key: step for step in case.steps}

    @property
    def steps(self) -> list[Step]:
        """The steps as they are by now, in the playbook's order."""
        return list(self._steps.values())

    def step(self, key: str) -> Step:
        """Return the step as it is by now."""
        return self._steps[key]

    def change(self, step: Step, reason: str, **changes: Any) -> Step:
        """Change a step; the reason stands in the history."""
        if changes.get("state") == "done":
            changes["executed_rank"] = 1 + max(each.executed_rank or 0 for each in self.steps)
        new = step.model_copy(update=changes)
        self._steps[step.key] = new
        self.operations.append(
            {
                "op": "step",
                "step_id": new.id,
                "state": new.state,
                "owner_id": new.owner_id,
                "due_at": new.due_at,
                "result": new.result,
                "attempt": new.attempt,
                "overdue_level": new.overdue_level,
                "reason": reason,
            }
        )
        return new

    def turn(self, status: Status, reason: str) -> None:
        """Change the state of the service."""
        self.status = status
        self.operations.append({"op": "status", "status": status, "reason": reason})

    def assign(self, agent_id: UUID | None, collides_with_ids: Iterable[UUID]) -> None:
        """Give the whole service to an agent, who may be engaged at that time."""
        self.agent_id = agent_id
        self.operations.append(
            {"op": "assign", "agent_id": agent_id, "collides_with_ids": list(collides_with_ids)}
        )

    def ask(self, step: Step, partner_id: UUID, expires_at: datetime) -> None:
        """Ask a partner for a step."""
        self.moments.append(expires_at)
        self.operations.append(
            {
                "op": "ask",
                "step_id": step.id,
                "partner_id": partner_id,
                "expires_at": expires_at,
            }
        )

    def settle(self, step: Step, request: PartnerRequest, state: str, reason: str) -> None:
        """End a request that the partner did not answer, or that is called off."""
        requests = tuple(
            each.model_copy(update={"state": state}) if each.id == request.id else each
            for each in step.requests
        )
        self._steps[step.key] = self.step(step.key).model_copy(update={"requests": requests})
        self.operations.append(
            {"op": "settle", "request_id": request.id, "state": state, "reason": reason}
        )

    def tell(self, recipient_ids: Iterable[UUID | None], kind: str, step: Step | None) -> None:
        """Tell people of it; where nobody is named, the managers."""
        known = list(dict.fromkeys(each for each in recipient_ids if each))
        told = known or list(self.case.manager_ids)
        if told:
            key = step.key if step else None
            self.operations.append(
                {"op": "tell", "recipient_ids": told, "kind": kind, "step_key": key}
            )
