"""Whether conditions hold: the only place that judges them. Pure; facts come with the contexts.

A condition is {"all": [...]}, {"any": [...]}, {"not": ...} or {"field", "op", "value"}. Every
comparison is true or false, also about a fact that is not there: nothing equals, reaches or
contains anything then, so `ne` holds and all others but `is_null` do not.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lib.errors import PermanentError
from lib.orchestrator.models.workflows import Fact, Finding

# Letters that are no plain letter with a mark, so that decomposing leaves them as they are.
_PLAIN = str.maketrans({"ł": "l", "đ": "d", "ð": "d", "ø": "o", "ħ": "h", "ı": "i", "þ": "th"})
_WORD = re.compile(r"\w+")
_PATTERN = re.compile(r"\w+\*?")
_PROSE = ("ticket.subject", "message.text")


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether a condition holds, and the comparisons that decided it."""

    holds: bool
    findings: tuple[Finding, ...]


def judge(
    condition: Mapping[str, Any], facts: Mapping[str, Fact], place: str = "conditions"
) -> Judgement:
    """Return whether it holds. Raises PermanentError for what is no condition."""
    match condition:
        case {"all": parts, **rest} if not rest:
            return _all(_judge_each(parts, facts, f"{place}.all"))
        case {"any": parts, **rest} if not rest:
            return _any(_judge_each(parts, facts, f"{place}.any"))
        case {"not": part, **rest} if not rest:
            inner = judge(part, facts, f"{place}.not")
            return Judgement(not inner.holds, inner.findings)
        case {"field": str(field), "op": str(op), "value": value}:
            fact = facts.get(field)
            holds = compare(op, fact, value)
            found = None if field in _PROSE else fact
            return Judgement(holds, (Finding(place, field, op, holds, found),))
    raise PermanentError(f"{place} is no condition")


def compare(op: str, fact: Fact, value: Any) -> bool:
    """Return whether `fact op value`. Raises PermanentError for an unknown operator."""
    match op:
        case "is_null":
            return (fact is None) is value
        case "eq":
            return bool(fact == value)
        case "ne":
            return bool(fact != value)
        case "in":
            return bool(fact in value)
        case "gte":
            return isinstance(fact, int | float) and fact >= value
        case "lte":
            return isinstance(fact, int | float) and fact <= value
        case "contains":
            return _contains(fact, value)
    raise PermanentError(f"{op} is no operator")


def fold(text: str) -> str:
    """Return the text without case and diacritics: "Opuchliznę" is "opuchlizne"."""
    return _fold_once(_fold_once(text))  # taking a letter apart can bring out a capital


def _fold_once(text: str) -> str:
    marked = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in marked if not unicodedata.combining(c)).translate(_PLAIN)


def _contains(fact: Fact, phrases: Sequence[str]) -> bool:
    """Any of the phrases, word for word; a word with a * is the beginning of one."""
    if isinstance(fact, str):
        words = _WORD.findall(fold(fact))
        return any(_is_in(_PATTERN.findall(fold(phrase)), words) for phrase in phrases)
    return isinstance(fact, list) and any(phrase in fact for phrase in phrases)


def _is_in(pattern: Sequence[str], words: Sequence[str]) -> bool:
    starts = range(len(words) - len(pattern) + 1) if pattern else ()
    return any(
        all(_fits(part, words[start + n]) for n, part in enumerate(pattern)) for start in starts
    )


def _fits(part: str, word: str) -> bool:
    return word.startswith(part[:-1]) if part.endswith("*") else word == part


def _judge_each(
    parts: Iterable[Mapping[str, Any]], facts: Mapping[str, Fact], place: str
) -> list[Judgement]:
    return [judge(part, facts, f"{place}[{n}]") for n, part in enumerate(parts)]


def _all(parts: Sequence[Judgement]) -> Judgement:
    """The first that fails decides, or else all together."""
    decisive = next(([part] for part in parts if not part.holds), parts)
    return Judgement(all(part.holds for part in parts), _findings(decisive))


def _any(parts: Sequence[Judgement]) -> Judgement:
    """The first that holds decides, or else all together."""
    decisive = next(([part] for part in parts if part.holds), parts)
    return Judgement(any(part.holds for part in parts), _findings(decisive))


def _findings(parts: Iterable[Judgement]) -> tuple[Finding, ...]:
    return tuple(finding for part in parts for finding in part.findings)
