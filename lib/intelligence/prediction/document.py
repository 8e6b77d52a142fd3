"""A model as JSON and its digest: numbers only, so that reading one runs nothing."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from lib.errors import PermanentError
from lib.intelligence.prediction.bgnbd import BgNbd
from lib.intelligence.prediction.linear import Linear
from lib.intelligence.prediction.model import (
    Absence,
    BaseRate,
    Model,
    Recalibrated,
    Shrunken,
)
from lib.intelligence.prediction.steps import Steps

LARGEST_BYTES = 1_000_000


def write_model(model: Model) -> dict[str, Any]:
    """The model as an object with a `kind`; read_model gives the same model back, bit for bit."""
    match model:
        case BaseRate():
            return {"kind": "base_rate", "rate": model.rate}
        case Absence():
            rhythm = {name: getattr(model.rhythm, name) for name in ("r", "alpha", "a", "b")}
            return {
                "kind": "rhythm",
                "rhythm": rhythm,
                "horizon_days": float(model.horizon_days),
                "reference": [float(value) for value in model.reference],
            }
        case Shrunken():
            parts = {"share": model.share, "weight": model.weight}
            return {"kind": "shrunken", "names": list(model.names), **parts}
        case Recalibrated():
            parts = {"slope": model.slope, "shift": model.shift}
            return {"kind": "recalibrated", "prior": write_model(model.prior), **parts}
        case Linear():
            arrays = ("weights", "center", "low", "high")
            lists = {name: getattr(model, name).tolist() for name in arrays}
            return {"kind": "linear", **_head(model), **lists}
        case Steps():
            edges, heights = ([each.tolist() for each in p] for p in (model.edges, model.heights))
            return {"kind": "steps", **_head(model), "edges": edges, "heights": heights}
    raise TypeError(f"{type(model).__name__} is no model that can be kept")


def read_model(document: Mapping[str, Any]) -> Model:
    """The model of write_model; PermanentError for anything else."""
    try:
        return _read(document)
    except (KeyError, TypeError, ValueError) as error:
        raise PermanentError(f"not a model: {error!r}") from error


def digest(document: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical text, hexadecimal; PermanentError beyond a megabyte."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
    if len(text) > LARGEST_BYTES:
        raise PermanentError(f"a model of {len(text)} bytes is too large")
    return hashlib.sha256(text).hexdigest()


def _head(model: Linear | Steps) -> dict[str, Any]:
    return {"names": list(model.names), "intercept": model.intercept}


def _read(document: Mapping[str, Any]) -> Model:
    match document["kind"]:
        case "base_rate":
            return BaseRate(float(document["rate"]))
        case "rhythm":
            first, second, third = (float(value) for value in document["reference"])
            return Absence(
                BgNbd(**{name: float(value) for name, value in document["rhythm"].items()}),
                float(document["horizon_days"]),
                (first, second, third),
            )
        case "shrunken":
            happened, cases = (str(name) for name in document["names"])
            share, weight = float(document["share"]), float(document["weight"])
            return Shrunken((happened, cases), share, weight)
        case "recalibrated":
            prior = _read(document["prior"])
            if not isinstance(prior, Absence | Shrunken | BaseRate):
                raise TypeError("only a prior is recalibrated")
            return Recalibrated(prior, float(document["slope"]), float(document["shift"]))
        case "linear":
            return _read_linear(document)
        case "steps":
            return _read_steps(document)
        case kind:
            raise ValueError(f"unknown kind {kind!r}")


def _read_linear(document: Mapping[str, Any]) -> Linear:
    names = tuple(document["names"])
    arrays = [
        np.array(document[each], dtype=float) for each in ("weights", "center", "low", "high")
    ]
    if any(array.shape != (len(names),) for array in arrays):
        raise ValueError("one weight, center, low and high for each name")
    weights, center, low, high = arrays
    return Linear(names, float(document["intercept"]), weights, center, low, high)


def _read_steps(document: Mapping[str, Any]) -> Steps:
    names = tuple(document["names"])
    edges = tuple(np.array(each, dtype=float) for each in document["edges"])
    heights = tuple(np.array(each, dtype=float) for each in document["heights"])
    if not len(names) == len(edges) == len(heights):
        raise ValueError("edges and heights for each name")
    if any(len(high) != len(edge) + 1 for edge, high in zip(edges, heights, strict=True)):
        raise ValueError("one more height than edges")
    return Steps(names, float(document["intercept"]), edges, heights)
