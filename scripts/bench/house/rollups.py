"""The first fill of the roll-ups: what triggers would have marked, rolled a quarter at a time."""

from collections.abc import Iterator

import psycopg

DAYS = 91
MARK = (
    "truncate private.metric_dirt",
    "select private.touch_metric_history(array(select metric from private.metric_observers))",
)
ROLL = "select private.roll_dirt(100000, %s)"


def roll_up(db: psycopg.Connection) -> Iterator[str]:
    """Rolls all there ever was of every metric; afterwards nothing is stale."""
    for statement in MARK:
        db.execute(statement)
    left = None
    while left != 0:
        yield "roll-ups" if left is None else f"roll-ups, {left:,} marks to go"
        row = db.execute(ROLL, [DAYS]).fetchone()
        left = int(row[0]["left"]) if row else 0
