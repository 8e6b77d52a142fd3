"""Writes models so that the same training gives the same bytes."""

import hashlib
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.intelligence.linear import TextModel, View


def pack(model: TextModel) -> tuple[bytes, bytes]:
    """Return manifest and weights, as `lib.intelligence.weights` reads them."""
    arrays: dict[str, NDArray[Any]] = {}
    for i, view in enumerate(model.views):
        arrays |= _arrays(f"view{i}", view)
    if model.gate:
        arrays |= _arrays("gate", model.gate)
    stream = io.BytesIO()
    np.savez_compressed(stream, allow_pickle=False, **arrays)
    weights = stream.getvalue()
    manifest = {
        "name": model.name,
        "classes": list(model.classes),
        "heads": model.heads,
        "temperatures": list(model.temperatures),
        "views": [[part.name for part in view.parts] for view in model.views],
        "gate": [part.name for part in model.gate.parts] if model.gate else None,
        "bytes": len(weights),
        "sha256": hashlib.sha256(weights).hexdigest(),
    }
    return _json(manifest), weights


def save(model: TextModel, card: Mapping[str, Any], folder: Path) -> str:
    """Write manifest, weights and card; returns the version."""
    manifest, weights = pack(model)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{model.name}.json").write_bytes(manifest)
    (folder / f"{model.name}.npz").write_bytes(weights)
    version = f"{model.name}-{hashlib.sha256(weights).hexdigest()[:12]}"
    told = {"model": model.name, "version": version, "bytes": len(weights), **card}
    (folder / f"{model.name}.card.json").write_bytes(_json(told))
    return version


def _arrays(prefix: str, view: View) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {
        f"{prefix}.weights": view.weights,
        f"{prefix}.scale": view.scale,
        f"{prefix}.bias": view.bias,
    }
    for part in view.parts:
        grams = "\n".join(part.vocabulary).encode()
        arrays[f"{prefix}.{part.name}.grams"] = np.frombuffer(grams, dtype=np.uint8)
        arrays[f"{prefix}.{part.name}.rarity"] = part.rarity.astype(np.float16)
    return arrays


def _json(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()
