"""Whom a client is offered to, one stage after the other, and when each opens.

A stage opens when the budgets of the earlier ones have passed since the cycle began, and stays
open. A stage nobody of which may take the ticket is not waited for: live work goes only to people
who are there, other work may wait for somebody who is expected back.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from lib.orchestrator.models.routing import Part, Stage, WaitBudget

Budgets = Mapping[Stage, int]

STAGE_PARTS: Mapping[Stage, Part] = {
    "dedicated": "dedicated",
    "deputy": "deputy",
    "relationship_manager": "relationship",
    "vip_pool": "vip_pool",
}
"""What standing on a stage earns. The desk earns nothing; being a helper costs, by the fit."""


def budgets_of(budgets: Iterable[WaitBudget]) -> Mapping[tuple[str, bool], Budgets]:
    """Return the seconds by stage, for each tier, live or not."""
    found: dict[tuple[str, bool], dict[Stage, int]] = {}
    for budget in budgets:
        found.setdefault((budget.tier, budget.is_live), {})[budget.stage] = budget.wait_seconds
    return found


def openings(
    since: datetime, budgets: Budgets, stages: Sequence[tuple[Stage, bool]]
) -> Iterator[tuple[Stage, datetime]]:
    """Yield when each stage opens; `stages` in order, each with whether it is worth waiting for."""
    opens_at = since
    for stage, is_awaited in stages:
        yield stage, opens_at
        if is_awaited:
            opens_at += timedelta(seconds=budgets.get(stage, 0))
