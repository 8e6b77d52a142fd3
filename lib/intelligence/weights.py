"""Reads the shipped models: arrays beside a manifest that names their digest. No pickle."""

import hashlib
import io
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.errors import ConfigurationError
from lib.intelligence.linear import Part, TextModel, View

FOLDER = Path(__file__).parent / "artefacts"
MOST_BYTES = 8_000_000

Arrays = Mapping[str, NDArray[Any]]


@cache
def load_model(name: str, folder: Path = FOLDER) -> TextModel:
    """Return the model called `name`.

    ConfigurationError: a file is missing, too large, or not the one its manifest was made for.
    """
    manifest_path, weights_path = folder / f"{name}.json", folder / f"{name}.npz"
    try:
        manifest = json.loads(manifest_path.read_text("utf-8"))
        if weights_path.stat().st_size > MOST_BYTES:
            raise ConfigurationError(weights_path.name, "is larger than any model we ship")
        packed = weights_path.read_bytes()
    except (OSError, ValueError) as error:
        raise ConfigurationError(name, "run `luxury train text` to build it") from error
    digest = hashlib.sha256(packed).hexdigest()
    if digest != manifest["sha256"]:
        raise ConfigurationError(weights_path.name, "is not the file its manifest names")
    with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
        return unpack(manifest, digest, dict(arrays))


def unpack(manifest: Mapping[str, Any], digest: str, arrays: Arrays) -> TextModel:
    """Return the model that the manifest and its arrays describe."""
    gate = manifest["gate"]
    return TextModel(
        name=manifest["name"],
        version=f"{manifest['name']}-{digest[:12]}",
        classes=tuple(manifest["classes"]),
        heads=manifest["heads"],
        temperatures=tuple(manifest["temperatures"]),
        views=[_view(f"view{i}", names, arrays) for i, names in enumerate(manifest["views"])],
        gate=_view("gate", gate, arrays) if gate else None,
    )


def _view(prefix: str, names: list[str], arrays: Arrays) -> View:
    parts = [_part(prefix, name, arrays) for name in names]
    view = View(
        parts=parts,
        weights=arrays[f"{prefix}.weights"],
        scale=arrays[f"{prefix}.scale"],
        bias=arrays[f"{prefix}.bias"],
    )
    if len(view.weights) != sum(len(part.vocabulary) for part in parts):
        raise ConfigurationError(prefix, "has not one row of weights for each n-gram")
    return view


def _part(prefix: str, name: str, arrays: Arrays) -> Part:
    grams = arrays[f"{prefix}.{name}.grams"].tobytes().decode("utf-8").split("\n")
    return Part(
        name=name,
        vocabulary={gram: place for place, gram in enumerate(grams)},
        rarity=arrays[f"{prefix}.{name}.rarity"].astype(np.float32),
    )
