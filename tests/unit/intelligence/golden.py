"""Twenty texts and what the shipped models said of them when they were built.

`python -m tests.unit.intelligence.golden` renews the figures after a new training.
"""

import json
from pathlib import Path

from lib.intelligence.weights import load_model

FILE = Path(__file__).parent / "golden.json"
MODELS = ("language", "sentiment_pl", "sentiment_en")
TEXTS = (
    "Dzień dobry, chciałabym umówić wizytę na piątek po południu.",
    "Jestem zachwycona, pani Ania jest wspaniała!",
    "Nie polecam, czekałam czterdzieści minut.",
    "Zabieg był w porządku, ale drogi.",
    "czy macie wolny termin jutro",
    "Niestety kolor wyszedł zupełnie inny niż na zdjęciu :(",
    "Pokój czysty, obsługa miła, śniadania takie sobie.",
    "Lekarz nie potrafił odpowiedzieć na żadne pytanie.",
    "Dziękuję",
    "ok",
    "",
    "I love the new massage, thank you so much!",
    "The receptionist was rude and nobody apologised.",
    "Could I move my appointment to next Tuesday?",
    "It is not bad, but I expected more for the price.",
    "I was charged twice and want a refund.",
    "Never again.",
    "Perfect :)",
    "😡😡",
    "Hi, dzień dobry, is the sauna open dzisiaj?",
)


def measure() -> dict[str, list[list[float]]]:
    """Return each model's probabilities of each text."""
    return {
        name: [[float(p) for p in load_model(name).probabilities(text)] for text in TEXTS]
        for name in MODELS
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(measure(), indent=1) + "\n", "utf-8")
