"""Reads what a client asks of postgres_changes (pure)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scripts.stack.realtime import elixir

OPERATORS = frozenset(
    [
        "eq",
        "neq",
        "lt",
        "lte",
        "gt",
        "gte",
        "in",
        "like",
        "ilike",
        "is",
        "match",
        "imatch",
        "isdistinct",
    ]
)
_ACTIONS = frozenset({"INSERT", "UPDATE", "DELETE"})
_NO_PARAMS = (
    "No subscription params provided. Please provide at least a `schema` or `table`"
    " to subscribe to: "
)
_SELECT_LIST = (
    "Error parsing `select` params: expected a list of column name strings,"
    ' e.g. select: ["col1", "col2"]'
)
_NO_WILDCARD_SELECT = (
    "Column selection is not supported for wildcard subscriptions."
    " Provide an explicit schema and table name."
)


class ParamsError(ValueError):
    """A binding that can never be registered; the text goes to the client."""


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition on a column; of `in` the value is a Postgres array literal."""

    column: str
    operator: str
    value: str
    is_negated: bool

    def as_list(self) -> list[Any]:
        """The form in which error messages show a filter."""
        return [self.column, self.operator, self.value, self.is_negated]


@dataclass(frozen=True, slots=True)
class Params:
    """A binding as the server understands it; `*` as schema or table means all."""

    action: str
    schema: str
    table: str
    filters: tuple[Filter, ...] = ()
    selected: tuple[str, ...] | None = None

    def described(self) -> str:
        """The way error messages show it."""
        filters = ", ".join(
            f"{{{elixir.inspect(f.column)}, {elixir.inspect(f.operator)},"
            f" {elixir.inspect(f.value)}, {elixir.inspect(f.is_negated)}}}"
            for f in self.filters
        )
        selected = None if self.selected is None else list(self.selected)
        return (
            f"event: {self.action}, schema: {self.schema}, table: {self.table},"
            f" filters: [{filters}], select: {elixir.inspect(selected)}"
        )


def parse(binding: Any) -> Params:
    """Read one entry of `postgres_changes`; ParamsError if it makes no sense."""
    if not isinstance(binding, dict):
        raise ParamsError(_NO_PARAMS + elixir.inspect(binding))
    selected = _selected(binding.get("select"))
    schema, table, filters = _place(binding)
    if selected is not None and "*" in (schema, table):
        raise ParamsError(_NO_WILDCARD_SELECT)
    return Params(_action(binding.get("event")), schema, table, filters, selected)


def _action(event: Any) -> str:
    folded = event.upper() if isinstance(event, str) else "*"
    return folded if folded in _ACTIONS else "*"


def _selected(select: Any) -> tuple[str, ...] | None:
    if isinstance(select, str):
        raise ParamsError(_SELECT_LIST)
    names = [name for name in select if isinstance(name, str)] if isinstance(select, list) else []
    return tuple(names) or None


def _place(binding: dict[str, Any]) -> tuple[str, str, tuple[Filter, ...]]:
    given = {
        key: binding[key] for key in ("schema", "table", "filter") if binding.get(key) is not None
    }
    if all(isinstance(value, str) for value in given.values()):
        match sorted(given):
            case ["filter", "schema", "table"]:
                return given["schema"], given["table"], parse_filters(given["filter"])
            case ["schema", "table"] | ["schema"] | ["table"]:
                fallback = "public" if "schema" not in given else "*"
                return given.get("schema", fallback), given.get("table", "*"), ()
    if "user_token" in binding or "auth_token" in binding:
        raise ParamsError(_NO_PARAMS + "<redacted>")
    raise ParamsError(_NO_PARAMS + elixir.inspect(binding))


def parse_filters(text: str) -> tuple[Filter, ...]:
    """Read `column=op.value[,...]`; ParamsError if it does not follow the grammar."""
    if not text.strip():
        return ()
    return tuple(_parse_filter(segment.strip()) for segment in _split(text.strip()))


def _split(text: str) -> Iterator[str]:
    """Cut at commas outside parentheses and quotes."""
    depth, is_quoted, start, position, before = 0, False, 0, 0, ""
    while position < len(text):
        letter = text[position]
        if is_quoted:
            is_quoted = letter != '"'
            position += letter == "\\"
        elif letter == '"' and before and before in ".(,":
            is_quoted = True
        elif letter == "," and depth == 0:
            yield text[start:position]
            start = position + 1
            letter = ""
        else:
            depth = max(0, depth + {"(": 1, ")": -1}.get(letter, 0))
        before = letter
        position += 1
    yield text[start:]


def _parse_filter(segment: str) -> Filter:
    if not segment:
        raise _filter_error("filter must not contain empty segments (check for extra commas)")
    column, equals, rest = segment.partition("=")
    if not equals:
        raise _filter_error(elixir.inspect([segment]))
    condition = rest.removeprefix("not.")
    operator, dot, value = condition.partition(".")
    if not dot or operator not in OPERATORS:
        raise _filter_error(elixir.inspect([operator, value] if dot else [condition]))
    is_negated = condition != rest
    return Filter(column, operator, _operand(operator, value), is_negated)


def _filter_error(text: str) -> ParamsError:
    return ParamsError(f"Error parsing `filter` params: {text}")


def _operand(operator: str, value: str) -> str:
    if operator != "in":
        return _unquoted(value)
    if len(value) >= 2 and value[0] == "(" and value[-1] == ")":
        return f"{{{value[1:-1]}}}"
    raise _filter_error("`in` filter value must be wrapped by parentheses")


def _unquoted(value: str) -> str:
    """The inside of a value that is quoted from end to end; others as they are."""
    letters: list[str] = []
    position = 1
    while value[:1] == '"' and position < len(value):
        if value[position] == '"':
            return "".join(letters) if position == len(value) - 1 else value
        position += value[position] == "\\"
        letters.append(value[position : position + 1])
        position += 1
    return value
