"""Every measurement by name, `workload/contender` or `group/what`, as a callable."""

from __future__ import annotations

import json
from collections.abc import Callable
from compileall import compile_dir
from dataclasses import asdict, dataclass
from fnmatch import fnmatch
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.contenders.base import Task
from benchmarks.harness import ROOT, child
from benchmarks.workloads import WORKLOADS, Workload

Job = Callable[[], dict[str, float]]

CONTENDERS = {
    "hand": "a loop written by hand, tensors in memory",
    "headless": "this program, headless",
    "window": "this program, in its window with live plots",
    "lightning_quiet": "Lightning without logger, checkpoints, bar and `self.log`, ready batches",
    "lightning": "Lightning with its defaults, loss and accuracy logged, ready batches",
    "tutorial": "the tutorial: torchvision's dataset, transforms, DataLoader, a loop by hand",
}
TURNS = "turns"
"""Ours and the hand-written loop, block by block in one process."""
WAYS = "ways"
"""The same with the tutorial and Lightning in it."""
SLOW = ("tutorial",)
COMPARED = {
    "mnist_mlp": (TURNS, WAYS, *CONTENDERS),
    "mnist_cnn": (TURNS, WAYS, *CONTENDERS),
    "resnet18": (TURNS,),
    "digits_cnn": (TURNS, "hand"),
}
"""What is measured of each workload."""
OTHERS = {
    "smooth": ("mnist_mlp", "mnist_cnn"),
    "live": ("digits_cnn", "mnist_mlp"),
    "plots": ("long",),
    "loading": ("run_folder", "tensorboard"),
    "memory": ("long_run",),
    "growth": ("samples", "recording"),
}
"""Measurements beside the comparison, by group; where it is a workload, that is trained."""
MODULES = {
    "loading/run_folder": "loading", "loading/tensorboard": "tensorboard",
    "growth/samples": "growth", "growth/recording": "recording",
}  # fmt: skip
FIRST_PAINT = {
    "qt": "an empty Qt window is painted",
    "window": "the window is painted, with the starter preset in it",
    "imports": "import torch, torchvision, lightning is done",
}
ONCE = ("loading/tensorboard", "memory/long_run", "growth/samples")
"""Too long to be repeated."""
QUICK = {"mnist_mlp": 300, "mnist_cnn": 20, "resnet18": 2, "digits_cnn": 100}
"""Batches of a quick run, which shows that everything works and measures next to nothing."""


@dataclass(frozen=True)
class Plan:
    """How the measurements are made. `threads` by workload, where a run would choose other
    numbers; `cores` is how many there are."""

    data_dir: Path
    threads: dict[str, int]
    quick: bool = False
    cores: int = 1


def jobs(plan: Plan, patterns: str = "*") -> dict[str, Job]:
    """The measurements whose name fits one of the patterns (`*`, `mnist_mlp/*,plots/*`)."""
    found: dict[str, Job] = {
        f"{name}/{contender}": partial(_speed, plan, WORKLOADS[name], contender)
        for name, contenders in COMPARED.items()
        for contender in contenders
    }
    for group, names in OTHERS.items():
        for name in names:
            key = f"{group}/{name}"
            workload = WORKLOADS.get(name, WORKLOADS["mnist_mlp"])
            found[key] = partial(_measure, plan, MODULES.get(key, group), workload, plan.cores)
    found |= {f"first_paint/{moment}": partial(_first_paint, moment) for moment in FIRST_PAINT}
    wanted = patterns.split(",")
    return {key: job for key, job in found.items() if any(fnmatch(key, one) for one in wanted)}


def _speed(plan: Plan, workload: Workload, contender: str) -> dict[str, float]:
    return _measure(plan, contender, workload, plan.threads[workload.name])


def _measure(plan: Plan, measure: str, workload: Workload, threads: int) -> dict[str, float]:
    batches = workload.slow if measure in SLOW else workload.batches
    warm_up = workload.warm_up
    if plan.quick:
        batches = min(batches, QUICK[workload.name])
        warm_up = min(warm_up, batches // 2)
    with TemporaryDirectory(prefix="trainboard-bench-") as work_dir:
        task = Task(
            workload.name, warm_up, batches, threads, plan.data_dir, Path(work_dir), plan.quick
        )
        text = json.dumps(asdict(task), default=str)
        return child("benchmarks.measure", [measure, text])


def _first_paint(moment: str) -> dict[str, float]:
    for folder in ("engine", "gui"):  # as after the first start, also where none may be written
        compile_dir(ROOT / folder, quiet=2)
    return {"seconds": float(child("benchmarks.first_paint", [moment])["seconds"])}
