"""The texts that models are trained on and measured with; where from is in each SOURCE.md."""

import csv
import gzip
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

DATA = Path(__file__).parents[1] / "data"
POLISH_LABELS = {"0": "neutral", "1": "ambiguous", "2": "positive", "3": "negative"}
POLISH_DOMAINS = ("hotels", "medicine")
SLOT = re.compile(r"\{(\w+)\}")
ENGLISH_RATED = {
    "tweets": "tweets",
    "products": "amazonReviewSnippets",
    "films": "movieReviewSnippets",
    "editorials": "nytEditorialSnippets",
}
ENGLISH_BINARY = {"shop": "amazon_cells", "meals": "yelp"}
POLAR_FROM = 0.5
"""Mean rating of twenty raters, -4 to 4, from which a text counts as positive or negative."""


@dataclass(frozen=True)
class Example:
    """One labelled text."""

    text: str
    label: str
    domain: str


def polish(domain: str, part: str) -> list[Example]:
    """Return a part (train, dev) of a domain (hotels, medicine) of WCCRS."""
    return [
        Example(text, POLISH_LABELS[digit], domain)
        for line in _lines(f"wccrs_pl/{domain}_{part}.txt.gz")
        for digit, _, text in [line.partition(" ")]
        if text
    ]


def english() -> list[Example]:
    """Return all English texts: rated ones in three classes, the others positive or negative."""
    rated = [
        Example(text, _label(float(rating)), domain)
        for domain, name in ENGLISH_RATED.items()
        for line in _lines(f"vader_groundtruth/{name}.txt.gz")
        for _, rating, text in [line.split("\t", 2)]
    ]
    binary = [
        Example(text.strip(), "positive" if digit == "1" else "negative", domain)
        for domain, name in ENGLISH_BINARY.items()
        for line in _lines(f"uci_sentiment/{name}.txt.gz")
        for text, _, digit in [line.rpartition("\t")]
    ]
    return rated + binary


def english_part(part: str) -> list[Example]:
    """Return a fixed nine tenths (train) or tenth (dev) of the English texts."""
    return [example for example in english() if (_draw(example.text) == 0) == (part == "dev")]


def banking(part: str) -> list[Example]:
    """Return a part (train, test) of banking77: questions and what they are about."""
    with gzip.open(DATA / f"banking77/{part}.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return [Example(row["text"], row["category"], "banking") for row in csv.DictReader(file)]


def _lines(name: str) -> Iterator[str]:
    with gzip.open(DATA / name, "rt", encoding="utf-8", errors="replace", newline="\n") as file:
        for line in file:
            if line.strip():
                yield line.rstrip("\r\n")


def _label(rating: float) -> str:
    if rating >= POLAR_FROM:
        return "positive"
    return "negative" if rating <= -POLAR_FROM else "neutral"


def _draw(text: str) -> int:
    return hashlib.sha256(text.encode()).digest()[0] % 10


def desk(language: str) -> list[Example]:
    """Return our own short messages to a salon: every template with every filling of its slots.

    Reviews hardly ever ask for anything: without these a polite question sounds like a complaint.
    """
    slots = dict(_plain_rows("own_desk/slots.tsv"))
    found: dict[str, Example] = {}
    for label, tongue, template in _plain_rows("own_desk/messages.tsv"):
        names = SLOT.findall(template)
        for filling in product(*(slots[name].split("|") for name in names)):
            text = template.format(**dict(zip(names, filling, strict=True)))
            if tongue == language:
                found[text] = Example(text, label, "desk")
    return list(found.values())


def _plain_rows(name: str) -> Iterator[list[str]]:
    for line in (DATA / name).read_text("utf-8").splitlines():
        yield line.split("\t")
