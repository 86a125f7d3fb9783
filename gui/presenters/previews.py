"""What is loaded beside the training to be looked at: data samples, the network's layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Literal, Protocol, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance

from engine.datasets.base import Progress
from engine.problems import Problem
from engine.recipe import Recipe
from gui import texts
from gui.presenters.consent import not_allowed
from gui.presenters.recipe import RecipePresenter

Status = Literal["waiting", "loading", "shown", "failed"]
V = TypeVar("V")
DEBOUNCE_MS = 250
Load = Callable[[Recipe, Progress], V]
"""Loads the view of a recipe; may tell how far it is. Called on the preview thread."""


class PreviewWorker(Protocol):
    """What is needed of `engine.worker.PreviewThread`; tests give a fake."""

    @property
    def done(self) -> SignalInstance:
        """(key, result)."""

    @property
    def failed(self) -> SignalInstance:
        """(key, Problem)."""

    def request(self, key: object, function: Callable[[], Any]) -> None:
        """Run a function and answer under its key."""


class Preview(QObject, Generic[V]):
    """One view of the recipe, loaded again when a section that it depends on has changed.

    Loads only while wanted (its panel is in sight), a moment after the last edit, and drops
    answers to questions that are no longer asked.
    """

    changed = Signal()
    _reported = Signal(object, str, object)
    """Carries progress from the thread that loads."""

    def __init__(
        self,
        worker: PreviewWorker,
        recipe: RecipePresenter,
        sections: tuple[str, ...],
        load: Load[V],
    ) -> None:
        super().__init__()
        self._worker = worker
        self._recipe = recipe
        self._sections = sections
        self._load = load
        self._wanted = False
        self._asked: object = None
        self._basis: list[Any] | None = None
        self.status: Status = "waiting"
        self.value: V | None = None
        self.problem: Problem | None = None
        self.words = ""
        self.fraction: float | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DEBOUNCE_MS)
        self._timer.timeout.connect(self._ask)
        self._was_outdated = False
        recipe.changed.connect(self._consider)
        worker.done.connect(self._on_done)
        worker.failed.connect(self._on_failed)
        self._reported.connect(self._on_reported)

    def want(self, wanted: bool) -> None:
        """Whether anyone is looking."""
        self._wanted = wanted
        self._consider()

    def ask_with(self, load: Load[V]) -> None:
        """Load once more in another way: with a download this time."""
        self._request(load)

    def close(self) -> None:
        """Let go of what is being loaded: it is cut short where it next tells its progress."""
        self._wanted = False
        self._asked = None
        self._timer.stop()

    def forget(self) -> None:
        """Drop what is shown or loaded: it is of something else."""
        self.close()
        self._basis = None
        self.status, self.value, self.problem = "waiting", None, None
        self.changed.emit()

    def again(self) -> None:
        """The same recipe has another view by now: a file that it names was edited."""
        self._basis = None
        self._consider()

    @property
    def outdated(self) -> bool:
        """Whether what is shown is of the recipe as it was before edits that have a problem."""
        return self.value is not None and self.subject() is None

    def subject(self) -> Recipe | None:
        """The recipe that is loaded; None while there is none to load."""
        return self._recipe.recipe

    def _current_basis(self) -> list[Any]:
        return [self._recipe.get(section) for section in self._sections]

    def _consider(self) -> None:
        if self._wanted and self._current_basis() != self._basis:
            self._timer.start()
        if self._wanted and self.outdated != self._was_outdated:
            self._was_outdated = not self._was_outdated
            self.changed.emit()

    def _ask(self) -> None:
        if self._recipe.recipe is not None and self._current_basis() != self._basis:
            self._request(self._load)
        elif waiting := not_allowed(self._recipe.problems):
            self._asked = self._basis = None
            self.status, self.value, self.problem = "failed", None, waiting[0]
            self.changed.emit()

    def _request(self, load: Load[V]) -> None:
        recipe = self.subject()
        if recipe is None:
            return
        self._basis = self._current_basis()
        key, report = self._begin()
        self._worker.request(key, lambda: load(recipe, report))

    def _begin(self) -> tuple[object, Progress]:
        """From now on one answer is awaited: its key, and how its progress is told."""
        key = self._asked = object()
        self.status, self.words, self.fraction = "loading", "", None
        self.changed.emit()

        def report(words: str, fraction: float | None) -> None:
            if key is not self._asked:
                raise InterruptedError("nobody is waiting for this any more")
            self._reported.emit(key, words, fraction)

        return key, report

    def _on_reported(self, key: object, words: str, fraction: float | None) -> None:
        if key is self._asked:
            self.fraction = fraction
            self.words = words if fraction is None else f"{words} {texts.percent(fraction, 0)}"
            self.changed.emit()

    def _on_done(self, key: object, value: V) -> None:
        if key is self._asked:
            self.status, self.value, self.problem = "shown", value, None
            self.changed.emit()

    def _on_failed(self, key: object, problem: Problem) -> None:
        if key is self._asked:
            self.status, self.value, self.problem = "failed", None, problem
            self.changed.emit()
