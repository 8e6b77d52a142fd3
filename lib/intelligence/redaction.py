"""Personal data out of a text before it leaves the house, and back in afterwards."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

PLACEHOLDER = re.compile(r"\[\[[A-Z]+_\d+\]\]")
EMAIL = r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"
IBAN = r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){3,7}(?:[ -]?[A-Z0-9]{1,3})?\b"
ACCOUNT = r"\b\d{2}(?:[ -]?\d{4}){6}\b"
PESEL = r"\b\d{11}\b"
PHONE = r"(?<![\w+])(?:\+|00)?\d(?:[ ().-]{0,2}\d){8,14}(?!\w)"
SHORTEST_STEM = 2


@dataclass(frozen=True)
class Redactor:
    """Replaces what points to a person by placeholders; the same value by the same one.

    What looks like a placeholder already is replaced too, so that putting back is exact.
    """

    names: tuple[str, ...] = ()
    _kept: dict[str, str] = field(default_factory=dict)
    _placeholders: dict[tuple[str, str], str] = field(default_factory=dict)

    def redact(self, text: str) -> str:
        """Return the text without names, addresses and numbers of people."""
        return self._pattern().sub(self._replace, text)

    def restore(self, text: str) -> str:
        """Return the text with what stood in the place of each placeholder."""
        return PLACEHOLDER.sub(lambda found: self._kept.get(found.group(), found.group()), text)

    def _pattern(self) -> re.Pattern[str]:
        kinds = {
            "TEXT": PLACEHOLDER.pattern,
            "EMAIL": EMAIL,
            "IBAN": f"{IBAN}|{ACCOUNT}",
            "PESEL": PESEL,
            "PHONE": PHONE,
        }
        if names := [_name_pattern(name) for name in self.names]:
            kinds["NAME"] = f"(?i:{'|'.join(names)})"
        return re.compile("|".join(f"(?P<{kind}>{rule})" for kind, rule in kinds.items()))

    def _replace(self, found: re.Match[str]) -> str:
        kind, value = str(found.lastgroup), found.group()
        if (kind, value) not in self._placeholders:
            count = sum(each == kind for each, _ in self._placeholders)
            placeholder = f"[[{kind}_{count}]]"
            self._placeholders[kind, value] = placeholder
            self._kept[placeholder] = value
        return self._placeholders[kind, value]


def redactor(names: Iterable[str | None]) -> Redactor:
    """Return a redactor that also knows these names, whole and in their parts."""
    parts = {
        part.strip(".,;")
        for name in names
        if name
        for part in (name, *re.split(r"[\s-]+", name))
        if len(part.strip(".,;")) > 1
    }
    return Redactor(tuple(sorted(parts, key=lambda part: (-len(part), part))))


def _name_pattern(name: str) -> str:
    """Polish inflects at the end: Zofia, Zofii, Zofię."""
    if not name[-1].isalpha() or len(name) <= SHORTEST_STEM:
        return rf"(?<!\w){re.escape(name)}(?!\w)"
    return rf"(?<!\w){re.escape(name[:-1])}\w{{0,4}}(?!\w)"
