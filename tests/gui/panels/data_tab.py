"""A Data tab whose thread is played by the test."""

from __future__ import annotations

from engine.datasets.base import Progress
from engine.inspection import Finding, Inspection
from engine.problems import Problem, ProblemError
from engine.recipe import Recipe
from gui.panels.data import DataPanel
from gui.presenters.checks import Checks
from gui.presenters.dataview import DataPreview
from gui.presenters.recipe import RecipePresenter
from gui.theme import Theme
from tests.gui.data_views import IMAGES, SHA
from tests.gui.fakes import FakePreviews


class DataTab:
    """The panel with its presenters; `show` lets it load something."""

    def __init__(self, theme: Theme, recipe: RecipePresenter, previews: FakePreviews) -> None:
        self.value: object = IMAGES
        self.findings: tuple[Finding, ...] = ()
        self.seeds: list[int] = []
        self.previews = previews
        self.preview = DataPreview(previews, recipe, self._load)
        self.checks = Checks(previews, recipe, self.preview, self._inspect)
        self.panel = DataPanel(theme, self.preview, self.checks)

    def _load(self, recipe: Recipe, progress: Progress, seed: int = 0) -> object:
        self.seeds.append(seed)
        if isinstance(self.value, Problem):
            raise ProblemError(self.value)
        return self.value

    def _inspect(self, recipe: Recipe, progress: Progress) -> Inspection:
        return Inspection(None, findings=self.findings, fingerprint=SHA)

    def show(self, value: object, findings: tuple[Finding, ...] = (), check: bool = True) -> None:
        """Load this view or problem, and check it."""
        self.value, self.findings = value, findings
        self.preview.again()
        self.previews.run()
        if check:
            self.checks.start()
            self.previews.run()
