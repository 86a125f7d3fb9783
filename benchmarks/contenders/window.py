"""Our engine in the real window, its live plots in sight: how fast, beside a window that sleeps.

In one training the window's thread is awake and asleep in turns. Asleep it holds no lock and draws
nothing, so that the training goes on as without a window; what happens between the two is noted
with each step's recorded time.
"""

from __future__ import annotations

import statistics
import time
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.contenders.base import Task, Values, resident_mb
from benchmarks.window.opened import ENDLESS, Opened, opened

if TYPE_CHECKING:
    from engine.runs.metriclog import Points

AWAKE, ASLEEP = "awake", "asleep"
ROUNDS, SECONDS = 13, 0.5
"""Rounds of awake and asleep, and how long each lasts."""
SETTLING = 1
"""Rounds that do not count."""


def run(task: Task) -> Values:
    """Open the recipe, press Start, wake and sleep, stop."""
    rounds, seconds = (3, 0.3) if task.quick else (ROUNDS, SECONDS)
    with opened(task, task.about.recipe(ENDLESS, task.threads)) as window:
        window.start(task.warm_up)
        window.wait(1.0)
        borders = [_now(window)]
        for _ in range(rounds):
            window.wait(seconds)
            borders.append(_now(window))
            time.sleep(seconds)
            borders.append(_now(window))
        memory = resident_mb()
        channel = window.desk.training.channel
        assert channel is not None
        window.wait(0.2)  # what waits in the buffer is recorded
        points = channel.log.series("train_loss").since()
        batch = channel.progress.samples / channel.progress.done
        window.stop()
    speeds = steps_a_second(points, borders)
    awake, asleep = speeds[2 * SETTLING :: 2], speeds[2 * SETTLING + 1 :: 2]
    slower = [100 * (1 - a / b) for a, b in zip(awake, asleep, strict=True)]
    return {
        "samples_per_second": batch * statistics.median(awake),
        "asleep_samples_per_second": batch * statistics.median(asleep),
        "slower_percent": statistics.median(slower),
        "resident_mb": memory,
    }


def _now(window: Opened) -> float:
    """The seconds that the training has worked at its newest step."""
    channel = window.desk.training.channel
    assert channel is not None
    return channel.progress.seconds


def steps_a_second(points: Points, borders: list[float]) -> list[float]:
    """Of each stretch between two borders, in seconds of work; the borders are times of steps."""
    times = np.asarray(points["time"], dtype=float)
    found = []
    for start, end in pairwise(borders):
        first, last = np.searchsorted(times, [start, end])
        found.append(float(last - first) / (end - start))
    return found
