"""What workers keep about everybody, filled at once: experiences, white-glove days, ledgers.

Made by the functions that make it day by day, so it is what it would have been.
"""

from collections.abc import Iterator
from typing import LiteralString

import psycopg

from scripts.bench.house.plan import DAYS, Plan

WEEK = """
select private.store_experience_scores(array_agg(ticket_id), array_agg(cycle))
from public.quality_checks
where ended_at >= %(until)s - make_interval(days => 7 + %(age)s)
    and ended_at < %(until)s - make_interval(days => %(age)s)
having count(*) > 0
"""
SERVED = """
select private.count_white_glove_day(day_at::date)
from generate_series(
    %(until)s - make_interval(days => %(days)s), %(until)s, interval '1 day'
) day_at
"""
NO_CACHES = "update public.cache_lifetimes set seconds = 0"
EVERYBODY = (
    "truncate private.ledger_dirt",
    "insert into private.ledger_dirt (client_id) select id from public.profiles",
)
LEDGERS = "select private.keep_ledgers(1000)"
FILLED = (
    "public.experience_scores", "private.white_glove_days", "private.attributed_revenue",
    "private.support_costs", "private.client_months", "private.client_values",
)  # fmt: skip


def fill_ledgers(db: psycopg.Connection, plan: Plan) -> Iterator[str]:
    """Says what it is about to do, a step at a time."""
    for age in range(DAYS + 7, -7, -7):
        yield f"experiences, {age // 7} weeks to go"
        db.execute(WEEK, {"until": plan.until, "age": age})
    db.execute(NO_CACHES)  # what is measured is made, not remembered
    yield "white-glove days"
    db.execute(SERVED, {"until": plan.until, "days": DAYS})
    # Cells are added up by triggers of the ledgers.
    db.execute("set session_replication_role = origin")
    for statement in EVERYBODY:
        db.execute(statement)
    number = 0
    while _is_left(db, LEDGERS):
        number += 1
        yield f"ledgers of {1000 * number:,} clients"
    db.execute("set session_replication_role = replica")


def _is_left(db: psycopg.Connection, statement: LiteralString) -> bool:
    row = db.execute(statement).fetchone()
    return bool(row and row[0]["is_left"])
