"""Forks: they begin with another run's state and stand on their own."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.runs.checkpointfile import read_stamp
from engine.runs.folder import RunFolder
from engine.runs.metricreader import read_metrics
from engine.runs.sameness import differences
from engine.training.begin import Fork, Replay
from engine.training.origin import find_origin
from tests.engine.training.beginnings import (
    EVERY,
    auto,
    folder_of,
    kill,
    refused,
    stop,
)
from tests.engine.training.helpers import same_curves, small, train
from tests.engine.training.stepped import Stepped, asks


@pytest.fixture(scope="module")
def parent(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A finished run with a change after batch 8 and checkpoints every three steps."""
    runs = tmp_path_factory.mktemp("parent") / "runs"
    change = asks({"regularization.dropout": 0.4})
    return Stepped({8: change}).run(small(training=EVERY), runs).folder


FORKS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "another rate": {"optimizer": {"lr": 0.01}},
    "another schedule": {"optimizer": {"schedule": {"name": "exponential", "gamma": 0.5}}},
    "another optimizer": {"optimizer": {"name": "sgd", "lr": 0.01}},
    "the closest optimizer": {"optimizer": {"name": "adam", "lr": 0.01}},
    "one without a fused step": {"optimizer": {"name": "rmsprop", "lr": 0.001}},
    "one without groups": {"optimizer": {"name": "lbfgs", "lr": 0.1}},
    "another loss": {"loss": {"name": "nll", "class_weights": "balanced"}},
    "other groups": {"regularization": {"exempt": True, "weight_decay": 0.1}},
    "frozen": {"training": {"freeze": ["1"]}},
    "longer": {"training": {"epochs": 5}},
    "by steps": {"training": {"steps": 16}},
    "stopping early": {"regularization": {"early_stopping": 1}},
    "other data in": {"regularization": {"augmentation": True}},
}


@pytest.mark.parametrize("case", FORKS)
def test_a_fork_stands_on_its_own(parent: RunFolder, tmp_path: Path, case: str) -> None:
    """Its parent deleted, it is resumed and replayed; it has its parent's curves to the fork."""
    own = tmp_path / "runs"
    shutil.copytree(parent.path, own / "parent")
    source = RunFolder(own / "parent")
    recipe = small(**{"training": EVERY, **FORKS[case]})
    begin = Fork(source, auto(source, 9))
    whole = train(recipe, own, begin=begin)
    assert whole.result.status == "finished"
    stopped = Stepped({13: stop}).run(recipe, own, begin)
    shutil.rmtree(source.path)
    resumed = train(recipe, own, folder=stopped.folder)
    assert resumed.result.weights_sha256 == whole.result.weights_sha256
    assert same_curves(resumed, whole)
    replayed = train(recipe, own, begin=Replay(folder_of(whole)))
    assert differences(folder_of(whole), folder_of(replayed)) == []
    theirs, ours = (read_metrics(f.path).series("train_loss").since()
                    for f in (parent, folder_of(whole)))  # fmt: skip
    assert np.array_equal(theirs[:9], ours[:9])
    assert len(ours) > 9
    lineage = folder_of(whole).environment()["parent"]
    assert (lineage["kind"], lineage["run"]) == ("fork", "parent")
    assert (lineage["step"], lineage["batch"], lineage["checkpoint"]) == (
        9, 9, "auto-00000009.ckpt",
    )  # fmt: skip


def test_a_fork_that_changes_nothing_ends_as_its_parent(parent: RunFolder, tmp_path: Path) -> None:
    recipe = small(training=EVERY, regularization={"dropout": 0.4})
    run = train(recipe, tmp_path, begin=Fork(parent, auto(parent, 9)))
    assert run.result.weights_sha256 == parent.summary()["weights_sha256"]


def test_a_fork_that_was_never_trained_is_resumed_from_its_parents_state(
    parent: RunFolder, tmp_path: Path
) -> None:
    recipe = small(optimizer={"lr": 0.01})
    begin = Fork(parent, auto(parent, 9))
    whole = train(recipe, tmp_path, begin=begin)

    for end in (stop, kill):
        fork = Stepped({9: end}).run(recipe, tmp_path, begin).folder
        assert fork.environment()["parent"]["step"] == 9
        resumed = train(recipe, tmp_path, folder=fork)
        assert resumed.result.weights_sha256 == whole.result.weights_sha256


def test_a_fork_of_a_fork_of_a_fork(parent: RunFolder, tmp_path: Path) -> None:
    folder = parent
    for number, lr in enumerate((0.01, 0.02, 0.03)):
        recipe = small(optimizer={"lr": lr}, training=EVERY)
        begin = Fork(folder, auto(folder, 9 + 3 * number))
        folder = folder_of(train(recipe, tmp_path, begin=begin))
    assert folder.environment()["parent"]["step"] == 15
    rates = read_metrics(folder.path).series("lr").since()
    assert rates["step"].tolist() == list(range(1, 22))
    assert rates["value"][15] > 2 * rates["value"][8]
    again = train(recipe, tmp_path, begin=Replay(folder))
    assert again.result.weights_sha256 == folder.summary()["weights_sha256"]


def test_a_fork_at_the_moment_at_which_its_parent_was_forked(
    parent: RunFolder, tmp_path: Path
) -> None:
    """Its parent's own copy of the grandparent's state serves as well as the original."""
    child = train(small(optimizer={"name": "sgd", "lr": 0.1}), tmp_path,
                  begin=Fork(parent, auto(parent, 9)))  # fmt: skip
    recipe = small(optimizer={"lr": 0.01})
    a = train(recipe, tmp_path, begin=Fork(folder_of(child), folder_of(child).fork_checkpoint))
    b = train(recipe, tmp_path, begin=Fork(parent, auto(parent, 9)))
    assert a.result.weights_sha256 == b.result.weights_sha256


def test_what_is_forked_is_what_was_read(parent: RunFolder, tmp_path: Path) -> None:
    """The parent may be training: its last.ckpt is replaced between reading and copying."""
    shutil.copytree(parent.path, tmp_path / "parent")
    source = RunFolder(tmp_path / "parent")
    shutil.copyfile(auto(source, 9), source.last_checkpoint)
    origin = find_origin(Fork(source, source.last_checkpoint), small())
    shutil.copyfile(auto(source, 18), source.last_checkpoint)
    fork = origin.make_folder(tmp_path / "runs")
    stamp = read_stamp(fork.fork_checkpoint)
    assert stamp is not None
    assert stamp.step == origin.position["step"] == 9


def test_a_fork_is_a_run_only_when_it_has_everything(
    parent: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed while it was made, it must not be taken for a run that begins at the beginning."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("engine.training.origin.shutil.copyfile", full)
    run = train(small(), tmp_path, begin=Fork(parent, auto(parent, 9)))
    assert "No space left" in refused(run)
    assert list(tmp_path.iterdir()) == []


def test_weights_that_do_not_fit_are_refused(parent: RunFolder, tmp_path: Path) -> None:
    recipe = small(architecture={"hidden": [7]})
    run = train(recipe, tmp_path, begin=Fork(parent, auto(parent, 9)))
    assert "its weights have other shapes" in refused(run)
