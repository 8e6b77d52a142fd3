"""JSON as Realtime reads and writes it: strict in, compact UTF-8 out."""

import json
import math
from typing import Any, NoReturn

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _refuse_deep(error: RecursionError) -> NoReturn:
    raise ValueError("nested too deeply") from error


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError("a number too large")
    return number


_decode = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_finite).decode


def loads(text: str) -> Any:
    """Parse `text`; ValueError if it is not JSON or holds half a surrogate pair."""
    try:
        value = _decode(text)
        if "\\u" in text:
            _encode(value).encode()
    except RecursionError as error:
        _refuse_deep(error)
    return value


def dumps(value: Any) -> str:
    """Compact JSON text; integers of any size keep all their digits."""
    return _encode(value)


def is_number(value: object) -> bool:
    """Whether a parsed value is a JSON number (a bool is not)."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)
