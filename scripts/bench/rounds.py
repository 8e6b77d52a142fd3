"""Rounds in turn: what slows the machine down for a while then slows everybody down."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

Measured = TypeVar("Measured")
Note = Callable[[str], None]


async def interleaved(
    contestants: Mapping[str, Callable[[], Awaitable[Measured]]], rounds: int, note: Note
) -> dict[str, list[Measured]]:
    """Measure everybody once per round, starting with another one each time."""
    results: dict[str, list[Measured]] = {name: [] for name in contestants}
    names = list(contestants)
    for turn in range(rounds):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            note(f"round {turn + 1} of {rounds}: {name}")
            results[name].append(await contestants[name]())
    return results
