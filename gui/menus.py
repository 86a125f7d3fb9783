"""What stands in the toolbar's menus: presets and files, export formats, appearance."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton, QWidget

from engine.presets import Preset
from gui.actions import Actions
from gui.desk import Desk
from gui.files import Files
from gui.panels.note import link
from gui.presenters.exports import Format, formats

_DATA_ACTIONS = ("open_data_folder", "open_data_file")
_FILE_ACTIONS = ("open", "save", "save_as", "revert")
_EDIT_ACTIONS = ("undo", "redo")
_OVERFLOW = (
    ("undo", "redo"),
    ("resume_run", "extend", "fork"),
    ("fold", "unfold"),
    ("open_run",),
    ("theme_system", "theme_light", "theme_dark"),
    ("quit",),
)


class Menus(QObject):
    """Fills the menus when they are opened: presets and formats may have changed since."""

    def __init__(self, window: QWidget, desk: Desk, actions: Actions, files: Files) -> None:
        super().__init__(window)
        self._window = window
        self._desk = desk
        self._actions = actions
        self._files = files

    def fill_overflow(self, menu: QMenu) -> None:
        """Everything that has no button of its own."""
        for group in _OVERFLOW:
            if not menu.isEmpty():
                menu.addSeparator()
            for name in group:
                menu.addAction(self._actions[name])

    def fill_presets(self, menu: QMenu) -> None:
        """All presets, recent files, and what can be done with the open one."""
        menu.clear()
        listed = self._desk.presets.listing()
        for shipped, title in ((True, "Presets"), (False, "My presets")):
            group = [preset for preset in listed if preset.shipped is shipped]
            if group:
                _add_heading(menu, title)
            for preset in group:
                menu.addAction(self._preset_action(preset, menu))
        menu.addSeparator()
        recent = menu.addMenu("Recent")
        for path in self._desk.presets.recent:
            recent.addAction(self._recent_action(path, recent))
        recent.setEnabled(not recent.isEmpty())
        for name in _FILE_ACTIONS:
            menu.addAction(self._actions[name])
        data = menu.addMenu("Open data")
        self.fill_data(data)
        menu.addSeparator()
        for name in _EDIT_ACTIONS:
            menu.addAction(self._actions[name])

    def fill_data(self, menu: QMenu) -> None:
        """The ways to point at data of one's own."""
        menu.setToolTipsVisible(True)
        for name in _DATA_ACTIONS:
            menu.addAction(self._actions[name])

    def data_button(self) -> QPushButton:
        """The same as a button, for the dataset's card."""
        button = link("Open data…", "dataset.open")
        button.setToolTip("Point at a folder or file of your own; it can be dropped here too")
        menu = QMenu(button)
        self.fill_data(menu)

        def show_below() -> None:
            menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

        button.clicked.connect(show_below)
        return button

    def fill_export(self, menu: QMenu) -> None:
        """The formats; after a training also which weights."""
        menu.clear()
        for format_ in formats():
            action = QAction(f"{format_.title}…", menu)
            action.setObjectName(f"export.{format_.name}")
            action.setToolTip(format_.help)
            action.triggered.connect(lambda _checked=False, f=format_: self.export(f))
            menu.addAction(action)
        if self._desk.exports.best_checkpoint is not None and not self._desk.training.active:
            _add_heading(menu, "Weights")
            self._add_weights(menu)

    def export(self, format_: Format) -> None:
        """Ask where to, and write."""
        suggested = self._desk.exports.suggested_path(format_)
        suggested.parent.mkdir(parents=True, exist_ok=True)
        chosen, _kind = QFileDialog.getSaveFileName(
            self._window, f"Export as {format_.title}", str(suggested), f"*.{format_.suffix}"
        )
        if chosen:
            self._desk.exports.export(format_, Path(chosen))

    def _add_weights(self, menu: QMenu) -> None:
        group = QActionGroup(menu)
        for best, text in ((False, "Of the last step"), (True, "Of the best validation")):
            action = QAction(text, menu, checkable=True)
            action.setChecked(self._desk.exports.best is best)
            action.triggered.connect(lambda _checked=False, best=best: self._choose_weights(best))
            group.addAction(action)
            menu.addAction(action)

    def _choose_weights(self, best: bool) -> None:
        self._desk.exports.best = best

    def _preset_action(self, preset: Preset, menu: QMenu) -> QAction:
        action = QAction(preset.title, menu)
        action.setObjectName(f"preset.{preset.name}")
        action.setToolTip(preset.problem or preset.description)
        action.setEnabled(not preset.problem)
        action.setCheckable(True)
        action.setChecked(preset.path == self._desk.presets.origin.path)
        path = str(preset.path)
        action.triggered.connect(lambda _checked=False: self._files.open_named(path))
        return action

    def _recent_action(self, path: Path, menu: QMenu) -> QAction:
        action = QAction(path.name, menu)
        action.setToolTip(str(path))
        action.triggered.connect(lambda _checked=False: self._files.open_named(str(path)))
        return action


def _add_heading(menu: QMenu, text: str) -> None:
    """A line that only names what follows."""
    if not menu.isEmpty():
        menu.addSeparator()
    heading = QAction(text, menu)
    heading.setEnabled(False)
    menu.addAction(heading)
