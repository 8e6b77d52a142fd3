"""What could be offered to a client now: one function for each kind, each with reasons in numbers.

Nothing here is bought recently, booked already, or beyond what the client's desk can do; whether
this is the moment to offer anything is decided in lib.vip.recommendations.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from lib.vip.models.recommendations import HadProduct, HadVisit, Offer, Pair, Plan, Reason
from lib.vip.offers import DAY, WARSAW, Look, OfferPolicy


def course_steps(look: Look) -> Iterator[Offer]:
    """Offer the next session of a course that was begun and is due."""
    for treatment in look.catalogue.treatments:
        sessions, gap = treatment.course_sessions, treatment.course_gap_days
        if not sessions or not gap or not look.can_do(treatment) or look.is_booked(treatment.id):
            continue
        visits = [visit for visit in look.done if visit.treatment_id == treatment.id]
        done = len(_course(visits, 3 * gap)) % sessions
        since = (look.now - visits[-1].starts_at) / DAY if visits else 0
        if done and gap - look.policy.early_days <= since <= 3 * gap and since >= gap / 2:
            reasons = [
                Reason("sessions_done", done, sessions, "sessions"),
                Reason("days_since_last_session", int(since), gap, "days"),
            ]
            score = 70 + 20 * done / sessions
            target = f"treatment:{treatment.id}"
            yield look.policy.make(
                "course_step", target, score, reasons, look.until(3 * gap - since)
            )


def _course(visits: list[HadVisit], pause_days: int) -> list[HadVisit]:
    """Return the visits since the last long pause: those of the present course."""
    course: list[HadVisit] = []
    for visit in visits:
        if course and visit.starts_at - course[-1].starts_at > pause_days * DAY:
            course = []
        course.append(visit)
    return course


def refills(look: Look) -> Iterator[Offer]:
    """Offer what is about to be used up, or was lately."""
    for product in look.catalogue.products:
        bought = [p for p in look.client.purchases if p.product_id == product.id]
        if product.lasts_days and bought:
            left = (_used_up_at(bought, product.lasts_days) - look.now) / DAY
            since = (look.now - bought[-1].purchased_at) / DAY
            if -look.policy.late_days <= left <= look.policy.early_days and since >= 7:
                lasts = product.lasts_days * bought[-1].quantity
                reasons = [Reason("days_since_purchase", int(since), lasts, "days")]
                score = 80 - abs(left) / 2
                until = look.until(look.policy.late_days + left)
                yield look.policy.make("refill", f"product:{product.id}", score, reasons, until)


def _used_up_at(bought: list[HadProduct], lasts_days: int) -> datetime:
    """Pieces are used one after the other."""
    end = bought[0].purchased_at
    for purchase in bought:
        end = max(end, purchase.purchased_at) + purchase.quantity * lasts_days * DAY
    return end


def complements(look: Look) -> Iterator[Offer]:
    """Offer what clients who had the same had too, more often than others."""
    known = {f"treatment:{t.id}": t for t in look.catalogue.treatments if look.can_do(t)}
    offered = {*known, *(f"product:{product.id}" for product in look.catalogue.products)}
    best: dict[str, Pair] = {}
    for pair in look.client.pairs:
        target = pair.second_id
        if target in offered - _had(look) and _is_strong(pair, look.policy):
            best[target] = max(best.get(target, pair), pair, key=_confidence)
    for target, pair in best.items():
        confidence = _confidence(pair)
        reasons = [
            Reason("clients_with_both", pair.client_count, pair.first_count, "clients"),
            Reason(
                "share_of_those_like_you",
                round(confidence, 3),
                round(pair.second_count / pair.total_count, 3),
                "share",
            ),
        ]
        until = look.until(look.policy.offer_days)
        yield look.policy.make("complement", target, 20 + 60 * confidence, reasons, until)


def _confidence(pair: Pair) -> float:
    return pair.client_count / pair.first_count


def _is_strong(pair: Pair, policy: OfferPolicy) -> bool:
    confidence = _confidence(pair)
    return (
        pair.client_count >= policy.pair_clients
        and confidence >= policy.pair_confidence
        and confidence >= policy.pair_lift * pair.second_count / pair.total_count
    )


def _had(look: Look) -> set[str]:
    """What the client had lately or will have."""
    since = look.now - look.policy.fresh_days * DAY
    visits = {f"treatment:{v.treatment_id}" for v in look.client.visits if v.starts_at > since}
    return visits | {
        f"product:{p.product_id}" for p in look.client.purchases if p.purchased_at > since
    }


def upgrades(look: Look) -> Iterator[Offer]:
    """Offer the next larger membership to who comes that often."""
    today = look.now.astimezone(WARSAW).date()
    plans = {plan.id: plan for plan in look.catalogue.plans}
    current = [
        plans[member.plan_id]
        for member in look.client.memberships
        if member.status == "active" and member.ends_on >= today and member.plan_id in plans
    ]
    if not current:
        return
    mine = max(current, key=_price)
    larger = next((plan for plan in look.catalogue.plans if _price(plan) > _price(mine)), None)
    recent = [visit for visit in look.done if visit.starts_at > look.now - 90 * DAY]
    rhythm = len(recent) / 3
    if larger and rhythm >= look.policy.upgrade_visits:
        reasons = [Reason("visits_a_month", round(rhythm, 1), look.policy.upgrade_visits, "visits")]
        until = look.until(look.policy.offer_days)
        target = f"plan:{larger.id}"
        score = min(75.0, 40 + 5 * rhythm)
        yield look.policy.make("membership_upgrade", target, score, reasons, until)


def _price(plan: Plan) -> int:
    return plan.price_minor


def accesses(look: Look) -> Iterator[Offer]:
    """Offer what only few are let in to, while there is room."""
    for item in look.client.items:
        if item.reservation_id is None and item.has_free_place and item.closes_at > look.now:
            days = (item.starts_at - look.now) / DAY
            reasons = [
                Reason("places_left", item.free_count, 1, "places"),
                Reason("days_until", max(0, int(days)), 0, "days"),
            ]
            score = 65 - min(30.0, days / 3)
            until = item.closes_at
            yield look.policy.make("exclusive_access", f"item:{item.id}", score, reasons, until)


KINDS: tuple[Callable[[Look], Iterator[Offer]], ...] = (
    course_steps,
    refills,
    complements,
    upgrades,
    accesses,
)
