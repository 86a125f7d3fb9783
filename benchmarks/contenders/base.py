"""What every contender is given and what it answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.workloads import WORKLOADS, Workload
from engine.recipe import Recipe


@dataclass(frozen=True)
class Task:
    """One measurement: train `workload` for `warm_up` batches, then `batches` on the clock."""

    workload: str
    warm_up: int
    batches: int
    threads: int
    data_dir: Path
    work_dir: Path

    @property
    def recipe(self) -> Recipe:
        """The recipe, as long as this measurement."""
        workload: Workload = WORKLOADS[self.workload]
        return workload.recipe(self.warm_up + self.batches, self.threads)


@dataclass(frozen=True)
class Speed:
    """Samples a second in steady training, and anything else that was measured beside it."""

    samples_per_second: float
    extra: dict[str, float] = field(default_factory=dict)


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

    def speed(self) -> Speed:
        """Samples a second since the warm-up."""
        return Speed(self._samples / (time.perf_counter() - self._start))


Contender = Callable[[Task], Speed]
