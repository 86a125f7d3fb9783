"""What a second thread gives, by how long an idle one waits awake: `python -m benchmarks.threads`.

Each way is a process of its own; they take turns, a few bare steps each, first on a machine that is
quiet and then beside a program that never rests.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.contenders.base import Task
from benchmarks.harness import ROOT
from benchmarks.report import Grid
from benchmarks.workloads import WORKLOADS, mnist_archives, prepare_mnist

STEPS = {"mnist_mlp": 100, "digits_cnn": 50, "mnist_cnn": 8, "resnet18": 1}
"""Steps of a turn."""
_PASSIVE = {"OMP_WAIT_POLICY": "PASSIVE"}
BUSY = [sys.executable, "-c", "while True: pass"]


@dataclass(frozen=True)
class Way:
    """So many threads, in such an environment."""

    title: str
    threads: int
    environment: Mapping[str, str]


WAYS = (
    Way("one thread", 1, {}),
    Way("two, idle ones sleep at once", 2, {**_PASSIVE, "GOMP_SPINCOUNT": "0"}),
    Way("... after a short while (this program)", 2, {}),
    Way("... after a long while (GNU's own)", 2, {"OMP_WAIT_POLICY": ""}),
)
"""An empty policy is none for GNU's library, and not ours to set."""


class Trainer:
    """A process that makes steps when it is told to."""

    def __init__(self, way: Way, data: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.threads", "--child", str(way.threads), str(data)],
            cwd=ROOT, env={**os.environ, **way.environment}, text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.take_turn(next(iter(STEPS)))

    def take_turn(self, workload: str) -> float:
        """Seconds a step."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(workload, file=self._process.stdin, flush=True)
        return float(self._process.stdout.readline())

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.communicate()


def serve(threads: int, data: Path) -> None:
    """The process that does it: a workload a line, the seconds of a step for each."""
    from engine import torchsetup
    from benchmarks.contenders.hand import HandLoop  # isort: skip

    torchsetup.use_threads(threads)
    loops: dict[str, HandLoop] = {}
    for line in sys.stdin:
        name = line.strip()
        task = Task(name, 0, 1, threads, data, data)
        with task.data():
            if name not in loops:
                loops[name] = HandLoop(task.recipe, task.recipe.dataset.build(data))
                loops[name].floor(3)
        loops[name].floor(1)
        start = time.perf_counter()
        loops[name].floor(STEPS[name])
        print((time.perf_counter() - start) / STEPS[name], flush=True)


@contextmanager
def beside(busy: bool) -> Iterator[None]:
    """While this lasts, another program takes what it can get, if it is to."""
    other = subprocess.Popen(BUSY) if busy else None
    try:
        yield
    finally:
        if other is not None:
            other.kill()
            other.wait()


def measure(trainers: Mapping[str, Trainer], rounds: int) -> dict[str, dict[str, float]]:
    """Seconds a step by workload and way, medians of the turns."""
    found: dict[str, dict[str, list[float]]] = {name: {} for name in STEPS}
    for _ in range(rounds):
        for name, times in found.items():
            for title, trainer in trainers.items():
                times.setdefault(title, []).append(trainer.take_turn(name))
    return {
        name: {title: statistics.median(values) for title, values in times.items()}
        for name, times in found.items()
    }


def table(found: Mapping[str, Mapping[str, float]], title: str) -> Grid:
    """Milliseconds a step, a row for each workload."""
    rows = [
        (WORKLOADS[name].title, *(f"{1e3 * times[way.title]:.2f}" for way in WAYS))
        for name, times in found.items()
    ]
    return Grid(title, ("", *(way.title for way in WAYS)), rows)


def main(arguments: list[str] | None = None) -> int:
    """Prints both tables."""
    parser = argparse.ArgumentParser(prog="threads", description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--child", nargs=2, metavar=("THREADS", "DATA"), help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.child:
        serve(int(given.child[0]), Path(given.child[1]))
        return 0
    with TemporaryDirectory(prefix="trainboard-threads-") as place:
        prepare_mnist(Path(place), mnist_archives())
        trainers = {way.title: Trainer(way, Path(place)) for way in WAYS}
        try:
            for busy in (False, True):
                with beside(busy):
                    found = measure(trainers, given.rounds)
                title = "beside a busy program" if busy else "alone"
                print(table(found, f"Milliseconds a step, {title}").as_markdown())
        finally:
            for trainer in trainers.values():
                trainer.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
