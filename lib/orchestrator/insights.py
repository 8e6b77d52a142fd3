"""What is worth knowing about a client now: sentences with the rows and figures behind them.

Nothing is said that does not follow from rows; where nothing holds, nothing is said.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lib.orchestrator.habits import (
    WARSAW,
    HabitPolicy,
    days_en,
    days_pl,
    find_habits,
    reason,
)
from lib.orchestrator.models.journeys import (
    BrokenFact,
    Insight,
    JourneyContext,
    MembershipFact,
    ProductFact,
    UnansweredFact,
)

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class InsightPolicy:
    """From when on something is worth knowing."""

    version: str = "insights-1"
    habits: HabitPolicy = field(default_factory=HabitPolicy)
    unanswered_after: timedelta = timedelta(hours=24)
    unanswered_after_vip: timedelta = timedelta(hours=4)
    runs_out_within: timedelta = timedelta(days=10)
    ran_out_for: timedelta = timedelta(days=30)
    """Longer ago it was bought elsewhere, or not missed."""
    ends_within_days: int = 30
    ends_soon_days: int = 7
    least_broken: int = 2
    least_broken_vip: int = 1

    def patience(self, context: JourneyContext) -> timedelta:
        """Return how long this client's wish may wait before it is worth a sentence."""
        return self.unanswered_after_vip if context.is_vip else self.unanswered_after

    def tolerance(self, context: JourneyContext) -> int:
        """Return how many late answers are worth a sentence to this client."""
        return self.least_broken_vip if context.is_vip else self.least_broken


def find_insights(context: JourneyContext, now: datetime, policy: InsightPolicy) -> list[Insight]:
    """Return what holds for this client at `now`, most pressing first."""
    found = [
        *_unanswered(context.unanswered, now, policy.patience(context)),
        *_broken(context.broken, policy.tolerance(context)),
        *_memberships(context.memberships, now, policy),
        *_products(context.products, now, policy),
        *find_habits(context.visits, now, policy.habits),
    ]
    return sorted(found, key=lambda insight: (insight.priority, insight.kind, insight.topic))


def hours_pl(hours: int) -> str:
    """Return a number of hours in Polish: 1 godzina, 2 godziny, 5 godzin, 22 godziny."""
    if hours == 1:
        return "1 godzina"
    is_few = hours % 10 in (2, 3, 4) and hours % 100 not in (12, 13, 14)
    return f"{hours} {'godziny' if is_few else 'godzin'}"


def _unanswered(
    waiting: Sequence[UnansweredFact], now: datetime, patience: timedelta
) -> Iterator[Insight]:
    for wish in waiting:
        hours = (now - wish.since) // _HOUR
        if now - wish.since < patience:
            continue
        yield Insight(
            kind="wish_unanswered",
            topic=str(wish.ticket_id),
            priority=1,
            sentence_pl=f"Zgłoszenie {wish.number} czeka na odpowiedź: {hours_pl(hours)}.",
            sentence_en=f"Ticket {wish.number} has waited for an answer for "
            f"{hours} hour{'' if hours == 1 else 's'}.",
            reason=reason("support_tickets", [wish.ticket_id], {"since": wish.since.isoformat()}),
        )


def _broken(broken: Sequence[BrokenFact], least: int) -> Iterator[Insight]:
    late = [promise for promise in broken if promise.kind in ("first_response", "next_response")]
    if len(late) < least:
        return
    waited = [p.waited_seconds for p in late if p.waited_seconds is not None]
    yield Insight(
        kind="waits_longer_than_promised",
        priority=1,
        sentence_pl=f"Odpowiedzi spóźnione względem obietnicy w ostatnich 90 dniach: {len(late)}.",
        sentence_en=f"Answers later than promised within the last 90 days: {len(late)}.",
        reason=reason(
            "ticket_promises",
            [promise.promise_id for promise in late],
            {"broken": len(late), "worst_wait_seconds": max(waited, default=None)},
        ),
    )


def _memberships(
    memberships: Sequence[MembershipFact], now: datetime, policy: InsightPolicy
) -> Iterator[Insight]:
    today = now.astimezone(WARSAW).date()
    for membership in memberships:
        left = (membership.ends_on - today).days
        if not 0 <= left <= policy.ends_within_days:
            continue
        day = membership.ends_on
        yield Insight(
            kind="membership_ending",
            topic=str(membership.id),
            priority=1 if left <= policy.ends_soon_days else 2,
            sentence_pl=f"Karnet „{membership.name_pl}” kończy się {day:%d.%m.%Y}; "
            "przedłużenia nie ma.",
            sentence_en=f"The membership “{membership.name_en}” ends on {day:%Y-%m-%d}; "
            "it is not renewed.",
            reason=reason("memberships", [membership.id], {"days_left": left}),
        )


def _products(
    products: Sequence[ProductFact], now: datetime, policy: InsightPolicy
) -> Iterator[Insight]:
    for product in products:
        used_up_at = product.purchased_at + timedelta(days=product.lasts_days * product.quantity)
        if not -policy.ran_out_for <= used_up_at - now <= policy.runs_out_within:
            continue
        left = (used_up_at - now) // timedelta(days=1)
        bought_pl = days_pl((now - product.purchased_at) // timedelta(days=1))
        bought_en = days_en((now - product.purchased_at) // timedelta(days=1))
        yield Insight(
            kind="product_running_out",
            topic=product.product_id,
            priority=2,
            sentence_pl=f"{product.name_pl}: zakup {bought_pl} temu, zapas się kończy.",
            sentence_en=f"{product.name_en}: bought {bought_en} ago, it is running out.",
            reason=reason(
                "purchases",
                [product.id],
                {
                    "days_left": left,
                    "lasts_days": product.lasts_days,
                    "quantity": product.quantity,
                },
            ),
        )
