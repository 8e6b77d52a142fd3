"""Who does what: the client's own people first, never somebody on leave, others by their load."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from lib.vip.models.white_glove import Colleague, Step
from lib.vip.saga import Saga


def choose_agent(saga: Saga) -> tuple[UUID | None, tuple[UUID, ...]]:
    """Return who the service is given to, and the services of theirs it collides with.

    The first of the client's team, then of the desk, who is not on leave at that time and not
    engaged in another service; if all are engaged, the first who is not on leave.
    """
    at = saga.case.scheduled_at or saga.now
    able = [person for person in _everybody(saga, saga.case.team) if is_there(person, at)]
    for person in able:
        if not _collisions(saga, person):
            return person.id, ()
    return (able[0].id, _collisions(saga, able[0])) if able else (None, ())


def choose_owner(saga: Saga, step: Step) -> UUID | None:
    """Return who does the step, or watches over it; None: nobody can."""
    at = moment_of(saga, step)
    first: Iterable[UUID | None] = (saga.agent_id, *saga.case.team)
    if step.owner_role == "concierge":
        concierges = [person for person in saga.case.staff if person.role == "concierge"]
        first = (*_by_load(saga, concierges), *first)
    return next((p.id for p in _everybody(saga, first) if is_there(p, at)), None)


def can_keep(saga: Saga, step: Step) -> bool:
    """Whether the step's owner still works at the desk and is there when it is due."""
    at = moment_of(saga, step)
    return any(p.id == step.owner_id and is_there(p, at) for p in saga.case.staff)


def moment_of(saga: Saga, step: Step) -> datetime:
    """Return when its owner must be there: when it is due, or now if that is past."""
    return max(saga.now, step.due_at or saga.now)


def is_there(person: Colleague, at: datetime) -> bool:
    """Whether somebody is not on leave at that moment."""
    return not any(begin <= at < end for begin, end in person.leaves)


def _everybody(saga: Saga, first: Iterable[UUID | None]) -> Iterator[Colleague]:
    known = {p.id: p for p in saga.case.staff if p.id != saga.case.client_id}
    order = dict.fromkeys((*first, *_by_load(saga, known.values())))
    return (known[each] for each in order if each in known)


def _by_load(saga: Saga, people: Iterable[Colleague]) -> list[UUID]:
    return sorted((p.id for p in people), key=lambda each: (saga.open_steps.get(each, 0), each))


def _collisions(saga: Saga, person: Colleague) -> tuple[UUID, ...]:
    begin, end = saga.case.scheduled_at, saga.case.ends_at
    if begin is None or end is None:
        return ()
    return tuple(
        other
        for other, starts_at, ends_at in person.engagements
        if other != saga.case.service_id and starts_at < end and begin < ends_at
    )
