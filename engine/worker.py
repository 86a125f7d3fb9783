"""The training thread and the preview thread: the only Qt in the engine."""

from __future__ import annotations

import logging
import queue
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal

from engine.problems import Problem, ProblemError
from engine.recipe import Recipe
from engine.training.begin import Begin, New
from engine.training.channel import WATCHED, Channel
from engine.training.events import Ended, Result

logger = logging.getLogger(__name__)

STACK_BYTES = 64 * 1024 * 1024
"""Secondary threads get small stacks on macOS; autograd and Lightning nest deeply."""


class JobThread(QThread):
    """Runs callables one after another on a thread of its own, until told to quit."""

    ready = Signal()
    """The heavy imports are done; jobs will start at once from now on."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setStackSize(STACK_BYTES)
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._quitting = False

    def submit(self, job: Callable[[], None]) -> None:
        """Queue a callable; it must handle its own exceptions. Any thread."""
        self._jobs.put(job)

    def quit_and_wait(self) -> None:
        """Finish the job in progress, then end. A QThread destroyed while running aborts."""
        self._quitting = True
        self._jobs.put(None)
        self.wait()

    def run(self) -> None:
        """The thread's main loop (Qt override)."""
        from engine import torchsetup

        # Every thread that touches torch latches its own thread count first: one, until a
        # training asks for more. Two full pools at once are slower than a single thread.
        torchsetup.use_threads(1)
        if not self._quitting:
            self._warm_up()
        self.ready.emit()
        while (job := self._jobs.get()) is not None:
            job()

    def _warm_up(self) -> None:
        """Import what the first job would wait for."""


class TrainingThread(JobThread):
    """The one long-lived thread on which every training of the window runs."""

    happened = Signal(object)
    """An `engine.training.events.Event`, delivered in the receiver's thread."""

    def train(
        self, recipe: Recipe, runs_dir: Path, data_dir: Path, begin: Begin | None = None
    ) -> Channel:
        """Queue a training, a new run unless `begin` says otherwise; its channel can be polled
        and posted to at once."""
        channel = Channel(self.happened.emit, WATCHED)

        def job() -> None:
            try:
                from engine.training.session import run_recipe
            except Exception as error:
                channel.tell(_not_begun(error))
                channel.close()
            else:
                run_recipe(recipe, runs_dir, data_dir, channel, begin or New())

        self.submit(job)
        return channel

    def _warm_up(self) -> None:
        """Lightning and what it brings take three times as long as torch alone."""
        try:
            from engine.training import session as session
        except Exception:
            logger.exception("The training cannot be imported")  # said at Start


def _not_begun(error: Exception) -> Ended:
    """A library that is missing or does not load must not end the thread in silence."""
    sentence = f"The training cannot begin: {error}"
    problem = Problem("", sentence, "is the installation whole? Install Trainboard once more")
    result = Result(None, "failed", 0, 0, 0.0, 0.0)
    return Ended(result, (problem,), traceback=traceback.format_exc())


class PreviewThread(JobThread):
    """Loads data previews and model summaries beside a training, on one CPU thread."""

    done = Signal(object, object)
    """(key, result) of a request."""
    failed = Signal(object, object)
    """(key, Problem) of a request."""

    def request(self, key: object, function: Callable[[], Any]) -> None:
        """Run `function` on the thread and answer with its result under `key`."""

        def job() -> None:
            try:
                result = function()
            except ProblemError as error:
                self.failed.emit(key, error.problems[0])
            except Exception as error:
                problem = Problem("", f"{type(error).__name__}: {error}", traceback.format_exc())
                self.failed.emit(key, problem)
            else:
                self.done.emit(key, result)

        self.submit(job)
