"""How long a large run library takes to open: at first, from its index, and looked through again.

`python -m benchmarks.library [--runs 10000] [--repeats 3] [--format-1]` prints a table in
Markdown and writes results/library.json. The run folders are made up and thrown away.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import machine
from benchmarks.report import Grid
from engine.presets import find
from engine.runs.info import RunInfo
from engine.runs.library import Library
from engine.runs.listing import matches
from engine.runs.metricfile import RECORD

RESULTS = Path(__file__).resolve().parent / "results"
METRICS = ("train_loss", "train_accuracy", "lr", "val_loss", "val_accuracy")
STEPS, VALIDATIONS = 500, 10


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.library", description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--format-1", action="store_true", help="as older versions wrote them")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="trainboard-library-") as place:
        runs, index = Path(place, "runs"), Path(place, "index.sqlite")
        print(f"Making {given.runs:,} run folders", file=sys.stderr, flush=True)
        make_runs(runs, given.runs, old=given.format_1)
        found = measure(runs, index, given.repeats)
    print(_grid(found, given.runs).as_markdown())
    given.results.mkdir(parents=True, exist_ok=True)
    data = {"machine": machine.describe(), "runs": given.runs, "seconds": found}
    (given.results / "library.json").write_text(json.dumps(data, indent=1))
    return 0


def measure(runs_dir: Path, index: Path, repeats: int) -> dict[str, float]:
    """Seconds by what was done, medians of `repeats` turns."""
    times: dict[str, list[float]] = {}
    for _turn in range(repeats):
        index.unlink(missing_ok=True)
        fresh, again = Library(runs_dir, index), Library(runs_dir, index)
        some = sorted(runs_dir.iterdir())[::100]
        steps: dict[str, Callable[[], object]] = {
            "read all folders, without an index": fresh.refresh,
            "show what the index knows": again.cached,
            "look through the folders, nothing changed": again.refresh,
            "look through them again": again.refresh,
        }
        for name, step in steps.items():
            times.setdefault(name, []).append(_seconds(step))
        for path in some:
            (path / "marks.json").write_text(json.dumps({"title": f"{time.time_ns()}"}))
        times.setdefault("look through them, 1 % changed", []).append(_seconds(again.refresh))
        filtered = partial(_filtered, again.cached())
        times.setdefault("filter by text, for the first time", []).append(_seconds(filtered))
    return {name: statistics.median(values) for name, values in times.items()}


def _filtered(runs: list[RunInfo]) -> list[RunInfo]:
    return [run for run in runs if matches(run, "digits adamw")]


def _seconds(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def _grid(found: dict[str, float], count: int) -> Grid:
    rows = [(name, f"{seconds:.2f}") for name, seconds in found.items()]
    return Grid(f"A library of {count:,} runs", ("", "seconds"), rows)


# --- Made-up runs -------------------------------------------------------------------------------


def make_runs(runs_dir: Path, count: int, *, old: bool = False) -> None:
    """So many run folders, most of them finished; with all files but the checkpoints' content."""
    recipe = find("digits_mlp").recipe().to_yaml()
    metrics = _records()
    started = datetime(2025, 1, 1).astimezone()
    for number in range(count):
        started += timedelta(minutes=7)
        folder = runs_dir / f"{started:%Y%m%d-%H%M%S}-digits-mlp-{number}"
        (folder / "checkpoints").mkdir(parents=True)
        (folder / "checkpoints" / "last.ckpt").write_bytes(bytes(1000))
        (folder / "recipe.yaml").write_text(recipe)
        (folder / "metrics.json").write_text(json.dumps({"metrics": METRICS}))
        (folder / "metrics.bin").write_bytes(metrics)
        (folder / "log.txt").write_text("training\n" * 10)
        environment = _environment(started.isoformat(), number)
        if old:
            environment = {key: environment[key] for key in ("started", "pid", "process_started")}
        (folder / "environment.json").write_text(json.dumps(environment, indent=2))
        if number % 20:  # the others were interrupted
            summary = json.dumps(_summary(number, old), indent=2)
            (folder / "summary.json").write_text(summary)


def _records() -> bytes:
    """A short training's curves."""
    blocks = []
    for place, name in enumerate(METRICS):
        count = VALIDATIONS if name.startswith("val_") else STEPS
        block = np.zeros(count, RECORD)
        block["metric"] = place
        block["step"] = np.arange(1, count + 1) * (STEPS // count)
        block["epoch"] = block["step"] / (STEPS / VALIDATIONS)
        block["value"] = np.linspace(1, 0, count)
        blocks.append(block)
    return np.concatenate(blocks).tobytes()


def _environment(started: str, number: int) -> dict[str, Any]:
    return {
        "format": 2, "started": started, "host": "", "pid": 2**22 + 1, "process_started": 1.0,
        "recipe_name": "Digits, MLP", "dataset": "digits", "architecture": "mlp",
        "loss": "cross_entropy", "optimizer": "adamw", "main_metric": "accuracy",
        "preset": "digits_mlp", "overrides": [f"training.seed={number}"], "parent": None,
        "seed": number, "resolved": {"device": "cpu", "precision": "32", "threads": 1},
        "dataset_fingerprint": "0" * 64, "epochs": VALIDATIONS, "total_steps": STEPS,
        "batches_per_epoch": STEPS // VALIDATIONS, "python": "3.11", "platform": "made up",
        "processor": "made up", "cores": 2, "packages": {"torch": "2"}, "git_commit": "",
    }  # fmt: skip


def _summary(number: int, old: bool) -> dict[str, Any]:
    measured = ("loss", "accuracy", "top5_accuracy", "f1")
    prefixes = ("train_", "val_", "test_", "best_val_")
    known = {"run": "made up", "status": "finished", "epochs": VALIDATIONS, "steps": STEPS,
             "seconds": 12.3, "samples_per_second": 12345.6,
             "metrics": {f"{p}{m}": (number % 997) / 997 for p in prefixes for m in measured},
             "weights_sha256": "0" * 64, "checkpoint": None, "best_checkpoint": None}  # fmt: skip
    new = {"ended": "2025-01-01T00:00:00+00:00", "interventions": 0,
           "best_steps": dict.fromkeys(measured, STEPS)}  # fmt: skip
    return known if old else known | new


if __name__ == "__main__":
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    sys.exit(main())
