"""Where a step's time goes, by a profile of the training's thread.

`python -m benchmarks.where mnist_mlp [--steps 1000] [--top 25]` prints microseconds a step by
part, then the functions. A profile makes every call of Python dearer and leaves the kernels as they
are: it says where to look, not how long it takes.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.batches import before_each_batch
from benchmarks.contenders.base import Task
from benchmarks.report import Grid
from benchmarks.workloads import WORKLOADS, mnist_archives, prepare_mnist

Place = tuple[str, int, str]
"""File, line and function, as the profile names them."""
WARM_UP = 50
PARTS = (
    ("Lightning", "/lightning/"),
    ("the optimizer", "/torch/optim/"),
    ("torch, in Python", "/torch/"),
    ("this program", "/engine/"),
)
"""What a part is told by: a piece of the file name; the first that fits."""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.where", description=__doc__)
    parser.add_argument("workload", choices=list(WORKLOADS))
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--top", type=int, default=25, help="functions to name")
    given = parser.parse_args(arguments)
    with TemporaryDirectory(prefix="trainboard-where-") as place:
        data, work = Path(place, "data"), Path(place, "runs")
        prepare_mnist(data, mnist_archives())
        task = Task(given.workload, WARM_UP, given.steps, given.threads, data, work)
        found = profile(task)
    print(parts(found, given.steps).as_markdown())
    print(functions(found, given.steps, given.top).as_markdown())
    return 0


def profile(task: Task) -> dict[Place, Any]:
    """Train as always, and profile the steps after the warm-up."""
    from engine import torchsetup as torchsetup  # isort: skip
    from engine.api import start
    from engine.training.channel import Channel

    profiler, seen = cProfile.Profile(), 0
    recipe = task.about.recipe(task.warm_up + task.batches + 1, task.threads)

    def before_batch() -> None:
        nonlocal seen
        if seen == task.warm_up:
            profiler.enable()
        if seen == task.warm_up + task.batches:
            profiler.disable()
        seen += 1

    with task.data(), before_each_batch(before_batch):
        result = start(recipe, task.work_dir, task.data_dir, Channel()).result()
    if result.status != "finished":
        raise RuntimeError(f"The training ended as {result.status}")
    stats: dict[Place, Any] = pstats.Stats(profiler).stats  # type: ignore[attr-defined]
    return stats


def parts(found: dict[Place, Any], steps: int) -> Grid:
    """Own time by part; built-in functions, which are kernels and what Python brings, last."""
    sums: dict[str, float] = {}
    for place, (_calls, _all, own, *_rest) in found.items():
        sums[part_of(place)] = sums.get(part_of(place), 0.0) + own
    rows = [(name, f"{1e6 * own / steps:,.0f}") for name, own in _largest(sums)]
    return Grid("Own time by part", ("", "microseconds a step"), rows)


def functions(found: dict[Place, Any], steps: int, top: int) -> Grid:
    """The functions with the most own time."""
    own = {place: entry[2] for place, entry in found.items()}
    rows = [
        (f"{Path(place[0]).name}:{place[1]} {place[2]}", f"{1e6 * time / steps:,.1f}",
         f"{found[place][1] / steps:,.1f}")
        for place, time in _largest(own)[:top]
    ]  # fmt: skip
    return Grid("Functions", ("", "microseconds a step", "calls a step"), rows)


def part_of(place: Place) -> str:
    """The part of the step that a function belongs to."""
    file, _line, function = place
    if file == "~":
        return "backward" if "run_backward" in function else "kernels and built-in functions"
    path = file.replace("\\", "/")
    return next((part for part, piece in PARTS if piece in path), "Python's own library")


def _largest(values: dict[Any, float]) -> list[tuple[Any, float]]:
    return sorted(values.items(), key=lambda each: -each[1])


if __name__ == "__main__":
    sys.exit(main())
