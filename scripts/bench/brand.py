"""What does the brand check before sending cost, inside the transaction that publishes a reply?

A letter of 2,000 characters in Polish and in English, clean and full of faults, each beside an
empty plpgsql function with the same arguments: what any call costs on this machine now.
"""

import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

import asyncpg

from scripts.bench.findings import Finding, Goal, p50
from scripts.bench.ground import Ground
from scripts.bench.rounds import interleaved

CALLS = 60
SIZE = 2_000
GOAL_MILLISECONDS = 50
POLISH = (
    "Szanowna Pani, dziękujemy za wiadomość i za zaufanie. Zabieg przełożyliśmy na piątek"
    " o 12.00, a plan pielęgnacji przesyłamy w załączniku. Kosmetolog poleca krem z witaminą C. "
)
ENGLISH = (
    "Dear Ms Nowak, thank you for your message and for your trust. The treatment has been moved to"
    " Friday at noon, and the plan is enclosed. Our cosmetologist recommends vitamin C. "
)
FAULTY = (
    "Witam pani Anna, czy możesz przyjść jutro?? Niestety nie da się inaczej, taka jest procedura!!"
    " Mamy tanie zabiegi, {{name}}, zadzwoń do nas ASAP, ok? Czekamy na ciebie. "
)
EMPTY = "empty function"
EMPTY_FUNCTION = """
    create function pg_temp.do_nothing(p_text text, p_language text)
    returns jsonb
    language plpgsql
    stable
    set search_path = ''
    as $$ begin return '{}'; end $$
"""
DO_NOTHING = "select pg_temp.do_nothing($1, $2)"
CHECK = "select private.check_brand($1, 'email', 'vip_gold', $2, 'female', 'Anna', 'formal')"
CONTESTANTS = {
    EMPTY: (DO_NOTHING, POLISH, "pl"),
    "a Polish letter": (CHECK, POLISH, "pl"),
    "an English letter": (CHECK, ENGLISH, "en"),
    "a letter full of faults": (CHECK, FAULTY, "pl"),
}


async def measure(ground: Ground) -> list[Finding]:
    """Milliseconds a check of 2,000 characters, median of all calls."""
    owner = await asyncpg.connect(ground.state.db_url)
    try:
        await owner.execute(EMPTY_FUNCTION)
        times = await interleaved(_calls(owner), ground.scaled(CALLS), ground.note)
    finally:
        await owner.close()
    # The first calls make plans and fill caches.
    costs = {what: p50(each[3:]) * 1e3 for what, each in times.items()}
    empty = costs.pop(EMPTY)
    goal = Goal("at most", GOAL_MILLISECONDS)
    return [_line(EMPTY, empty, None), *(_line(what, cost, goal) for what, cost in costs.items())]


def _calls(owner: asyncpg.Connection) -> Mapping[str, Callable[[], Awaitable[float]]]:
    return {what: partial(_seconds, owner, *call) for what, call in CONTESTANTS.items()}


def _line(what: str, cost: float, goal: Goal | None) -> Finding:
    return Finding(
        question="brand", what=what, value=cost, unit="ms", beside="", ratio=None, goal=goal
    )


async def _seconds(
    connection: asyncpg.Connection, statement: str, text: str, language: str
) -> float:
    letter = (text * (SIZE // len(text) + 1))[:SIZE]
    started = time.perf_counter()
    await connection.fetchval(statement, letter, language)
    return time.perf_counter() - started
