"""How a white-glove service goes on. Pure: time comes with the contexts.

What is decided follows from the rows of the service alone, whatever event led here and however
often; all that can be done now is decided at once, so a service never waits for its own echo.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from lib.vip.compensation import compensate, must_compensate
from lib.vip.models.white_glove import (
    ServiceCase,
    ServicePlan,
    Step,
    WhiteGloveContexts,
    WhiteGlovePlan,
)
from lib.vip.owners import can_keep, choose_agent, choose_owner, is_there
from lib.vip.saga import Saga
from lib.vip.steps import move_steps, next_status

if TYPE_CHECKING:
    from uuid import UUID

OPEN = ("waiting", "ready", "in_progress", "compensating")
BEGUN = ("ready", "in_progress", "compensating")


@dataclass(frozen=True, kw_only=True)
class WhiteGlovePolicy:
    """What playbooks do not say. Seconds."""

    escalation_seconds: int = 1800
    """After an overdue step's owner was told, until the managers are."""
    undo_seconds: int = 7200
    """Time for a person to undo a step."""
    notice_seconds: int = 900
    """The least time anybody gets, when a service is asked for at short notice."""

    def __post_init__(self) -> None:
        if min(self.escalation_seconds, self.undo_seconds, self.notice_seconds) <= 0:
            raise ValueError("times are positive")


def advance(contexts: WhiteGloveContexts, policy: WhiteGlovePolicy) -> WhiteGlovePlan:
    """Decide each service; two of one batch do not take the same agent's time unseen."""
    plans: defaultdict[UUID, tuple[ServicePlan, ...]] = defaultdict(tuple)
    taken: dict[UUID, tuple[tuple[UUID, datetime, datetime], ...]] = {}
    for case in contexts.cases:
        saga = Saga(_with(case, taken), contexts.read_at, contexts.open_steps)
        plans[min(case.subject_ids)] += (decide(saga, policy),)
        if saga.agent_id and case.scheduled_at and case.ends_at:
            mine = (case.service_id, case.scheduled_at, case.ends_at)
            taken[saga.agent_id] = (*taken.get(saga.agent_id, ()), mine)
    return WhiteGlovePlan(dict(plans))


def decide(saga: Saga, policy: WhiteGlovePolicy) -> ServicePlan:
    """Return all that is to be done about the service now."""
    if saga.status == "requested":
        _qualify(saga)
    if saga.status == "qualified":
        _plan(saga, policy)
    if not must_compensate(saga):
        _keep_people(saga)
        _go_forward(saga)
    if must_compensate(saga):
        compensate(saga, policy.undo_seconds)
    _watch(saga, policy)
    return ServicePlan(
        saga.case.service_id,
        saga.case.fingerprint,
        tuple(saga.operations),
        min(saga.moments, default=None),
    )


def _with(
    case: ServiceCase, taken: Mapping["UUID", tuple[tuple["UUID", datetime, datetime], ...]]
) -> ServiceCase:
    staff = tuple(
        person.model_copy(update={"engagements": (*person.engagements, *taken.get(person.id, ()))})
        for person in case.staff
    )
    return case.model_copy(update={"staff": staff})


def _qualify(saga: Saga) -> None:
    # From here on the promise is given: a lower tier later changes nothing.
    if saga.case.is_entitled:
        saga.turn("qualified", "tier_entitled")
    else:
        saga.turn("cancelled", "tier_not_entitled")


def _plan(saga: Saga, policy: WhiteGlovePolicy) -> None:
    _give_service(saga)
    for step in saga.steps:
        due_at = due_of(saga.case, step, saga.now + timedelta(seconds=policy.notice_seconds))
        dated = step.model_copy(update={"due_at": due_at})
        owner_id = None if step.owner_role == "house" else choose_owner(saga, dated)
        if step.state == "waiting":
            saga.change(step, "planned", due_at=due_at, owner_id=owner_id)
    saga.turn("planned", "planned")


def due_of(case: ServiceCase, step: Step, soonest: datetime) -> datetime:
    """Return when the step is due; people have until `soonest` at least."""
    begin = case.scheduled_at if step.due_base == "schedule" else None
    due_at = (begin or case.started_at) + timedelta(seconds=step.due_seconds)
    return due_at if step.kind == "notify" else max(due_at, soonest)


def _give_service(saga: Saga) -> None:
    agent_id, collides_with_ids = choose_agent(saga)
    saga.assign(agent_id, collides_with_ids)
    if collides_with_ids or agent_id is None:
        kind = "white_glove_collision" if agent_id else "white_glove_unassigned"
        saga.tell([agent_id, *saga.case.manager_ids], kind, None)


def _keep_people(saga: Saga) -> None:
    """Whoever went on leave or left the desk is replaced."""
    at = max(saga.now, saga.case.scheduled_at or saga.now)
    is_kept = any(p.id == saga.agent_id and is_there(p, at) for p in saga.case.staff)
    if not is_kept and choose_agent(saga)[0] != saga.agent_id:
        _give_service(saga)
    _keep_owners(saga)


def _keep_owners(saga: Saga) -> None:
    for step in saga.steps:
        if step.state not in OPEN or step.owner_role == "house" or can_keep(saga, step):
            continue
        owner_id = choose_owner(saga, step)
        if owner_id != step.owner_id:
            new = saga.change(step, "owner_away", owner_id=owner_id)
            if step.state in BEGUN or owner_id is None:
                saga.tell([owner_id], "white_glove_step_given", new)


def _go_forward(saga: Saga) -> None:
    while not must_compensate(saga):
        if any(step.state == "failed" for step in saga.steps) and saga.status == "recovery":
            return
        moved = saga.status != "recovery" and move_steps(saga)
        failed = next((s for s in saga.steps if s.state == "failed"), None)
        if failed and not moved:
            saga.turn("recovery", failed.result or "step_failed")
            saga.tell([saga.agent_id, *saga.case.manager_ids], "white_glove_recovery", failed)
        elif status := next_status(saga):
            saga.turn(status, "steps_settled")
        elif not moved:
            return


def _watch(saga: Saga, policy: WhiteGlovePolicy) -> None:
    """Tell whose step is overdue, and note when to look again."""
    for step in saga.steps:
        if step.state not in BEGUN or step.due_at is None:
            continue
        if step.kind == "notify" and step.state == "ready":
            saga.moments.append(step.due_at)
        else:
            _remind(saga, step, step.due_at, timedelta(seconds=policy.escalation_seconds))
        saga.moments += [r.expires_at for r in step.requests if r.state == "asked"]


def _remind(saga: Saga, step: Step, due_at: datetime, later: timedelta) -> None:
    """First the owner is told, then the managers."""
    level = step.overdue_level
    if level == 0 and saga.now >= due_at:
        level = 1
        saga.tell([step.owner_id], "white_glove_step_overdue", step)
    if level == 1 and saga.now >= due_at + later:
        level = 2
        saga.tell(saga.case.manager_ids, "white_glove_step_overdue", step)
    if level != step.overdue_level:
        saga.change(step, "overdue", overdue_level=level)
    if level < 2:
        saga.moments.append(due_at + later * level)
