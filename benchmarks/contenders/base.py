"""What every contender is given, and how its speed is taken."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.madeup import made_up
from benchmarks.workloads import WORKLOADS, Workload
from engine.recipe import Recipe

Values = dict[str, float]
"""What a measurement answers, by name."""


@dataclass(frozen=True)
class Task:
    """One measurement: train `workload` for `warm_up` batches, then `batches` on the clock.

    `threads` are the CPU threads of every contender. A `quick` one shows that it works.
    """

    workload: str
    warm_up: int
    batches: int
    threads: int
    data_dir: Path
    work_dir: Path
    quick: bool = False

    @property
    def about(self) -> Workload:
        """What is trained."""
        return WORKLOADS[self.workload]

    @property
    def recipe(self) -> Recipe:
        """The recipe, as long as this measurement."""
        return self.about.recipe(self.warm_up + self.batches, self.threads)

    @contextmanager
    def data(self) -> Iterator[None]:
        """While this lasts, the recipe's data is there."""
        if not self.about.made_up:
            yield
            return
        with made_up(type(self.about.recipe(1, 1).dataset), self.about.made_up):
            yield


class StopWatch:
    """Counts samples from the end of the warm-up on; `tick` once after each batch."""

    def __init__(self, warm_up: int) -> None:
        self._left = warm_up
        self._start = 0.0
        self._samples = 0

    def tick(self, samples: int) -> None:
        """A batch of so many samples has been learnt."""
        if self._left > 0:
            self._left -= 1
            if self._left == 0:
                self._start = time.perf_counter()
            return
        self._samples += samples

    def speed(self) -> Values:
        """Samples a second since the warm-up."""
        return {"samples_per_second": self._samples / (time.perf_counter() - self._start)}


def resident_mb() -> float:
    """The memory of this process that is in use, in MB."""
    import psutil

    return float(psutil.Process().memory_info().rss / 1e6)


Contender = Callable[[Task], Values]
