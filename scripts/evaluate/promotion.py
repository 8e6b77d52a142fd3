"""How often the gate lets a worse model speak: simulated, as what is worse must be known for sure.

True chances are drawn, then what happened; the champion says the truth, the challenger a mixture of
it with somebody else's. On average over all clients it is worse, on few it may look better.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lib.intelligence.prediction.gate import GatePolicy, judge
from scripts.evaluate.report import Line, Report

Floats = NDArray[np.float64]
OUTCOMES = 300
DRAWS = 500
DRAWS_OF_BETTER = 100
BLURS = (0.1, 0.2, 0.4)


def goals() -> Report:
    """Return how often a worse model is promoted, and a better one."""
    worse = [_promoted(blur, DRAWS, is_better=False) for blur in BLURS]
    by_gate, by_mean = (max(each[place] for each in worse) for place in (0, 1))
    found, _ = _promoted(BLURS[-1], DRAWS_OF_BETTER, is_better=True)
    on = f"{OUTCOMES} simulated outcomes, {DRAWS} draws of each of {len(BLURS)} worse models"
    lines = [
        Line("A worse model is promoted", _percent(by_gate), "at most 5 %", "31-41 %", "", on),
        Line("The same by a better mean", _percent(by_mean), "", "31-41 %", "", on),
        Line("A clearly better one is promoted", _percent(found), "", "", "", on),
    ]
    return Report("Promotion gate", lines)


def judge_file(path: Path) -> Report:
    """There is nothing to read: which of two models is worse is not known of real ones."""
    note = f"{path.name} is not read: the gate is measured on simulated models."
    return Report("Promotion gate", [], [note], is_unusable=True)


def _promoted(blur: float, draws: int, *, is_better: bool) -> tuple[float, float]:
    """The shares promoted by the gate, and by a better mean."""
    verdicts = [_judge(blur, seed, is_better=is_better) for seed in range(draws)]
    by_gate, by_mean = zip(*verdicts, strict=True)
    return float(np.mean(by_gate)), float(np.mean(by_mean))


def _judge(blur: float, seed: int, *, is_better: bool) -> tuple[bool, bool]:
    draw = np.random.default_rng(seed)
    truth: Floats = draw.beta(2, 2, OUTCOMES)
    outcomes = (draw.random(OUTCOMES) < truth).astype(np.float64)
    blurred = (1 - blur) * truth + blur * draw.permutation(truth)
    champion, challenger = (blurred, truth) if is_better else (truth, blurred)
    verdict = judge(outcomes, champion, challenger, GatePolicy())
    return verdict.is_promoted, bool(verdict.gain and verdict.gain > 0)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
