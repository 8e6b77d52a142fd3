"""Whether to act on a client who is likely to leave, and whom to leave alone to learn from it.

A tenth is held out by a hash of the client and the 60 days the alert fell into, so that a second
look, another replica or a flapping alert never draws again (facts: uplift cannot be measured
without those nobody contacted).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from lib.intelligence.models.plays import (
    EndReason,
    Play,
    PlayContexts,
    PlayDecision,
    PlayFacts,
    PlaySettings,
)

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class PlayPolicy:
    """What is not a setting: the database's own constraint says 60 days, too."""

    version: str = "plays-1"
    period: timedelta = timedelta(days=60)
    """At most one play begins within it, and an alert older than this is not acted on any more."""
    patience: timedelta = timedelta(days=1)
    """How long until a delayed play is looked at again."""


def decide(contexts: PlayContexts, policy: PlayPolicy) -> Mapping[int, PlayDecision]:
    """Return what becomes of each job, by its id; nothing for those where nothing is to be done."""
    decided = {
        facts.job_id: _judge(facts, contexts.settings, policy, contexts.read_at)
        for facts in contexts.jobs
    }
    return {job_id: decision for job_id, decision in decided.items() if decision}


def period_of(at: datetime, policy: PlayPolicy) -> int:
    """Return which period since 2000 the moment falls into."""
    return (at - _EPOCH) // policy.period


def draw(client_id: UUID, period: int) -> float:
    """Return a number from 0 (included) to 1 (not), always the same for a client and period."""
    digest = sha256(f"{client_id}:{period}".encode()).digest()
    # 53 bits are what a float holds exactly, so that 1 is never reached by rounding.
    return (int.from_bytes(digest[:8], "big") >> 11) / 2**53


def _judge(
    facts: PlayFacts, settings: PlaySettings, policy: PlayPolicy, now: datetime
) -> PlayDecision | None:
    if facts.kind == "retention_play.matured":
        return _settle(facts, now)
    waiting = facts.play if facts.play and facts.play.state == "postponed" else None
    if waiting:
        return _reconsider(facts, waiting, settings, policy, now)
    is_new = facts.kind == "churn.alerted" and facts.is_alert and not facts.is_in_play
    if not is_new or facts.obstacle or not settings.enabled:
        return None
    return _begin(facts, settings, policy, now)


def _settle(facts: PlayFacts, now: datetime) -> PlayDecision | None:
    play = facts.play
    if not play or play.state != "open" or not play.ends_at or play.ends_at > now:
        return None
    return PlayDecision(
        verdict="settle",
        client_id=facts.client_id,
        play_id=play.id,
        outcome="returned" if play.return_visit_id else "stayed_away",
        visit_id=play.return_visit_id,
    )


def _reconsider(
    facts: PlayFacts, play: Play, settings: PlaySettings, policy: PlayPolicy, now: datetime
) -> PlayDecision:
    if facts.obstacle or not settings.enabled:
        return _cancel(facts, play, "not_contactable")
    if not facts.is_alert:
        return _cancel(facts, play, "calmed")
    if now >= play.alerted_at + policy.period or facts.is_in_play:
        return _cancel(facts, play, "too_late")
    return PlayDecision(
        verdict="postpone" if facts.delay else "begin",
        client_id=facts.client_id,
        play_id=play.id,
        postponed_reason=facts.delay,
        reconsider_at=now + policy.patience if facts.delay else None,
    )


def _cancel(facts: PlayFacts, play: Play, reason: EndReason) -> PlayDecision:
    return PlayDecision(
        verdict="cancel", client_id=facts.client_id, play_id=play.id, end_reason=reason
    )


def _begin(
    facts: PlayFacts, settings: PlaySettings, policy: PlayPolicy, now: datetime
) -> PlayDecision:
    period = period_of(now, policy)
    drawn = draw(facts.client_id, period)
    return PlayDecision(
        verdict="postpone" if facts.delay else "begin",
        client_id=facts.client_id,
        period=period,
        arm="holdout" if drawn < settings.holdout_share else "treated",
        draw=drawn,
        holdout_share=settings.holdout_share,
        prediction_id=facts.prediction_id,
        probability=facts.probability,
        policy_version=policy.version,
        postponed_reason=facts.delay,
        reconsider_at=now + policy.patience if facts.delay else None,
    )
