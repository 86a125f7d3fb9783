"""What recording costs when very much has been recorded already."""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.contenders.base import Task, Values

STEPS = 1_000_000
TRAINED, ROUNDS, WARM_UP = 2_000, 3, 500
NAMES = ("train_loss", "train_accuracy", "lr")
PARTS = 10


def run(task: Task) -> Values:
    """A real training with a full log and with an empty one, in turns; and the log alone."""
    steps = 50_000 if task.quick else STEPS
    fresh, full = [], []
    for _ in range(1 if task.quick else ROUNDS):
        fresh.append(_step(task, 0))
        full.append(_step(task, steps))
    parts = _appends(steps)
    return {
        "ratio": statistics.median(full) / statistics.median(fresh),
        "step_us": 1e6 * statistics.median(fresh),
        "append_ratio": parts[-1] / parts[0],
        "append_us": 1e6 * statistics.median(parts),
    }


def _step(task: Task, recorded: int) -> float:
    """Seconds a step of a small training whose log holds so many steps already."""
    from engine.recipe import Recipe
    from engine.runs.metriclog import POINT
    from engine.training.begin import New
    from engine.training.channel import Channel
    from engine.training.session import run_recipe

    recipe = Recipe.parse({
        "version": 1, "name": "recording", "dataset": "iris",
        "architecture": {"name": "mlp", "hidden": [8]},
        "training": {"steps": WARM_UP + TRAINED, "batch_size": 32, "threads": 1, "device": "cpu",
                     "validate_every_steps": 10**9},
    })  # fmt: skip
    channel = Channel()
    for name in NAMES if recorded else ():
        channel.log.open(name).extend(np.zeros(recorded, POINT))
    with TemporaryDirectory() as folder:
        result = run_recipe(recipe, Path(folder), task.data_dir, channel, New())
        if result.status != "finished":
            raise RuntimeError(f"The training ended as {result.status}: {result}")
    times = channel.log.series(NAMES[0]).since(recorded + WARM_UP)["time"]
    return float(np.median(np.diff(times)))


def _appends(steps: int) -> list[float]:
    """Seconds for a step's three numbers in each tenth of a long run: the metric log alone."""
    from engine.runs.metriclog import MetricLog

    log, found = MetricLog(), []
    series = [log.open(name) for name in NAMES]
    part = steps // PARTS
    for number in range(PARTS):
        start = time.thread_time()
        for step in range(number * part, (number + 1) * part):
            for each in series:
                each.append(step, step / 1000, step * 0.01, 0.5)
        found.append((time.thread_time() - start) / part)
    return found
