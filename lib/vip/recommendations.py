"""What to offer a VIP client next, and what became of what was offered. Pure.

Nothing is offered within 14 days of a complaint or while a recovery case is open: what was on offer
ends. What was declined is not offered again for 90 days, what nobody answered for 30 (the contexts
hold those alone).
"""

from dataclasses import dataclass, field

from lib.vip.models.recommendations import (
    Offer,
    Prospect,
    RecommendationContexts,
    RecommendationJudgement,
    RecommendationPlan,
)
from lib.vip.offer_kinds import KINDS
from lib.vip.offers import Look, OfferPolicy
from lib.vip.outcomes import find_endings


@dataclass(frozen=True, kw_only=True)
class RecommendationPolicy:
    """How much is offered at a time, and how long an answer may take to show."""

    offers: OfferPolicy = field(default_factory=OfferPolicy)
    most: int = 5
    least_score: int = 35
    outcome_days: int = 30

    def __post_init__(self) -> None:
        if not (1 <= self.most <= 20 and 0 <= self.least_score <= 100 and self.outcome_days >= 1):
            raise ValueError("1 to 20 offers, a score, and days")


def recommend(contexts: RecommendationContexts, policy: RecommendationPolicy) -> RecommendationPlan:
    """Judge each client once, under one of the subjects that led to them."""
    return RecommendationPlan(
        {min(client.subject_ids): decide(contexts, client, policy) for client in contexts.clients}
    )


def decide(
    contexts: RecommendationContexts, client: Prospect, policy: RecommendationPolicy
) -> RecommendationJudgement:
    """Return what is offered to one client, and which earlier offers end."""
    is_silent = client.has_recent_complaint or not contexts.is_enabled
    look = Look(client, contexts.catalogue, contexts.read_at, policy.offers)
    offers = () if is_silent else choose(look, policy)
    return RecommendationJudgement(
        client_id=client.client_id,
        read_at=contexts.read_at,
        opportunity_score=opportunity(offers),
        offers=offers,
        endings=tuple(find_endings(contexts, client, offers, policy.outcome_days)),
    )


def choose(look: Look, policy: RecommendationPolicy) -> tuple[Offer, ...]:
    """Return the best offers, each target once, none that was declined or just accepted."""
    closed = {
        each.target_id
        for each in look.client.recommendations
        if each.state != "offered" or each.expires_at <= look.now
    }
    best: dict[str, Offer] = {}
    for offer in (offer for kind in KINDS for offer in kind(look)):
        if offer.target_id not in closed and offer.score >= policy.least_score:
            present = best.get(offer.target_id, offer)
            best[offer.target_id] = max(present, offer, key=lambda each: each.score)
    ranked = sorted(best.values(), key=lambda offer: (-offer.score, offer.target_id))
    return tuple(ranked[: policy.most])


def opportunity(offers: tuple[Offer, ...]) -> int:
    """Return how likely at least one of them is welcome, 0 to 100, scores taken as chances."""
    missed = 1.0
    for offer in offers:
        missed *= 1 - offer.score / 100
    return round(100 * (1 - missed))
