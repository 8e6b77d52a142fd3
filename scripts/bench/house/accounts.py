"""The rows of people: accounts, profiles, staff, VIP profiles, tiers."""

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import psycopg

from scripts.bench.house import plan as shares
from scripts.bench.house.copying import copy
from scripts.bench.house.dice import Moments, words
from scripts.bench.house.plan import Plan

if TYPE_CHECKING:
    from scripts.bench.house.people import People

GIVEN = ("Anna", "Zofia", "Maja", "Helena", "Julia", "Ewa", "Olena", "Jan", "Piotr", "Marek")
FEMALE = 7
FAMILIES = ("Nowak", "Wójcik", "Mazur", "Krawczyk", "Zając", "Król", "Dudek", "Wrona", "Sikora")


def write_people(db: psycopg.Connection, plan: Plan, people: "People") -> None:
    """Staff first, then clients; the first hundred in the order that names are drawn in."""
    rng = plan.rng(2)
    staff = people.staff
    joined = np.full(staff.height, plan.end - np.timedelta64(shares.DAYS, "D"))
    profiles = _profiles(rng, staff["id"], joined).with_columns(staff["desk_id"])
    _write_profiles(db, profiles)
    copy(db, "public.staff_members", _members(staff, plan))
    clients = _profiles(rng, people.clients, people.joined).with_columns(
        tier=words(shares.TIERS, people.tier),
        locale=words(shares.LANGUAGES, people.language),
        desk_id=words(people.desks, people.desk),
    )
    _write_profiles(db, clients)
    periods = clients.select(client_id="id", tier="tier", began_at="created_at")
    copy(db, "public.client_tier_periods", periods)
    vips = people.vips
    rest = clients[vips].select(client_id="id", tier="tier", created_at="created_at")
    agents = staff["id"].gather(people.dedicated[vips]).alias("dedicated_agent_id")
    copy(db, "public.vip_client_profiles", rest.with_columns(agents))


def _profiles(rng: np.random.Generator, keys: pl.Series, joined: Moments) -> pl.DataFrame:
    given = rng.integers(0, len(GIVEN), len(keys))
    names = pl.DataFrame(
        {
            "id": keys,
            "given_name": words(GIVEN, given),
            "family_name": words(FAMILIES, rng.integers(0, len(FAMILIES), len(keys))),
            "gender": words(("female", "male"), (given >= FEMALE).astype(np.int64)),
            "created_at": joined,
        }
    )
    return names.with_columns(
        display_name=pl.col("given_name") + " " + pl.col("family_name"),
    )


def _write_profiles(db: psycopg.Connection, profiles: pl.DataFrame) -> None:
    accounts = profiles.select(
        "id",
        "created_at",
        email=pl.col("id") + "@house.example",
        aud=pl.lit("authenticated"),
        role=pl.lit("authenticated"),
        updated_at="created_at",
    )
    copy(db, "auth.users", accounts)
    copy(db, "public.profiles", profiles)


def _members(staff: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    since = pl.lit(plan.since.replace(tzinfo=None), pl.Datetime("us"))
    return staff.with_columns(
        state=pl.lit("offline"), left_at=since, state_changed_at=since, created_at=since
    )
