"""Everything behind the window: the threads and the presenters, put together once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QObject

from engine import paths
from engine.datasets.base import Progress
from engine.hub import NotFetched
from engine.inspection import Inspection
from engine.model.figures import WeightFigures
from engine.model.graph import Graph
from engine.problems import Problem, ProblemError
from engine.recipe import Recipe
from engine.runs.folder import RunFolder, find_run
from engine.runs.library import Library
from engine.training.events import Ended, Event
from engine.views import DataView, ModelView
from engine.worker import PreviewThread, TrainingThread
from gui.presenters.checks import Checks
from gui.presenters.compared import ComparedPresenter
from gui.presenters.consent import ConsentPresenter
from gui.presenters.dataview import DataPreview
from gui.presenters.differences import DifferencesPresenter
from gui.presenters.exports import ExportPresenter
from gui.presenters.finding import searching_in
from gui.presenters.following import Following
from gui.presenters.fork import ForkPresenter
from gui.presenters.freezing import FreezePresenter
from gui.presenters.interrupted import InterruptedPresenter
from gui.presenters.library import LibraryPresenter
from gui.presenters.logs import LogPresenter
from gui.presenters.marking import Marking
from gui.presenters.messages import Messages
from gui.presenters.modelgraph import GraphPresenter
from gui.presenters.opendata import OpenData
from gui.presenters.ownfiles import OwnFiles
from gui.presenters.presets import PresetsPresenter
from gui.presenters.previews import Load, Preview
from gui.presenters.reading import ReadingThread
from gui.presenters.recipe import RecipePresenter, shape_of
from gui.presenters.reports import Reporter
from gui.presenters.run_details import RunDetails
from gui.presenters.runs import recipe_going_on, state_of
from gui.presenters.samples import SamplesPresenter
from gui.presenters.steering import SteeringPresenter
from gui.presenters.training import TrainingPresenter
from gui.presenters.trials import Trials
from gui.presenters.weightfigures import WeightsPreview

T = TypeVar("T")
_MODEL = ("dataset", "architecture", "loss", "optimizer", "regularization", "training")
_GRAPH = ("dataset", "architecture", "loss", "regularization", "training")
_FALLBACK = {"version": 1, "dataset": "digits", "architecture": "mlp"}


class Desk(QObject):
    """Owns what must outlive every widget. `start_threads` is for after the first paint."""

    def __init__(self, runs_dir: Path | None = None, data_dir: Path | None = None) -> None:
        super().__init__()
        self.runs_dir = runs_dir or paths.runs_dir()
        self.data_dir = data_dir or paths.data_dir()
        self._closed = False
        self.messages = Messages()
        self.log = LogPresenter(self.messages)
        self.recipe = RecipePresenter(Recipe.parse(_FALLBACK))
        self.consent = ConsentPresenter(self.recipe, self.messages)
        self.own_files = OwnFiles(self.recipe, self.consent)
        self.presets = PresetsPresenter(self.recipe, self.messages)
        self.training_thread = TrainingThread()
        self.preview_thread = PreviewThread()
        self.reading_thread = ReadingThread()
        self.training = TrainingPresenter(
            self.training_thread, self.recipe, self.runs_dir, self.data_dir
        )
        self._reporter = Reporter(self.training, self.messages)
        self.training.happened.connect(self.log.note)
        self.marking = Marking(self.training)
        self.training.happened.connect(self.marking.note)
        self.samples = SamplesPresenter(self.training)
        self.steering = SteeringPresenter(self.training, self.recipe)
        self.presets.opened.connect(self.steering.let_go)
        self.freezing = FreezePresenter(self.recipe, self.steering)
        self.freezing.told.connect(self.messages.say)
        self.fork = ForkPresenter(self.training, self.presets, self.recipe)
        self.library = LibraryPresenter(self.reading_thread, Library(self.runs_dir), self.messages)
        self.compared = ComparedPresenter(self.reading_thread, self.messages)
        self.library.changed.connect(lambda: self.compared.follow(self.library.runs))
        self.run_details = RunDetails(self.reading_thread)
        self.differences = DifferencesPresenter(self.reading_thread, self.compared)
        self.interrupted = InterruptedPresenter(self.library, self.messages)
        self.exports = ExportPresenter(
            self.training, self.preview_thread, self.messages, self.data_dir
        )
        self.data = DataPreview(self.preview_thread, self.recipe, self._load_data)
        self.checks = Checks(self.preview_thread, self.recipe, self.data, self._inspect)
        self.open_data = OpenData(self.preview_thread, self.recipe, self.presets, self._inspect)
        self.model: Preview[ModelView] = Preview(
            self.preview_thread, self.recipe, _MODEL, self._load_model
        )
        self.forward_graph, self.loss_graph = (
            self._make_graph(load) for load in (self._load_forward, self._load_loss)
        )
        self.recipe.finding.work_on(self.preview_thread, searching_in(self.data_dir))
        self.trials = Trials(self.preview_thread, self.recipe, _try_network)
        looked_at: list[Preview[Any]] = [self.data, self.model, *self._graph_previews()]
        for preview in looked_at:
            self.own_files.reloaded.connect(preview.again)
        self.training.happened.connect(self._look_at_own_code)

    def open(self, argument: str) -> bool:
        """Open a preset by name or path, or a run by name or path; problems are said."""
        run = self._run_named(argument)
        return self.presets.open(argument) if run is None else self.open_run(run)

    def open_run(self, folder: RunFolder) -> bool:
        """Open the recipe of a run and show its curves and its ending; one that another process
        trains is followed."""
        if self._is_training("open the run when it has ended"):
            return False
        opened = self.presets.open_run(folder)
        recipe = self.recipe.recipe
        if not opened or recipe is None:
            return False
        try:
            self._show(folder, recipe)
        except ProblemError as error:
            self.presets.refuse(folder.name, error)
            return False
        return True

    def _show(self, folder: RunFolder, recipe: Recipe) -> None:
        if state_of(folder) == "running":
            self.training.follow(Following(folder), recipe)
        else:
            self.training.show_run(folder, recipe)

    # --- Ways to begin ---------------------------------------------------------------------------

    def start(self) -> None:
        """Train the open recipe: as a fork if one is being prepared, else from the beginning."""
        if self.fork.on:
            self.fork.start()
        else:
            origin = self.presets.origin.path
            self.training.start(origin.stem if origin is not None else "")

    def resume(self, folder: RunFolder, checkpoint: Path | None = None) -> None:
        """Go on with an earlier run, with its own recipe."""
        if self._open_own_recipe(folder, checkpoint):
            self.training.resume(folder, checkpoint)

    def extend(self, folder: RunFolder, epochs: int) -> None:
        """Train a finished run for so many epochs more, with its own recipe."""
        if self._open_own_recipe(folder, None):
            self.training.extend(folder, epochs)

    def prepare_fork(self, folder: RunFolder, step: int | None = None) -> None:
        """Open the recipe of a run as it was at the checkpoint nearest to a step, to be changed
        and started as a fork, beside its curves."""
        if self._is_training("stop it before a fork is begun"):
            return
        shown = self.training.folder or (
            RunFolder(self.training.run) if self.training.run else None
        )
        if shown != folder and not self.open_run(folder):
            return
        try:
            self.fork.enter(folder, step)
        except ProblemError as error:
            self.presets.refuse(folder.name, error)

    def is_open(self, folder: RunFolder, checkpoint: Path | None = None) -> bool:
        """Whether the open recipe is the very one with which the run would go on."""
        try:
            return self.recipe.recipe == recipe_going_on(folder, checkpoint)
        except ProblemError:
            return False

    def _open_own_recipe(self, folder: RunFolder, checkpoint: Path | None) -> bool:
        if self._is_training("go on with the run when it has ended"):
            return False
        try:
            recipe = recipe_going_on(folder, checkpoint)
        except ProblemError as error:
            self.presets.refuse(folder.name, error)
            return False
        if recipe != self.recipe.recipe:
            self.presets.open_recipe(recipe)
        return True

    def show_trained(self) -> None:
        """Open the recipe that is in training, to go on steering it."""
        if self.training.active and self.training.trained is not None:
            self.presets.open_recipe(self.training.trained)
            self.steering.take_up()

    def _is_training(self, hint: str) -> bool:
        """Whether a training is in the way, which is then said."""
        if self.training.active:
            problem = Problem("run", "A training is under way", hint)
            self.messages.problem(problem, "warning")
        return self.training.active

    # --- Data and threads ------------------------------------------------------------------------

    def download_data(self) -> None:
        """Fetch the dataset now, to look at it."""
        self.data.ask_with(self._fetch_data)

    def fetch_network(self, problem: NotFetched) -> None:
        """Fetch a pretrained network that the recipe names; the size is told while it comes."""

        def fetch(progress: Progress) -> None:
            from engine.hubdownload import fetch_network

            fetch_network(problem, progress)

        self.data.fetch(fetch)

    def start_threads(self) -> None:
        """Begin to load torch in the background."""
        if not self._closed and not self.training_thread.isRunning():
            self.training_thread.start()
            self.preview_thread.start()
            self.recipe.machine.ask(self.preview_thread)
            self.model.want(True)
            self.library.load()

    def close(self) -> None:
        """End the threads; waits for what they are doing."""
        self._closed = True
        self.own_files.close()
        self.recipe.finding.give_up()
        self.training.let_go()
        for preview in (self.data, self.model, self.trials, self.checks, self.open_data):
            preview.close()
        for graph in self._graph_previews():
            graph.close()
        self.library.want(False)
        self.compared.watch(False)
        for thread in (self.reading_thread, self.preview_thread, self.training_thread):
            if thread.isRunning():
                thread.quit_and_wait()
        self.log.close()

    def _run_named(self, argument: str) -> RunFolder | None:
        """A run, if that is what the argument names: presets come first."""
        try:
            return find_run(argument, self.runs_dir)
        except ProblemError:
            return None

    def _load_data(self, recipe: Recipe, progress: Progress, seed: int = 0) -> DataView:
        from engine.inspection.look import data_view

        return data_view(recipe, self.data_dir, progress, download=False, seed=seed)

    def _fetch_data(self, recipe: Recipe, progress: Progress) -> DataView:
        from engine.inspection.look import data_view

        return data_view(recipe, self.data_dir, progress, download=True)

    def _inspect(self, recipe: Recipe, progress: Progress) -> Inspection:
        from engine.inspection.check import inspect

        return inspect(recipe, self.data_dir, progress, download=False)

    def _load_model(self, recipe: Recipe, progress: Progress) -> ModelView:
        from engine.model.summary import model_view

        known, trained = self.model.value, self.training.trained
        waits = self.training.active and recipe.architecture.own_code()
        if waits and known is not None and trained and shape_of(trained) == shape_of(recipe):
            return known  # which layers are frozen, the recipe knows
        return _looked_at(recipe, progress, "The network is being measured…", model_view)

    def _look_at_own_code(self, event: Event) -> None:
        """After a training, beside which it did not run."""
        recipe = self.recipe.recipe
        if isinstance(event, Ended) and recipe is not None and recipe.architecture.own_code():
            for preview in (self.model, self.forward_graph.preview, self.loss_graph.preview):
                preview.again()

    def _make_graph(self, load: Load[Graph]) -> GraphPresenter:
        weights = WeightsPreview(
            self.preview_thread, self.recipe, self.training, self._load_weights
        )
        return GraphPresenter(Preview(self.preview_thread, self.recipe, _GRAPH, load), weights)

    def _graph_previews(self) -> list[Preview[Any]]:
        graphs = self.forward_graph, self.loss_graph
        return [p for graph in graphs for p in (graph.preview, graph.weights) if p is not None]

    def _load_weights(self, recipe: Recipe, run: Path | None) -> WeightFigures:
        from engine.model.weights import weight_figures

        return weight_figures(recipe, self.data_dir, run)

    def _load_forward(self, recipe: Recipe, progress: Progress) -> Graph:
        from engine.model.forward import forward_graph

        words = "Following a batch through the network…"
        return _looked_at(recipe, progress, words, forward_graph)

    def _load_loss(self, recipe: Recipe, progress: Progress) -> Graph:
        from engine.model.lossgraph import loss_graph

        words = "Following the loss back through autograd…"
        return _looked_at(recipe, progress, words, loss_graph)


def _try_network(recipe: Recipe) -> tuple[Problem, ...]:
    from engine.architectures.dryrun import misfits

    return misfits(recipe)


def _looked_at(recipe: Recipe, progress: Progress, words: str, look: Callable[[Recipe], T]) -> T:
    """What `look` finds; the person's own code waits until no training runs, and is given up when
    nobody waits for it any more."""
    from engine.training.beside import looked_at

    progress(words, None)
    return looked_at(recipe, look, lambda: progress(words, None))
