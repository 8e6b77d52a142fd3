"""What to do about a difference, in Polish and English. Words only: numbers come from elsewhere."""

from lib.analytics.models.insights import Direction

_PLACES = {
    "channel": ("w kanale {name}", "in the channel {name}"),
    "tier": ("klientów poziomu {name}", "of clients of tier {name}"),
    "desk": ("stanowiska {name}", "of the desk {name}"),
    "category": ("na temat {name}", "about {name}"),
    "language": ("w języku {name}", "in the language {name}"),
    "hours": ("otwarte w godzinach {name}", "opened between {name} o'clock"),
}
_FACTS = {
    "client_satisfaction": (
        "Zgłoszenia {place} klienci oceniają na {group} (pozostałe: {rest}).",
        "Clients rate tickets {place} {group} (all others: {rest}).",
    ),
    "promises_kept": (
        "Dla zgłoszeń {place} dotrzymujemy {group} % obietnic (pozostałe: {rest} %).",
        "Of promises on tickets {place} {group} % are kept (all others: {rest} %).",
    ),
    "reopen_rate": (
        "Zgłoszenia {place} wracają w {group} % przypadków (pozostałe: {rest} %).",
        "Of tickets {place} {group} % are reopened (all others: {rest} %).",
    ),
    "vip_response_time": (
        "Na zgłoszenia VIP {place} odpowiadamy po {group} s (pozostałe: {rest} s).",
        "VIP tickets {place} are answered after {group} s (all others: {rest} s).",
    ),
}
_STEPS = {
    ("client_satisfaction", "worse"): (
        "Przeczytać wskazane rozmowy i komentarze, nazwać wspólną przyczynę i przydzielić ją"
        " jednej osobie.",
        "Read the conversations and comments named, find what they share, and give it to one"
        " person.",
    ),
    ("promises_kept", "worse"): (
        "Porównać obsadę z napływem zgłoszeń w tej grupie; dodać ludzi albo obiecywać później.",
        "Compare staffing with what comes in for this group; add people, or promise later.",
    ),
    ("reopen_rate", "worse"): (
        "Sprawdzić na wskazanych zgłoszeniach, czego zabrakło w rozwiązaniu, i poprawić makro"
        " lub procedurę.",
        "See on the tickets named what the solution lacked, and mend the macro or procedure.",
    ),
    ("vip_response_time", "worse"): (
        "Zapewnić dla tej grupy wolnego opiekuna: obsada, umiejętności, kolejność przydziału.",
        "See that somebody is free for this group: staffing, skills, order of routing.",
    ),
}
_LEARN = (
    "Sprawdzić na wskazanych zgłoszeniach, co robimy tu inaczej, i przenieść to do reszty domu.",
    "See on the tickets named what is done differently here, and bring it to the whole house.",
)
_FACT = (
    "Zgłoszenia {place}: {metric} {group} (pozostałe: {rest}).",
    "Tickets {place}: {metric} {group} (all others: {rest}).",
)
_STEP = (
    "Przejrzeć wskazane zgłoszenia i znaleźć wspólną przyczynę.",
    "Look through the tickets named and find what they share.",
)


def advise(
    metric: str, direction: Direction, dimension: str, name: str, group: float, rest: float
) -> tuple[str, str]:
    """Return the difference and what to do about it, in Polish and in English."""
    steps = _LEARN if direction == "better" else _STEPS.get((metric, direction), _STEP)
    facts = _FACTS.get(metric, _FACT)
    told = [
        fact.format(
            place=place.format(name=name),
            metric=metric,
            group=_number(group, mark),
            rest=_number(rest, mark),
        )
        for fact, place, mark in zip(facts, _PLACES[dimension], (",", "."), strict=True)
    ]
    return f"{told[0]} {steps[0]}", f"{told[1]} {steps[1]}"


def _number(value: float, mark: str) -> str:
    digits = 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    return f"{value:.{digits}f}".replace(".", mark)
