"""The ladder of what happens case by case: memberships that end, services rated, offers answered.

Before anything is learnt a client's own share speaks, drawn towards everybody's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from types import MappingProxyType

import polars as pl

from lib.intelligence.models.predictions import CaseType
from lib.intelligence.prediction.candidates import LadderPolicy, Rung, outcomes_of
from lib.intelligence.prediction.climbs import Climb, Known
from lib.intelligence.prediction.ladder import decide
from lib.intelligence.prediction.model import Shrunken

HELD_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class CaseKind:
    """share_of: the features that count how often it happened to the client, and of how many.

    weight: how many cases everybody's share counts as. horizon_days: until the outcome is known.
    """

    share_of: tuple[str, str]
    weight: float
    horizon_days: int


CASES: Mapping[CaseType, CaseKind] = MappingProxyType(
    {
        "lapse": CaseKind(("lapses_before", "periods_before"), 2.0, 120),
        "satisfaction": CaseKind(("low_ratings_365", "ratings_365"), 5.0, 14),
        "upsell": CaseKind(("accepted_365", "offers_365"), 10.0, 90),
    }
)


def climb_cases(
    cases: pl.DataFrame,
    kind: CaseKind,
    names: Sequence[str],
    policy: LadderPolicy,
    current: Rung = "prior",
) -> Climb:
    """Decide who speaks of such cases from now on.

    cases: one row a case with client_id, as_of and known_at (datetimes), outcome (0 or 1), the
    columns of `names` without gaps. current: the rung that speaks at present.
    """
    if cases.height < policy.min_cases:
        return Climb("insufficient", None, clients=cases.height)
    prior = fit_share(cases, kind)
    earlier, holdout = split_cases(cases, policy.gate.min_outcomes)
    if not earlier.height:
        return Climb("prior", prior, learnt_from=cases.height, clients=cases.height)
    known = Known(
        prior=prior,
        then=fit_share(earlier, kind),
        rows=cases,
        earlier=earlier,
        holdout=holdout,
        clients=cases.height,
        windows=("all",),
    )
    return decide(known, names, policy, current)


def fit_share(cases: pl.DataFrame, kind: CaseKind) -> Shrunken:
    """The share it happened in, with half a case more on either side.

    A house without a single complaint is not beyond complaint.
    """
    outcomes = outcomes_of(cases)
    share = (float(outcomes.sum()) + 0.5) / (len(outcomes) + 1)
    return Shrunken(kind.share_of, share, kind.weight)


def split_cases(cases: pl.DataFrame, least: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(cases whose outcome was known when the hold-out began, the hold-out).

    The hold-out is the newest quarter, and not fewer than `least`.
    """
    held = max(least, ceil(HELD_SHARE * cases.height))
    if held >= cases.height:
        return cases.clear(), cases
    begins = cases["as_of"].sort(descending=True)[held - 1]
    return cases.filter(pl.col("known_at") <= begins), cases.filter(pl.col("as_of") >= begins)
