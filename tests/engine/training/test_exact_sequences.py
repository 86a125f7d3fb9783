"""Exactness of texts, series and categories: stopped in mid-epoch, a run ends as it would have."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.runs.folder import RunFolder
from engine.training import commands as c
from engine.training.begin import Begin, Resume
from tests.engine.training.disturbed import Script, differing, left_by, posting, scripted
from tests.engine.training.helpers import train
from tests.engine.training.owndata import (
    corpus_data,
    learning,
    series_data,
    table_data,
    text_data,
)

TRAINING = {"epochs": 2, "batch_size": 16, "threads": 1}
RNN = {"name": "rnn", "hidden": [8], "embedding": 8}
CASES: list[tuple[str, dict[str, Any]]] = [
    ("text", {**RNN, "bidirectional": True, "pooling": "attention"}),
    ("text", {"name": "bag", "embedding": 8, "ngrams": 2, "buckets": 40}),
    ("text", {"name": "text_cnn", "embedding": 8, "channels": 4}),
    ("text", {"name": "transformer", "width": 8, "pooling": "cls"}),
    ("corpus", {**RNN, "tie_weights": True}),
    ("corpus", {"name": "gpt", "width": 8, "layers": 2}),
    ("corpus", {"name": "tcn", "channels": [8, 8], "embedding": 8}),
    ("series", {"name": "tcn", "channels": [8, 8]}),
    ("series", {"name": "transformer", "width": 8}),
    ("series", {"name": "nlinear"}),
    ("series", {"name": "dlinear", "channels": "all"}),
    ("series", {"name": "nbeats", "width": 8, "layers": 2, "stacks": 1}),
    ("table", {"name": "tabular", "norm_numbers": True, "residual": True}),
    ("table", {"name": "ft_transformer", "width": 8, "heads": 2}),
]
DATA = {"text": text_data, "corpus": corpus_data, "series": series_data, "table": table_data}


@pytest.fixture
def script() -> Iterator[Script]:
    with scripted() as script:
        yield script


@pytest.mark.parametrize(("data", "architecture"), CASES, ids=str)
def test_stopped_in_mid_epoch_it_goes_on(
    data: str, architecture: dict[str, Any], tmp_path: Path, script: Script
) -> None:
    recipe = learning(
        DATA[data](tmp_path / "own"),
        architecture,
        training=TRAINING,
        regularization={"dropout": 0.2, "ema": 0.9},
    )

    def run(begin: Begin | None = None) -> RunFolder:
        ran = train(recipe, tmp_path / "runs", begin=begin)
        assert ran.result is not None, (ran.ended.problems, ran.ended.traceback)
        return RunFolder(ran.result.run)

    whole = run()
    script.begin({6: [posting(c.Stop(save=True))]})
    stopped = run()
    assert stopped.summary()["status"] != "finished"
    script.begin()
    assert differing(left_by(whole), left_by(run(Resume(stopped)))) == []
