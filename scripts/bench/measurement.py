"""Does the house tell how it fares as fast after a million tickets as after ten thousand?

Two houses on instances of their own, with the same people and two years of samples, one with a
hundred times the tickets, messages, visits and purchases. Every function of health, metrics, KPIs,
goals and executive figures is asked of both in turn, through PostgREST, as whoever may ask.
"""

import asyncio
from contextlib import ExitStack
from datetime import UTC, datetime
from statistics import median

import httpx

from scripts.bench.findings import Finding, Goal, p50, p95
from scripts.bench.ground import Ground
from scripts.bench.house.asking import QUESTIONS, Asker, Question
from scripts.bench.house.founding import Founded, found
from scripts.bench.house.plan import Plan
from scripts.stack import control
from scripts.stack.state import StackState

TICKETS, SMALL = 1_000_000, 10_000
CALLS, WARM = 30, 3
GOAL_MILLISECONDS = 300
GOAL_RATIO = 1.5


async def measure(ground: Ground, tickets: int = TICKETS, small: int = SMALL) -> list[Finding]:
    """Both houses, founded one after the other, then asked in turn."""
    now = datetime.now(UTC).replace(microsecond=0)
    sizes = [ground.scaled(size) for size in (small, tickets)]
    with ExitStack() as instances:
        houses = []
        for size in sizes:
            state = _start(instances, f"bench-{size}")
            ground.note(f"a house of {size:,} tickets")
            plan = Plan(tickets=size, until=now)
            houses.append((state, await asyncio.to_thread(found, state.admin_db_url, plan)))
        async with httpx.AsyncClient(timeout=120) as http:
            askers = [Asker(state, house.people, http) for state, house in houses]
            for asker in askers:
                await asker.prepare()
            lines = [
                line
                for question in QUESTIONS
                for line in await _asked(ground, question, askers, sizes)
            ]
    return _founding(sizes[-1], houses[-1][1]) + lines


def _start(instances: ExitStack, name: str) -> StackState:
    control.stop(name)
    control.forget(name)
    instances.callback(control.forget, name)
    instances.callback(control.stop, name)
    return control.start_detached(name)


async def _asked(
    ground: Ground, question: Question, askers: list[Asker], sizes: list[int]
) -> list[Finding]:
    """In turn, so that what slows the machine down slows both down."""
    ground.note(question.name)
    times: list[list[float]] = [[] for _ in askers]
    for number in range(WARM + CALLS):
        for asker, mine in zip(askers, times, strict=True):
            spent = await asker.ask(question)
            if number >= WARM:
                mine.append(spent)
    few, many = times
    of_many, of_few = (f"p50 at {size:,} tickets" for size in reversed(sizes))
    return [
        Finding(
            question=question.name, what=f"p95 at {sizes[-1]:,} tickets", value=p95(many),
            unit="ms", goal=Goal("at most", GOAL_MILLISECONDS),
        ),
        Finding(
            question=question.name, what=of_many, value=p50(many), unit="ms", beside=of_few,
            ratio=median(many) / median(few), goal=Goal("at most", GOAL_RATIO),
        ),
    ]  # fmt: skip


def _founding(size: int, house: Founded) -> list[Finding]:
    question = f"a house of {size:,} tickets, {house.rows:,} rows"
    return [
        Finding(question=question, what=what, value=seconds, unit="s")
        for what, seconds in house.seconds.items()
    ]
