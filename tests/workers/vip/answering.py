"""An API that answers each function with what it was given."""

from collections.abc import Mapping
from typing import Any


class AnsweringRpc:
    """Remembers each call; the answer goes by the function's name."""

    def __init__(self, answers: Mapping[str, object]) -> None:
        self.calls: list[tuple[str, Mapping[str, Any]]] = []
        self._answers = answers

    async def call(self, function: str, params: Mapping[str, Any]) -> object:
        self.calls.append((function, params))
        return self._answers[function]
