"""The main window: where the panels stand, what keys do, and how it opens and closes."""

from __future__ import annotations

import json
from contextlib import suppress

from PySide6.QtCore import (
    QByteArray,
    QEvent,
    QSettings,
    QSize,
    Qt,
    QTimer,
    QUrl,
    Signal,
    SignalInstance,
)
from PySide6.QtGui import (
    QCloseEvent,
    QDesktopServices,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QHideEvent,
    QKeyEvent,
    QKeySequence,
    QPaintEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QSplitter, QVBoxLayout, QWidget

from engine.problems import Problem
from engine.recipe import SECTIONS
from engine.runs.folder import RunFolder, discard
from gui import closing, drops
from gui.actions import Actions
from gui.commands import CommandPalette, action_entries, field_entries, preset_entries
from gui.controls import flat, hairline, lay_out_anew
from gui.desk import Desk
from gui.display import Display
from gui.files import Files
from gui.menus import Menus
from gui.panels.centre import DATA, LIVE, LOG, MODEL, RUNS, Centre
from gui.panels.consent import Consents
from gui.panels.edited import EditedBar
from gui.panels.find import Finds
from gui.panels.forking import ForkBar
from gui.panels.opendata import DataOpener
from gui.panels.progress import ProgressStrip
from gui.panels.recipe import WIDTH, RecipePanel
from gui.panels.status import StatusStrip
from gui.panels.steering import SteeringBar
from gui.panels.toolbar import Toolbar
from gui.panels.workspace import SHARE
from gui.presenters.consent import not_allowed
from gui.presenters.possible import State
from gui.runs import Runs
from gui.theme import MODES, Theme

SMALLEST = QSize(1024, 700)
USUAL = QSize(1280, 800)


class MainWindow(QMainWindow):
    """Puts the parts together. What they show is `Display`'s work, what they know the desk's."""

    painted = Signal()
    """The window has been seen for the first time: now is the time for slow work."""

    def __init__(self, theme: Theme, desk: Desk, settings: QSettings) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setMinimumSize(SMALLEST)
        self.setAcceptDrops(True)
        self._theme = theme
        self._desk = desk
        self._settings = settings
        self._was_painted = False
        self._leaving: closing.Choice | None = None
        with theme.undressed():
            self._put_together(theme, desk)
        lay_out_anew(self)
        self._split.setSizes([WIDTH, 10_000])
        self._show_title()
        self._restore()
        self._centre.workspace.setFocus()

    # --- Putting together ------------------------------------------------------------------------

    def _put_together(self, theme: Theme, desk: Desk) -> None:
        self.actions_ = Actions(theme, self)
        self._files = Files(self, desk.presets, desk.recipe)
        self._menus = Menus(self, desk, self.actions_, self._files)
        self._toolbar = Toolbar(theme, self.actions_)
        self._progress, self._status = ProgressStrip(), StatusStrip(theme)
        self._steering = SteeringBar(desk.steering, self.actions_["apply"])
        self._edited = EditedBar(desk.own_files)
        self._recipe = RecipePanel(
            theme, desk.recipe, ForkBar(desk.fork), self._steering, self._edited
        )
        self._centre = Centre(theme, desk, self.actions_)
        self._runs = Runs(self, desk, self.actions_, self._files, self._centre)
        self._consents = Consents(self, desk.consent)
        self._finds = Finds(self, theme, desk.recipe)
        self._data_opener = DataOpener(self, theme, desk.open_data, desk.messages)
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._build()
        self._connect()
        self._display = Display(
            desk,
            self.actions_,
            self._toolbar,
            (self._progress, self._status),
            (self._recipe, self._centre),
        )

    def _build(self) -> None:
        self._split.setObjectName("split")
        self._split.setHandleWidth(1)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self._recipe)
        self._split.addWidget(self._centre)
        self._split.setStretchFactor(1, 1)
        middle = QHBoxLayout()
        flat(middle)
        middle.addWidget(self._split)
        body = QWidget()
        column = QVBoxLayout(body)
        flat(column)
        for part in (self._toolbar, hairline(), self._progress, hairline()):
            column.addWidget(part)
        column.addLayout(middle, 1)
        column.addWidget(hairline())
        column.addWidget(self._status)
        self.setCentralWidget(body)
        self._recipe.add_button("dataset", self._menus.data_button())
        self._menus.fill_overflow(self._toolbar.overflow_menu)
        self._toolbar.preset_menu.aboutToShow.connect(
            lambda: self._menus.fill_presets(self._toolbar.preset_menu)
        )
        self._toolbar.export_menu.aboutToShow.connect(
            lambda: self._menus.fill_export(self._toolbar.export_menu)
        )

    def _connect(self) -> None:
        desk, files, workspace = self._desk, self._files, self._centre.workspace
        table = {
            "start": self._on_start,
            "pause": desk.training.toggle_pause,
            "step": desk.training.step,
            "stop": desk.training.stop,
            "checkpoint": desk.training.checkpoint,
            "apply": desk.steering.apply,
            "open": files.open_dialog,
            "open_data_folder": self._data_opener.choose_folder,
            "open_data_file": self._data_opener.choose_file,
            "save": files.save,
            "save_as": files.save_as,
            "revert": desk.presets.revert,
            "undo": desk.recipe.undo,
            "redo": desk.recipe.redo,
            "commands": self._on_commands,
            "show_live": lambda: workspace.bring(LIVE),
            "show_data": lambda: workspace.bring(DATA),
            "show_model": lambda: workspace.bring(MODEL),
            "show_runs": lambda: workspace.bring(RUNS),
            "show_log": lambda: workspace.bring(LOG),
            "fold": lambda: self._recipe.fold(list(SECTIONS)),
            "unfold": lambda: self._recipe.fold([]),
            "open_run": self._on_open_run,
            "quit": self.close,
        }
        for name, act in table.items():
            self.actions_[name].triggered.connect(lambda _checked=False, act=act: act())
        for mode in MODES:
            action = self.actions_[f"theme_{mode}"]
            action.setChecked(self._theme.mode == mode)
            action.triggered.connect(lambda _checked=False, mode=mode: self._theme.set_mode(mode))
        self._centre.welcome.chosen.connect(files.open_named)
        self._centre.code_asked.connect(lambda: self._consents.ask())
        self._edited.reloaded.connect(lambda: self._consents.ask())
        self._data_opener.used.connect(lambda: workspace.bring(DATA))
        desk.presets.refused.connect(self._on_refused)
        self._centre.runs.opened.connect(self._runs.open)
        self._centre.runs.start_asked.connect(self.actions_["start"].trigger)
        self._steering.back_asked.connect(self._runs.show_trained)
        desk.training.changed.connect(self._on_training_changed)
        desk.presets.changed.connect(self._show_title)
        self.imported.connect(self._centre.make_plots)

    # --- What the user does ----------------------------------------------------------------------

    def _on_start(self) -> None:
        self._consents.ask(self._start)

    def _start(self) -> None:
        self._desk.start()
        self._runs.look_at_it()

    def _on_refused(self, name: str, problems: list[Problem]) -> None:
        """What is not opened because of code that nobody has allowed can be opened after a look."""
        waiting = not_allowed(problems)
        if waiting and len(waiting) == len(problems):
            say = self._desk.messages.say
            self._consents.ask_about(waiting, lambda: say(f"Now {name} can be opened", "good"))

    def _on_open_run(self) -> None:
        run = self._desk.training.run
        if run is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(run)))

    def _on_commands(self) -> None:
        presets = self._desk.presets.listing()
        entries = [
            *action_entries(self.actions_),
            *preset_entries(presets, self._files.open_named),
            *field_entries(self._recipe),
        ]
        palette = CommandPalette(self, entries)
        palette.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        palette.open_over(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that no entry wanted: Space and Right are the training's, undo the recipe's."""
        keys = QKeySequence.StandardKey
        plain = event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        )
        if event.matches(keys.Undo):
            self.actions_["undo"].trigger()
        elif event.matches(keys.Redo):
            self.actions_["redo"].trigger()
        elif plain and event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.actions_["pause"].trigger()
        elif plain and event.key() == Qt.Key.Key_Right:
            self.actions_["step"].trigger()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A recipe file, a run folder or data is welcome."""
        if drops.path_of(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        path = drops.path_of(event)
        if path is None:
            return
        event.acceptProposedAction()
        match drops.kind_of(path):
            case "recipe":
                self._files.open_named(str(path))
            case "run":
                self._runs.open(RunFolder(path))
            case "data":
                self._data_opener.open(path)

    # --- Opening and closing ---------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell when the window has been painted for the first time."""
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self.painted.emit)

    def showEvent(self, event: QShowEvent) -> None:
        """The meters run while they can be seen."""
        super().showEvent(event)
        self._status.watch(True)

    def changeEvent(self, event: QEvent) -> None:
        """Back from an editor: a file of the recipe may be another."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self._desk.own_files.look()

    def hideEvent(self, event: QHideEvent) -> None:
        """The meters rest."""
        super().hideEvent(event)
        self._status.watch(False)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about a training, then about unsaved changes, then wait for the threads."""
        if self._desk.training.active:
            event.ignore()
            if self._leaving is None:
                run = self._desk.training.run
                own = self._desk.training.folder is None  # and not an earlier run that goes on
                choice = closing.ask(self, run.name if run else "", may_discard=own)
                if choice != "keep" and self._files.may_leave():
                    self.leave(choice)
            elif closing.ask_end(self) and self._desk.training.active:
                self._remember()
                closing.end_process()
            return
        if self._leaving is None and not self._files.may_leave():
            event.ignore()
            return
        self._remember()
        self.hide()
        self._desk.close()
        event.accept()

    @property
    def imported(self) -> SignalInstance:
        """The heavy modules are there."""
        return self._desk.training_thread.ready

    def leave(self, choice: closing.Choice) -> None:
        """Close as soon as the training has ended in the chosen way; "keep" stays open."""
        if choice == "keep":
            return
        self._leaving = choice
        if self._desk.training.active:
            self._desk.training.stop(save=choice == "save")
        else:
            self.close()

    def _on_training_changed(self) -> None:
        training = self._desk.training
        if self._leaving is None or training.active:
            return
        if self._leaving == "discard" and training.state is State.STOPPED and training.run:
            discard(RunFolder(training.run))
        QTimer.singleShot(0, self.close)

    # --- Remembering -----------------------------------------------------------------------------

    def _show_title(self) -> None:
        self.setWindowTitle(f"{self._desk.presets.title} – Trainboard")

    def _remember(self) -> None:
        settings = self._settings
        settings.setValue("geometry", self.saveGeometry())
        settings.setValue("split", self._split.saveState())
        settings.setValue("share", self._centre.workspace.share)
        settings.setValue("live", json.dumps(self._centre.live_page.settings()))
        settings.setValue("runs", json.dumps(self._centre.runs.settings()))
        settings.setValue("run_colors", json.dumps(self._desk.compared.colors.settings()))
        settings.setValue("folded", ",".join(self._recipe.folded()))
        settings.sync()

    def _restore(self) -> None:
        settings = self._settings
        geometry = settings.value("geometry")
        if not isinstance(geometry, QByteArray) or not self.restoreGeometry(geometry):
            available = QGuiApplication.primaryScreen().availableSize()
            self.resize(USUAL.expandedTo(available * 0.8).boundedTo(available))
        split = settings.value("split")
        if isinstance(split, QByteArray):
            self._split.restoreState(split)
        with suppress(ValueError, TypeError, KeyError, AttributeError):  # a damaged file
            self._centre.workspace.share = float(str(settings.value("share", SHARE)))
            self._centre.live_page.restore(json.loads(str(settings.value("live", "{}"))))
            self._centre.runs.restore(json.loads(str(settings.value("runs", "{}"))))
            self._desk.compared.colors.restore(json.loads(str(settings.value("run_colors", "{}"))))
        self._recipe.fold([name for name in str(settings.value("folded", "")).split(",") if name])
