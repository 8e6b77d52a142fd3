"""What was said: five messages a ticket on average, most tickets fewer, some very many."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from scripts.bench.house.dice import Ints, Moments, ids, pick, words
from scripts.bench.house.people import People
from scripts.bench.house.plan import Plan
from scripts.bench.house.tickets import Stretch

PER_TICKET = 5
SPREAD = 1.1
NOTES, ASSISTANT = 0.08, 0.03
GREETINGS = ("Dzień dobry", "Dzień dobry, Pani Anno", "Witam serdecznie", "Good morning")
MATTERS = (
    "chciałabym przełożyć piątkową wizytę na przyszły tydzień, najlepiej po godzinie osiemnastej.",
    "paczka z serum i kremem jeszcze nie dotarła, a miała być u mnie przedwczoraj.",
    "na fakturze za karnet brakuje numeru NIP mojej firmy, proszę o korektę.",
    "dziękuję, wszystko zgodnie z ustaleniami; do zobaczenia w salonie przy Mokotowskiej.",
    "sprawdziłam grafik: wolny jest wtorek o 17:30 oraz czwartek o 19:00 u pani Marty.",
    "po ostatnim zabiegu skóra jest jeszcze lekko zaczerwieniona, czy to normalne?",
    "could you please confirm the private session on Saturday and arrange the usual room?",
    "zarezerwowałam termin i wysłałam potwierdzenie; gdyby coś się zmieniło, proszę dać znać.",
)
CLOSINGS = ("Pozdrawiam serdecznie", "Z wyrazami szacunku", "Miłego dnia", "Kind regards")
BODIES = tuple(f"{a}, {b} {c}." for a in GREETINGS for b in MATTERS for c in CLOSINGS)
GUIDELINES = 1
"""The version of the house's style that migrations bring."""


def messages(plan: Plan, people: People, stretch: Stretch) -> Iterator[tuple[str, pl.DataFrame]]:
    """The stretch's messages in order of time, and how each answer was judged by the gate."""
    rng = plan.rng(30, stretch.place)
    row, number, count = _places(rng, stretch.tickets.height)
    said = _said(plan, people, rng, stretch, row, number, count).filter(
        pl.col("created_at") <= pl.lit(plan.end)
    )
    said = said.sort("created_at", maintain_order=True).with_columns(id=ids(rng, said.height))
    known = stretch.tickets["tier", "language", "channel"]
    checks = known[said["row"]].with_columns(
        said.select(
            "author_kind",
            "is_internal",
            message_id="id",
            ticket_id="ticket_id",
            agent_id="author_id",
            checked_at="created_at",
        ),
    )
    yield "public.ticket_messages", said.drop("row")
    yield "public.brand_checks", _judged(rng, checks)


def _places(rng: np.random.Generator, tickets: int) -> tuple[Ints, Ints, Ints]:
    """For each message its ticket, its number within it, and how many that has."""
    weights = rng.lognormal(0.0, SPREAD, tickets)
    more = rng.multinomial((PER_TICKET - 1) * tickets, weights / weights.sum())
    count = 1 + more
    row = np.repeat(np.arange(tickets), count)
    number = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    return row, number, count[row]


def _said(
    plan: Plan,
    people: People,
    rng: np.random.Generator,
    stretch: Stretch,
    row: Ints,
    number: Ints,
    count: Ints,
) -> pl.DataFrame:
    tickets, total = stretch.tickets, len(row)
    luck = rng.random(total)
    is_answer = number % 2 == 1
    is_assistant = is_answer & (number > 1) & (luck < ASSISTANT)
    is_internal = is_answer & ~is_assistant & (number > 1) & (luck > 1 - NOTES)
    first = stretch.cycles.filter(pl.col("cycle") == 1).sort("row")
    agent_id = people.staff["id"].gather(first["agent"][row])
    client_id = tickets["client_id"][row]
    kind = np.where(is_assistant, 2, is_answer.astype(np.int64))
    return pl.DataFrame(
        {
            "row": row,
            "ticket_id": tickets["id"][row],
            "client_id": client_id,
            "author_kind": words(("client", "agent", "assistant"), kind),
            "is_internal": is_internal,
            "body": words(BODIES, pick(rng, np.ones(len(BODIES)).tolist(), total)),
            "created_at": _moments(plan, rng, tickets, first, row, number, count),
        }
    ).with_columns(
        updated_at="created_at",
        author_id=pl.when(pl.Series(~is_answer)).then(client_id)
        .when(pl.Series(~is_assistant)).then(agent_id),
    )  # fmt: skip


def _moments(
    plan: Plan,
    rng: np.random.Generator,
    tickets: pl.DataFrame,
    first: pl.DataFrame,
    row: Ints,
    number: Ints,
    count: Ints,
) -> Moments:
    """The client's first, our first answer, the rest between it and the end of the matter.

    Where nobody has answered yet, what comes after the first has not been said: NaT.
    """
    opened, answered = (
        each.to_numpy()[row] for each in (tickets["opened_at"], first["first_responded_at"])
    )
    over = tickets["resolved_at"].to_numpy()[row]
    end = np.where(np.isnat(over), plan.end, over)
    share = np.clip((number - 1 + 0.9 * rng.random(len(row))) / np.maximum(count - 1, 1), 0, 1)
    later = answered + ((end - answered).astype(np.int64) * share).astype("m8[us]")
    return np.where(number == 0, opened, np.where(number == 1, answered, later))


def _judged(rng: np.random.Generator, checks: pl.DataFrame) -> pl.DataFrame:
    answers = checks.filter((pl.col("author_kind") == "agent") & ~pl.col("is_internal"))
    score = np.clip(100 - rng.exponential(4.5, answers.height), 50, 100).round().astype(np.int64)
    return answers.drop("author_kind", "is_internal").with_columns(
        score=score,
        verdict=words(("warn", "pass"), (score >= 80).astype(np.int64)),
        parts=pl.lit("[]"),
        findings=pl.lit("[]"),
        guidelines_version=pl.lit(GUIDELINES),
    )
