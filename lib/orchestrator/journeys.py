"""What to say of each client now, and when to look at them again."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from lib.orchestrator.habits import WARSAW
from lib.orchestrator.insights import InsightPolicy, find_insights
from lib.orchestrator.models.journeys import JourneyContext, JourneyContexts, JourneyDecision


@dataclass(frozen=True, kw_only=True)
class JourneyPolicy:
    """How often a journey is looked at that nothing happens to."""

    insights: InsightPolicy = field(default_factory=InsightPolicy)
    looks_at: time = time(4, 30)
    """Each day in Warsaw, before the house opens."""
    spread: timedelta = timedelta(hours=2)
    """Over so long, so that not everybody is looked at in the same second."""
    forgets_after: timedelta = timedelta(days=400)
    """Without a touch: neither the trend nor what is worth knowing changes by itself any more."""


def decide(contexts: JourneyContexts, policy: JourneyPolicy) -> list[JourneyDecision]:
    """Return one decision for each client."""
    now = contexts.read_at
    return [
        JourneyDecision(
            client_id=context.client_id,
            job_ids=context.job_ids,
            revision=context.revision,
            insights=find_insights(context, now, policy.insights),
            look_again_at=_look_again_at(context, now, policy),
        )
        for context in contexts.journeys
    ]


def _look_again_at(
    context: JourneyContext, now: datetime, policy: JourneyPolicy
) -> datetime | None:
    """Return the next morning, or earlier when a wish will have waited too long."""
    touched_at = context.last_touch_at
    is_quiet = touched_at is None or now - touched_at > policy.forgets_after
    if is_quiet and not (context.memberships or context.products or context.unanswered):
        return None
    overdue = [wish.since + policy.insights.patience(context) for wish in context.unanswered]
    return min([_next_morning(context, now, policy), *(at for at in overdue if at > now)])


def _next_morning(context: JourneyContext, now: datetime, policy: JourneyPolicy) -> datetime:
    today = now.astimezone(WARSAW).date()
    seconds = context.client_id.int % int(policy.spread.total_seconds())
    looks = [
        datetime.combine(today + timedelta(days=days), policy.looks_at, WARSAW)
        + timedelta(seconds=seconds)
        for days in (0, 1)
    ]
    return next(at for at in looks if at > now)
