"""Undoing a service: nothing more is begun, and what was done is undone, the last first."""

from datetime import timedelta

from lib.vip.models.white_glove import Step
from lib.vip.saga import Saga

UNFINISHED = ("waiting", "ready", "in_progress")


def must_compensate(saga: Saga) -> bool:
    """Whether the service goes backwards: it is cancelled, or has failed beyond repair."""
    return saga.status == "cancelled" or (
        saga.status == "recovery"
        and any(s.state == "failed" and s.on_failure == "compensate" for s in saga.steps)
    )


def compensate(saga: Saga, undo_seconds: int) -> None:
    """Undo as far as the house can alone; where a person must, wait for them."""
    if _give_up_open_steps(saga) and saga.status == "cancelled":
        saga.tell([saga.case.client_id, saga.agent_id], "white_glove_cancelled", None)
    for step in sorted(saga.steps, key=lambda each: -(each.executed_rank or 0)):
        if step.state == "compensating":
            return
        if step.state == "done" and step.undo_kind != "none":
            undoing = saga.change(
                step,
                "undo",
                state="compensating",
                due_at=saga.now + timedelta(seconds=undo_seconds),
                overdue_level=0,
            )
            if step.undo_kind == "task":
                saga.tell([step.owner_id], "white_glove_undo_asked", step)
                return
            _undo_alone(saga, undoing)
    if saga.status == "recovery":
        saga.turn("cancelled", "compensated")
        people = [saga.case.client_id, saga.agent_id, *saga.case.manager_ids]
        saga.tell(people, "white_glove_cancelled", None)


def _give_up_open_steps(saga: Saga) -> bool:
    unfinished = [step for step in saga.steps if step.state in UNFINISHED]
    for step in unfinished:
        _call_off(saga, step, "asked")
        saga.change(saga.step(step.key), "cancelled", state="skipped", result="cancelled")
    return bool(unfinished)


def _undo_alone(saga: Saga, step: Step) -> None:
    if step.undo_kind == "partner":
        _call_off(saga, step, "accepted")
        saga.tell([step.owner_id], "white_glove_partner_called_off", step)
    else:
        saga.tell([saga.case.client_id], "white_glove_undone", step)
    saga.change(saga.step(step.key), "undo", state="compensated", result="undone")


def _call_off(saga: Saga, step: Step, state: str) -> None:
    for request in step.requests:
        if request.state == state:
            saga.settle(step, request, "withdrawn", "cancelled")
