"""Figures of classifiers. Probabilities are (texts, classes); labels are places among classes."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]
Labels: TypeAlias = NDArray[np.intp]
BINS = 10


def accuracy(probabilities: Floats, labels: Labels) -> float:
    """Return the share of texts whose likeliest class is right."""
    return float((probabilities.argmax(axis=1) == labels).mean())


def accuracy_at_top(probabilities: Floats, labels: Labels, most: int) -> float:
    """Return the share of texts whose class is among the `most` likeliest."""
    order = np.argsort(-probabilities, axis=1)[:, :most]
    return float((order == labels[:, None]).any(axis=1).mean())


def macro_f1(probabilities: Floats, labels: Labels) -> float:
    """Return the mean F1 of the classes that occur."""
    found = probabilities.argmax(axis=1)
    scores = []
    for each in np.unique(labels):
        hits = int(((found == each) & (labels == each)).sum())
        scores.append(2 * hits / int((found == each).sum() + (labels == each).sum()))
    return float(np.mean(scores))


def calibration_error(probabilities: Floats, labels: Labels) -> float:
    """Return ECE of the likeliest class's probability, over ten bins of equal size."""
    confidence = probabilities.max(axis=1)
    is_right = probabilities.argmax(axis=1) == labels
    bins = np.array_split(np.argsort(confidence, kind="stable"), min(BINS, len(labels)))
    gaps = [len(b) * abs(float(confidence[b].mean() - is_right[b].mean())) for b in bins]
    return sum(gaps) / len(labels)


def at_confidence(
    probabilities: Floats, labels: Labels, threshold: float
) -> tuple[float, float | None]:
    """Return the share of texts at or above the threshold, and the accuracy there."""
    is_sure = probabilities.max(axis=1) >= threshold
    if not is_sure.any():
        return 0.0, None
    return float(is_sure.mean()), accuracy(probabilities[is_sure], labels[is_sure])


def area_under_curve(scores: Floats, is_positive: NDArray[np.bool_]) -> float | None:
    """Return the share of (positive, other) pairs in the right order; ties count half."""
    positives, others = int(is_positive.sum()), int((~is_positive).sum())
    if not positives or not others:
        return None
    _, ranks, counts = np.unique(scores, return_inverse=True, return_counts=True)
    mean_rank = np.cumsum(counts) - (counts - 1) / 2
    total = float(mean_rank[ranks][is_positive].sum())
    return (total - positives * (positives + 1) / 2) / (positives * others)
