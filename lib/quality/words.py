"""What courtesy sounds like, in Polish and English: patterns over folded text (no diacritics).

Other languages have no patterns: what is asked by one of these does not apply to them.
"""

import re
import unicodedata
from collections.abc import Mapping
from itertools import pairwise

LANGUAGES = frozenset({"pl", "en"})


def fold(text: str) -> str:
    """Return the text in lower case without diacritics: half the house types none."""
    lowered = unicodedata.normalize("NFKC", text).lower().replace("ł", "l").replace("’", "'")
    decomposed = unicodedata.normalize("NFD", lowered)
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(patterns)})\b")


GREETING = _words(
    "dzien dobry", "dobry wieczor", "szanown[a-z]+", "milo [a-z]+ powitac", "witamy serdecznie",
    "good (?:morning|afternoon|evening|day)", "dear", "welcome",
)  # fmt: skip
CLOSING = _words(
    "z wyrazami szacunku", "z powazaniem", "pozdrawia[a-z]*", "do zobaczenia", "do uslyszenia",
    "(?:milego|dobrego|udanego|pieknego|spokojnego) (?:dnia|popoludnia|wieczoru|weekendu)",
    "(?:kind|warm|best) (?:regards|wishes)", "yours (?:sincerely|faithfully)", "sincerely",
    "have a (?:lovely|pleasant|wonderful|good|great|nice) [a-z]+", "we look forward to",
    "looking forward to", "until [a-z]+day",
)  # fmt: skip
TITLE = _words(
    "pani(?:a|e|ego|emu|em)?", "pan(?:a|u|em|ie)?", "panstw(?:o|a|u|em)", "ms", "mr", "mrs",
    "madam", "sir",
)  # fmt: skip
FURTHER_HELP = _words(
    "w czym jeszcze", "cos jeszcze", "czy (?:mog[a-z]+|moglib[a-z]+|mozemy) [a-z ]{0,30}jeszcze",
    "anything else", "anything further", "may i (?:also|further)", "how else",
)  # fmt: skip
THANKS = _words("dziekuj[a-z]+", "wdzieczn[a-z]+", "thank you", "thanks for", "grateful")
APOLOGY = _words(
    "przepraszam[a-z]*", "przykro", "ubolewa[a-z]+", "prosz[a-z]* o wybaczenie",
    "apologi[sz]e", "(?:our|my) apologies", "(?:i am|we are|i'm|so|very|truly) sorry", "regret",
)  # fmt: skip
FOLLOW_UP = _words(
    "oddzwoni[a-z]*", "wroc(?:e|imy) (?:do|z)", "dam(?:y)? znac", "odezw(?:e|iemy) sie",
    "skontaktuj(?:e|emy) sie", "(?:will|shall) (?:get back|call you|let you know|be in touch)",
    "(?:i|we)'ll (?:get back|call you|let you know|be in touch)",
)  # fmt: skip
FAREWELL_OF_CLIENT = re.compile(r"\b(?:dzieki|thanks?|super|ok|swietnie|great)\b")
CARD = re.compile(r"(?<![\d-])\d(?:[ -]?\d){12,18}(?![\d-])")
PESEL = re.compile(r"(?<!\d)\d{11}(?!\d)")
PASSWORD = re.compile(r"\b(?:haslo|password|pin)\s*(?:to|is|:|=)\s*\S+")
PESEL_WEIGHTS = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)
STEM = 4
"""Names are declined: Anna, Anno, Anny share their beginning."""


def has(pattern: re.Pattern[str], text: str) -> bool:
    """Return whether the text says so, with or without diacritics."""
    return pattern.search(fold(text)) is not None


def count_addresses(text: str, names: Mapping[str, str | None]) -> int:
    """Return how often the text names the client or speaks to them by title."""
    folded = fold(text)
    stems = [re.escape(fold(name)[: max(STEM, len(name) - 2)]) for name in names.values() if name]
    found = [match.span() for match in TITLE.finditer(folded)]
    found += [m.span() for stem in stems for m in re.finditer(rf"\b{stem}[a-z]*", folded)]
    found.sort()
    # A title and the name behind it are one address.
    joined = sum(following[0] - span[1] <= 1 for span, following in pairwise(found))
    return len(found) - joined


def is_question(text: str) -> bool:
    """Return whether the client asks for something, rather than saying thanks."""
    return "?" in text


def is_thanks(text: str) -> bool:
    """Return whether the client parts: thanks and nothing asked."""
    return not is_question(text) and (
        has(THANKS, text) or FAREWELL_OF_CLIENT.search(fold(text)) is not None
    )


def has_secret(text: str) -> bool:
    """Return whether a card number, a national number or a password stands in the text."""
    if has(PASSWORD, text):
        return True
    if any(_is_card(re.sub(r"\D", "", match)) for match in CARD.findall(text)):
        return True
    return any(_is_pesel(match) for match in PESEL.findall(text))


def _is_card(digits: str) -> bool:
    """Luhn's sum, so that references to bookings are not taken for cards."""
    doubled = [int(digit) for digit in reversed(digits)]
    doubled[1::2] = [sum(divmod(2 * digit, 10)) for digit in doubled[1::2]]
    return sum(doubled) % 10 == 0


def _is_pesel(digits: str) -> bool:
    total = sum(
        weight * int(digit) for weight, digit in zip(PESEL_WEIGHTS, digits[:10], strict=True)
    )
    month = int(digits[2:4]) % 20
    return (10 - total % 10) % 10 == int(digits[10]) and 1 <= month <= 12
