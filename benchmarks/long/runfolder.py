"""A run folder with very many points, made up."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np

from benchmarks.library import make_runs
from engine.runs.metricfile import RECORD

METRICS = ("train_loss", "train_accuracy", "val_loss", "val_accuracy")


def long_run(runs_dir: Path, points: int, metrics: int = 1) -> Path:
    """A finished run with so many points, dealt out to the first `metrics` metrics, as the only
    one in a new folder."""
    make_runs(runs_dir, 2)
    interrupted, finished = sorted(runs_dir.iterdir())
    shutil.rmtree(interrupted)
    folder = finished.rename(finished.with_name(f"{finished.name.removesuffix('1')}long"))
    write_points(folder, points, metrics)
    return folder


def write_points(folder: Path, points: int, metrics: int) -> None:
    """Noisy curves that fall, as training losses do."""
    records = np.zeros(points, RECORD)
    records["metric"] = np.arange(points) % metrics
    records["step"] = np.arange(points) // metrics + 1
    records["epoch"], records["time"] = records["step"] / 500, records["step"] / 100
    noise = np.random.default_rng(0).random(points)
    records["value"] = np.exp(-records["epoch"] / 200) + 0.1 * noise
    records.tofile(folder / "metrics.bin")
    names = {"metrics": METRICS[:metrics]}
    (folder / "metrics.json").write_text(json.dumps(names), encoding="utf-8")
