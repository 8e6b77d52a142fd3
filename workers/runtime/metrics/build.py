"""Which build of the project this is."""

import tomllib
from functools import cache
from pathlib import Path

_PROJECT = Path(__file__).resolve().parents[3] / "pyproject.toml"


@cache
def read_version() -> str:
    """Return the project's version; `unknown` where only the packages were deployed."""
    try:
        return str(tomllib.loads(_PROJECT.read_text())["project"]["version"])
    except (OSError, KeyError, tomllib.TOMLDecodeError):
        return "unknown"
