"""Run folders made by hand, as a training would have left them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from engine.recipe import Recipe
from engine.runs.folder import RunFolder
from engine.runs.metricfile import RECORD

RECIPE = Recipe.parse(
    {"version": 1, "name": "small", "dataset": "digits", "architecture": "mlp"}
).to_yaml()

BATCHES = 10
"""Batches in an epoch of these runs; each is one step."""

NOBODY = {"pid": 2**22 + 1, "process_started": 1.0}


def myself() -> dict[str, Any]:
    """What an environment says of a run that this process trains."""
    me = psutil.Process(os.getpid())
    return {"pid": me.pid, "process_started": me.create_time()}


def make(
    runs: Path,
    name: str = "run",
    *,
    status: str | None = None,
    steps: int = 0,
    environment: Mapping[str, Any] | None = None,
    summary: Mapping[str, Any] | None = None,
) -> RunFolder:
    """A run with so many steps in its metrics; one with a status has ended."""
    folder = RunFolder(runs / name)
    folder.checkpoints.mkdir(parents=True)
    folder.recipe_file.write_text(RECIPE)
    recorded = {
        "format": 2, "started": f"2025-01-01T00:00:{len(name):02d}+00:00", **NOBODY,
        "recipe_name": "small", "dataset": "digits", "architecture": "mlp",
        "loss": "cross_entropy", "optimizer": "adamw", "main_metric": "accuracy",
        "preset": "", "parent": None, "total_steps": 30, "batches_per_epoch": BATCHES,
    }  # fmt: skip
    write(folder.environment_file, recorded | dict(environment or {}))
    if steps:
        train(folder, range(1, steps + 1))
    if status is not None:
        end(folder, status, steps, **(summary or {}))
    return folder


def write(path: Path, data: Any) -> None:
    path.write_text(json.dumps(data))


def end(folder: RunFolder, status: str = "finished", steps: int = 30, **more: Any) -> None:
    """Write a summary."""
    accuracy = {"val_accuracy": 0.5, "best_val_accuracy": 0.75, "test_accuracy": 0.6}
    known = {"status": status, "steps": steps, "epochs": steps // BATCHES, "seconds": 2.0,
             "metrics": accuracy, "ended": "2025-01-01T00:01:00+00:00"}  # fmt: skip
    write(folder.summary_file, known | more)


def train(
    folder: RunFolder, steps: Sequence[int], values: Mapping[str, Sequence[float]] | None = None
) -> None:
    """Add points to `metrics.bin`: a loss at each step, and the values of other metrics at the
    first ones of them."""
    curves = {"train_loss": [1 / step for step in steps], **(values or {})}
    names = _announced(folder, curves)
    blocks = []
    for name, points in curves.items():
        block = np.zeros(len(points), RECORD)
        block["metric"] = names.index(name)
        block["step"] = list(steps)[: len(points)]
        block["epoch"] = block["step"] / BATCHES
        block["time"] = block["step"] / 100
        block["value"] = points
        blocks.append(block)
    with open(folder.path / "metrics.bin", "ab") as file:
        file.write(np.concatenate(blocks).tobytes())


def _announced(folder: RunFolder, curves: Mapping[str, Any]) -> list[str]:
    path = folder.path / "metrics.json"
    known = json.loads(path.read_text())["metrics"] if path.is_file() else []
    names = list(dict.fromkeys([*known, *curves]))
    if names != known:
        write(path, {"metrics": names})
    return names
