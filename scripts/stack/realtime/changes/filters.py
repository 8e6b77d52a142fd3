"""Decides whether a row passes a subscription's filters.

What a few common types compare like is known here; everything else the database answers, with the
very expression that accepted the filter. `NULL` as a result means no, and `not.` keeps it no.
"""

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg

from scripts.stack.realtime import jsontext
from scripts.stack.realtime.changes.params import Filter
from scripts.stack.realtime.database import Database

Record = Mapping[str, str | None]  # column -> JSON text, None for NULL
_INTEGERS = frozenset({20, 21, 23})
_EXACT_TEXTS = frozenset({25, 1043, 2950})
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
}
_MATCHES = """
    select q.i from unnest(%(ops)s::text[], %(types)s::oid[], %(values)s::text[],
        %(operands)s::text[], %(negated)s::bool[])
        with ordinality as q (op, type, value, operand, is_negated, i)
    where _realtime.matches(q.op, q.type::regtype, q.value, q.operand, q.is_negated)
"""


@dataclass(frozen=True, slots=True)
class CheckedFilter:
    """A filter on a column whose type is known; `compare` is None if the database must compare."""

    given: Filter
    type_oid: int
    compare: Callable[[str], bool] | None = field(compare=False)


@dataclass(frozen=True, slots=True)
class Question:
    """Does `text`, a value of the filter's column, pass? Asked of the database."""

    checked: CheckedFilter
    text: str


def checked_filter(given: Filter, type_oid: int, operand: Any) -> CheckedFilter:
    """A filter the database accepted; `operand` is its value as JSON, where it has one."""
    return CheckedFilter(given, type_oid, _comparison(given, type_oid, operand))


def _comparison(given: Filter, type_oid: int, operand: Any) -> Callable[[str], bool] | None:
    """The comparison with the operand, for types whose order or equality we know.

    Of these types equal values have equal texts.
    """
    if type_oid not in _INTEGERS | _EXACT_TEXTS:
        return None
    match given.operator:
        case "eq":
            return str(operand).__eq__
        case "neq" | "isdistinct":
            return str(operand).__ne__
        case "in" if isinstance(operand, list) and None not in operand:
            return frozenset(map(str, operand)).__contains__
        case "lt" | "lte" | "gt" | "gte" if type_oid in _INTEGERS:
            compare = _ORDER[given.operator]
            return lambda text: compare(int(text), operand)
    return None


def as_text(value: str | None) -> str | None:
    """A JSON text the way `#>> '{}'` shows it: strings bare, null as NULL."""
    if value is None or value == "null":
        return None
    return str(jsontext.loads(value)) if value.startswith('"') else value


def judge(checked: CheckedFilter, texts: Mapping[str, str | None]) -> bool | Question:
    """Whether one filter lets a row pass, or what to ask the database to know.

    `texts` are the row's values as `as_text` shows them; values the log did not bring are missing.
    """
    given = checked.given
    if given.column not in texts:
        return False
    text = texts[given.column]
    if given.operator == "is":
        return _judge_is(text, given.value) != given.is_negated
    if text is None:
        return given.operator == "isdistinct" and not given.is_negated
    if checked.compare is None:
        return Question(checked, text)
    return checked.compare(text) != given.is_negated


def _judge_is(text: str | None, keyword: str) -> bool:
    if keyword in ("null", "unknown"):
        return text is None
    return text == keyword


async def ask(database: Database, questions: Iterable[Question]) -> set[Question]:
    """The questions the database answers with yes; one that fails counts as no."""
    asked = list(dict.fromkeys(questions))
    try:
        return await _ask(database, asked)
    except psycopg.Error:
        if len(asked) == 1:
            return set()
    answers = [await ask(database, [question]) for question in asked]
    return set().union(*answers)


async def _ask(database: Database, asked: list[Question]) -> set[Question]:
    if not asked:
        return set()
    given = [question.checked.given for question in asked]
    rows = await database.rows(
        _MATCHES,
        {
            "ops": [each.operator for each in given],
            "types": [question.checked.type_oid for question in asked],
            "values": [question.text for question in asked],
            "operands": [each.value for each in given],
            "negated": [each.is_negated for each in given],
        },
    )
    return {asked[position - 1] for (position,) in rows}
