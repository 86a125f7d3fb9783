"""Runs that the first version left behind, stopped on their way: they open, and go on."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from engine.runs.checkpointfile import is_cut_off, is_whole, read_stamp
from engine.runs.folder import RunFolder, find_run
from engine.runs.library import list_runs
from engine.runs.metricreader import read_metrics
from engine.runs.sameness import differences
from engine.training.begin import Fork, Replay
from engine.training.evaluate import evaluate
from tests.engine.training.helpers import same_curves, train

DATA = Path(__file__).parent / "data" / "format1"

DROPOUT = "20261121-114705-old-run"
"""With dropout; stopped after epoch 3 of 6."""

EXEMPT = "20261121-125729-old-exempt"
"""Without dropout (the layers had other names then), with parameters exempt from a weight decay
of zero (they had no group of their own); stopped inside an accumulation window."""

HASH = "30fcff6ceba57ffaf9bf1bcbfb30f59664ff94a72adb19f4f9b51a900ff38901"
"""What the run with dropout ended with, undisturbed, where it was made."""


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    shutil.copytree(DATA, tmp_path / "runs")
    return tmp_path / "runs"


def test_listed_and_found(runs: Path) -> None:
    first, second = list_runs(runs)
    assert (first.name, first.state, first.steps) == (DROPOUT, "stopped", 12)
    assert (first.dataset, first.architecture, first.optimizer) == ("iris", "mlp", "adamw")
    assert (second.name, second.state, second.steps) == (EXEMPT, "stopped", 6)
    assert find_run(DROPOUT, runs).recipe().training.epochs == 6
    assert len(read_metrics(runs / DROPOUT).series("train_loss")) == 12


def test_checkpoints_are_whole_without_a_stamp(runs: Path) -> None:
    path = RunFolder(runs / DROPOUT).last_checkpoint
    assert read_stamp(path) is None
    assert is_whole(path)
    assert not is_cut_off(path)


@pytest.mark.parametrize("name", [DROPOUT, EXEMPT])
def test_evaluated(runs: Path, name: str) -> None:
    folder = RunFolder(runs / name)
    values = evaluate(folder, "val", runs)
    assert set(values) == {"val_loss", "val_accuracy", "val_f1"}
    if name == DROPOUT:  # it was stopped right after a validation
        stored = folder.summary()["metrics"]
        assert values == {key: pytest.approx(stored[key], rel=1e-5) for key in values}


@pytest.mark.parametrize("name", [DROPOUT, EXEMPT])
def test_resumed_to_the_end_of_an_undisturbed_run(runs: Path, name: str) -> None:
    folder = RunFolder(runs / name)
    recipe = folder.recipe()
    as_then = recipe.model_copy(update={"optimizer": recipe.optimizer.made("loop")})
    whole = train(as_then, runs)
    run = train(recipe, runs, folder=folder)
    assert run.result.status == "finished"
    expected = {whole.result.weights_sha256, *([HASH] if name == DROPOUT else [])}
    assert run.result.weights_sha256 in expected  # another kind of machine may give other bits
    assert read_stamp(folder.last_checkpoint) is not None
    assert folder.environment()["format"] == 2
    assert folder.environment()["started"].startswith("2026-11-21")
    if run.result.weights_sha256 == whole.result.weights_sha256:
        assert same_curves(run, whole)


def test_replayed_to_where_it_was_stopped(runs: Path) -> None:
    folder = RunFolder(runs / DROPOUT)
    run = train(folder.recipe(), runs, begin=Replay(folder))
    assert (run.result.status, run.result.steps) == ("stopped", 12)
    if train(folder.recipe(), runs).result.weights_sha256 == HASH:
        assert differences(folder, RunFolder(run.result.run)) == []


@pytest.mark.parametrize("optimizer", [{}, {"name": "adam", "lr": 0.001}])
@pytest.mark.parametrize("name", [DROPOUT, EXEMPT])
def test_forked_into_a_run_of_today(runs: Path, name: str, optimizer: dict[str, object]) -> None:
    """What the old checkpoint did not say is in the fork's own copy: its moment, its recipe."""
    parent = RunFolder(runs / name)
    data = parent.recipe().as_data()
    recipe = type(parent.recipe()).parse({**data, "optimizer": optimizer or data["optimizer"]})
    run = train(recipe, runs, begin=Fork(parent, parent.last_checkpoint))
    assert run.result.status == "finished"
    fork = RunFolder(run.result.run)
    done = {DROPOUT: 12, EXEMPT: 14}[name]
    stamp = read_stamp(fork.fork_checkpoint)
    assert stamp is not None
    assert (stamp.batch, stamp.epoch) == (done, done / 4)
    shutil.rmtree(parent.path)
    again = train(recipe, runs, begin=Replay(fork))
    assert again.result.weights_sha256 == run.result.weights_sha256
