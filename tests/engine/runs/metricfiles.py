"""Metric files for tests, written record by record as another process would."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from engine.runs.metricfile import RECORD
from engine.runs.metricreader import Records


def records(metric: int, steps: range, shift: float = 0.0) -> Records:
    """One record a step; the times of a second attempt differ by `shift`."""
    made = np.zeros(len(steps), RECORD)
    made["metric"], made["step"] = metric, steps
    made["epoch"], made["time"] = np.array(steps) / 10, np.array(steps) * 0.5 + shift
    made["value"] = 1.0 / (np.array(steps) + 1)
    return made


def name(folder: Path, *names: str) -> None:
    """Write `metrics.json`."""
    (folder / "metrics.json").write_text(json.dumps({"metrics": names}))


def append(folder: Path, *blocks: Records) -> None:
    """Add records to `metrics.bin`."""
    with open(folder / "metrics.bin", "ab") as file:
        file.write(b"".join(block.tobytes() for block in blocks))


def cut(folder: Path, count: int) -> None:
    """Go back to the first `count` records."""
    with open(folder / "metrics.bin", "r+b") as file:
        file.truncate(count * RECORD.itemsize)
