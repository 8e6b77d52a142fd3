"""How well the brand check finds what people marked: precision and recall, rule by rule."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

NOTHING = {"", "none", "null", "-", "ok", "pass"}
TRUE_NAMES = {
    "f": "female",
    "k": "female",
    "woman": "female",
    "female": "female",
    "m": "male",
    "man": "male",
    "male": "male",
}


@dataclass(frozen=True)
class Tally:
    """One rule over all texts: found and expected, found only, expected only."""

    rule: str
    right: int
    extra: int
    missed: int

    @property
    def precision(self) -> float | None:
        """Share of what was found that was expected; none if nothing was found."""
        return self.right / (self.right + self.extra) if self.right + self.extra else None

    @property
    def recall(self) -> float | None:
        """Share of what was expected that was found; none if nothing was expected."""
        return self.right / (self.right + self.missed) if self.right + self.missed else None


def resolve_rule(name: str, language: str, rules: Sequence[Mapping[str, Any]]) -> str:
    """Return the id a name stands for in a language; a name nobody knows stays as it is."""
    plain = name.strip().lower().replace("-", "_").replace(" ", "_")
    bare = plain.split(".", 1)[-1]
    known = {str(rule["rule"]) for rule in rules}
    for guess in (plain, f"{language}.{bare}", bare):
        if guess in known:
            return guess
    named = [rule for rule in rules if {plain, bare} & set(rule["aliases"])]
    named.sort(key=lambda rule: rule["language"] != language)
    return str(named[0]["rule"]) if named else plain


def read_item(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the check asks for, from a line that may use other keys for it."""
    gender = str(_first(row, "gender", "client_gender") or "").strip().lower()
    name = _first(row, "given_name", "first_name", "client_first_name", "client_given_name")
    language = str(row.get("language") or "pl").lower()[:2]
    return {
        "text": str(row["text"]),
        "channel": row.get("channel") or "email",
        "tier": row.get("tier") or "standard",
        "language": language,
        "gender": TRUE_NAMES.get(gender),
        "given_name": str(name).strip() or None if name else None,
        "form_of_address": row.get("form_of_address"),
    }


def read_expected(row: Mapping[str, Any]) -> list[str]:
    """Return the names of rules a line expects: a list, a text parted by commas, or nothing."""
    told = _first(row, "expected", "expected_rules", "rules", "expected_rule_ids")
    names = told.split(",") if isinstance(told, str) else told or []
    return [str(name) for name in names if str(name).strip().lower() not in NOTHING]


def tells_gender(row: Mapping[str, Any]) -> bool:
    """Whether a line says anything of the client's gender, if only that it is not known."""
    return "gender" in row or "client_gender" in row


def tally_rules(pairs: Iterable[tuple[set[str], set[str]]]) -> list[Tally]:
    """Count expected and found rules of each text; sorted by rule."""
    right: Counter[str] = Counter()
    extra: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for expected, found in pairs:
        right.update(expected & found)
        extra.update(found - expected)
        missed.update(expected - found)
    rules = sorted(right | extra | missed)
    return [Tally(rule, right[rule], extra[rule], missed[rule]) for rule in rules]


def sum_tallies(name: str, tallies: Iterable[Tally]) -> Tally:
    """Return all of them as one: what counts each finding alike (micro)."""
    kept = list(tallies)
    return Tally(
        name,
        sum(tally.right for tally in kept),
        sum(tally.extra for tally in kept),
        sum(tally.missed for tally in kept),
    )


def mean_of(values: Iterable[float | None]) -> float | None:
    """Return the mean of what is there: what counts each rule alike (macro)."""
    kept = [value for value in values if value is not None]
    return sum(kept) / len(kept) if kept else None


def _first(row: Mapping[str, Any], *keys: str) -> Any:
    return next((row[key] for key in keys if row.get(key) is not None), None)
