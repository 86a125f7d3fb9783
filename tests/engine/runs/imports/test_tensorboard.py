"""TensorBoard's event files, in both formats: every scalar, and nothing else."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
import torch
from tensorboard.compat.proto.event_pb2 import SessionLog
from torch.utils.tensorboard import SummaryWriter

from engine.problems import ProblemError
from engine.runs.follow import FollowedRun
from engine.runs.imports import import_curves
from engine.runs.imports.tensorboard import read_events
from engine.runs.metricreader import read_metrics


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def write(folder: Path, steps: range, tag: str = "loss", value: float = 0.0) -> None:
    with SummaryWriter(folder) as writer:
        for step in steps:
            writer.add_scalar(tag, value + step / 4, step, 1000.0 + step)


def test_every_scalar_is_read_and_nothing_else(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path) as writer:
        for step in range(12_000):  # far more than TensorBoard keeps by itself
            writer.add_scalar("Loss/train", 1 / (step + 1), step, 1000.0 + step)
        writer.add_scalar("new style", 0.25, 3, 1000.0, new_style=True)
        writer.add_scalar("new style", float("inf"), 4, 1000.0, new_style=True)
        writer.add_histogram("weights", torch.zeros(5), 3)
        writer.add_text("note", "hello", 3)
        writer.add_hparams({"lr": 0.1}, {}, run_name=".")
    curves = read_events(tmp_path, files(tmp_path))
    assert set(curves.metrics) == {"Loss/train", "new style"}
    loss = curves.metrics["Loss/train"]
    assert loss["step"].tolist() == list(range(12_000))
    expected = (1 / (np.arange(12_000) + 1)).astype(np.float32)
    assert np.array_equal(loss["value"], expected)
    assert np.all(np.diff(loss["time"]) == 1.0)
    assert curves.metrics["new style"]["value"].tolist() == [0.25, float("inf")]


def test_the_files_of_one_folder_are_one_run(tmp_path: Path) -> None:
    write(tmp_path, range(5))
    time.sleep(1.1)  # an event file is named after the second
    write(tmp_path, range(5, 9))
    curves = read_events(tmp_path, files(tmp_path))
    assert len(files(tmp_path)) == 2
    assert curves.metrics["loss"]["step"].tolist() == list(range(9))


def test_steps_made_once_more_after_a_resume_count_once(tmp_path: Path) -> None:
    from tensorboard.compat.proto.event_pb2 import Event

    with SummaryWriter(tmp_path) as writer:
        for step in range(8):
            writer.add_scalar("loss", 1.0, step)
        start = Event(step=5, session_log=SessionLog(status=SessionLog.START))
        writer.file_writer.add_event(start, step=5)
        for step in range(5, 10):
            writer.add_scalar("loss", 2.0, step)
    loss = read_events(tmp_path, files(tmp_path)).metrics["loss"]
    assert loss["step"].tolist() == list(range(10))
    assert loss["value"].tolist() == [1.0] * 5 + [2.0] * 5


def test_an_epoch_scalar_gives_every_point_its_epoch(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path) as writer:
        for step in range(1, 9):
            writer.add_scalar("loss", 1.0, step)
            if step % 4 == 0:
                writer.add_scalar("epoch", step / 4, step)
    metrics = read_events(tmp_path, files(tmp_path)).metrics
    assert set(metrics) == {"loss"}
    assert metrics["loss"]["epoch"].tolist() == [1.0] * 7 + [2.0]


def test_a_file_cut_off_by_a_crash_is_read_as_far_as_it_is_whole(tmp_path: Path) -> None:
    write(tmp_path, range(100))
    (file,) = files(tmp_path)
    file.write_bytes(file.read_bytes()[:-7])
    loss = read_events(tmp_path, [file]).metrics["loss"]
    assert loss["step"].tolist() == list(range(99))


@pytest.mark.parametrize("data", [b"", b"not an event file at all" * 9, b"\0" * 400])
def test_a_file_without_curves_is_a_problem(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "events.out.tfevents.1.host"
    file.write_bytes(data)
    with pytest.raises(ProblemError, match="no curves"):
        import_curves(file, tmp_path / "runs")


def test_a_negative_step_is_a_problem(tmp_path: Path) -> None:
    write(tmp_path, range(-1, 3))
    with pytest.raises(ProblemError, match="negative"):
        read_events(tmp_path, files(tmp_path))


def test_each_folder_is_a_run_of_its_own(tmp_path: Path) -> None:
    for each in ("a", "b/version_0", "b/version_1"):
        write(tmp_path / "logs" / each, range(4), "train/loss", value=len(each))
    (tmp_path / "logs" / "b" / "version_1" / "metrics.csv").write_text("step,loss\n1,1\n")
    imported = import_curves(tmp_path / "logs", tmp_path / "runs")
    assert imported.left_out == ()
    names = [run.environment()["recipe_name"] for run in imported.runs]
    assert names == [str(Path("logs", each)) for each in ("a", "b/version_0", "b/version_1")]
    assert {run.environment()["imported"]["kind"] for run in imported.runs} == {"tensorboard"}
    log = read_metrics(imported.runs[1].path)
    assert log.series("train_loss").since()["value"][0] == len("b/version_0")


def test_the_run_says_where_it_is_from_and_how_it_ended(tmp_path: Path) -> None:
    write(tmp_path / "log", range(4), "Loss/val")
    (run,) = import_curves(tmp_path / "log", tmp_path / "runs", "mine").runs
    environment, summary = run.environment(), run.summary()
    assert environment["imported"]["from"] == str(tmp_path / "log")
    assert environment["imported"]["names"] == {"Loss/val": "val_loss"}
    assert environment["main_metric"] == "val_loss"
    assert (summary["steps"], summary["metrics"]) == (3, {"val_loss": 0.75})
    followed = FollowedRun(run.path)
    assert (followed.state, followed.position.step) == ("imported", 3)
    with pytest.raises(ProblemError, match="is imported"):
        run.recipe()


def test_a_missing_package_is_named_with_its_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, range(3))
    module = "tensorboard.backend.event_processing.event_file_loader"
    monkeypatch.setitem(__import__("sys").modules, module, None)
    with pytest.raises(ProblemError, match=r"pip install 'trainboard\[tensorboard\]'"):
        import_curves(tmp_path, tmp_path / "runs")
    assert not (tmp_path / "runs").exists()
