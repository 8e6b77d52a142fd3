"""Model cards: what was measured when a model was trained."""

import json
from typing import Any

from lib.intelligence.weights import FOLDER


def card_of(model: str) -> dict[str, Any]:
    """Return the card beside the model's weights."""
    card: dict[str, Any] = json.loads((FOLDER / f"{model}.card.json").read_text("utf-8"))
    return card
