"""What a sample costs in an epoch over little data and over much."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks.batches import before_each_batch
from benchmarks.contenders.base import Task, Values
from benchmarks.madeup import made_up
from benchmarks.workloads import NEVER

if TYPE_CHECKING:
    from engine.recipe import Recipe

SIZES = (1_000, 10_000, 60_000, 600_000)
BATCH = 100
"""Divides all sizes: no epoch ends with a small batch, which would cost more a sample."""
STEPS, ROUNDS, WARM_UP = 1_500, 3, 200


def run(task: Task) -> Values:
    """The same network over each size in turns; the largest for one whole epoch."""
    from engine.datasets.mnist import Mnist

    sizes = SIZES[:3] if task.quick else SIZES
    costs: dict[int, list[Cost]] = {size: [] for size in sizes}
    for _ in range(1 if task.quick else ROUNDS):
        for size in sizes:
            with made_up(Mnist, size), TemporaryDirectory() as folder:
                costs[size].append(_cost(size, Path(folder), 300 if task.quick else STEPS))
    wall = {size: statistics.median(cost.wall for cost in many) for size, many in costs.items()}
    cpu = {size: statistics.median(cost.cpu for cost in many) for size, many in costs.items()}
    return {
        "ratio": max(wall.values()) / min(wall.values()),
        "cpu_ratio": max(cpu.values()) / min(cpu.values()),
        **{f"{size}_us": 1e6 * value for size, value in wall.items()},
        **{f"{size}_cpu_us": 1e6 * value for size, value in cpu.items()},
    }


@dataclass(frozen=True)
class Cost:
    """Seconds a sample: those that passed, and those that the training's thread worked."""

    wall: float
    cpu: float


def _cost(size: int, folder: Path, least: int) -> Cost:
    """Over whole epochs after the warm-up, `least` batches or more."""
    from engine.training.begin import New
    from engine.training.channel import Channel
    from engine.training.session import run_recipe

    batches = size // BATCH
    warm_up = -(-WARM_UP // batches) * batches if batches < WARM_UP else WARM_UP
    epochs = -(-(least + warm_up) // batches)
    times: list[tuple[float, float]] = []
    with before_each_batch(lambda: times.append((time.perf_counter(), time.thread_time()))):
        result = run_recipe(_recipe(epochs), folder, folder, Channel(), New())
    if result.status != "finished":
        raise RuntimeError(f"The training ended as {result.status}: {result}")
    (wall, cpu), (end, worked) = times[warm_up], times[-1]
    samples = (len(times) - 1 - warm_up) * BATCH
    return Cost((end - wall) / samples, (worked - cpu) / samples)


def _recipe(epochs: int) -> Recipe:
    from engine.recipe import Recipe

    return Recipe.parse({
        "version": 1, "name": "growth", "dataset": "mnist",
        "architecture": {"name": "mlp", "hidden": [128, 64]},
        "training": {"epochs": epochs, "batch_size": BATCH, "threads": 1, "device": "cpu",
                     "validate_every": NEVER},
    })  # fmt: skip
