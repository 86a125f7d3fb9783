"""Stand-ins for the engine's threads: they answer when a test says so, and start nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from engine.problems import Problem, ProblemError
from engine.recipe import Recipe
from engine.training import events as e
from engine.training.begin import Begin, New
from engine.training.channel import Channel
from engine.training.commands import Command, Report


class FakeWorker(QObject):
    """Takes recipes; a test plays the training's part with `tell`."""

    happened = Signal(object)
    ready = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.recipes: list[Recipe] = []
        self.begins: list[Begin] = []
        self.channels: list[Channel] = []

    def train(
        self, recipe: Recipe, runs_dir: Path, data_dir: Path, begin: Begin | None = None
    ) -> Channel:
        self.recipes.append(recipe)
        self.begins.append(begin or New())
        self.channels.append(Channel(self.happened.emit))
        return self.channels[-1]

    @property
    def channel(self) -> Channel:
        return self.channels[-1]

    def tell(self, event: e.Event) -> None:
        self.channel.tell(event)

    def commands(self) -> list[Command]:
        """What has been asked since the last call."""
        found = []
        while not self.channel.commands.empty():
            found.append(self.channel.commands.get()[0])
        return found

    def answer(self, command: Command, sentence: str, ok: bool = True, hint: str = "") -> None:
        self.tell(e.Answered(Report(command, ok, sentence, hint)))

    def isRunning(self) -> bool:
        return False

    def start(self) -> None:
        """A test says when it is `ready`."""


class FakePreviews(QObject):
    """Keeps requests until a test lets them run."""

    done = Signal(object, object)
    failed = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[tuple[object, Callable[[], Any]]] = []

    def request(self, key: object, function: Callable[[], Any]) -> None:
        self.requests.append((key, function))

    def run(self) -> None:
        """Run what was asked for and answer."""
        requests, self.requests = self.requests, []
        for key, function in requests:
            try:
                result = function()
            except ProblemError as error:
                self.failed.emit(key, error.problems[0])
            except Exception as error:
                self.failed.emit(key, Problem("", str(error)))
            else:
                self.done.emit(key, result)

    def isRunning(self) -> bool:
        return False

    def start(self) -> None:
        """Requests wait for `run`."""


def started(run: Path = Path("/runs/r1"), total_steps: int = 100) -> e.Started:
    return e.Started(
        run=run, epochs=5, total_steps=total_steps, batches_per_epoch=20, device="cpu", threads=2,
        parameters=9514,
    )  # fmt: skip


def ended(
    status: e.Status = "finished", run: Path | None = Path("/runs/r1"), **more: Any
) -> e.Ended:
    checkpoint = run / "checkpoints" / "last.ckpt" if run else None
    best = run / "checkpoints" / "best.ckpt" if run else None
    problems = more.pop("problems", ())
    traceback = more.pop("traceback", "")
    result = e.Result(
        run=run, status=status, epochs=5, steps=100, seconds=42.0, samples_per_second=18400.0,
        metrics={"val_accuracy": 0.986, "test_accuracy": 0.981}, checkpoint=checkpoint,
        best_checkpoint=best, **more,
    )  # fmt: skip
    return e.Ended(result, problems, traceback=traceback)
