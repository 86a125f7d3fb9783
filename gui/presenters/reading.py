"""A thread that reads run folders, so that no disk, however slow, holds up the window."""

from __future__ import annotations

import queue
import traceback
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal

from engine.problems import Problem, ProblemError

Job = tuple[object, Callable[[], Any]]


class ReadingThread(QThread):
    """Answers requests one after another. It starts with the first one and needs no torch."""

    done = Signal(object, object)
    """(key, result) of a request."""
    failed = Signal(object, object)
    """(key, Problem) of a request."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()

    def request(self, key: object, function: Callable[[], Any]) -> None:
        """Run `function` on the thread and answer with its result under `key`."""
        self._jobs.put((key, function))
        if not self.isRunning():
            self.start(QThread.Priority.LowPriority)

    def quit_and_wait(self) -> None:
        """Finish the job in progress, leave the others, then end."""
        while not self._jobs.empty():
            self._jobs.get()
        self._jobs.put(None)
        self.wait()

    def run(self) -> None:
        """The thread's main loop (Qt override)."""
        while (job := self._jobs.get()) is not None:
            self._answer(*job)

    def _answer(self, key: object, function: Callable[[], Any]) -> None:
        try:
            result = function()
        except ProblemError as error:
            self.failed.emit(key, error.problems[0])
        except Exception as error:
            problem = Problem("", f"{type(error).__name__}: {error}", traceback.format_exc())
            self.failed.emit(key, problem)
        else:
            self.done.emit(key, result)
