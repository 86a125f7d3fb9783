"""A learning rate or a batch size looked for on the preview thread, and given up at any time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from engine.problems import Problem
from engine.recipe import Recipe

if TYPE_CHECKING:
    from engine.finders.batchsize import Largest
    from engine.finders.learningrate import Curve
    from gui.presenters.previews import PreviewWorker

RATE, BATCH = "optimizer.lr", "training.batch_size"
PATHS = (RATE, BATCH)
"""The options whose values can be found."""

Told = Callable[[str, float | None], None]
Cancelled = Callable[[], bool]
Search = Callable[[str, Recipe, Told, Cancelled], Any]
"""Finds a value for the option at a path; on the worker's thread."""


class Finding(QObject):
    """At most one search. `found` is its result, `problem` why there is none."""

    asked = Signal(str)
    """Someone wants the value at this path to be found."""
    changed = Signal()
    _reported = Signal(object, str, object)
    """Carries progress from the thread that searches."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker: PreviewWorker | None = None
        self._search: Search | None = None
        self._given_up = threading.Event()
        self._key: object = None
        self.words = ""
        self.fraction: float | None = None
        self.found: Curve | Largest | None = None
        self.problem: Problem | None = None
        self._reported.connect(self._on_reported)

    def work_on(self, worker: PreviewWorker, search: Search) -> None:
        """Where the searching is done; until then nothing is offered."""
        self._worker, self._search = worker, search
        worker.done.connect(self._on_done)
        worker.failed.connect(self._on_failed)

    def offers(self, path: str) -> bool:
        """Whether the value at a path can be found."""
        return self._worker is not None and path in PATHS

    @property
    def searching(self) -> bool:
        """Whether an answer is awaited."""
        return self._key is not None

    def begin(self, path: str, recipe: Recipe) -> None:
        """Search; what was searched for before is given up."""
        assert self._worker is not None
        assert self._search is not None
        self.give_up()
        key, given_up, search = object(), threading.Event(), self._search
        self._key, self._given_up = key, given_up
        self.words, self.fraction, self.found, self.problem = "Preparing…", None, None, None

        def told(words: str, fraction: float | None) -> None:
            self._reported.emit(key, words, fraction)

        self._worker.request(key, lambda: search(path, recipe, told, given_up.is_set))
        self.changed.emit()

    def give_up(self) -> None:
        """End the search at its next step; its answer is not waited for."""
        self._given_up.set()
        self._key = None

    def _on_reported(self, key: object, words: str, fraction: float | None) -> None:
        if key is self._key:
            self.words, self.fraction = words, fraction
            self.changed.emit()

    def _on_done(self, key: object, result: Any) -> None:
        if key is self._key and key is not None:
            self._key, self.found = None, result
            self.changed.emit()

    def _on_failed(self, key: object, problem: Problem) -> None:
        if key is self._key and key is not None:
            self._key, self.problem = None, problem
            self.changed.emit()


def searching_in(data_dir: Path) -> Search:
    """The engine's finders, with data in a folder."""

    def search(path: str, recipe: Recipe, told: Told, cancelled: Cancelled) -> Any:
        if path == RATE:
            from engine.finders.learningrate import find_learning_rate

            return find_learning_rate(recipe, data_dir, told=told, cancelled=cancelled)
        from engine.finders.batchsize import find_batch_size

        return find_batch_size(recipe, data_dir, told=told, cancelled=cancelled)

    return search
