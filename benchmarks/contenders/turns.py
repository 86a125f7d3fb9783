"""Our training and the hand-written loop in turns, a few batches each, on the very same thread.

Two processes one after the other tell two loops apart to some five percent on a machine that others
use too; blocks of a tenth of a second that alternate tell them apart to one.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from benchmarks.batches import before_each_batch
from benchmarks.contenders.base import Task, Values
from benchmarks.contenders.gated import GatedLightning, Tutorial
from benchmarks.contenders.hand import HandLoop
from benchmarks.contenders.plain_lightning import QUIET, sit_at_a_terminal

if TYPE_CHECKING:
    from engine.datasets.base import Splits

SETTLING = 2
"""Rounds that do not count."""
SLOWER = {"tutorial", "lightning", "lightning_quiet"}

Other = tuple[Callable[[int], object], int]
"""Makes so many batches; and the part of a block that is enough to measure it: 10 is a tenth."""


class Turns:
    """Called before each batch of our training: every `block` batches the others have a turn."""

    def __init__(self, task: Task, splits: Splits, everyone: bool) -> None:
        self._task, self._splits, self._everyone = task, splits, everyone
        self._seen = 0
        self._since = (0.0, 0.0)
        self._others: dict[str, Other] = {}
        self.wall: dict[str, list[float]] = {}
        self.cpu: dict[str, list[float]] = {}

    def before_batch(self) -> None:
        """Note our block, let the others do as many batches, and go on."""
        past = self._seen - self._task.warm_up
        if past >= 0 and past % self._task.about.block == 0:
            if past:
                self._note("ours", self._since)
            if not self._others:
                self._others = _others(self._task, self._splits, self._everyone)
            for name, (run, part) in self._others.items():
                start = _now()
                run(self._task.about.block // part)
                self._note(name, start, part)
            self._since = _now()
        self._seen += 1

    def _note(self, name: str, start: tuple[float, float], part: int = 1) -> None:
        wall, cpu = _now()
        self.wall.setdefault(name, []).append(part * (wall - start[0]))
        self.cpu.setdefault(name, []).append(part * (cpu - start[1]))

    def answer(self) -> Values:
        """Microseconds a step, medians of the blocks; and ratios, medians of the rounds."""
        block, size = self._task.about.block, self._task.recipe.training.batch_size
        step = {name: _median(times) / block for name, times in self.wall.items()}
        return {
            "ratio": _ratio(self.wall, "ours", "hand"),
            "cpu_ratio": _ratio(self.cpu, "ours", "hand"),
            "floor_ratio": _ratio(self.wall, "hand", "floor"),
            **{f"{name}_ratio": _ratio(self.wall, name, "ours") for name in SLOWER & step.keys()},
            **{
                f"{name}_to_floor": _ratio(self.wall, name, "floor")
                for name in SLOWER & step.keys()
            },
            "samples_per_second": size / step["ours"],
            **{f"{name}_us": 1e6 * value for name, value in step.items()},
            "overhead_us": 1e6 * (step["ours"] - step["hand"]),
            "blocks": float(len(self.wall["ours"])),
        }


def _others(task: Task, splits: Splits, everyone: bool) -> dict[str, Other]:
    """In the order of their turns: the hand-written loop comes right before ours."""
    found: dict[str, Other] = {}
    if everyone:
        sit_at_a_terminal()
        quiet = GatedLightning(task, splits, log=False, settings=QUIET)
        found["tutorial"] = (Tutorial(task, splits).run, 10)
        found["lightning"] = (GatedLightning(task, splits, log=True, settings={}).run, 2)
        found["lightning_quiet"] = (quiet.run, 2)
    loop = HandLoop(task.recipe, splits)
    return {**found, "floor": (loop.floor, 1), "hand": (loop.run, 1)}


def _ratio(times: dict[str, list[float]], of: str, to: str) -> float:
    """Of the blocks of each round, which came within a few tenths of a second."""
    return _median([a / b for a, b in zip(times[of], times[to], strict=False)])


def _median(times: list[float]) -> float:
    return statistics.median(times[SETTLING:] or times)


def _now() -> tuple[float, float]:
    return time.perf_counter(), time.thread_time()


def run(task: Task) -> Values:
    """Ours, the loop by hand and the floor."""
    return _run(task, everyone=False)


def ways(task: Task) -> Values:
    """These, and the tutorial and Lightning."""
    return _run(task, everyone=True)


def _run(task: Task, *, everyone: bool) -> Values:
    """Train as `main.py train` does, with pauses in which the others do the same."""
    from engine import torchsetup
    from engine.api import start  # isort: skip
    from engine.training.channel import Channel

    # with a second pool of threads there would be more than cores, and GNU's would no longer spin
    torchsetup.use_threads(1)
    # one batch more: a block is over when the next batch is asked for
    recipe = task.about.recipe(task.warm_up + task.batches + 1, task.threads)
    with task.data():
        turns = Turns(task, task.recipe.dataset.build(task.data_dir), everyone)
        with before_each_batch(turns.before_batch):
            result = start(recipe, task.work_dir, task.data_dir, Channel()).result()
    if result.status != "finished":
        raise RuntimeError(f"The training ended as {result.status}")
    return turns.answer()
