"""What the window does with runs: go on with one, fork it, open it. Asks before a recipe goes."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QWidget

from engine.runs.folder import RunFolder
from gui.actions import Actions
from gui.desk import Desk
from gui.files import Files
from gui.panels.centre import LIVE, Centre
from gui.panels.extend import ExtendPopup
from gui.presenters.banners import banner_for

RUNS = "Runs"


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

    # --- The run that is shown -----------------------------------------------------------------

    def resume(self) -> None:
        """Go on with the run that is shown, from its newest checkpoint."""
        run = self._desk.training.run
        if run is not None:
            self._go_on(RunFolder(run))

    def resume_older(self) -> None:
        """Go on from the whole checkpoint that the banner names."""
        begun, view = self._desk.training.folder, banner_for(self._desk.training)
        if begun is not None and view is not None and view.checkpoint is not None:
            self._go_on(begun, view.checkpoint)

    def extend(self) -> None:
        """Ask for how many epochs more, and train them."""
        run = self._desk.training.run
        if run is None:
            return
        popup = ExtendPopup(self._window)
        popup.chosen.connect(lambda epochs: self._train_more(RunFolder(run), epochs))
        button = self._window.findChild(QWidget, "banner.extend")
        over = button if button is not None and button.isVisible() else self._centre
        popup.open_at(over.mapToGlobal(QPoint(0, over.height() if over is button else 0)))

    def fork(self, step: int | None = None) -> None:
        """Prepare a fork of the run that is shown."""
        run = self._desk.training.run
        if run is not None:
            self.fork_run(RunFolder(run), step)

    # --- Any run -------------------------------------------------------------------------------

    def open(self, folder: RunFolder) -> None:
        """Show a run of the past, or follow one that another process trains."""
        if self._files.may_leave() and self._desk.open_run(folder):
            self._centre.workspace.bring(LIVE)

    def fork_run(self, folder: RunFolder, step: int | None = None) -> None:
        """Prepare a fork of any run."""
        if self._desk.is_open(folder) or self._files.may_leave():
            self._desk.prepare_fork(folder, step)

    def resume_interrupted(self) -> None:
        """Go on with the one run that was found without an end."""
        runs = self._desk.interrupted.runs
        if len(runs) == 1:
            self._go_on(RunFolder(runs[0].path))

    def show_interrupted(self) -> None:
        """Show the run that was found without an end; several in the list of runs."""
        runs = self._desk.interrupted.runs
        listing = getattr(self._centre, "runs", None)
        if len(runs) == 1 or listing is None:
            self.open(RunFolder(runs[0].path))
            return
        listing.show_filtered("interrupted")
        self._centre.workspace.bring(RUNS)

    def show_trained(self) -> None:
        """Open the recipe that is in training."""
        if self._files.may_leave():
            self._desk.show_trained()

    # --- Going on --------------------------------------------------------------------------------

    def _go_on(self, folder: RunFolder, checkpoint: Path | None = None) -> None:
        if self._desk.is_open(folder, checkpoint) or self._files.may_leave():
            self._desk.resume(folder, checkpoint)
            self.look_at_it()

    def _train_more(self, folder: RunFolder, epochs: int) -> None:
        if self._desk.is_open(folder) or self._files.may_leave():
            self._desk.extend(folder, epochs)
            self.look_at_it()

    def look_at_it(self) -> None:
        """Bring the curves to the front; Space and Right are the training's from now on."""
        self._centre.workspace.bring(LIVE)
        self._centre.workspace.setFocus()
