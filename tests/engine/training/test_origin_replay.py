"""Finished runs that are extended, and runs of every ending that are replayed."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from engine.runs.interventions import read_interventions
from engine.runs.sameness import differences
from engine.training.begin import Extend, Replay
from tests.engine.training.beginnings import (
    content_of,
    folder_of,
    kill,
    refused,
    stop,
    stopped_at,
)
from tests.engine.training.helpers import small, train
from tests.engine.training.stepped import Stepped

# --- Extend --------------------------------------------------------------------------------------

NO_PROGRESS: dict[str, Any] = {
    "optimizer": {"name": "sgd", "lr": 1e-9},
    "regularization": {"early_stopping": {"patience": 2, "metric": "loss"}},
    "training": {"epochs": 9},
}
LENGTHS: dict[str, dict[str, Any]] = {
    "by epochs": {},
    "by steps, within an epoch": {"training": {"steps": 11}},
    "after an early stop": NO_PROGRESS,
    "with windows": {"training": {"epochs": 2, "accumulate": 4}},
    "with an average": {"regularization": {"ema": 0.9}},
}


@pytest.mark.parametrize("case", LENGTHS)
def test_extended_once_and_twice_and_replayed(tmp_path: Path, case: str) -> None:
    recipe = small(**LENGTHS[case])
    first = train(recipe, tmp_path)
    folder = folder_of(first)
    epochs = [7 * first.result.epochs]
    for number in (1, 2):
        run = train(recipe, tmp_path, begin=Extend(folder, 2))
        assert run.result.status == "finished"
        assert run.result.run == folder.path
        assert len(read_interventions(folder.path)) == number
        epochs.append(run.channel.progress.done)
    assert all(7 < more - less <= 21 for less, more in pairwise(epochs))
    replayed = train(recipe, tmp_path, begin=Replay(folder))
    assert differences(folder, folder_of(replayed)) == []


def test_the_rate_is_stretched_to_the_new_end(tmp_path: Path) -> None:
    folder = folder_of(train(small(), tmp_path))
    run = train(small(), tmp_path, begin=Extend(folder, 3))
    rates = run.channel.log.series("lr").since()["value"]
    assert len(rates) == 42
    assert rates[21] > rates[20]
    assert rates[41] < rates[21] / 10


def test_an_extension_that_was_stopped_goes_on(tmp_path: Path) -> None:
    folder = folder_of(train(small(), tmp_path / "a"))
    Stepped({25: stop}).run(small(), tmp_path / "a", Extend(folder, 2))
    assert folder.summary()["status"] == "stopped"
    run = train(small(), tmp_path / "a", folder=folder)
    other = folder_of(train(small(), tmp_path / "b"))
    whole = train(small(), tmp_path / "b", begin=Extend(other, 2))
    assert run.result.epochs == 5
    assert run.result.weights_sha256 == whole.result.weights_sha256
    assert run.result.metrics == whole.result.metrics


def test_only_a_finished_run_is_extended(tmp_path: Path) -> None:
    folder = stopped_at(11, small(), tmp_path)
    before = content_of(folder)
    assert "is not finished" in refused(train(small(), tmp_path, begin=Extend(folder, 1)))
    assert content_of(folder) == before
    finished = folder_of(train(small(), tmp_path))
    finished.last_checkpoint.unlink()
    assert "no last.ckpt" in refused(train(small(), tmp_path, begin=Extend(finished, 1)))
    assert read_interventions(finished.path) == []


def test_an_extension_that_could_not_begin_is_not_logged(tmp_path: Path) -> None:
    folder = folder_of(train(small(), tmp_path))
    data = bytearray(folder.last_checkpoint.read_bytes())
    data[3000] ^= 1
    folder.last_checkpoint.write_bytes(data)
    assert "damaged" in refused(train(small(), tmp_path, begin=Extend(folder, 1)))
    assert read_interventions(folder.path) == []
    assert folder.summary()["status"] == "finished"


# --- Replay --------------------------------------------------------------------------------------


@pytest.mark.parametrize("save", [True, False])
@pytest.mark.parametrize("batch", [0, 1, 7, 10])
def test_a_stopped_run_is_replayed_to_the_same_batch(
    tmp_path: Path, batch: int, save: bool
) -> None:
    recipe = small(training={"accumulate": 4})
    original = Stepped({batch: stop if save else kill}).run(recipe, tmp_path)
    run = train(recipe, tmp_path, begin=Replay(original.folder))
    assert run.result.status == "stopped"
    assert run.channel.progress.done == batch
    assert differences(original.folder, folder_of(run)) == []
    lineage = folder_of(run).environment()["parent"]
    assert (lineage["kind"], lineage["run"]) == ("replay", original.folder.name)
    # what it came to is kept, and may go on
    whole = train(recipe, tmp_path)
    resumed = train(recipe, tmp_path, folder=folder_of(run))
    assert resumed.result.weights_sha256 == whole.result.weights_sha256


def test_a_killed_run_is_replayed_to_its_end(tmp_path: Path) -> None:
    folder = stopped_at(11, small(), tmp_path)
    folder.summary_file.unlink()
    run = train(small(), tmp_path, begin=Replay(folder))
    assert run.result.status == "finished"
    assert differences(folder, folder_of(run)) == []


def test_a_replay_leaves_its_original_alone(tmp_path: Path) -> None:
    folder = stopped_at(11, small(), tmp_path)
    before = content_of(folder)
    run = train(small(), tmp_path, begin=Replay(folder))
    assert run.result.run != folder.path
    assert content_of(folder) == before


def test_a_recipe_that_was_changed_shows_in_its_replay(tmp_path: Path) -> None:
    original = train(small(), tmp_path)
    run = train(small(optimizer={"lr": 0.0031}), tmp_path, begin=Replay(folder_of(original)))
    found = differences(folder_of(original), folder_of(run))
    assert any(sentence.startswith("lr differs") for sentence in found)
    assert "The final weights differ" in found
