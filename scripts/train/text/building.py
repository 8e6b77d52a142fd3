"""Builds one shipped model: training, measuring on the dev parts, the card."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from lib.intelligence.linear import TextModel
from lib.intelligence.weights import load_model
from scripts.evaluate.figures import (
    accuracy,
    area_under_curve,
    at_confidence,
    calibration_error,
    macro_f1,
)
from scripts.train.text import cards, corpora, recipes
from scripts.train.text.corpora import Example
from scripts.train.text.corrections import Corrected, held_texts
from scripts.train.text.gate import judge_retrained
from scripts.train.text.packing import pack, save
from scripts.train.text.recipes import Tell, places, probabilities_of

THRESHOLD = 0.7
UNSEEN_DOMAINS = ("shop", "meals")


def build(
    name: str, tell: Tell, folder: Path | None, corrected: Corrected | None = None
) -> tuple[str, bool]:
    """Train the model and write it with its card; without a folder nothing is written.

    corrected: what agents said instead is learnt too, and the model is written only if the gate
    finds it fit beside the shipped one. Returns a sentence (version, size, figures, verdict) and
    whether it is fit.
    """
    model, figures = MODELS[name](tell, corrected.learnt if corrected else ())
    told, is_fit = "", True
    if corrected:
        tell("at the gate")
        judged = judge_retrained(load_model(name), model, held_texts(name), corrected.held)
        is_fit, told = judged.is_fit, f"; {judged}"
        figures = {**figures, "corrections": {"learnt": len(corrected.learnt), **vars(judged)}}
    if folder is None or not is_fit:
        size = len(pack(model)[1])
        return f"{name}: {size:,} bytes, {figures['dev']}{told}", is_fit
    version = save(model, {**cards.CARDS[name], **figures}, folder)
    return f"{version}: {figures['dev']}{told}", is_fit


def build_polish(tell: Tell, more: Sequence[Example] = ()) -> tuple[TextModel, Mapping[str, Any]]:
    """Return the Polish model and its figures on the dev parts."""
    model = recipes.train_polish(tell, more)
    tell("measuring")
    figures = {d: measure(model, corpora.polish(d, "dev")) for d in corpora.POLISH_DOMAINS}
    return model, {"dev": figures}


def build_english(tell: Tell, more: Sequence[Example] = ()) -> tuple[TextModel, Mapping[str, Any]]:
    """Return the English model, its figures on the dev part, and AUC on domains left out."""
    model = recipes.train_english(tell, more=more)
    unseen = {}
    for domain in UNSEEN_DOMAINS:
        tell(f"without {domain}")
        without = recipes.train_english(lambda _: None, domain, more)
        held = [e for e in corpora.english() if e.domain == domain]
        unseen[domain] = round(polarity_auc(without, held) or 0.0, 4)
    figures = {"all domains": measure(model, corpora.english_part("dev"))}
    return model, {"dev": figures, "unseen_domain_auc": unseen}


def build_language(tell: Tell, more: Sequence[Example] = ()) -> tuple[TextModel, Mapping[str, Any]]:
    """Return the model of Polish and English, and how it does on whole dev texts."""
    model = recipes.train_language(tell, more)
    held = held_texts("language")
    found = probabilities_of(model, [example.text for example in held])
    share = accuracy(found, places(held, model.classes))
    return model, {"dev": {"whole texts": {"texts": len(held), "accuracy": round(share, 4)}}}


def measure(model: TextModel, examples: list[Example]) -> dict[str, float]:
    """Return the figures that a card holds."""
    found = probabilities_of(model, [example.text for example in examples])
    labels = places(examples, model.classes)
    covered, sure = at_confidence(found, labels, THRESHOLD)
    figures = {
        "accuracy": accuracy(found, labels),
        "macro_f1": macro_f1(found, labels),
        "ece": calibration_error(found, labels),
        "coverage_at_0.7": covered,
        "accuracy_at_0.7": sure or 0.0,
    }
    return {"texts": len(examples), **{name: round(x, 4) for name, x in figures.items()}}


def polarity_auc(model: TextModel, examples: list[Example]) -> float | None:
    """Return how well positive texts stand above negative ones."""
    polar = [example for example in examples if example.label in ("positive", "negative")]
    found = probabilities_of(model, [example.text for example in polar])
    scores = found[:, model.classes.index("positive")] - found[:, model.classes.index("negative")]
    return area_under_curve(scores, np.array([e.label == "positive" for e in polar]))


Build = Callable[[Tell, Sequence[Example]], tuple[TextModel, Mapping[str, Any]]]
MODELS: Mapping[str, Build] = {
    "language": build_language,
    "sentiment_pl": build_polish,
    "sentiment_en": build_english,
}
