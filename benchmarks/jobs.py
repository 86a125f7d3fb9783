"""Every measurement by name, `workload/contender` or `first_paint/moment`, as a callable."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.harness import child
from benchmarks.workloads import WORKLOADS, Workload

Job = Callable[[], dict[str, float]]

CONTENDERS = {
    "hand": "a loop written by hand, tensors in memory",
    "headless": "this program, headless",
    "window": "this program, in its window with live plots",
    "lightning_tensors": "plain Lightning, DataLoader over ready tensors",
    "lightning": "plain Lightning, DataLoader with transforms on every sample",
}
SAMPLE_BY_SAMPLE = ("lightning", "lightning_tensors")
FIRST_PAINT = {
    "qt": "an empty Qt window is painted",
    "window": "the window is painted, with the starter preset in it",
    "imports": "import torch, torchvision, lightning is done",
}
QUICK = 20
"""Batches of a quick run, which shows that everything works and measures nothing."""


@dataclass(frozen=True)
class Plan:
    """How the measurements are made."""

    data_dir: Path
    threads: dict[str, int]
    quick: bool = False


def jobs(plan: Plan, pattern: str = "*") -> dict[str, Job]:
    """The measurements whose name fits the pattern (`*`, `digits_cnn/*`, `first_paint/*`)."""
    found: dict[str, Job] = {
        f"{name}/{contender}": partial(_speed, plan, workload, contender)
        for name, workload in WORKLOADS.items()
        for contender in CONTENDERS
    }
    found |= {f"first_paint/{moment}": partial(_first_paint, moment) for moment in FIRST_PAINT}
    return {name: job for name, job in found.items() if fnmatch(name, pattern)}


def _speed(plan: Plan, workload: Workload, contender: str) -> dict[str, float]:
    batches = workload.slow if contender in SAMPLE_BY_SAMPLE else workload.batches
    warm_up = workload.warm_up
    if plan.quick:
        warm_up, batches = 5, QUICK
    with TemporaryDirectory(prefix="trainboard-bench-") as work_dir:
        task: dict[str, Any] = {
            "workload": workload.name,
            "warm_up": warm_up,
            "batches": batches,
            "threads": plan.threads[workload.name],
            "data_dir": str(plan.data_dir),
            "work_dir": work_dir,
        }
        answer = child("benchmarks.contenders", [contender, json.dumps(task)])
    return {"samples_per_second": answer["samples_per_second"], **answer["extra"]}


def _first_paint(moment: str) -> dict[str, float]:
    return {"seconds": float(child("benchmarks.first_paint", [moment])["seconds"])}
