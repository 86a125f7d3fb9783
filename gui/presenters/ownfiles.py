"""Watches the person's own files of Python that the open recipe names: an edit is offered to be
taken in, which a recipe by itself would only notice with its next change."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from engine import consent
from engine.problems import ProblemError
from gui.presenters.consent import ConsentPresenter
from gui.presenters.recipe import RecipePresenter

SETTLE_MS = 200
"""Editors write a file in several steps."""


class OwnFiles(QObject):
    """Which files are another than they were when the recipe was last judged."""

    changed = Signal()
    """`edited` is another."""
    reloaded = Signal()
    """The recipe was judged anew: what is shown of the files is of before."""

    def __init__(self, recipe: RecipePresenter, consents: ConsentPresenter) -> None:
        super().__init__()
        self._recipe = recipe
        self._known: dict[str, str] = {}
        self._watcher = QFileSystemWatcher(self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SETTLE_MS)
        self.edited: tuple[str, ...] = ()
        self._timer.timeout.connect(self.look)
        self._watcher.fileChanged.connect(lambda _path: self._timer.start())
        self._watcher.directoryChanged.connect(lambda _path: self._timer.start())
        recipe.changed.connect(self._on_recipe_changed)
        consents.allowed.connect(self.take_in)
        self._on_recipe_changed()

    @property
    def words(self) -> str:
        """What is to be said: `mine.py was changed`; "" when nothing is."""
        names = " and ".join(Path(path).name for path in self.edited)
        return f"{names} {'was' if len(self.edited) == 1 else 'were'} changed" if names else ""

    def look(self) -> None:
        """Compare the files with what they were; the window asks when it gets the focus, too."""
        now = {path: _hash(path) for path in self._known}
        edited = tuple(path for path, known in self._known.items() if now[path] != known)
        self._watch()
        if edited != self.edited:
            self.edited = edited
            self.changed.emit()

    def reload(self) -> None:
        """Judge the recipe by the files as they are now."""
        self.take_in()
        self._recipe.look_again()
        self.reloaded.emit()

    def close(self) -> None:
        """Watch nothing any more."""
        self._known = {}
        self._watch()
        self._timer.stop()

    def take_in(self) -> None:
        """What the files are now is known."""
        self._known = {path: _hash(path) for path in self._known}
        self.look()

    def _on_recipe_changed(self) -> None:
        paths = _named(self._recipe.data)
        if paths != set(self._known):
            self._known = {path: self._known.get(path) or _hash(path) for path in sorted(paths)}
            self.look()

    def _watch(self) -> None:
        """The files, and their folders: an editor may put another file in a file's place."""
        wanted = {*self._known, *(str(Path(path).parent) for path in self._known)}
        wanted = {path for path in wanted if Path(path).exists()}
        watched = {*self._watcher.files(), *self._watcher.directories()}
        if gone := watched - wanted:
            self._watcher.removePaths(sorted(gone))
        if new := wanted - watched:
            self._watcher.addPaths(sorted(new))


def _named(data: dict[str, object]) -> set[str]:
    """The .py files that the sections of a recipe's plain data name."""
    given = [section.get("path") for section in data.values() if isinstance(section, dict)]
    return {path for path in given if isinstance(path, str) and path.endswith(".py")}


def _hash(path: str) -> str:
    """The file's hash; "" while it is not there, as in the midst of being saved."""
    try:
        return consent.read(Path(path), "code").sha256
    except ProblemError:
        return ""
