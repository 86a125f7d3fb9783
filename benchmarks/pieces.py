"""Where a step of ours and one of the hand-written loop differ: `python -m benchmarks.pieces`.

Both in turns on one thread, as in the benchmark's first row, with the time of each piece of a step
taken: getting the batch, forward, backward, the optimizer, and the rest.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from benchmarks.contenders import turns
from benchmarks.contenders.base import Task
from benchmarks.contenders.hand import HandLoop
from benchmarks.report import Grid
from benchmarks.workloads import WORKLOADS, mnist_archives, prepare_mnist
from engine import heap

PIECES = ("batch", "forward", "backward", "optimizer")
Times = dict[str, list[float]]


class Pieces:
    """The seconds of each piece of each step, of ours and of the loop by hand."""

    def __init__(self) -> None:
        self.ours: Times = {}
        self.hand: Times = {}
        self._step: dict[str, float] = {}

    def timed(self, piece: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, its time noted as that of a piece of our step."""

        def call(*args: Any, **kwargs: Any) -> Any:
            start = time.perf_counter()
            found = function(*args, **kwargs)
            self._step[piece] = time.perf_counter() - start
            return found

        return call

    def over(self, seconds: float) -> None:
        """A step of ours took so long."""
        self._note(self.ours, self._step, seconds)

    def run(self, loop: HandLoop, batches: int) -> int:
        """`HandLoop.run` with the pieces timed."""
        samples, now = 0, time.perf_counter
        for number in range(batches):
            begin = now()
            inputs, targets = next(loop._batches)
            ready = now()
            loss = loop.criterion(loop.network(inputs), targets)
            forward = now()
            loop.optimizer.zero_grad()
            before = now()
            loss.backward()
            backward = now()
            loop.optimizer.step()
            stepped = now()
            loop.losses[number % 1024] = loss.detach()
            samples += len(targets)
            step = (ready - begin, forward - ready, backward - before, stepped - backward)
            self._note(self.hand, dict(zip(PIECES, step, strict=True)), now() - begin)
        return samples

    @staticmethod
    def _note(times: Times, step: dict[str, float], seconds: float) -> None:
        rest = seconds - sum(step.values())
        for piece, value in {**step, "rest": rest, "together": seconds}.items():
            times.setdefault(piece, []).append(value)

    def table(self) -> Grid:
        """Microseconds, medians of the steps."""
        hand, ours = (
            {piece: 1e6 * statistics.median(values) for piece, values in times.items()}
            for times in (self.hand, self.ours)
        )
        rows = [
            (
                piece,
                f"{hand[piece]:,.0f}",
                f"{ours[piece]:,.0f}",
                f"{ours[piece] - hand[piece]:,.0f}",
            )
            for piece in (*PIECES, "rest", "together")
        ]
        return Grid("Microseconds a step", ("", "by hand", "ours", "more"), rows)


def measure(task: Task) -> Pieces:
    """Train, the loop by hand in turns with ours."""
    from engine import torchsetup as torchsetup  # isort: skip
    from engine.training import plain
    from engine.training.loader import _ByIndex
    from engine.training.module import TrainingModule

    pieces, last = Pieces(), 0.0
    before_batch, bare_step_of = turns.Turns.before_batch, plain._bare_step_of

    def bare(optimizer: Any) -> Any:
        step = bare_step_of(optimizer)
        return None if step is None else pieces.timed("optimizer", step)

    def before(each: turns.Turns) -> None:
        nonlocal last
        if last:
            pieces.over(time.perf_counter() - last)
        before_batch(each)
        last = time.perf_counter()

    with (
        patch.object(turns.Turns, "before_batch", before),
        patch.object(HandLoop, "run", lambda loop, batches: pieces.run(loop, batches)),
        patch.object(_ByIndex, "__getitem__", pieces.timed("batch", _ByIndex.__getitem__)),
        patch.object(
            TrainingModule, "batch_loss", pieces.timed("forward", TrainingModule.batch_loss)
        ),
        patch.object(
            plain.PlainStrategy, "backward", pieces.timed("backward", plain.PlainStrategy.backward)
        ),
        patch.object(plain, "_bare_step_of", bare),
    ):
        turns.run(task)
    return pieces


def main(arguments: list[str] | None = None) -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(prog="pieces", description=__doc__)
    parser.add_argument("workload", choices=("mnist_mlp", "mnist_cnn", "digits_cnn"))
    parser.add_argument("--threads", type=int, help="those that a run would take if not given")
    given = parser.parse_args(arguments)
    from engine.training.resolve import resolve

    about = WORKLOADS[given.workload]
    heap.keep()  # as main.py does
    threads = given.threads or resolve(about.recipe(1, None)).threads
    with TemporaryDirectory(prefix="trainboard-pieces-") as place:
        data, work = Path(place, "data"), Path(place, "runs")
        prepare_mnist(data, mnist_archives())
        task = Task(given.workload, about.warm_up, about.batches, threads, data, work)
        print(measure(task).table().as_markdown())
    return 0


if __name__ == "__main__":
    sys.exit(main())
