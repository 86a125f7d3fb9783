"""Everything behind the window: the threads and the presenters, put together once."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject

from engine import paths
from engine.datasets.base import Progress
from engine.problems import Problem, ProblemError
from engine.recipe import Recipe
from engine.runs.folder import RunFolder, find_run
from engine.views import DataView, ModelView
from engine.worker import PreviewThread, TrainingThread
from gui.presenters.exports import ExportPresenter
from gui.presenters.logs import LogPresenter
from gui.presenters.messages import Messages
from gui.presenters.presets import PresetsPresenter
from gui.presenters.previews import Preview
from gui.presenters.recipe import RecipePresenter
from gui.presenters.reports import Reporter
from gui.presenters.training import TrainingPresenter

_DATA = ("dataset",)
_MODEL = ("dataset", "architecture", "loss", "optimizer", "regularization", "training")
_FALLBACK = {"version": 1, "dataset": "digits", "architecture": "mlp"}


class Desk(QObject):
    """Owns what must outlive every widget. `start_threads` is for after the first paint."""

    def __init__(self, runs_dir: Path | None = None, data_dir: Path | None = None) -> None:
        super().__init__()
        self.runs_dir = runs_dir or paths.runs_dir()
        self.data_dir = data_dir or paths.data_dir()
        self.messages = Messages()
        self.log = LogPresenter(self.messages)
        self.recipe = RecipePresenter(Recipe.parse(_FALLBACK))
        self.presets = PresetsPresenter(self.recipe, self.messages)
        self.training_thread = TrainingThread()
        self.preview_thread = PreviewThread()
        self.training = TrainingPresenter(
            self.training_thread, self.recipe, self.runs_dir, self.data_dir
        )
        self._reporter = Reporter(self.training, self.messages)
        self.training.happened.connect(self.log.note)
        self.exports = ExportPresenter(
            self.training, self.preview_thread, self.messages, self.data_dir
        )
        self.data: Preview[DataView] = Preview(
            self.preview_thread, self.recipe, _DATA, self._load_data
        )
        self.model: Preview[ModelView] = Preview(
            self.preview_thread, self.recipe, _MODEL, _load_model
        )

    def open(self, argument: str) -> bool:
        """Open a preset by name or path, or a run by name or path; problems are said."""
        run = self._run_named(argument)
        return self.presets.open(argument) if run is None else self.open_run(run)

    def open_run(self, folder: RunFolder) -> bool:
        """Open the recipe of a run and show its curves and its ending."""
        if self.training.active:
            problem = Problem("run", "A training is under way", "open the run when it has ended")
            self.messages.problem(problem, "warning")
            return False
        opened = self.presets.open_run(folder)
        if opened and self.recipe.recipe is not None:
            self.training.show_run(folder, self.recipe.recipe)
        return opened

    def download_data(self) -> None:
        """Fetch the dataset now, to look at it."""
        self.data.ask_with(self._fetch_data)

    def start_threads(self) -> None:
        """Begin to load torch in the background."""
        if not self.training_thread.isRunning():
            self.training_thread.start()
            self.preview_thread.start()
            self.model.want(True)

    def close(self) -> None:
        """End the threads; waits for what they are doing."""
        for preview in (self.data, self.model):
            preview.close()
        for thread in (self.preview_thread, self.training_thread):
            if thread.isRunning():
                thread.quit_and_wait()
        self.log.close()

    def _run_named(self, argument: str) -> RunFolder | None:
        """A run, if that is what the argument names: presets come first."""
        try:
            return find_run(argument, self.runs_dir)
        except ProblemError:
            return None

    def _load_data(self, recipe: Recipe, progress: Progress) -> DataView:
        from engine.datasets.preview import data_view

        return data_view(recipe, self.data_dir, download=False, progress=progress)

    def _fetch_data(self, recipe: Recipe, progress: Progress) -> DataView:
        from engine.datasets.preview import data_view

        return data_view(recipe, self.data_dir, download=True, progress=progress)


def _load_model(recipe: Recipe, _progress: Progress) -> ModelView:
    from engine.training.summary import model_view

    return model_view(recipe)
