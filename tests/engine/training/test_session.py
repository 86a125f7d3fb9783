"""A whole training: what it writes, what it says, and every way in which it can end."""

from __future__ import annotations

import json
import math
import os
import threading
from pathlib import Path

import pytest
import torch

from engine.problems import ProblemError
from engine.recipe import Recipe
from engine.runs.folder import RunFolder
from engine.runs.library import describe_run
from engine.runs.metricreader import read_metrics
from engine.training import commands as c
from engine.training.channel import Channel
from engine.training.evaluate import evaluate
from engine.training.events import Evaluated, Event, Notice, Paused, Recovered, RunCreated
from engine.training.loading import load_checkpoint
from tests.engine.training.helpers import same_curves, small, train


def test_a_finished_run_holds_everything(tmp_path: Path) -> None:
    run = train(small(), tmp_path)
    folder = RunFolder(run.result.run)
    assert folder.recipe() == small()
    assert folder.environment()["resolved"] == {
        "device": "cpu", "precision": "32", "threads": 1, "implementation": "fused",
        "compile": "off", "memory_format": "contiguous", "not_compiled": "",
    }  # fmt: skip
    assert folder.environment()["packages"]["torch"].startswith("2.")
    assert folder.summary()["weights_sha256"] == run.result.weights_sha256
    assert "Finished after 21 steps" in folder.log_file.read_text()
    assert describe_run(folder).state == "finished"
    stored = read_metrics(folder.path)
    assert stored.names() == run.channel.log.names()
    for name in stored.names():
        assert (stored.series(name).since() == run.channel.log.series(name).since()).all()
    assert not list(folder.path.rglob(".writing-*"))


def test_the_result_names_every_metric(tmp_path: Path) -> None:
    metrics = train(small(), tmp_path).result.metrics
    kinds = ("loss", "accuracy", "top5_accuracy", "f1")
    expected = {f"{s}_{k}" for s in ("train", "val", "test", "best_val") for k in kinds}
    assert set(metrics) == expected
    assert metrics["best_val_accuracy"] >= metrics["val_accuracy"]


def test_the_json_line_is_plain(tmp_path: Path) -> None:
    data = json.loads(json.dumps(train(small(), tmp_path).result.as_json()))
    assert set(data) >= {"run", "status", "epochs", "steps", "seconds", "samples_per_second",
                         "metrics", "weights_sha256", "checkpoint", "best_checkpoint"}  # fmt: skip
    assert data["epochs"] == 3
    assert Path(data["checkpoint"]).is_absolute()


def test_checkpoints_load_without_executing_code(tmp_path: Path) -> None:
    def save(event: Event, channel: Channel) -> None:
        if isinstance(event, Paused):
            channel.post(c.Step(1) if event.batch < 2 else c.SaveCheckpoint())
            channel.post(c.Resume()) if event.batch >= 2 else None

    channel = Channel()
    channel.post(c.Pause())
    run = train(small(training={"accumulate": 4}), tmp_path, save, channel=channel)
    checkpoints = list(RunFolder(run.result.run).checkpoints.iterdir())
    assert {path.name for path in checkpoints} >= {"last.ckpt", "best.ckpt"}
    assert len(checkpoints) == 3
    for path in checkpoints:
        assert torch.load(path, weights_only=True)["state_dict"]


def test_evaluate_gives_the_result_again(tmp_path: Path) -> None:
    run = train(small(), tmp_path)
    folder = RunFolder(run.result.run)
    for split in ("train", "val", "test"):
        values = evaluate(folder, split, tmp_path)
        assert values == {name: run.result.metrics[name] for name in values}


def test_averaged_weights_are_what_is_hashed_and_evaluated(tmp_path: Path) -> None:
    averaged = train(small(regularization={"ema": 0.9}), tmp_path)
    plain = train(small(regularization={"ema": None}), tmp_path)
    assert averaged.result.weights_sha256 != plain.result.weights_sha256
    values = evaluate(RunFolder(averaged.result.run), "val", tmp_path)
    assert values["val_loss"] == averaged.result.metrics["val_loss"]


def test_regression_metrics_are_in_the_datas_own_units(tmp_path: Path) -> None:
    recipe = small(dataset={"name": "diabetes"}, loss={"name": "mse"}, training={"epochs": 20})
    metrics = train(recipe, tmp_path).result.metrics
    assert 20 < metrics["val_mae"] < 100  # disease progression of 25 to 346
    assert metrics["val_rmse"] >= metrics["val_mae"]
    assert metrics["val_r2"] > 0.1


def test_a_binary_loss_with_one_output(tmp_path: Path) -> None:
    recipe = small(dataset={"name": "breast_cancer"}, loss={"name": "bce_with_logits"})
    metrics = train(recipe, tmp_path).result.metrics
    assert metrics["val_accuracy"] > 0.8


def test_a_diverging_training_says_where_and_keeps_what_was_good(tmp_path: Path) -> None:
    recipe = small(
        optimizer={"name": "sgd", "lr": 1000.0},
        architecture={"name": "mlp", "hidden": [16], "norm": "none"},
        loss={"name": "cross_entropy"},
        training={"epochs": 50, "validate_every_steps": 1},
    )
    run = train(recipe, tmp_path)
    assert run.result.status == "failed"
    assert not run.ended.bad_input
    assert f"at step {run.result.steps}" in run.ended.problem.sentence  # no step is made after it
    assert "optimizer.lr" in run.ended.problem.hint
    assert run.ended.traceback == ""
    best = RunFolder(run.result.run).best_checkpoint
    assert best.is_file()
    assert all(t.isfinite().all() for t in load_checkpoint(best)["state_dict"].values())


def test_a_run_whose_weights_exploded_is_not_finished(tmp_path: Path) -> None:
    """Each step's loss is measured before the step; what the last one did shows in the end."""
    statuses = set()
    for steps in range(1, 7):
        recipe = small(
            optimizer={"name": "sgd", "lr": 1000.0},
            architecture={"name": "mlp", "hidden": [32, 32], "norm": "none"},
            training={"steps": steps},
        )
        result = train(recipe, tmp_path).result
        statuses.add(result.status)
        if result.status == "finished":
            assert all(math.isfinite(value) for value in result.metrics.values())
    assert "failed" in statuses


def test_averaged_weights_keep_up_with_a_short_training(tmp_path: Path) -> None:
    sections = {"dataset": {"name": "digits"}, "training": {"epochs": 8}}
    plain = train(small(**sections), tmp_path).result.metrics["val_accuracy"]
    averaged = train(small(**sections, regularization={"ema": True}), tmp_path)
    assert averaged.result.metrics["val_accuracy"] > plain - 0.05


def test_a_metric_of_another_task_cannot_be_watched() -> None:
    with pytest.raises(ProblemError, match="r2 is not measured"):
        small(regularization={"early_stopping": {"metric": "r2"}})


def test_validation_by_steps_counts_steps_not_batches(tmp_path: Path) -> None:
    run = train(small(training={"accumulate": 2, "validate_every_steps": 3}), tmp_path)
    assert [e.step for e in run.events if isinstance(e, Evaluated)] == [3, 6, 9, 12]


def test_a_bug_is_told_with_its_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("oops")

    monkeypatch.setattr("engine.training.module.TrainingModule.training_step", broken)
    run = train(small(), tmp_path)
    assert run.result.status == "failed"
    assert "KeyError" in run.ended.traceback
    assert "Traceback" in RunFolder(run.result.run).log_file.read_text()


def test_an_unwritable_runs_folder_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    run = train(small(), tmp_path / "file" / "runs")
    assert run.result.status == "failed"
    assert run.ended.bad_input
    assert "No run can be kept" in run.ended.problem.sentence
    assert not any(isinstance(event, RunCreated) for event in run.events)


def test_a_device_that_is_not_there_is_bad_input(tmp_path: Path) -> None:
    if torch.cuda.is_available():
        pytest.skip("this machine has one")
    run = train(small(training={"device": "cuda:7"}), tmp_path)
    assert run.ended.bad_input
    assert run.ended.problem.path == "training.device"


def test_a_network_too_large_for_the_memory_is_bad_input(tmp_path: Path) -> None:
    run = train(small(architecture={"name": "mlp", "hidden": [65_536] * 40}), tmp_path)
    assert run.ended.bad_input
    assert "GB" in run.ended.problem.sentence


@pytest.mark.skipif(os.name == "nt", reason="needs RLIMIT_FSIZE")
def test_a_full_disk_does_not_end_the_training(tmp_path: Path) -> None:
    """A limit on the size of files stands in for a full disk: the write fails in its middle."""
    import resource
    import signal

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    noticed = threading.Event()

    def limit(event: Event, channel: Channel) -> None:
        if isinstance(event, Notice) and event.problem.sentence.startswith("Checkpoints"):
            noticed.set()
        if isinstance(event, Evaluated) and event.step == 7:
            resource.setrlimit(resource.RLIMIT_FSIZE, (8192, hard))
        if isinstance(event, Evaluated) and event.step == 14:
            noticed.wait(10)  # checkpoints are written beside the training
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    try:
        run = train(small(), tmp_path, limit)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, old)
    assert run.result.status == "finished"
    notices = [e.problem.sentence for e in run.events if isinstance(e, Notice)]
    assert len([sentence for sentence in notices if sentence.startswith("Checkpoints")]) == 1
    assert any(isinstance(e, Recovered) and "Checkpoints" in e.sentence for e in run.events)
    folder = RunFolder(run.result.run)
    assert load_checkpoint(folder.last_checkpoint)["global_step"] == 21
    stored = read_metrics(folder.path)
    assert len(stored.series("train_loss")) == 21  # written once there was room again


def test_resuming_a_killed_run_cuts_the_metrics_back(tmp_path: Path) -> None:
    """What was written after the checkpoint is forgotten and made again."""
    whole = train(small(), tmp_path)

    def stop(event: Event, channel: Channel) -> None:
        if isinstance(event, Evaluated) and event.step == 14:
            channel.post(c.Stop())

    stopped = train(small(), tmp_path, stop)
    folder = RunFolder(stopped.result.run)
    with open(folder.path / "metrics.bin", "ab") as file:
        file.write(b"\xff" * 77)
    resumed = train(small(), tmp_path, folder=folder)
    assert same_curves(resumed, whole)
    assert resumed.result.seconds >= stopped.result.seconds
    assert len(read_metrics(folder.path).series("train_loss")) == 21


def test_early_stopping_ends_the_training(tmp_path: Path) -> None:
    recipe = small(
        regularization={"early_stopping": {"patience": 2, "metric": "loss"}},
        optimizer={"name": "sgd", "lr": 1e-9},
        training={"epochs": 50},
    )
    run = train(recipe, tmp_path)
    assert run.result.status == "finished"
    assert run.result.epochs < 50
    assert RunFolder(run.result.run).last_checkpoint.is_file()


def test_steps_decide_instead_of_epochs(tmp_path: Path) -> None:
    run = train(small(training={"steps": 25, "epochs": 2}), tmp_path)
    assert run.result.steps == 25
    assert run.result.status == "finished"
    assert max(e.step for e in run.events if isinstance(e, Evaluated)) == 25


def test_python_use(tmp_path: Path) -> None:
    from engine import train as train_recipe

    recipe = Recipe.parse({**small().as_data(), "name": "from Python"})
    result = train_recipe(recipe, runs_dir=tmp_path)
    assert result.status == "finished"
    assert result.weights_sha256 == train(small(), tmp_path).result.weights_sha256


def test_a_damaged_checkpoint_is_named_without_advice_to_load_it_anyway(tmp_path: Path) -> None:
    run = train(small(training={"epochs": 1}), tmp_path)
    folder = RunFolder(run.result.run)
    folder.last_checkpoint.write_bytes(folder.last_checkpoint.read_bytes()[:500])
    with pytest.raises(ProblemError) as raised:
        evaluate(folder, "val", tmp_path)
    assert "last.ckpt is damaged" in str(raised.value)
    assert "weights_only" not in str(raised.value)
