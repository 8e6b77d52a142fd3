"""Finds the words of rules in a text: safety, urgency. A rule's syntax stands in rules.py."""

from collections.abc import Sequence

from lib.intelligence.models.triage import Urgency
from lib.intelligence.rules import TriageRules

NEGATION_REACH = 3
"""So many words before a word may negate it."""


def find_safety(words: Sequence[str], rules: TriageRules) -> tuple[frozenset[str], frozenset[str]]:
    """Return the safety rules that speak, and those whose words are all negated ("no rash").

    Both raise the priority: a person looks at "no rash any more, but ..." too.
    """
    spoken: set[str] = set()
    negated: set[str] = set()
    for name, rule in rules.safety.items():
        places = find_places(words, rule)
        if not places:
            continue
        is_negated = all(
            find_words(words[max(0, place - NEGATION_REACH) : place], rules.negations)
            for place in places
        )
        (negated if is_negated else spoken).add(name)
    return frozenset(spoken), frozenset(negated)


def find_urgency(
    words: Sequence[str],
    rules: TriageRules,
    *,
    safety: frozenset[str] = frozenset(),
    negated: frozenset[str] = frozenset(),
) -> Urgency:
    """Return low, medium or high. What was only denied is of high impact, but not in a hurry."""
    if safety or find_words(words, rules.urgent):
        return "high"
    if negated or find_words(words, rules.unhurried):
        return "low"
    return "medium"


def find_words(words: Sequence[str], rule: str) -> list[str]:
    """Return the rule's words that stand in the text, each once."""
    return [part for part in rule.split() if _places(words, part)]


def find_places(words: Sequence[str], rule: str) -> list[int]:
    """Return where any of the rule's words stands."""
    return sorted({place for part in rule.split() for place in _places(words, part)})


def _places(words: Sequence[str], part: str) -> list[int]:
    is_whole = part.startswith("=")
    pieces = part.lstrip("=").split("_")
    last = len(words) - len(pieces)
    return [
        i
        for i in range(last + 1)
        if all(
            words[i + k] == piece if is_whole else words[i + k].startswith(piece)
            for k, piece in enumerate(pieces)
        )
    ]
