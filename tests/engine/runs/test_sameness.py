"""Replays compared with their originals: a sentence for everything that differs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.runs.folder import RunFolder
from engine.runs.metricfile import MetricWriter
from engine.runs.metriclog import MetricLog
from engine.runs.sameness import compared, differences
from tests.engine.runs.test_metricfile import FakeKeeper

NAN = float("nan")
LOSSES = [3.0, 2.0, NAN, 1.0]


def a_run(
    path: Path, losses: list[float], status: str | None = "finished", time: float = 0.1,
    weights: str = "abc", metrics: dict[str, Any] | None = None, more: list[float] | None = None,
) -> RunFolder:  # fmt: skip
    path.mkdir()
    log = MetricLog()
    for step, loss in enumerate(losses, start=1):
        log.append("train_loss", step, step / 2, step * time, loss)
    for step, value in enumerate(more or [], start=1):
        log.append("val_loss", step, step / 2, step * time, value)
    MetricWriter(log, path, FakeKeeper()).flush()
    folder = RunFolder(path)
    if status is not None:
        summary = {"status": status, "weights_sha256": weights, "metrics": metrics or {"a": 1.0}}
        folder.write_json(folder.summary_file, summary)
    return folder


def test_the_time_that_it_took_does_not_count(tmp_path: Path) -> None:
    original = a_run(tmp_path / "a", LOSSES)
    assert differences(original, a_run(tmp_path / "b", LOSSES, time=7.0)) == []
    assert differences(original, original) == []


@pytest.mark.parametrize(
    ("losses", "said"),
    [
        ([3.0, 2.0, NAN, 1.0 + 1e-15], "train_loss differs from step 4 on"),
        ([3.0, 2.5, NAN, 1.0], "train_loss differs from step 2 on"),
        ([3.0, 2.0, 0.0, 1.0], "train_loss differs from step 3 on"),
        ([3.0, 2.0, NAN], "train_loss differs from step 4 on"),
        ([3.0, 2.0, NAN, 1.0, 0.5], "train_loss has 4 points, its repetition 5"),
        ([], "train_loss differs from step 1 on"),
    ],
)
def test_a_curve_that_differs_is_named_with_its_first_step(
    tmp_path: Path, losses: list[float], said: str
) -> None:
    found = differences(a_run(tmp_path / "a", LOSSES), a_run(tmp_path / "b", losses))
    assert found == [said]


def test_a_curve_that_is_missing(tmp_path: Path) -> None:
    original = a_run(tmp_path / "a", LOSSES, more=[1.0])
    (said,) = differences(original, a_run(tmp_path / "b", LOSSES))
    assert said == "val_loss differs from step 1 on"


def test_weights_and_final_metrics(tmp_path: Path) -> None:
    original = a_run(tmp_path / "a", LOSSES)
    other = a_run(tmp_path / "b", LOSSES, weights="abd", metrics={"a": 1.1})
    assert differences(original, other) == [
        "The final weights differ",
        "The final metrics differ",
    ]


def test_a_run_without_an_end_is_compared_as_far_as_it_came(tmp_path: Path) -> None:
    cut_off = a_run(tmp_path / "a", LOSSES[:2], status=None)
    repeated = a_run(tmp_path / "b", LOSSES)
    assert differences(cut_off, repeated) == []
    assert "until it was cut off" in compared(cut_off)
    other = a_run(tmp_path / "c", [3.0, 2.1, NAN])
    assert differences(cut_off, other) == ["train_loss differs from step 2 on"]


def test_a_stopped_run_is_compared_with_its_weights(tmp_path: Path) -> None:
    """The repetition may have finished the validation that the stop cut off."""
    stopped = a_run(tmp_path / "a", LOSSES, status="stopped", metrics={"val": 1.0})
    same = a_run(tmp_path / "b", LOSSES, status="stopped", metrics={"val": 0.5}, more=[1.0])
    assert differences(stopped, same) == []
    assert "weights" in compared(stopped)
    other = a_run(tmp_path / "c", LOSSES, status="stopped", weights="abd")
    assert differences(stopped, other) == ["The final weights differ"]


def test_a_failed_run_is_compared_by_its_curves(tmp_path: Path) -> None:
    failed = a_run(tmp_path / "a", LOSSES, status="failed")
    assert differences(failed, a_run(tmp_path / "b", LOSSES, status="failed", weights="x")) == []
