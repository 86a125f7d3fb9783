"""What the benchmarks make up: random pictures, long runs, event files of TensorBoard."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks import where
from benchmarks.contenders.window import steps_a_second
from benchmarks.long.eventfile import write_events
from benchmarks.long.runfolder import long_run
from benchmarks.madeup import made_up
from engine.datasets.cifar import Cifar10
from engine.runs.library import list_runs
from engine.runs.metriclog import POINT
from engine.runs.metricreader import read_metrics


def test_random_pictures_stand_in_for_a_dataset(tmp_path: Path):
    dataset = Cifar10()
    assert not dataset.on_disk(tmp_path)
    with made_up(Cifar10, 300):
        assert dataset.on_disk(tmp_path)
        splits = dataset.build(tmp_path)
    assert splits.train.inputs.shape == (300, 3, 32, 32)
    assert int(splits.train.targets.max()) == 9
    assert not dataset.on_disk(tmp_path)


def test_a_long_run_is_a_run(tmp_path: Path):
    folder = long_run(tmp_path, 1000)
    assert [run.state for run in list_runs(tmp_path)] == ["finished"]
    assert len(read_metrics(folder).series("train_loss")) == 1000


def test_tensorboard_reads_the_event_file(tmp_path: Path):
    accumulators = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    points = np.zeros(1000, POINT)
    points["step"] = np.arange(1000) * 300
    points["time"], points["value"] = np.linspace(0, 9, 1000), np.linspace(-1, 1, 1000)
    write_events(tmp_path / "events.out.tfevents.0.here", {"loss": points, "lr": points[:10]})
    read = accumulators.EventAccumulator(str(tmp_path), size_guidance={"scalars": 0})
    read.Reload()
    assert read.Tags()["scalars"] == ["loss", "lr"]
    events = read.Scalars("loss")
    assert [event.step for event in events] == points["step"].tolist()
    assert [event.wall_time for event in events] == points["time"].tolist()
    assert np.allclose([event.value for event in events], points["value"])
    assert len(read.Scalars("lr")) == 10


def test_steps_are_counted_between_borders():
    points = np.zeros(101, POINT)
    points["time"] = np.linspace(0, 10, 101)
    assert np.allclose(steps_a_second(points, [1.0, 3.0, 4.0]), [10.0, 10.0])


def test_a_profile_is_told_by_parts():
    found = {
        ("/venv/lightning/loops.py", 1, "run"): (1, 2, 0.002, 0.1, {}),
        ("/venv/torch/optim/adam.py", 1, "step"): (1, 2, 0.001, 0.1, {}),
        ("~", 0, "<built-in method linear>"): (1, 6, 0.004, 0.1, {}),
    }
    assert where.parts(found, 2).rows == [
        ("kernels and built-in functions", "2,000"), ("Lightning", "1,000"),
        ("the optimizer", "500"),
    ]  # fmt: skip
    (first, *_others) = where.functions(found, 2, 2).rows
    assert first == ("~:0 <built-in method linear>", "2,000.0", "3.0")
