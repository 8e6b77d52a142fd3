"""Service cycles: when each began, was given, answered and resolved, and by whom."""

import numpy as np
import polars as pl

from scripts.bench.house import plan as shares
from scripts.bench.house.dice import Floats, Ints, Moments, after, tail, until
from scripts.bench.house.people import People
from scripts.bench.house.plan import Plan

REOPENED = 0.06
RESPONSE, RESPONSE_SPREAD = 0.45, 0.75
"""Of the promised time the typical answer takes this share: one in seven comes too late."""
RESOLUTION, RESOLUTION_SPREAD = 0.35, 0.9
HANDED_OVER = 0.08


def first_cycles(
    plan: Plan,
    people: People,
    rng: np.random.Generator,
    opened: Moments,
    client: Ints,
    channel: Ints,
) -> pl.DataFrame:
    """One row for each ticket, in order."""
    tier, desk = people.tier[client], people.desk[client]
    is_live = channel < shares.LIVE_CHANNELS
    agent = _agents(people, rng, desk)
    mine = np.where(people.tier[client] >= 2, people.dedicated[client], agent)
    cycles = pl.DataFrame(
        {
            "row": np.arange(len(opened)),
            "cycle": np.ones(len(opened), dtype=np.int64),
            "tier_index": tier,
            "is_live": is_live,
            "load": np.array(shares.LOADS)[channel],
            # An agent of one's own has days off.
            "agent": np.where(rng.random(len(opened)) < 0.7, mine, agent),
            "other": np.where(
                rng.random(len(opened)) < HANDED_OVER, _agents(people, rng, desk), -1
            ),
            "respond": np.where(
                is_live, _of(shares.LIVE_SECONDS, tier), _of(shares.PATIENT_SECONDS, tier)
            ),
            "resolve": np.where(
                is_live,
                _of(shares.LIVE_RESOLUTION_SECONDS, tier),
                _of(shares.PATIENT_RESOLUTION_SECONDS, tier),
            ),
        }
    )
    return _lived(plan, rng, cycles, opened).with_columns(is_last=pl.lit(value=True))


def second_cycles(plan: Plan, rng: np.random.Generator, first: pl.DataFrame) -> pl.DataFrame:
    """For the tickets that came back; marks in `first` that it was not their last."""
    resolved = first["resolved_at"].to_numpy()
    again = after(resolved, 3600 + rng.exponential(1.5 * 86_400, len(resolved)))
    comes = (rng.random(len(resolved)) < REOPENED) & (again <= plan.end)
    first.replace_column(first.columns.index("is_last"), pl.Series("is_last", ~comes))
    back = first.filter(pl.Series(comes)).with_columns(
        cycle=pl.lit(2, pl.Int64), other=pl.lit(-1, pl.Int64)
    )
    lived = _lived(plan, rng, back, again[comes]).with_columns(is_last=pl.lit(value=True))
    return lived.select(first.columns)


def _lived(
    plan: Plan, rng: np.random.Generator, cycles: pl.DataFrame, began: Moments
) -> pl.DataFrame:
    promised = cycles["respond"].to_numpy()
    wait = tail(rng, RESPONSE * promised, RESPONSE_SPREAD)
    responded = after(began, wait)
    work = tail(rng, RESOLUTION * cycles["resolve"].to_numpy(), RESOLUTION_SPREAD)
    return cycles.with_columns(
        began_at=began,
        due_at=after(began, promised),
        assigned_at=until(after(began, wait * rng.uniform(0.05, 0.6, len(began))), plan.end),
        first_responded_at=until(responded, plan.end),
        resolved_at=until(after(responded, 30 + work), plan.end),
    )


def _agents(people: People, rng: np.random.Generator, desk: Ints) -> Ints:
    """Somebody of the desk; the first of each take more than the last."""
    luck = rng.random(len(desk)) ** 1.3
    sizes = np.array([len(each) for each in people.agents])
    firsts = np.array([each[0] for each in people.agents])
    found: Ints = firsts[desk] + (luck * sizes[desk]).astype(np.int64)
    return found


def _of(seconds: tuple[int, ...], tier: Ints) -> Floats:
    return np.array(seconds, dtype=np.float64)[tier]
