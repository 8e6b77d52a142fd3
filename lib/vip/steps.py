"""Going forward: which steps become ready, and what the house does about each of them."""

from datetime import timedelta

from lib.vip.models.white_glove import Phase, Status, Step
from lib.vip.saga import Saga

TOLD = "white_glove_step_ready"


def settled(saga: Saga, phase: Phase) -> bool:
    """Whether nothing of this phase is left to be done."""
    return all(step.is_settled for step in saga.steps if step.phase == phase)


def is_delivering(saga: Saga) -> bool:
    """Whether the service itself has begun."""
    return any(
        step.phase == "deliver" and step.state in ("ready", "in_progress", "done", "failed")
        for step in saga.steps
    )


def move_steps(saga: Saga) -> bool:
    """Let every step do what it can now; whether any did."""
    before = len(saga.operations)
    open_phases = _open_phases(saga)
    for step in saga.steps:
        if step.state == "waiting" and step.phase in open_phases and _is_free(saga, step):
            _begin(saga, step)
        elif step.state == "ready" and step.kind != "task":
            _run(saga, step)
        elif step.state == "in_progress":
            _wait(saga, step)
        elif step.state == "failed":
            _repeat_or_skip(saga, step)
    return len(saga.operations) > before


def fail_partners(saga: Saga, step: Step) -> None:
    """No partner is left to ask."""
    saga.change(step, "partners_exhausted", state="failed", result="partners_exhausted")


def _open_phases(saga: Saga) -> tuple[Phase, ...]:
    if saga.status == "delivered":
        return ("prepare", "deliver", "verify")
    if saga.status in ("confirmed", "in_progress") or is_delivering(saga):
        return ("prepare", "deliver")
    return ("prepare",)


def _is_free(saga: Saga, step: Step) -> bool:
    return all(saga.step(key).is_settled for key in step.depends_on_keys)


def _begin(saga: Saga, step: Step) -> None:
    new = saga.change(step, "step_ready", state="ready", attempt=step.attempt + 1)
    if step.kind == "task":
        saga.tell([step.owner_id], TOLD, new)


def _run(saga: Saga, step: Step) -> None:
    if step.kind == "wait_client":
        saga.change(step, "client_asked", state="in_progress")
        saga.tell([saga.case.client_id], "white_glove_confirmation_asked", step)
    elif step.kind == "partner_request":
        _ask_next(saga, step)
    elif step.due_at is None or step.due_at <= saga.now:
        _send(saga, step)
    elif _is_too_late(saga, step):
        saga.change(step, "too_late", state="skipped", result="too_late")


def _send(saga: Saga, step: Step) -> None:
    if step.has_consent:
        saga.change(step, "step_executed", state="done", result="sent")
        saga.tell([saga.case.client_id], "white_glove_notice", step)
    else:
        saga.change(step, "no_consent", state="skipped", result="no_consent")


def _is_too_late(saga: Saga, step: Step) -> bool:
    # Everything happened earlier than agreed: nobody is reminded of what is over.
    return step.phase == "deliver" and all(
        each.is_settled for each in saga.steps if each.phase == "deliver" and each.kind != "notify"
    )


def _ask_next(saga: Saga, step: Step) -> None:
    asked = {request.partner_id for request in step.requests}
    partner_id = next((each for each in step.partner_ids if each not in asked), None)
    if partner_id is None:
        fail_partners(saga, step)
        return
    expires_at = saga.now + timedelta(seconds=step.answer_seconds or 0)
    saga.ask(step, partner_id, expires_at)
    new = saga.change(step, "partner_asked", state="in_progress", result=None)
    saga.tell([step.owner_id], "white_glove_partner_asked", new)


def _wait(saga: Saga, step: Step) -> None:
    for request in step.requests:
        if request.state == "asked" and request.expires_at <= saga.now:
            saga.settle(step, request, "timed_out", "partner_silent")
            saga.change(saga.step(step.key), "partner_silent", state="ready")
            return
    is_late = step.due_at is not None and step.due_at <= saga.now
    if step.kind == "wait_client" and step.phase == "verify" and is_late:
        # Whoever says nothing after days is content: the house does not keep asking.
        saga.change(step, "client_silent", state="skipped", result="unanswered")


def _repeat_or_skip(saga: Saga, step: Step) -> None:
    if step.kind == "task" and step.attempt < step.max_attempts:
        new = saga.change(
            step, "step_repeated", state="ready", result=None, attempt=step.attempt + 1
        )
        saga.tell([step.owner_id], TOLD, new)
    elif step.on_failure == "skip":
        saga.change(step, "step_dispensable", state="skipped")


def next_status(saga: Saga) -> Status | None:
    """Return the state that follows from the steps; None: the present one stays."""
    match saga.status:
        case "planned" | "waiting_client" | "waiting_partner" | "in_progress":
            new = _status_under_way(saga)
        case "confirmed":
            has_begun = any(
                step.phase == "deliver" and step.state in ("in_progress", "done")
                for step in saga.steps
            )
            new = "in_progress" if has_begun or settled(saga, "deliver") else "confirmed"
        case "delivered":
            new = "verified" if settled(saga, "verify") else "delivered"
        case "verified":
            new = "closed"
        case "recovery":
            new = _status_after_recovery(saga)
        case _:
            new = saga.status
    return None if new == saga.status else new


def _status_under_way(saga: Saga) -> Status:
    if saga.status != "in_progress" and not is_delivering(saga):
        if settled(saga, "prepare"):
            return "confirmed"
        return _waits_for(saga) or "planned"
    if settled(saga, "prepare") and settled(saga, "deliver"):
        return "delivered" if saga.status == "in_progress" else "in_progress"
    return _waits_for(saga) or "in_progress"


def _status_after_recovery(saga: Saga) -> Status:
    if not settled(saga, "prepare"):
        return "in_progress" if is_delivering(saga) else "planned"
    if not is_delivering(saga):
        return "confirmed"
    return "delivered" if settled(saga, "deliver") else "in_progress"


def _waits_for(saga: Saga) -> Status | None:
    # What the house will send by itself later holds nobody up.
    busy = {
        (step.kind, step.state)
        for step in saga.steps
        if step.phase != "verify" and step.state in ("ready", "in_progress")
    }
    if any(kind == "task" for kind, _ in busy):
        return None
    if ("wait_client", "in_progress") in busy:
        return "waiting_client"
    return "waiting_partner" if ("partner_request", "in_progress") in busy else None
