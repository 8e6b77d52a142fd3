"""What became of recommendations: what the client did about them, or why they hold no more."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from lib.vip.models.recommendations import (
    Ending,
    Expiry,
    Known,
    Offer,
    Outcome,
    Prospect,
    RecommendationContexts,
)

Deed = tuple[datetime, Outcome, UUID]


def find_endings(
    contexts: RecommendationContexts,
    client: Prospect,
    offers: tuple[Offer, ...],
    outcome_days: int,
) -> Iterator[Ending]:
    """Yield what ends now; whoever did it anyway has accepted, also without saying so."""
    now = contexts.read_at
    offered = {offer.target_id for offer in offers}
    for known in client.recommendations:
        deed = find_deed(client, known) if known.state in ("offered", "accepted") else None
        if deed is not None:
            at, outcome, evidence_id = deed
            yield Ending(id=known.id, outcome=outcome, outcome_at=at, evidence_id=evidence_id)
        elif known.state == "accepted":
            if now - (known.answered_at or known.offered_at) > timedelta(outcome_days):
                yield Ending(id=known.id, outcome="none", outcome_at=now)
        elif known.state == "offered" and known.target_id not in offered:
            yield Ending(id=known.id, expiry_reason=_why(contexts, client, known))


def find_deed(client: Prospect, known: Known) -> Deed | None:
    """Return the first thing the client did about it since it was offered."""
    return min(
        (d for d in _deeds(client, known.target_id) if d[0] >= known.offered_at), default=None
    )


def _why(contexts: RecommendationContexts, client: Prospect, known: Known) -> Expiry:
    if client.has_recent_complaint:
        return "recent_complaint"
    if not contexts.is_enabled:
        return "switched_off"
    return "too_late" if known.expires_at <= contexts.read_at else "no_longer_fits"


def _deeds(client: Prospect, target_id: str) -> list[Deed]:
    kind, _, name = target_id.partition(":")
    if kind == "treatment":
        return [(v.booked_at, "booked", v.id) for v in client.visits if v.treatment_id == name]
    if kind == "product":
        bought = [p for p in client.purchases if p.product_id == name]
        return [(p.purchased_at, "bought", p.id) for p in bought]
    if kind == "plan":
        joined = [m for m in client.memberships if m.plan_id == name]
        return [(m.recorded_at, "bought", m.id) for m in joined]
    return [
        (item.reserved_at, "reserved", item.reservation_id)
        for item in client.items
        if str(item.id) == name and item.reserved_at and item.reservation_id
    ]
