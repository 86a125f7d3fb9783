"""What the window does with runs: go on with one, fork it, open it. Asks before a recipe goes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QWidget

from engine.runs.folder import RunFolder
from gui.actions import Actions
from gui.desk import Desk
from gui.files import Files
from gui.panels.centre import LIVE, RUNS, Centre
from gui.panels.curve_menu import curve_menu
from gui.panels.extend import ExtendPopup
from gui.presenters.banners import banner_for
from gui.presenters.fork import nearest_to
from gui.presenters.runs import stamped_checkpoints

if TYPE_CHECKING:
    from gui.panels.live import LivePanel


class Runs(QObject):
    """Stands between the actions and the desk."""

    def __init__(
        self, window: QWidget, desk: Desk, actions: Actions, files: Files, centre: Centre
    ) -> None:
        super().__init__(window)
        self._window = window
        self._desk = desk
        self._files = files
        self._centre = centre
        table = {
            "resume_run": self.resume,
            "resume_older": self.resume_older,
            "extend": self.extend,
            "fork": self.fork,
            "resume_interrupted": self.resume_interrupted,
            "show_interrupted": self.show_interrupted,
            "put_aside": desk.interrupted.put_aside,
        }
        for name, act in table.items():
            actions[name].triggered.connect(lambda _checked=False, act=act: act())
        centre.live_page.made.connect(self._on_plots_made)
        centre.runs.resume_asked.connect(self.resume_run)
        centre.runs.extend_asked.connect(self.extend_run)
        centre.runs.fork_asked.connect(self.fork_run)

    # --- The run that is shown -----------------------------------------------------------------

    def resume(self) -> None:
        """Go on with the run that is shown, from its newest checkpoint."""
        run = self._desk.training.run
        if run is not None:
            self.resume_run(RunFolder(run))

    def resume_older(self) -> None:
        """Go on from the whole checkpoint that the banner names."""
        begun, view = self._desk.training.folder, banner_for(self._desk.training)
        if begun is not None and view is not None and view.checkpoint is not None:
            self.resume_run(begun, view.checkpoint)

    def extend(self) -> None:
        """Train the finished run that is shown for more epochs."""
        run = self._desk.training.run
        if run is not None:
            self.extend_run(RunFolder(run))

    def fork(self, step: int | None = None) -> None:
        """Prepare a fork of the run that is shown."""
        run = self._desk.training.run
        if run is not None:
            self.fork_run(RunFolder(run), step)

    def _on_plots_made(self, live: LivePanel) -> None:
        live.stack.menu_requested.connect(self._on_menu_requested)

    def _on_menu_requested(self, x: float, where: QPoint) -> None:
        live, training = self._centre.live, self._desk.training
        place = live.presenter.place_at(x)
        if place is None:
            return
        curves = live.stack.curves()
        own = {key: curve for key, curve in curves.items() if curve.shown and not curve.info.run}
        points = {key: curve.at(x) for key, curve in own.items()}
        values = {key: float(point[1]) for key, point in points.items() if point is not None}
        found = stamped_checkpoints(RunFolder(training.run)) if training.run else []
        nearest = nearest_to(found, place.step) if found else None
        fork = (training.can("fork"), lambda: self.fork(place.step))
        curve_menu(self._window, place, values, nearest, fork).popup(where)

    # --- Any run -------------------------------------------------------------------------------

    def open(self, folder: RunFolder) -> None:
        """Show a run of the past, or follow one that another process trains."""
        training = self._desk.training
        if training.active and training.run == folder.path:
            self.look_at_it()
        elif self._files.may_leave() and self._desk.open_run(folder):
            self._centre.workspace.bring(LIVE)

    def resume_run(self, folder: RunFolder, checkpoint: Path | None = None) -> None:
        """Go on with any run, from its newest checkpoint or from this one."""
        if self._desk.is_open(folder, checkpoint) or self._files.may_leave():
            self._desk.resume(folder, checkpoint)
            self.look_at_it()

    def extend_run(self, folder: RunFolder) -> None:
        """Ask for how many epochs more a finished run is to be trained, and train them."""
        popup = ExtendPopup(self._window)
        popup.chosen.connect(lambda epochs: self._train_more(folder, epochs))
        button = self._window.findChild(QWidget, "banner.extend")
        own = button is not None and button.isVisible() and self._desk.training.run == folder.path
        over = button if button is not None and own else self._centre
        popup.open_at(over.mapToGlobal(QPoint(0, over.height() if own else 0)))

    def fork_run(self, folder: RunFolder, step: int | None = None) -> None:
        """Prepare a fork of any run."""
        if self._desk.is_open(folder) or self._files.may_leave():
            self._desk.prepare_fork(folder, step)

    def resume_interrupted(self) -> None:
        """Go on with the one run that was found without an end."""
        runs = self._desk.interrupted.runs
        if len(runs) == 1:
            self.resume_run(RunFolder(runs[0].path))

    def show_interrupted(self) -> None:
        """Show the run that was found without an end; several in the list of runs."""
        runs = self._desk.interrupted.runs
        if len(runs) == 1:
            self.open(RunFolder(runs[0].path))
        elif runs:
            self._centre.runs.show_filtered("interrupted")
            self._centre.workspace.bring(RUNS)

    def show_trained(self) -> None:
        """Open the recipe that is in training."""
        if self._files.may_leave():
            self._desk.show_trained()

    # --- Going on --------------------------------------------------------------------------------

    def _train_more(self, folder: RunFolder, epochs: int) -> None:
        if self._desk.is_open(folder) or self._files.may_leave():
            self._desk.extend(folder, epochs)
            self.look_at_it()

    def look_at_it(self) -> None:
        """Bring the curves to the front; Space and Right are the training's from now on."""
        self._centre.workspace.bring(LIVE)
        self._centre.workspace.setFocus()
