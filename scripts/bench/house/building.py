"""Builds a house: who there is, then everything they did, stretch by stretch."""

from collections.abc import Iterator
from itertools import chain

import polars as pl
import psycopg

from scripts.bench.house.answers import answers
from scripts.bench.house.lanes import Write
from scripts.bench.house.memberships import memberships
from scripts.bench.house.messages import messages
from scripts.bench.house.offers import offers
from scripts.bench.house.people import People, add_people
from scripts.bench.house.plan import Plan
from scripts.bench.house.predictions import make_models, predictions
from scripts.bench.house.samples import Backlog, samples
from scripts.bench.house.services import presence, read_playbooks, services
from scripts.bench.house.tickets import stretches
from scripts.bench.house.visits import visits
from scripts.bench.house.wares import read_wares
from scripts.bench.house.work import work

Rows = Iterator[tuple[str, pl.DataFrame]]
TABLES = (
    "public.support_tickets", "public.ticket_cycles", "public.ticket_assignments",
    "public.ticket_promises", "public.ticket_messages", "public.brand_checks", "public.surveys",
    "public.survey_answers", "public.quality_checks", "public.quality_check_results",
    "public.recovery_cases", "public.recovery_gestures", "public.visits", "public.purchases",
    "public.memberships", "public.white_glove_services", "public.white_glove_steps",
    "public.vip_recommendations", "public.ai_predictions", "public.prediction_factors",
    "private.presence_spells",
)  # fmt: skip
"""What grows with the house, beside the samples and the people themselves."""


def build(db: psycopg.Connection, plan: Plan, write: Write, *, with_samples: bool = True) -> People:
    """Has the house written on connections that hear neither triggers nor foreign keys.

    The same plan, the same rows. `write` may write later, but each table in this order.
    `with_samples`: two years of them, a minute each; they are to have their months.
    """
    people = add_people(db, plan)
    backlog = Backlog(plan=plan, people=people)
    wares, playbooks = read_wares(db), read_playbooks(db)
    models = make_models(db, plan)
    rows = chain(
        _history(plan, people, backlog),
        visits(plan, people, wares),
        memberships(plan, people, wares),
        services(plan, people, playbooks),
        offers(plan, people, wares),
        presence(plan, people),
        predictions(plan, people, models),
    )
    for table, frame in rows:
        write(table, frame)
    if with_samples:
        for table, frame in samples(plan, people, backlog.levels()):
            write(table, frame)
    return people


def _history(plan: Plan, people: People, backlog: Backlog) -> Rows:
    for stretch in stretches(plan, people):
        backlog.count(stretch)
        yield "public.support_tickets", stretch.tickets.drop("client", "tier_index")
        yield from work(plan, people, stretch)
        yield from messages(plan, people, stretch)
        yield from answers(plan, people, stretch)
