"""Exactness at moments and in recipes where it is easily lost; each was wrong once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.runs.checkpointfile import read_stamp
from engine.runs.folder import RunFolder
from engine.runs.fork import fork_recipe
from engine.runs.interventions import read_interventions
from engine.runs.metricreader import read_metrics
from engine.runs.sameness import differences
from engine.training import commands as c
from engine.training.begin import Begin, Extend, Fork, Replay, Resume
from engine.training.events import Answered
from tests.engine.training.disturbed import Script, differing, left_by, posting, scripted
from tests.engine.training.helpers import Run, small, train

KEEPING: dict[str, Any] = {"checkpoint_every_steps": 5, "keep_checkpoints": 50}
LOWER_RATE = c.Intervene.of({"optimizer.lr": 1e-4})


@pytest.fixture
def script() -> Iterator[Script]:
    with scripted() as script:
        yield script


def folder_of(run: Run) -> RunFolder:
    assert run.result is not None
    assert run.result.status == "finished", (run.ended.problems, run.ended.traceback)
    return RunFolder(run.result.run)


def stopped_at(script: Script, moment: int, *before: c.Command) -> None:
    script.begin({moment: [posting(*before, c.Stop(save=True))]})


def replayed(run: RunFolder, runs: Path) -> list[str]:
    """What a replay says that differs."""
    ran = train(run.recipe(), runs, begin=Replay(run))
    return differences(run, RunFolder(ran.result.run))


def fork_of(parent: RunFolder, name: str, *changes: str) -> tuple[Any, Begin]:
    checkpoint = parent.checkpoints / f"{name}.ckpt"
    return fork_recipe(parent, checkpoint, changes), Fork(parent, checkpoint)


def reports(run: Run) -> list[c.Report]:
    return [event.report for event in run.events if isinstance(event, Answered)]


# --- Forks -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sections",
    [
        # the loss has weights of its own, and they stand before those of the average
        {"loss": {"name": "cross_entropy", "class_weights": "balanced"},
         "regularization": {"ema": 0.9}},
        {"regularization": {"early_stopping": {"patience": 1}},
         "optimizer": {"name": "sgd", "lr": 1e-9}},
    ],
    ids=["weighted loss and average", "early stopping"],
)  # fmt: skip
def test_a_fork_with_nothing_changed_ends_like_its_parent(
    sections: dict[str, Any], tmp_path: Path
) -> None:
    parent = folder_of(train(small(**sections, training={"epochs": 6, **KEEPING}), tmp_path))
    recipe, begin = fork_of(parent, "auto-00000010")
    fork = folder_of(train(recipe, tmp_path, begin=begin))
    different = {"metrics": None}  # best values are those of the fork alone
    assert differing(left_by(parent) | different, left_by(fork) | different) == []


@pytest.mark.parametrize(
    ("optimizer", "changes"),
    [
        ({"name": "adamw"}, ["optimizer.amsgrad=true"]),
        ({"name": "rmsprop"}, ["optimizer.centered=true", "optimizer.momentum=0.5"]),
        ({"name": "lbfgs", "lr": 0.1}, ["optimizer.history_size=2"]),
        ({"name": "sgd"}, ["optimizer=adamw"]),
        ({"name": "adamw"}, ["regularization.exempt=true", "loss=focal"]),
    ],
    ids=["amsgrad", "centered", "history", "another optimizer", "groups and loss"],
)
def test_a_fork_stopped_before_its_first_batch_goes_on(
    optimizer: dict[str, Any], changes: list[str], tmp_path: Path, script: Script
) -> None:
    training = {**KEEPING, "checkpoint_every_steps": 7}  # where an epoch ends
    parent = folder_of(train(small(optimizer=optimizer, training=training), tmp_path))
    recipe, begin = fork_of(parent, "auto-00000014", *changes)
    whole = folder_of(train(recipe, tmp_path, begin=begin))
    stopped_at(script, 1)
    stopped = RunFolder(train(recipe, tmp_path, begin=begin).result.run)
    resumed = folder_of(train(recipe, tmp_path, begin=Resume(stopped)))
    assert differing(left_by(whole), left_by(resumed)) == []


# --- Ends --------------------------------------------------------------------------------------


def test_a_run_with_nothing_left_to_train_has_its_last_state(tmp_path: Path) -> None:
    """Killed between writing the best checkpoint, after its last batch, and the last one."""
    run = folder_of(train(small(), tmp_path))
    before = left_by(run)
    run.last_checkpoint.rename(run.best_checkpoint)
    run.summary_file.unlink()
    resumed = folder_of(train(small(), tmp_path, begin=Resume(run)))
    assert differing(before, left_by(resumed)) == []


def test_ended_by_less_patience_the_last_state_is_the_end(tmp_path: Path, script: Script) -> None:
    recipe = small(
        optimizer={"name": "sgd", "lr": 1e-9},
        regularization={"early_stopping": {"patience": 9}},
        training={"epochs": 9, "validate_every_steps": 2},
    )
    less = c.Intervene.of({"regularization.early_stopping.patience": 1})
    script.begin({26: [posting(less)]})  # after step 13, between two validations
    run = folder_of(train(recipe, tmp_path))
    stamp = read_stamp(run.last_checkpoint)
    assert stamp is not None
    assert stamp.step == run.summary()["steps"] == 13
    assert replayed(run, tmp_path) == []


def test_stopped_early_inside_an_accumulation_window_and_extended(tmp_path: Path) -> None:
    recipe = small(
        optimizer={"name": "sgd", "lr": 1e-9},
        regularization={"early_stopping": {"patience": 1}},
        training={"epochs": 4, "accumulate": 4, "validate_every": 0.43},
    )
    run = folder_of(train(recipe, tmp_path))
    assert run.summary()["batches"] % 7 % 4 != 0
    train(recipe, tmp_path, begin=Extend(run, 1))
    assert read_interventions(run.path)[0].batch < run.summary()["batches"]
    assert replayed(run, tmp_path) == []


def test_stopped_without_saving_all_curves_are_kept_and_it_can_be_replayed(
    tmp_path: Path, script: Script
) -> None:
    script.begin({6: [posting(c.Stop(save=False))]})
    run = RunFolder(train(small(), tmp_path).result.run)
    script.begin()
    assert len(read_metrics(run.path).series("train_loss")) == run.summary()["steps"] == 5
    assert replayed(run, tmp_path) == []


# --- Interventions -----------------------------------------------------------------------------


@pytest.mark.parametrize("moment", [9, 3], ids=["inside a validation", "inside a window"])
def test_what_waits_for_the_end_of_a_step_survives_a_stop(
    moment: int, tmp_path: Path, script: Script
) -> None:
    recipe = small(training={"accumulate": 3})
    stopped_at(script, moment, LOWER_RATE)
    stopped = train(recipe, tmp_path)
    assert reports(stopped)[0].sentence == "Takes effect when this step is over"
    run = RunFolder(stopped.result.run)
    script.begin()
    train(recipe, tmp_path, begin=Resume(run))
    (made,) = read_interventions(run.path)
    assert made.batch % 7 in (0, 3)
    points = read_metrics(run.path).series("lr").since()
    assert max(points["value"][made.batch :]) <= 1e-4
    assert replayed(run, tmp_path) == []


def test_taken_up_inside_a_window_an_intervention_waits(tmp_path: Path, script: Script) -> None:
    recipe = small(training={"accumulate": 3})
    stopped_at(script, 3)
    run = RunFolder(train(recipe, tmp_path).result.run)
    script.begin({1: [posting(LOWER_RATE)]})
    folder_of(train(recipe, tmp_path, begin=Resume(run)))
    (made,) = read_interventions(run.path)
    assert (made.batch, made.step) == (3, 1)
    assert replayed(run, tmp_path) == []


def test_changed_after_going_back_the_log_is_in_order(tmp_path: Path, script: Script) -> None:
    """What was changed later, before it went back, comes again when its moment comes."""
    script.begin({16: [posting(c.Intervene.of({"regularization.dropout": 0.5}))]})
    recipe = small(training=KEEPING)
    run = folder_of(train(recipe, tmp_path))
    script.begin({2: [posting(LOWER_RATE)]})
    older = run.checkpoints / "auto-00000005.ckpt"
    folder_of(train(recipe, tmp_path, begin=Resume(run, older)))
    first, second = read_interventions(run.path)
    assert 5 < first.batch < second.batch
    assert list(first.values) == ["optimizer.lr"]
    assert replayed(run, tmp_path) == []


def test_an_unknown_layer_is_refused_inside_the_validation_that_a_run_goes_on_with(
    tmp_path: Path, script: Script
) -> None:
    stopped_at(script, 9)  # in the first validation
    run = RunFolder(train(small(), tmp_path).result.run)
    script.begin({1: [posting(c.Intervene.of({"training.freeze": ["nowhere"]}))]})
    resumed = train(small(), tmp_path, begin=Resume(run))
    (report,) = reports(resumed)
    assert "no layer 'nowhere'" in report.sentence
    folder_of(resumed)
    assert read_interventions(run.path) == []


def test_nothing_can_be_changed_once_only_a_validation_is_left(
    tmp_path: Path, script: Script
) -> None:
    whole = folder_of(train(small(), tmp_path))
    stopped_at(script, script.moments - 10)
    while True:  # find the last validation: the run then has nothing left to train
        run = RunFolder(train(small(), tmp_path).result.run)
        stamp = read_stamp(run.last_checkpoint)
        assert stamp is not None
        if stamp.batch == 21:
            break
        stopped_at(script, script.moments + 1)
    script.begin({1: [posting(c.Intervene.of({"training.epochs": 9}))]})
    resumed = train(small(), tmp_path, begin=Resume(run))
    (report,) = reports(resumed)
    assert not report.ok
    assert differing(left_by(whole), left_by(folder_of(resumed))) == []


# --- Optimizers and workers ----------------------------------------------------------------------


def test_lbfgs_goes_on_whatever_is_exempt_from_a_decay_of_zero(
    tmp_path: Path, script: Script
) -> None:
    recipe = small(
        optimizer={"name": "lbfgs", "lr": 0.1, "max_iter": 3},
        regularization={"exempt": True, "weight_decay": 0.0},
        training={"epochs": 2},
    )
    whole = folder_of(train(recipe, tmp_path))
    stopped_at(script, 5)
    run = RunFolder(train(recipe, tmp_path).result.run)
    resumed = folder_of(train(recipe, tmp_path, begin=Resume(run)))
    assert differing(left_by(whole), left_by(resumed)) == []


def test_worker_processes_may_come_and_go(tmp_path: Path, script: Script) -> None:
    """Stopped in the middle of an epoch with two of them, resumed, compared with none."""

    def recipe(workers: int) -> Any:
        training = {"epochs": 2, "accumulate": 2, "workers": workers}
        return small(training=training, regularization={"augmentation": {"shift": 1}})

    whole = folder_of(train(recipe(0), tmp_path))
    stopped_at(script, 5)
    run = RunFolder(train(recipe(2), tmp_path).result.run)
    resumed = folder_of(train(recipe(2), tmp_path, begin=Resume(run)))
    assert differing(left_by(whole), left_by(resumed)) == []


def test_exporting_leaves_no_trace(tmp_path: Path, script: Script) -> None:
    whole = folder_of(train(small(), tmp_path))
    formats = ("safetensors", "torchscript")
    exports = [c.Export(name, tmp_path / f"model.{name}") for name in formats]
    script.begin({4: [posting(c.Pause(), *exports, c.Resume())]})
    run = train(small(), tmp_path)
    assert all(report.ok for report in reports(run)), reports(run)
    assert differing(left_by(whole), left_by(folder_of(run))) == []


def test_while_the_result_is_measured_there_is_no_moment_to_save(
    tmp_path: Path, script: Script
) -> None:
    """Lightning has counted the epoch that an early stop cut short as a whole one by then."""
    folder_of(train(small(), tmp_path))
    script.begin({script.moments - 2: [posting(c.SaveCheckpoint())]})
    run = train(small(), tmp_path)
    (report,) = reports(run)
    assert not report.ok
    assert "last.ckpt" in report.sentence
    assert not list(folder_of(run).checkpoints.glob("step-*"))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_on_a_gpu_only_deterministic_operations_give_the_same_bits(
    tmp_path: Path, script: Script
) -> None:
    recipe = small(
        architecture={"name": "cnn", "channels": [4, 8], "norm": "batch"},
        training={"device": "cuda", "deterministic": True},
    )
    whole = folder_of(train(recipe, tmp_path))
    stopped_at(script, 6)
    run = RunFolder(train(recipe, tmp_path).result.run)
    resumed = folder_of(train(recipe, tmp_path, begin=Resume(run)))
    assert differing(left_by(whole), left_by(resumed)) == []
