"""The shipped models: what they said when they were built they say after every load."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from lib.errors import ConfigurationError
from lib.intelligence.linear import softmax
from lib.intelligence.weights import FOLDER, load_model
from tests.unit.intelligence.golden import FILE, MODELS, TEXTS, measure

MOST_POLISH_BYTES = 3_000_000


def test_twenty_texts_are_judged_as_when_the_models_were_built() -> None:
    stored = json.loads(FILE.read_text("utf-8"))
    found = measure()
    for name in MODELS:
        assert len(stored[name]) == len(TEXTS)
        assert np.allclose(stored[name], found[name], atol=1e-6, rtol=0), name


@pytest.mark.parametrize("name", MODELS)
def test_each_model_has_a_card_that_names_data_licence_date_figures_and_limits(name: str) -> None:
    card = json.loads((FOLDER / f"{name}.card.json").read_text("utf-8"))
    assert {"data", "licence", "trained_on", "dev", "limits"} <= card.keys()
    assert card["version"] == load_model(name).version
    if name == "sentiment_pl":
        assert "CC BY-SA 4.0" in card["licence"]
        assert card["bytes"] < MOST_POLISH_BYTES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for suffix in ("json", "npz"):
        shutil.copy(FOLDER / f"language.{suffix}", tmp_path)
    return tmp_path


def test_weights_that_are_not_the_manifests_are_refused(folder: Path) -> None:
    weights = folder / "language.npz"
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    with pytest.raises(ConfigurationError, match="not the file"):
        load_model("language", folder)


def test_missing_and_oversized_weights_are_refused(folder: Path) -> None:
    (folder / "language.npz").write_bytes(b"\0" * 8_000_001)
    with pytest.raises(ConfigurationError, match="larger"):
        load_model("language", folder)
    with pytest.raises(ConfigurationError, match="luxury train"):
        load_model("nothing", folder)


def test_softmax_bears_large_scores() -> None:
    found = softmax(np.array([1e4, -1e4, 1e4], dtype=np.float32))
    assert found.tolist() == [0.5, 0.0, 0.5]
