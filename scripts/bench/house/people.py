"""Who there is: desks, staff and clients, a few of whom write far more than the others."""

from dataclasses import dataclass

import numpy as np
import polars as pl
import psycopg

from scripts.bench.house import plan as shares
from scripts.bench.house.accounts import write_people
from scripts.bench.house.copying import copy
from scripts.bench.house.dice import Floats, Ints, Moments, ids, pick, words
from scripts.bench.house.plan import Plan

FOUNDERS = 0.6
"""Clients who were there before the past begins."""
OVERSEERS = ("executive", "admin", "manager", "quality_auditor")


@dataclass(frozen=True, kw_only=True)
class People:
    """Ids in hexadecimal and what is known of whom; places in these columns stand for people."""

    desks: list[str]
    staff: pl.DataFrame
    agents: list[Ints]
    clients: pl.Series
    tier: Ints
    desk: Ints
    language: Ints
    joined: Moments
    dedicated: Ints
    bounds: Floats
    founders: Ints

    def draw(self, rng: np.random.Generator, moments: Moments) -> Ints:
        """A client for each moment: by appetite, and nobody before they came."""
        found = np.searchsorted(self.bounds, rng.random(len(moments)))
        early = self.joined[found] > moments
        return np.where(early, self.founders[found % len(self.founders)], found)

    def of_role(self, role: str) -> str:
        """The first of the staff with that role."""
        return str(self.staff.filter(pl.col("role") == role)["id"][0])

    @property
    def vips(self) -> Ints:
        """Clients with an agent of their own."""
        return np.flatnonzero(self.tier >= shares.TIERS.index("vip_gold"))


def add_people(db: psycopg.Connection, plan: Plan) -> People:
    """Writes desks, staff and clients, and says who they are."""
    first = [key.hex for (key,) in db.execute("select id from public.desks where is_default")]
    people = draw_people(plan, first[0])
    fresh = people.desks[1:]
    names = [f"{name} {key[:6]}" for name, key in zip(shares.DESKS[1:], fresh, strict=True)]
    copy(db, "public.desks", pl.DataFrame({"id": fresh, "name": names}))
    write_people(db, plan, people)
    return people


def draw_people(plan: Plan, first_desk: str) -> People:
    """Who they are; the first desk is there before anybody else."""
    rng = plan.rng(1)
    desks = [first_desk, *ids(rng, len(shares.DESKS) - 1)]
    staff = _staff(rng, desks)
    agents = [
        np.flatnonzero((staff["role"] == "agent") & (staff["desk_id"] == desk)) for desk in desks
    ]
    tier, desk = (
        pick(rng, each, plan.clients) for each in (shares.TIER_SHARES, shares.DESK_SHARES)
    )
    tier[:2] = 2, 3  # even the smallest house has somebody to serve
    is_founder = rng.random(plan.clients) < FOUNDERS
    is_founder[0] = True
    came = (rng.random(plan.clients) * shares.DAYS * 0.97 * 86_400).astype("m8[s]")
    start = plan.end - np.timedelta64(shares.DAYS, "D")
    return People(
        desks=desks,
        staff=staff,
        agents=agents,
        clients=ids(rng, plan.clients),
        tier=tier,
        desk=desk,
        language=pick(rng, shares.LANGUAGE_SHARES, plan.clients),
        joined=np.where(is_founder, start - came, start + came),
        dedicated=np.array(
            [agents[each][number % len(agents[each])] for number, each in enumerate(desk)]
        ),
        bounds=_bounds(tier),
        founders=np.flatnonzero(is_founder),
    )


def _bounds(tier: Ints) -> Floats:
    """Zipf with a blunt head: the first writes often, yet is not half of the house."""
    rank = np.arange(len(tier)) + 0.02 * len(tier) + 5
    weights: Floats = np.array(shares.TIER_APPETITES)[tier] / rank**0.8
    bounds: Floats = np.cumsum(weights) / weights.sum()
    return bounds


def _staff(rng: np.random.Generator, desks: list[str]) -> pl.DataFrame:
    roles = [(role, desk) for role in OVERSEERS for desk in range(1 + 2 * (role == "manager"))]
    roles += [("agent", desk) for desk, count in enumerate(shares.AGENTS) for _ in range(count)]
    return pl.DataFrame(
        {
            "id": ids(rng, len(roles)),
            "role": [role for role, _ in roles],
            "desk_id": words(desks, np.array([desk for _, desk in roles])),
        }
    )
