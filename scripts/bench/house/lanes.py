"""Two connections write at once, a third hand makes the rows: the server is what takes time."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import polars as pl
import psycopg

from scripts.bench.house.copying import copy
from scripts.bench.house.samples import SAMPLES

SECOND_LANE = ("public.ticket_messages", "public.brand_checks", "public.visits")
"""About half of the work. A table keeps its lane, and with it the order of its rows."""
AHEAD = 6
"""Frames that may wait: memory is bounded by them."""
Write = Callable[[str, pl.DataFrame], None]


@contextmanager
def lanes(dbs: Sequence[psycopg.Connection], told: Callable[[str, int], None]) -> Iterator[Write]:
    """Writes frames in the background; all are there at the end, or the first error is raised."""
    waiting: deque[tuple[str, Future[int]]] = deque()
    turn = 0

    def settle(most: int) -> None:
        while len(waiting) > most:
            table, writing = waiting.popleft()
            told(table, writing.result())

    with ExitStack() as stack:
        pools = [stack.enter_context(ThreadPoolExecutor(1)) for _ in dbs]

        def write(table: str, rows: pl.DataFrame) -> None:
            nonlocal turn
            turn += 1
            # Of the samples each month is a partition of its own.
            place = turn if table == SAMPLES else int(table in SECOND_LANE)
            lane = place % len(dbs)
            waiting.append((table, pools[lane].submit(copy, dbs[lane], table, rows)))
            settle(AHEAD)

        yield write
        settle(0)
