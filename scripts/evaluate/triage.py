"""What the way triage is learnt can do: intents of banking77, trained here on its train part.

The house's own categories follow rules until agents have corrected enough; there is no public data
about them. This says how well the same views would do once there is.
"""

from pathlib import Path

import numpy as np

from lib.intelligence.linear import TextModel
from lib.intelligence.text import Text
from scripts.evaluate.figures import accuracy, accuracy_at_top, calibration_error
from scripts.evaluate.report import Line, Report
from scripts.train.text import corpora
from scripts.train.text.fitting import Recipe, fit_view
from scripts.train.text.recipes import calibrate, places, probabilities_of

HELD = 8
"""Every so many-th text of the train part is held for the temperature."""


def goals() -> Report:
    """Return the table of goals: train part learnt, test part judged."""
    examples = corpora.banking("train")
    kept = [e for i, e in enumerate(examples) if i % HELD]
    classes = tuple(sorted({example.label for example in examples}))
    held = [e for i, e in enumerate(examples) if i % HELD == 0]
    model = calibrate(_learn(kept, classes), held)
    full = _learn(examples, classes)
    final = TextModel(full.name, "", classes, 1, model.temperatures, full.views)
    test = corpora.banking("test")
    found = probabilities_of(final, [example.text for example in test])
    labels = places(test, classes)
    on = "banking77, test part"
    lines = [
        Line(
            "Intents: accuracy", f"{accuracy(found, labels):.3f}", ".925", ".915", "BERT .937", on
        ),
        Line("Intents: top 3", f"{accuracy_at_top(found, labels, 3):.3f}", ".980", ".976", "", on),
        Line("Intents: ECE", f"{calibration_error(found, labels):.3f}", ".02", ".017", "", on),
    ]
    return Report("Triage", lines)


def judge_file(path: Path) -> Report:
    """Triage follows rules, which no file can be laid beside without the house's own labels."""
    note = f"There is no format for {path.name}: correct judgements at the desk instead."
    return Report("Triage", [], [note], is_unusable=True)


def _learn(examples: list[corpora.Example], classes: tuple[str, ...]) -> TextModel:
    texts = [Text(example.text) for example in examples]
    ones = np.ones(len(texts), np.float32)
    views = [
        fit_view(
            texts,
            places(examples, classes),
            [ones],
            len(classes),
            Recipe(parts=parts, strength=20, rounds=40, most_grams=60_000),
        )
        for parts in (("words", "stems"), ("words", "chars"))
    ]
    return TextModel("intents", "", classes, 1, (1.0,), views)
