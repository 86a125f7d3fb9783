"""Our training and the hand-written loop in turns, a few batches each, on the very same thread.

Two processes one after the other tell two loops apart to some five percent on a machine that others
use too; blocks of a tenth of a second that alternate tell them apart to one.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from benchmarks.contenders.base import Task, Values
from benchmarks.contenders.hand import HandLoop

if TYPE_CHECKING:
    from engine.datasets.base import Splits

SETTLING = 2
"""Rounds that do not count."""


class Turns:
    """Called before each batch of our training: every `block` batches the others have a turn."""

    def __init__(self, task: Task, splits: Splits) -> None:
        self._task, self._splits = task, splits
        self._seen = 0
        self._since = (0.0, 0.0)
        self._others: dict[str, Callable[[int], object]] = {}
        self.wall: dict[str, list[float]] = {}
        self.cpu: dict[str, list[float]] = {}

    def before_batch(self) -> None:
        """Note our block, let the others do as many batches, and go on."""
        past = self._seen - self._task.warm_up
        if past >= 0 and past % self._task.about.block == 0:
            if past:
                self._note("ours", self._since)
            if not self._others:
                loop = HandLoop(self._task.recipe, self._splits)
                self._others = {"hand": loop.run, "floor": loop.floor}
            for name, run in self._others.items():
                start = _now()
                run(self._task.about.block)
                self._note(name, start)
            self._since = _now()
        self._seen += 1

    def _note(self, name: str, start: tuple[float, float]) -> None:
        wall, cpu = _now()
        self.wall.setdefault(name, []).append(wall - start[0])
        self.cpu.setdefault(name, []).append(cpu - start[1])

    def answer(self) -> Values:
        """Microseconds a step, medians of the blocks; and ratios, medians of the rounds."""
        block, size = self._task.about.block, self._task.recipe.training.batch_size
        step = {name: _median(times) / block for name, times in self.wall.items()}
        return {
            "ratio": _ratio(self.wall, "ours", "hand"),
            "cpu_ratio": _ratio(self.cpu, "ours", "hand"),
            "floor_ratio": _ratio(self.wall, "hand", "floor"),
            "samples_per_second": size / step["ours"],
            **{f"{name}_us": 1e6 * value for name, value in step.items()},
            "overhead_us": 1e6 * (step["ours"] - step["hand"]),
            "blocks": float(len(self.wall["ours"])),
        }


def _ratio(times: dict[str, list[float]], of: str, to: str) -> float:
    """Of the blocks of each round, which came within a few tenths of a second."""
    return _median([a / b for a, b in zip(times[of], times[to], strict=False)])


def _median(times: list[float]) -> float:
    return statistics.median(times[SETTLING:] or times)


def _now() -> tuple[float, float]:
    return time.perf_counter(), time.thread_time()


def run(task: Task) -> Values:
    """Train as `main.py train` does, with pauses in which the others do the same."""
    from engine import torchsetup as torchsetup  # isort: skip
    from engine.api import start
    from engine.training.channel import Channel
    from engine.training.loader import TrainLoader

    with task.data():
        turns = Turns(task, task.recipe.dataset.build(task.data_dir))
        original = TrainLoader.__iter__
        # one batch more: a block is over when the next batch is asked for
        recipe = task.about.recipe(task.warm_up + task.batches + 1, task.threads)

        def batches(loader: TrainLoader) -> Iterator[Any]:
            for batch in original(loader):
                turns.before_batch()
                yield batch

        with patch.object(TrainLoader, "__iter__", batches):
            result = start(recipe, task.work_dir, task.data_dir, Channel()).result()
    if result.status != "finished":
        raise RuntimeError(f"The training ended as {result.status}")
    return turns.answer()
