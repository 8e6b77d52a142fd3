"""May a model that learnt from corrections take the shipped one's place?

Not if it is worse on the dev parts, which neither learnt from, beyond doubt or by more than a
margin; nor if it is worse on the corrections that were held out, where there are enough of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lib.intelligence.linear import TextModel
from lib.intelligence.prediction.gate import lower_bound
from scripts.train.text.corpora import Example
from scripts.train.text.recipes import places, probabilities_of

Z = 1.645
MARGIN = 0.005
LEAST_HELD = 20


@dataclass(frozen=True)
class Judged:
    """Brier score the shipped model had more, per text: on the dev parts, with the lower 95 % end,
    and on held corrections (None below 20 of them).
    """

    dev_gain: float
    dev_bound: float
    held_count: int
    held_gain: float | None

    @property
    def is_fit(self) -> bool:
        """Whether the new model may be written."""
        return self.dev_bound > -MARGIN and (self.held_gain is None or self.held_gain >= 0)

    def __str__(self) -> str:
        verdict = "fit to ship" if self.is_fit else "not fit: the shipped model stays"
        held = "too few held" if self.held_gain is None else f"held {self.held_gain:+.4f}"
        return (
            f"{verdict}; Brier beside the shipped model: dev {self.dev_gain:+.4f} "
            f"(at least {self.dev_bound:+.4f}), {held} of {self.held_count} corrections"
        )


def judge_retrained(
    shipped: TextModel, retrained: TextModel, dev: Sequence[Example], held: Sequence[Example]
) -> Judged:
    """Judge both on the same texts, paired; `dev` is not empty."""
    on_dev = _differences(shipped, retrained, dev)
    is_enough = len(held) >= LEAST_HELD
    return Judged(
        dev_gain=float(on_dev.mean()),
        dev_bound=lower_bound(on_dev, Z),
        held_count=len(held),
        held_gain=float(_differences(shipped, retrained, held).mean()) if is_enough else None,
    )


def _differences(
    shipped: TextModel, retrained: TextModel, examples: Sequence[Example]
) -> NDArray[np.float64]:
    before, after = (_losses(model, examples) for model in (shipped, retrained))
    return before - after


def _losses(model: TextModel, examples: Sequence[Example]) -> NDArray[np.float64]:
    found = probabilities_of(model, [example.text for example in examples]).astype(np.float64)
    wanted = np.eye(len(model.classes))[places(examples, model.classes)]
    losses: NDArray[np.float64] = ((found - wanted) ** 2).sum(axis=1) / 2
    return losses
