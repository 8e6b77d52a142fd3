"""Words and cells that several sections use."""

from collections.abc import Sequence
from decimal import Decimal

from lib.analytics.report.document import Cell, Section, Status
from lib.analytics.report.tongue import NO_BREAK, NOTHING, Number, Tongue

TIERS = {
    "vip_platinum": f"VIP{NO_BREAK}Platinum",
    "vip_gold": f"VIP{NO_BREAK}Gold",
    "premium": "Premium",
    "standard": "Standard",
}
CHANNELS = {
    "chat": ("czat", "chat"),
    "email": ("e-mail", "e-mail"),
    "instagram": ("Instagram", "Instagram"),
    "phone": ("telefon", "phone"),
    "phone_note": ("notatka z rozmowy", "phone note"),
    "whatsapp": ("WhatsApp", "WhatsApp"),
}
METRICS = {
    "client_satisfaction": "Satysfakcja klientów",
    "first_contact_resolution": "Rozwiązanie przy pierwszym kontakcie",
    "promises_kept": "Dotrzymane obietnice",
    "reopen_rate": "Otwarte ponownie",
    "support_efficiency": "Sprawność operacyjna",
    "system_health": "Stan systemu",
    "vip_response_time": "Czas odpowiedzi VIP",
    "client_retention": "Powroty klientów",
    "luxury_experience_score": "Wskaźnik doświadczenia luksusu",
    "personalization_effectiveness": "Skuteczność personalizacji",
    "white_glove_usage": "Korzystanie z usług white-glove",
    "brand_consistency": "Spójność marki",
}


def tier_label(tier: str) -> str:
    """The tier as the house calls it; one that is new as it is stored."""
    return TIERS.get(tier, tier)


def by_rank(tier: str) -> tuple[int, str]:
    """The order of tiers, the highest first; new ones at the end."""
    ranks = list(TIERS)
    return (ranks.index(tier) if tier in ranks else len(ranks), tier)


def channel_label(tongue: Tongue, channel: str) -> str:
    """The channel's name; one that is new as it is stored."""
    return tongue.say(*CHANNELS[channel]) if channel in CHANNELS else channel


def metric_label(tongue: Tongue, metric: str, label: str) -> str:
    """The measure's name in the language, or as the dictionary has it."""
    return METRICS.get(metric, label) if tongue.is_polish else label


def text(value: str) -> Cell:
    """A cell of words."""
    return Cell(value, value)


def count(tongue: Tongue, value: int | None) -> Cell:
    """A cell of a whole number."""
    return Cell(value, tongue.number(value))


def value(tongue: Tongue, unit: str, number: Number | None) -> Cell:
    """A cell of a value of a unit; money is in units in the file, not in minor ones."""
    raw = Decimal(number) / 100 if unit == "money" and number is not None else number
    return Cell(raw, tongue.value(unit, number))


def share(tongue: Tongue, number: Decimal | None) -> Cell:
    """A cell of a share between 0 and 1, as a percentage."""
    percent = None if number is None else number * 100
    return Cell(percent if percent is None else percent.normalize() + 0, tongue.percent(percent))


def judged(label: str, status: Status) -> Cell:
    """A cell with a sign."""
    return Cell(label, label, status)


def change(tongue: Tongue, unit: str, now: Decimal | None, before: Decimal | None) -> str:
    """The difference to the time before, with its sign."""
    if now is None or before is None:
        return NOTHING
    difference = now - before
    if unit == "percent":
        points = tongue.say("p.p.", "pp")
        return f"{tongue.signed(difference, 1)}{NO_BREAK}{points}"
    written = tongue.value(unit, difference)
    return f"+{written}" if difference > 0 and any(c in "123456789" for c in written) else written


def interval(tongue: Tongue, unit: str, low: Decimal | None, high: Decimal | None) -> str:
    """From low to high."""
    if low is None or high is None:
        return NOTHING
    return tongue.interval(lambda end: tongue.value(unit, end), low, high)


def silent(tongue: Tongue, key: str, title: str, why: tuple[str, str]) -> Section:
    """A section that has nothing to say, and why."""
    return Section(
        key=key,
        title=title,
        lead="",
        blocks=(
            tongue.say(
                "W tym okresie nie ma tu czego pokazać. ", "Nothing to show in this period. "
            )
            + tongue.say(*why),
        ),
    )


def joined(tongue: Tongue, parts: Sequence[str]) -> str:
    """A, B and C."""
    *head, last = parts
    return f"{', '.join(head)} {tongue.say('i', 'and')}{NO_BREAK}{last}" if head else last
