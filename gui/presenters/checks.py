"""What the check of the data found: made beside the window, dropped with another dataset."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal

from engine.datasets.base import Progress
from engine.inspection import Finding, Inspection
from engine.problems import Problem
from engine.recipe import Recipe
from engine.views import DataView
from gui import texts
from gui.presenters import declared
from gui.presenters.dataview import DataPreview
from gui.presenters.findings import mend_values, mend_words
from gui.presenters.previews import PreviewWorker
from gui.presenters.recipe import RecipePresenter

CheckStatus = Literal["none", "offered", "checking", "done", "failed"]
Inspect = Callable[[Recipe, Progress], Inspection]
"""Loads and checks the data of a recipe; called on the preview thread."""

NOT_HERE = "dataset.download"
"""The path of the problem that data has to be fetched first."""
MOST_NUMBERS = 60_000_000
"""Input numbers up to which data is checked unasked: a few seconds of work."""
MOST_SAMPLES = 100_000


class Checks(QObject):
    """One check at a time, of the data that is shown."""

    changed = Signal()
    _reported = Signal(object, str, object)
    """Carries progress from the thread that checks."""

    def __init__(
        self,
        worker: PreviewWorker,
        recipe: RecipePresenter,
        preview: DataPreview,
        inspect: Inspect,
    ) -> None:
        super().__init__()
        self._worker = worker
        self._recipe = recipe
        self._preview = preview
        self._inspect = inspect
        self._asked: object = None
        self._dataset: Any = None
        self._refused = False
        self.status: CheckStatus = "none"
        self.findings: tuple[Finding, ...] = ()
        self.fingerprint = ""
        self.words = ""
        self.fraction: float | None = None
        self.problem: Problem | None = None
        preview.changed.connect(self._on_preview_changed)
        recipe.changed.connect(self._on_recipe_changed)
        worker.done.connect(self._on_done)
        worker.failed.connect(self._on_failed)
        self._reported.connect(self._on_reported)

    # --- Checking --------------------------------------------------------------------------------

    def start(self) -> None:
        """Check the data that is shown."""
        recipe = self._preview.subject()
        if recipe is None:
            return
        key = self._asked = object()
        self._dataset = self._preview.dataset
        self.status, self.words, self.fraction = "checking", "", None
        self.changed.emit()

        def report(words: str, fraction: float | None) -> None:
            if key is not self._asked:
                raise InterruptedError("nobody is waiting for this any more")
            self._reported.emit(key, words, fraction)

        self._worker.request(key, lambda: self._inspect(recipe, report))

    def cancel(self) -> None:
        """Let the check be cut short where it next tells its progress."""
        if self.status == "checking":
            self._forget("offered")

    def close(self) -> None:
        """Let go of a check without a word."""
        self._asked = None

    def _forget(self, status: CheckStatus) -> None:
        self._asked, self.status, self._refused = None, status, False
        self.findings, self.fingerprint, self.problem = (), "", None
        self.changed.emit()

    # --- Mending ---------------------------------------------------------------------------------

    def mend_words(self, finding: Finding) -> str:
        """What the button of a finding says; "" where there is nothing to press."""
        known = all(declared.option_at(self._recipe.data, path) for path, _ in finding.mend)
        return mend_words(finding, self._recipe.get) if finding.mend and known else ""

    def is_mended(self, finding: Finding) -> bool:
        """Whether the recipe says already what would mend it."""
        values = mend_values(finding)
        return bool(values) and all(self._recipe.get(p) == v for p, v in values.items())

    def mend(self, finding: Finding) -> None:
        """Apply the changes of a finding to the recipe, in one step that can be undone."""
        if words := self.mend_words(finding):
            self._recipe.set_all(mend_values(finding), words[0].lower() + words[1:])

    # --- What happens ----------------------------------------------------------------------------

    def _on_preview_changed(self) -> None:
        preview = self._preview
        if self.status != "none" and preview.dataset != self._dataset:
            self._forget("none")
        if preview.status == "failed":
            self._on_data_refused(preview.problem)
        elif preview.status == "shown" and preview.value is not None:
            self._on_data_shown(preview.value)

    def _on_data_shown(self, view: DataView) -> None:
        if self._refused:
            self._forget("none")
        if self.status == "none":
            self._dataset = self._preview.dataset
            if is_small(view):
                self.start()
            else:
                self._forget("offered")

    def _on_data_refused(self, problem: Problem | None) -> None:
        """Data that is there but cannot be used is looked at for what keeps it from being used."""
        if self._refused and self.status != "none":
            return
        if self.status != "none":
            self._forget("none")
        path = problem.path if problem is not None else ""
        if path.startswith("dataset.") and path != NOT_HERE:
            self._refused = True
            self.start()

    def _on_recipe_changed(self) -> None:
        if self.status != "none" and self._preview.dataset != self._dataset:
            self._forget("none")
        elif self.findings:
            self.changed.emit()

    def _on_reported(self, key: object, words: str, fraction: float | None) -> None:
        if key is self._asked:
            self.fraction = fraction
            self.words = words if fraction is None else f"{words} {texts.percent(fraction, 0)}"
            self.changed.emit()

    def _on_done(self, key: object, found: Any) -> None:
        if key is self._asked and isinstance(found, Inspection):
            self.status, self._asked = "done", None
            self.findings, self.fingerprint = found.findings, found.fingerprint
            self.changed.emit()

    def _on_failed(self, key: object, problem: Problem) -> None:
        if key is self._asked:
            self.status, self._asked, self.problem = "failed", None, problem
            self.changed.emit()


def is_small(view: DataView) -> bool:
    """Whether data is checked in a few seconds, so that nobody has to ask for it."""
    numbers = sum(prod(shape) for shape in (view.shapes or {}).values())
    return numbers <= MOST_NUMBERS and sum(view.sizes.values()) <= MOST_SAMPLES
