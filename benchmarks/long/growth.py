"""What a sample costs in an epoch over little data and over much."""

from __future__ import annotations

import statistics
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.contenders.base import Task, Values
from benchmarks.madeup import made_up
from benchmarks.workloads import NEVER

SIZES = (1_000, 10_000, 60_000, 600_000)
BATCH = 100
"""Divides all sizes: no epoch ends with a small batch, which would cost more a sample."""
STEPS, ROUNDS, WARM_UP = 1_500, 3, 200


def run(task: Task) -> Values:
    """The same network over each size in turns; the largest for one whole epoch."""
    from engine.datasets.mnist import Mnist

    sizes = SIZES[:3] if task.quick else SIZES
    costs: dict[int, list[float]] = {size: [] for size in sizes}
    for _ in range(1 if task.quick else ROUNDS):
        for size in sizes:
            with made_up(Mnist, size), TemporaryDirectory() as folder:
                costs[size].append(_cost(task, size, Path(folder)))
    medians = {size: statistics.median(values) for size, values in costs.items()}
    return {
        "ratio": max(medians.values()) / min(medians.values()),
        **{f"{size}_us": 1e6 * value for size, value in medians.items()},
    }


def _cost(task: Task, size: int, folder: Path) -> float:
    """Seconds a sample, over whole epochs after the warm-up."""
    from engine.recipe import Recipe
    from engine.training.begin import New
    from engine.training.channel import Channel
    from engine.training.session import run_recipe

    batches = size // BATCH
    least = 300 if task.quick else STEPS
    epochs = max(1, -(-(least + WARM_UP) // batches))
    recipe = Recipe.parse({
        "version": 1, "name": "growth", "dataset": "mnist",
        "architecture": {"name": "mlp", "hidden": [128, 64]},
        "training": {"epochs": epochs, "batch_size": BATCH, "threads": 1, "device": "cpu",
                     "validate_every": NEVER},
    })  # fmt: skip
    channel = Channel()
    result = run_recipe(recipe, folder, folder, channel, New())
    if result.status != "finished":
        raise RuntimeError(f"The training ended as {result.status}: {result}")
    times = channel.log.series("train_loss").since()["time"]
    first = min(-(-WARM_UP // batches) * batches, len(times) // 2)
    return float((times[-1] - times[first - 1]) / ((len(times) - first) * BATCH))
