"""Who owns a recovery case, and why not the others."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lib.vip.models.recovery import Candidate, RecoveryCase


@dataclass(frozen=True, slots=True)
class Choice:
    """A new owner, or None when it stays as it is."""

    owner: Candidate | None
    reason: str | None
    considered: tuple[Mapping[str, Any], ...]


def choose_owner(case: RecoveryCase) -> Choice:
    """Return the first who is at work and was not asked yet.

    First the client's own people (relationship manager, dedicated agent, deputy), then the manager
    with the fewest cases. If the client was not satisfied with what we did, managers come first.
    """
    chosen: Candidate | None = None
    considered: list[Mapping[str, Any]] = []
    for candidate in _in_order(case):
        why_not = _why_not(case, candidate)
        if why_not is None and chosen is not None:
            why_not = "comes_later"
        if why_not is None:
            chosen = candidate
        considered.append(_described(candidate, why_not))
    return Choice(chosen, "at_work" if chosen else None, tuple(considered))


def choose_manager(case: RecoveryCase) -> Choice:
    """Return the manager with the fewest cases who is not on leave, at work or not."""
    able = [
        candidate
        for candidate in _in_order(case)
        if candidate.stage == "manager"
        and not candidate.is_on_leave
        and candidate.staff_id != case.owner_id
    ]
    considered = tuple(
        _described(one, None if one in able[:1] else _why_not(case, one) or "comes_later")
        for one in _in_order(case)
    )
    return Choice(able[0] if able else None, "nobody_at_work" if able else None, considered)


def _in_order(case: RecoveryCase) -> list[Candidate]:
    managers = sorted(
        (one for one in case.candidates if one.stage == "manager"),
        key=lambda one: (one.case_count, one.staff_id),
    )
    team = [one for one in case.candidates if one.stage != "manager"]
    return [*managers, *team] if case.is_failed_recovery else [*team, *managers]


def _why_not(case: RecoveryCase, candidate: Candidate) -> str | None:
    if candidate.is_on_leave:
        return "on_leave"
    if not candidate.is_online:
        return "not_at_work"
    if candidate.staff_id == case.owner_id or candidate.staff_id in case.tried_ids:
        return "asked_already"
    return None


def _described(candidate: Candidate, why_not: str | None) -> Mapping[str, Any]:
    return {
        "staff_id": candidate.staff_id,
        "stage": candidate.stage,
        "case_count": candidate.case_count,
        "excluded": why_not,
    }
