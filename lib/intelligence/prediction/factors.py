"""What moved an estimate: the parts of its log odds, largest first. Parts, never causes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lib.intelligence.prediction.model import Model

Floats = NDArray[np.float64]
MOST = 5
OTHERS = "others"


@dataclass(frozen=True, slots=True)
class Factor:
    """contribution: log odds by which this value moves the estimate away from the reference's.

    The factors of one client, `others` last, sum with the model's intercept to the client's score.
    """

    name: str
    value: float | None
    contribution: float

    @property
    def raises(self) -> bool:
        """Whether it makes the event likelier."""
        return self.contribution > 0


def explain(model: Model, features: Floats, most: int = MOST) -> list[list[Factor]]:
    """For each of n rows at most `most` factors by size, and one for all the others together."""
    parts = model.contributions(features)
    order = np.argsort(-np.abs(parts), axis=1, kind="stable")[:, :most]
    return [
        _of_row(model.names, row, moved, top)
        for row, moved, top in zip(features, parts, order, strict=True)
    ]


def _of_row(
    names: Sequence[str], row: Floats, moved: Floats, top: NDArray[np.int64]
) -> list[Factor]:
    factors = [
        Factor(names[place], float(row[place]), float(moved[place]))
        for place in top
        if moved[place] != 0
    ]
    rest = float(moved.sum()) - sum(factor.contribution for factor in factors)
    return [*factors, Factor(OTHERS, None, rest)] if len(names) > len(top) else factors
