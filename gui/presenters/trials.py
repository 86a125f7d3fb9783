"""Whether the layers of the network fit together, tried beside the window while one types."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer

from engine.architectures.weights.glance import PATH, Unbegun
from engine.problems import Problem
from engine.recipe import Recipe
from gui.presenters.previews import DEBOUNCE_MS, PreviewWorker
from gui.presenters.recipe import RecipePresenter, shape_of

Attempt = Callable[[Recipe], Sequence[Problem]]
"""Finds what is wrong with a recipe's network; called on the preview thread."""


class Trials(QObject):
    """Tries the network of each valid recipe a moment after the last edit, and adds what is found
    to the recipe's problems. A file that was refused is tried again when it, or its folder, is
    another."""

    def __init__(self, worker: PreviewWorker, recipe: RecipePresenter, attempt: Attempt) -> None:
        super().__init__()
        self._worker = worker
        self._recipe = recipe
        self._attempt = attempt
        self._asked: object = None
        self._tried: Recipe | None = None
        self._closed = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DEBOUNCE_MS)
        self._timer.timeout.connect(self._try)
        self._watcher = QFileSystemWatcher(self)
        self._watcher.fileChanged.connect(self._try_again)
        self._watcher.directoryChanged.connect(self._try_again)
        recipe.changed.connect(self._consider)
        worker.done.connect(self._on_done)

    def close(self) -> None:
        """Let go of what is being tried, and try nothing more."""
        self._closed = True
        self._asked = None
        self._timer.stop()
        self._watch(())

    def _try_again(self) -> None:
        if not self._closed:
            self._timer.start()

    def _watch(self, found: Sequence[Problem]) -> None:
        """Watch the file that was refused, and where it should be."""
        refused = any(isinstance(problem, Unbegun) for problem in found)
        path = Path(str(self._recipe.get(PATH))) if refused else None
        wanted = {str(each) for each in (path, path.parent) if _is_there(each)} if path else set()
        watched = {*self._watcher.files(), *self._watcher.directories()}
        if watched - wanted:
            self._watcher.removePaths(sorted(watched - wanted))
        if wanted - watched:
            self._watcher.addPaths(sorted(wanted - watched))

    def _consider(self) -> None:
        recipe = self._recipe.recipe
        if (
            recipe is not None
            and not self._closed
            and (self._tried is None or shape_of(recipe) != shape_of(self._tried))
        ):
            self._timer.start()

    def _try(self) -> None:
        recipe = self._recipe.recipe
        if recipe is None:
            return
        self._tried = recipe
        self._asked = key = object()
        self._worker.request(key, lambda: tuple(self._attempt(recipe)))

    def _on_done(self, key: object, found: Sequence[Problem]) -> None:
        if key is self._asked and self._tried is not None:
            self._asked = None
            self._watch(found)
            self._recipe.object_to(self._tried, found)


def _is_there(path: Path) -> bool:
    """Whether there is such a file or folder; one that may not be looked at counts as none."""
    try:
        return path.exists()
    except OSError:
        return False
