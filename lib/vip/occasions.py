"""Which occasions of a client are planned, done, left or called off. Pure: time comes along.

The plan follows from the client's facts alone, whatever event led here and however often: planning
again changes nothing. Whether a contact is allowed is asked of the gate when it is made, not here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from lib.vip.models.occasions import (
    KnownOccasion,
    Moment,
    OccasionCase,
    OccasionContexts,
    OccasionPlan,
    OccasionRule,
    Operation,
)
from lib.vip.occasion_moments import moments_of
from lib.vip.occasion_texts import write

Key = tuple[str, UUID, int]
"""Rule, subject, occurrence: what comes once."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A moment, and the rule that wants it."""

    rule: OccasionRule
    moment: Moment

    @property
    def key(self) -> Key:
        """What it is known by."""
        return self.rule.rule, self.moment.subject_id, self.moment.occurrence

    @property
    def expires_at(self) -> datetime:
        """From when on it is not worth doing any more."""
        return self.moment.due_at + timedelta(hours=self.rule.window_hours)


def plan(contexts: OccasionContexts) -> Mapping[UUID, OccasionPlan]:
    """Return the plan of each client, under the first of the subjects that led to them."""
    return {
        min(case.subject_ids): OccasionPlan(
            case.client_id,
            case.fingerprint,
            tuple(decide(case, contexts.rules, contexts.read_at)),
        )
        for case in contexts.cases
    }


def decide(
    case: OccasionCase, rules: tuple[OccasionRule, ...], now: datetime
) -> Iterator[Operation]:
    """Yield all that is to be done about the client now."""
    wanted = {one.key: one for one in _all_wanted(case, rules, now)}
    known = {(one.rule, one.subject_id, one.occurrence): one for one in case.occasions}
    for key, before in known.items():
        yield from _go_on(case, before, wanted.get(key), now)
    for key, one in wanted.items():
        is_free = key not in known or known[key].state == "cancelled"
        if is_free and one.expires_at > now:
            yield _planned(one)


def _all_wanted(
    case: OccasionCase, rules: tuple[OccasionRule, ...], now: datetime
) -> Iterator[Wanted]:
    for rule in rules:
        if rule.is_active and rule.minimum_boost <= case.boost and not case.is_gone:
            yield from (Wanted(rule, moment) for moment in moments_of(case, rule, now))


def _go_on(
    case: OccasionCase, before: KnownOccasion, one: Wanted | None, now: datetime
) -> Iterator[Operation]:
    """What was done is recalled while nobody has received it; what is planned moves or comes."""
    is_alive = before.state == "planned" or (before.state == "fired" and before.is_waiting)
    if not is_alive:
        return
    if one is None:
        yield {"op": "cancel", "id": before.id, "reason": "occasion_gone"}
    elif before.state == "planned":
        yield from _come(case, before, one, now)


def _come(
    case: OccasionCase, before: KnownOccasion, one: Wanted, now: datetime
) -> Iterator[Operation]:
    action = one.rule.vip_action if case.is_vip else one.rule.action
    if one.expires_at <= now:
        yield {"op": "skip", "id": before.id, "reason": "too_late"}
    elif one.moment.due_at > now:
        if (before.due_at, before.expires_at) != (one.moment.due_at, one.expires_at):
            yield _planned(one)
    elif action == "none":
        yield {"op": "skip", "id": before.id, "reason": "rule_is_silent"}
    else:
        subject, body = write(case, one.rule, one.moment.about)
        yield {
            "op": "fire",
            "id": before.id,
            "action": action,
            "purpose": one.rule.purpose,
            "channel": one.rule.channel,
            "subject": subject,
            "body": body,
        }


def _planned(one: Wanted) -> Operation:
    return {
        "op": "plan",
        "rule": one.rule.rule,
        "subject_id": one.moment.subject_id,
        "occurrence": one.moment.occurrence,
        "due_at": one.moment.due_at,
        "expires_at": one.expires_at,
    }
