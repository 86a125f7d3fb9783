"""Resident memory of one long training."""

from __future__ import annotations

from benchmarks.contenders.base import Task, Values, resident_mb
from engine.runs.metriclog import POINT

STEPS, FIRST = 100_000, 10_000
QUICK = 20
"""A quick run is so many times shorter."""


def run(task: Task) -> Values:
    """After 10,000 and after 100,000 steps; the points that were recorded between are told."""
    from engine.recipe import Recipe
    from engine.training.begin import New
    from engine.training.channel import Channel
    from engine.training.events import Event
    from engine.training.session import run_recipe

    shorter = QUICK if task.quick else 1
    steps, first = STEPS // shorter, FIRST // shorter
    recipe = Recipe.parse({
        "version": 1, "name": "long", "dataset": "iris",
        "architecture": {"name": "mlp", "hidden": [8]},
        "training": {"steps": steps, "batch_size": 32, "threads": 1,
                     "validate_every_steps": first // 10},
    })  # fmt: skip
    seen: dict[int, tuple[float, int]] = {}

    def listen(_event: Event) -> None:
        step = channel.progress.step
        if step and step % first == 0:
            seen.setdefault(step, (resident_mb(), recorded()))

    def recorded() -> int:
        return sum(len(channel.log.series(name)) for name in channel.log.names())

    channel = Channel(listen)
    result = run_recipe(recipe, task.work_dir, task.data_dir, channel, New())
    if result.steps != steps:
        raise RuntimeError(f"The run ended after {result.steps} steps")
    (early, before), (late, after) = seen[first], seen[steps]
    points = (after - before) * POINT.itemsize / 1e6
    return {
        "ratio": (late - points) / early,
        "early_mb": early,
        "late_mb": late,
        "points": float(after - before),
        "points_mb": points,
    }
