"""The words around an answer: greeting, courtesy, dates and farewell, in Polish and English."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from lib.intelligence.models.replies import ReplyClient, ReplyContext, ReplyFacts, Tone

VARIABLE = re.compile(r"\{\{([a-z_]+)\}\}")
FORMAL_TIERS = frozenset({"vip_gold", "vip_platinum"})
WRITTEN_CHANNELS = frozenset({"email", "phone_note"})
"""Where an answer is a letter, with farewell and name."""

DAYS: Mapping[str, Sequence[str]] = {
    "pl": ("poniedziałek", "wtorek", "środa", "czwartek", "piątek", "sobota", "niedziela"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS: Mapping[str, str] = {
    "pl": (
        "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października "
        "listopada grudnia"
    ),
    "en": ("January February March April May June July August September October November December"),
}
COURTESY: Mapping[str | None, Mapping[str, str]] = {
    "female": {"you_genitive": "Pani", "you_dative": "Pani", "you_accusative": "Panią"},
    "male": {"you_genitive": "Pana", "you_dative": "Panu", "you_accusative": "Pana"},
    None: {"you_genitive": "Państwa", "you_dative": "Państwu", "you_accusative": "Państwa"},
}
FAREWELLS: Mapping[tuple[str, Tone], str] = {
    ("pl", "warm"): "Pozdrawiam serdecznie,",
    ("pl", "formal"): "Z wyrazami szacunku,",
    ("en", "warm"): "Kind regards,",
    ("en", "formal"): "Kind regards,",
}


def tone_of(tier: str) -> Tone:
    """Return how the house speaks to clients of this tier."""
    return "formal" if tier in FORMAL_TIERS else "warm"


def greet(client: ReplyClient, language: str, tone: Tone) -> str:
    """Return the first line. Gender and given name come from the profile, or are not used."""
    is_near = client.form_of_address == "first_name"
    if language == "pl":
        if is_near and client.gender and client.vocative:
            title = "Pani" if client.gender == "female" else "Panie"
            return f"Dzień dobry, {title} {client.vocative},"
        if tone == "warm":
            return "Dzień dobry,"
        return {"female": "Szanowna Pani,", "male": "Szanowny Panie,"}.get(
            client.gender or "", "Szanowni Państwo,"
        )
    if is_near and client.given_name:
        return f"Dear {client.given_name},"
    if client.gender and client.family_name:
        return f"Dear {'Ms' if client.gender == 'female' else 'Mr'} {client.family_name},"
    return "Hello," if tone == "warm" else "Dear Sir or Madam,"


def values_of(facts: ReplyFacts, client: ReplyClient, language: str) -> dict[str, str]:
    """Return what variables stand for; one that is not known is missing."""
    known = {"ticket_number": str(facts.ticket_number), **COURTESY[client.gender]}
    if facts.next_visit:
        known["next_visit"] = write_moment(facts.next_visit, language)
    if facts.opening:
        known["opening_hours"] = "; ".join(
            f"{_day(span.opens_at, language)}, {_clock(span.opens_at)}-{_clock(span.closes_at)}"
            for span in facts.opening
        )
    return known


def fill(body: str, values: Mapping[str, str]) -> tuple[str, dict[str, str], list[str]]:
    """Return the text, the values it uses, and the names of what was not known.

    A line that needs something unknown is left out: nothing is promised that nobody knows.
    """
    lines: list[str] = []
    used: dict[str, str] = {}
    missing: list[str] = []
    for line in body.splitlines():
        names = VARIABLE.findall(line)
        if unknown := [name for name in names if name not in values]:
            missing += unknown
            continue
        used.update({name: values[name] for name in names})
        lines.append(VARIABLE.sub(lambda found: values[found.group(1)], line))
    return " ".join(lines), used, missing


def wrap(context: ReplyContext, language: str, text: str) -> str:
    """Return the whole answer: greeting, text and, in letters, farewell and name."""
    tone = tone_of(context.tier)
    parts = [greet(context.client, language, tone), text]
    if context.channel in WRITTEN_CHANNELS:
        name = f"\n{context.agent_name}" if context.agent_name else ""
        parts.append(FAREWELLS[language, tone] + name)
    return "\n\n".join(parts)


def write_moment(moment: datetime, language: str) -> str:
    """Return day and time in words, as the moment's own clock shows them."""
    joint = "godz. " if language == "pl" else ""
    return f"{_day(moment, language)} {moment.year}, {joint}{_clock(moment)}"


def _day(moment: datetime, language: str) -> str:
    day, month = DAYS[language][moment.weekday()], MONTHS[language].split()[moment.month - 1]
    return f"{day}, {moment.day} {month}"


def _clock(moment: datetime) -> str:
    return f"{moment.hour}:{moment.minute:02d}"
