"""What does not fit together is said before anything is built, with the numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.recipe import Recipe
from tests.engine.training.owndata import corpus_data, series_data, text_data


def problems(dataset: dict[str, Any] | str, architecture: Any) -> list[str]:
    data = {"version": 1, "dataset": dataset, "architecture": architecture}
    return [str(problem) for problem in Recipe.problems(data)]


@pytest.fixture
def texts(tmp_path: Path) -> dict[str, Any]:
    return text_data(tmp_path)


@pytest.fixture
def corpus(tmp_path: Path) -> dict[str, Any]:
    return corpus_data(tmp_path)


@pytest.fixture
def series(tmp_path: Path) -> dict[str, Any]:
    return series_data(tmp_path)


def test_each_names_what_it_cannot_read(texts, series):
    (problem,) = problems(texts, "cnn")
    assert problem.startswith("architecture: cnn cannot read text, whose samples are texts")
    assert "choose rnn, bag, text_cnn, transformer or tcn" in problem
    (problem,) = problems(series, "bag")
    assert "bag cannot read series, whose samples are series" in problem
    (problem,) = problems("digits", "gpt")
    assert "gpt cannot read digits, whose samples are images" in problem


def test_each_names_the_task_that_it_is_not_for(texts, corpus, series):
    (problem,) = problems(texts, "gpt")
    assert "gpt does not fit text, which is a classification task with 2 classes" in problem
    for name in ("bag", "text_cnn", "transformer"):
        (problem,) = problems(corpus, name)
        assert f"{name} does not fit text_corpus, which is a language modelling task" in problem
        assert "choose rnn, gpt or tcn" in problem
    classes = {**series, "task": "classes", "target": ["sign"]}
    rows = ["temp,sign", *(f"{t % 7},{'up' if t % 7 > 3 else 'down'}" for t in range(200))]
    Path(series["path"]).write_text("\n".join(rows) + "\n")
    (problem,) = problems(classes, "nlinear")
    assert "nlinear does not fit series, which is a classification task" in problem


def test_a_language_model_reads_forwards(corpus, texts):
    (problem,) = problems(corpus, {"name": "rnn", "bidirectional": True})
    assert problem.startswith("architecture.bidirectional: A language model that reads backwards")
    assert not problems(texts, {"name": "rnn", "bidirectional": True})


def test_tied_weights_need_one_width(corpus, texts):
    rnn = {"name": "rnn", "tie_weights": True, "hidden": [32, 48], "embedding": 16}
    (problem,) = problems(corpus, rnn)
    assert problem.startswith("architecture.tie_weights: ")
    assert "16 numbers, and it has 48 units" in problem
    assert not problems(corpus, {**rnn, "embedding": 48})
    assert not problems(texts, rnn)


def test_tied_weights_of_convolutions_need_one_width(corpus, texts):
    tcn = {"name": "tcn", "tie_weights": True, "channels": [8, 6], "embedding": 8}
    (problem,) = problems(corpus, tcn)
    assert problem.startswith("architecture.tie_weights: ")
    assert "8 numbers, and it has 6 channels" in problem
    assert not problems(corpus, {**tcn, "embedding": 6})
    assert not problems(texts, tcn)


def test_tied_weights_cannot_be_zero(corpus, texts):
    (problem,) = problems(corpus, {"name": "gpt", "zero_last": True})
    assert problem.startswith("architecture.zero_last: The last layer is tied")
    assert not problems(corpus, {"name": "gpt", "zero_last": True, "tie_weights": False})
    assert not problems(texts, {"name": "rnn", "zero_last": True, "tie_weights": True})


def test_waves_fit_into_the_horizon(series):
    nbeats = {"name": "nbeats", "form": "interpretable"}
    (problem,) = problems(series, {**nbeats, "harmonics": 2})  # of three steps
    assert problem.startswith("architecture.harmonics: 2 waves do not fit")
    assert not problems(series, {**nbeats, "harmonics": 1})
    assert not problems(series, {"name": "nbeats", "harmonics": 2})


@pytest.mark.parametrize("name", ["gpt", "transformer"])
def test_heads_share_the_width(name, corpus, texts):
    data = corpus if name == "gpt" else texts
    (problem,) = problems(data, {"name": name, "width": 100, "heads": 3})
    assert problem.startswith("architecture.heads: A width of 100 cannot be divided among 3 heads")
    assert "a width of 99 or 102" in problem
    assert not problems(data, {"name": name, "width": 99, "heads": 3})
    (problem,) = problems(data, {"name": name, "width": 2, "heads": 4})
    assert "a width of 4 or 8" in problem


def test_norms_of_texts(corpus, texts, series):
    for data in (corpus, texts):
        (problem,) = problems(data, {"name": "rnn", "norm": "batch"})
        assert problem.startswith("architecture.norm: Batch normalization of a text")
        assert not problems(data, {"name": "rnn", "norm": "layer"})
    assert not problems(series, {"name": "rnn", "norm": "batch"})
    (problem,) = problems(series, {"name": "tcn", "channels": [4, 1]})
    assert problem.startswith("architecture.norm: Normalizing a block of a single channel")
    assert not problems(series, {"name": "tcn", "channels": [4, 1], "norm": "none"})


@pytest.mark.parametrize("count", [0, 17])
def test_blocks_of_a_tcn_are_counted(count, series):
    (problem,) = problems(series, {"name": "tcn", "channels": [4] * count})
    assert problem.startswith("architecture.channels: tcn needs 1 to 16 blocks")
    assert f"there are {count}" in problem


def test_a_text_cnn_needs_a_width(texts):
    (problem,) = problems(texts, {"name": "text_cnn", "widths": []})
    assert problem.startswith("architecture.widths: text_cnn needs at least one width")
