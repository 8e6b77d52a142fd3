"""Shows values the way the original server's error messages do: Elixir's `inspect` (pure)."""

from typing import Any

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}


def inspect(value: Any) -> str:
    """Elixir's notation of a JSON value; maps with their keys in order."""
    match value:
        case None:
            return "nil"
        case bool():
            return "true" if value else "false"
        case str():
            letters = "".join(_ESCAPES.get(letter, letter) for letter in value)
            return f'"{letters.replace("#{", chr(92) + "#{")}"'
        case list():
            return f"[{', '.join(map(inspect, value))}]"
        case dict():
            pairs = (f"{inspect(key)} => {inspect(value[key])}" for key in sorted(value))
            return f"%{{{', '.join(pairs)}}}"
    return str(value)
