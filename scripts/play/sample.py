"""Makes `data/*.jsonl` from the public sets: `python -m scripts.play.sample FOLDER`.

The same folder gives the same files, byte for byte. What is taken and under which licence is in
`data/SOURCE.md`.
"""

import argparse
import csv
import json
import random
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from scripts.play.messages import DATA, Message

SEED = 20260101
BY_SOURCE = {"nlupp_hotels": 120, "bitext": 100, "wccrs_pl": 80}

# The first rule that fits names the category; the sets' own labels are too fine for a desk.
NLUPP_CATEGORIES = (
    ("wrong_notworking_notshowing", "complaint"),
    ("refund", "billing"),
    ("how_much", "billing"),
    ("gym", "fitness"),
    ("swimming_pool", "fitness"),
    ("booking", "booking"),
    ("check_in", "booking"),
    ("check_out", "booking"),
    ("spa", "general"),
    ("lost_stolen", "general"),
    ("restaurant", "general"),
    ("room_service", "general"),
    ("housekeeping", "general"),
    ("parking", "general"),
    ("pets", "general"),
    ("request_info", "general"),
)
BITEXT_CATEGORIES = {
    "ACCOUNT": "general",
    "REFUND": "billing",
    "INVOICE": "billing",
    "PAYMENT": "billing",
    "CANCELLATION_FEE": "billing",
    "ORDER": "product",
    "DELIVERY": "product",
    "SHIPPING_ADDRESS": "product",
    "CONTACT": "general",
    "NEWSLETTER": "general",
}
WCCRS_CATEGORIES = {"2": "general", "3": "complaint"}

AESTHETIC_TOPICS = re.compile(r"zabieg|skór|kosmet|laser|botoks|hialuron", re.IGNORECASE)

# A review sentence becomes a message only if it speaks of something a house like ours offers.
POLISH_TOPICS = re.compile(
    r"obsług|recepcj|rezerwac|basen|saun|spa\b|masaż|siłown|zabieg|skór|kosmet|wizyt|śniada|pok[óo]j",
    re.IGNORECASE,
)
ENGLISH_PROFANITY = re.compile(
    r"\b(damn|bloody|fuck\w*|shit\w*|goddam\w*|freaking)\b", re.IGNORECASE
)


def nlupp_hotels(folder: Path) -> Iterator[Message]:
    """Requests to a hotel; utterances that only greet or confirm are left out."""
    for path in sorted((folder / "nlupp_hotels" / "hotels").glob("fold*.json")):
        for index, row in enumerate(json.loads(path.read_text())):
            intents = row.get("intents", [])
            category = next((name for intent, name in NLUPP_CATEGORIES if intent in intents), None)
            if category and len(row["text"]) >= 25:
                yield message(row["text"], "en", "nlupp_hotels", f"{path.stem}#{index}", category)


def bitext(folder: Path) -> Iterator[Message]:
    """Requests to a shop, without those that name a person."""
    with (folder / "bitext" / "bitext_v2_2023.csv").open(encoding="utf-8-sig", newline="") as file:
        for index, row in enumerate(csv.DictReader(file)):
            text, category = row["instruction"], BITEXT_CATEGORIES.get(row["category"])
            is_fit = category and row["entity_type"] != "person_name" and len(text) >= 20
            if category and is_fit and not ENGLISH_PROFANITY.search(text):
                yield message(text, "en", "bitext", f"row{index}", category)


def wccrs_pl(folder: Path) -> Iterator[Message]:
    """Sentences of reviews, clearly pleased or not, on our topics, that name nobody."""
    for name in ("hotels_train", "medicine_train"):
        lines = (folder / "wccrs_pl" / f"{name}.txt").read_text().splitlines()
        for index, line in enumerate(lines):
            label, _, tokens = line.partition(" ")
            text = joined(tokens)
            is_fit = label in WCCRS_CATEGORIES and POLISH_TOPICS.search(text)
            if is_fit and 30 <= len(text) <= 180 and not names_somebody(text):
                is_aesthetic = name.startswith("medicine") and AESTHETIC_TOPICS.search(text)
                category = "aesthetic_medicine" if is_aesthetic else WCCRS_CATEGORIES[label]
                yield message(text, "pl", "wccrs_pl", f"{name}#{index}", category)


def joined(tokens: str) -> str:
    """The sentence as it was typed: the set separates punctuation and verb endings by spaces."""
    text = re.sub(r" ([,.;:!?)%])", r"\1", tokens.strip())
    text = re.sub(r"([(„]) ", r"\1", text)
    return re.sub(r"(\w[lł]) ([ae]m|[ae]ś|aś)\b", r"\1\2", text)


def names_somebody(text: str) -> bool:
    """Whether a capital inside the sentence may be a person's or a house's name."""
    return bool(re.search(r"\W[A-ZĄĆĘŁŃÓŚŹŻ]", text) or re.search(r"\b(dr|doktor|lek)\b", text))


def message(text: str, language: str, source: str, source_id: str, category: str) -> Message:
    """A message whose channel is drawn from its own id: the sets know no channels."""
    drawn = random.Random(f"{SEED}/{source}/{source_id}")  # noqa: S311
    channels = ["chat", "email", "whatsapp", "instagram", "phone_note", "phone"]
    channel = drawn.choices(channels, weights=[35, 30, 15, 10, 7, 3])[0]
    return Message(text.strip(), language, channel, category, source, source_id)


def chosen(messages: Iterable[Message], count: int) -> list[Message]:
    """`count` messages, in equal parts from each category as far as it reaches, each text once."""
    groups: dict[str, dict[str, Message]] = {}
    for found in messages:
        groups.setdefault(found.category, {}).setdefault(found.text.casefold(), found)
    draw = random.Random(SEED)  # noqa: S311
    piles = [draw.sample(list(g.values()), len(g)) for _, g in sorted(groups.items())]
    picked: list[Message] = []
    while len(picked) < count and any(piles):
        picked += [pile.pop() for pile in piles if pile][: count - len(picked)]
    return sorted(picked, key=lambda m: (m.category, m.source_id))


def main() -> None:
    """Write one file per source, because each has its own licence."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="Where nlupp_hotels, bitext and wccrs_pl lie")
    folder = parser.parse_args().folder
    for read in (nlupp_hotels, bitext, wccrs_pl):
        name = read.__name__
        lines = [found.as_line() for found in chosen(read(folder), BY_SOURCE[name])]
        (DATA / f"{name}.jsonl").write_text("".join(f"{line}\n" for line in lines))


if __name__ == "__main__":
    main()
