"""Agents' corrections as training data: what is learnt, what is held, and who may take over."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from lib.intelligence.linear import TextModel
from lib.intelligence.models.triage import Correction
from lib.intelligence.text import Text
from scripts.commands import train
from scripts.train.text import building, corpora
from scripts.train.text.corpora import Example
from scripts.train.text.corrections import (
    is_held,
    read_corrections,
    sort_corrections,
    write_corrections,
)
from scripts.train.text.fitting import Recipe, fit_view
from scripts.train.text.gate import judge_retrained
from scripts.train.text.recipes import ENGLISH, places

SAID = [
    Correction("Serwis\tjak zawsze,\n\"cudo\"", "sentiment", "positive", "pl"),
    Correction("Not what I was promised", "sentiment", "negative", "en"),
    Correction("Well, well", "sentiment", "ambiguous", "en"),
    Correction("Ok, super", "language", "pl", "pl"),
    Correction("Ok, gracias", "language", "es", "es"),
]  # fmt: skip


def test_what_was_written_is_read_again_by_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "said.tsv"
    write_corrections(file, SAID)
    assert read_corrections(file) == SAID
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "line", ["only a text", "text\tcategory\tbilling\tpl", "\tlanguage\tpl\tx"]
)
def test_a_line_that_is_no_correction_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "said.tsv"
    file.write_text(f"text\tfield\tcorrect\tlanguage\n{line}\n", "utf-8")
    with pytest.raises(ValueError, match="line 2"):
        read_corrections(file)


def test_each_model_learns_what_it_can_say_and_never_a_dev_text() -> None:
    dev = corpora.english_part("dev")[0]
    said = [*SAID, Correction(dev.text, "sentiment", dev.label, "en")]
    found = {
        model: sort_corrections(said, model)
        for model in ("language", "sentiment_pl", "sentiment_en")
    }
    texts = {
        model: {example.text for example in [*each.learnt, *each.held]}
        for model, each in found.items()
    }
    assert texts == {
        "language": {"Ok, super"},
        "sentiment_pl": {SAID[0].text},
        "sentiment_en": {"Not what I was promised"},
    }
    assert {model: each.left_out for model, each in found.items()} == {
        "language": 1, "sentiment_pl": 0, "sentiment_en": 2,
    }  # fmt: skip


def test_a_fifth_is_held_out_always_the_same() -> None:
    said = [Correction(f"text {place}", "sentiment", "neutral", "en") for place in range(500)]
    found = sort_corrections(said, "sentiment_en")
    assert found == sort_corrections(said, "sentiment_en")
    assert 70 <= len(found.held) <= 130
    assert all(is_held(each.text) for each in found.held)
    assert not any(is_held(each.text) for each in found.learnt)


def learn(examples: Sequence[Example]) -> TextModel:
    """A small model of these texts."""
    recipe = Recipe(parts=("words",), strength=4, rounds=20, least_texts=1)
    ones = np.ones(len(examples), np.float32)
    texts = [Text(example.text) for example in examples]
    view = fit_view(texts, places(examples, ENGLISH), [ones], len(ENGLISH), recipe)
    return TextModel("sentiment_en", "", ENGLISH, 1, (1.0,), [view])


TEXTS = [
    Example(f"{word} {place}", label, "desk")
    for label, words in (("positive", "lovely kind warm"), ("negative", "awful rude late"))
    for word in words.split()
    for place in range(12)
]
TURNED = {"positive": "negative", "negative": "positive"}


def test_the_same_model_is_fit_and_one_that_unlearnt_is_not() -> None:
    good = learn(TEXTS)
    worse = learn([Example(e.text, TURNED[e.label], "desk") for e in TEXTS])
    same = judge_retrained(good, good, TEXTS, TEXTS)
    assert (same.is_fit, same.dev_gain, same.held_gain) == (True, 0, 0)
    assert not judge_retrained(good, worse, TEXTS, []).is_fit
    better = judge_retrained(worse, good, TEXTS, TEXTS[:10])
    assert better.is_fit
    assert (better.held_count, better.held_gain) == (10, None)


def test_what_is_worse_on_the_corrections_held_out_does_not_take_over() -> None:
    good, ignorant = learn(TEXTS), learn([e for e in TEXTS if "kind" not in e.text])
    others = [e for e in TEXTS if "kind" not in e.text]
    kind = [e for e in TEXTS if "kind" in e.text] * 2
    judged = judge_retrained(good, ignorant, others, kind)
    assert judged.dev_bound > -0.005
    assert not judged.is_fit


@pytest.mark.parametrize("is_fit", [True, False])
def test_a_retrained_model_is_written_only_if_it_is_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_fit: bool
) -> None:
    good = learn(TEXTS)
    worse = learn([Example(e.text, TURNED[e.label], "desk") for e in TEXTS])
    shipped, retrained = (worse, good) if is_fit else (good, worse)
    monkeypatch.setitem(
        building.MODELS, "sentiment_en", lambda _tell, _more: (retrained, {"dev": {}})
    )
    monkeypatch.setattr(building, "load_model", lambda _name: shipped)
    monkeypatch.setattr(building, "held_texts", lambda _name: TEXTS)
    said = tmp_path / "said.tsv"
    write_corrections(said, SAID)
    options = [
        "text",
        "sentiment_en",
        "--corrections",
        str(said),
        "--folder",
        str(tmp_path / "out"),
    ]
    dry = CliRunner().invoke(train.app, [*options, "--dry-run"])
    assert not (tmp_path / "out").exists()
    found = CliRunner().invoke(train.app, options)
    assert dry.exit_code == found.exit_code == (0 if is_fit else 1)
    assert "1 left out" in found.output
    assert ("fit to ship" if is_fit else "the shipped model stays") in found.output
    assert (tmp_path / "out" / "sentiment_en.npz").exists() is is_fit
