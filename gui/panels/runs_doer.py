"""Does with the selected runs what a key, a click or the menu asked for."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QMessageBox, QWidget

from engine.runs.info import RunInfo
from gui import texts
from gui.panels.runs_menu import RunsMenu
from gui.presenters.compared import ComparedPresenter
from gui.presenters.library import LibraryPresenter
from gui.presenters.run_actions import possible
from gui.presenters.run_texts import key_of, title_of


class RunsDoer(QObject):
    """Marks, compares, copies and throws away; what others do is told to them."""

    asked = Signal(str, object)
    """("open", "resume", "extend" or "fork", the RunInfo)."""
    editing = Signal(str, object)
    """("rename", "tags" or "note", the RunInfo): its text is to be typed."""

    def __init__(
        self,
        panel: QWidget,
        library: LibraryPresenter,
        compared: ComparedPresenter,
        busy: Callable[[], bool],
    ) -> None:
        super().__init__(panel)
        self._panel = panel
        self._library, self._compared, self._busy = library, compared, busy
        self._deeds: dict[str, Callable[[list[RunInfo]], None]] = {
            "compare": self._compare,
            "favourite": self._favourite,
            "archive": self._archive,
            "reveal": _reveal,
            "copy": _copy_paths,
            "trash": self._trash,
            **{name: self._asker(name) for name in ("open", "resume", "extend", "fork")},
            **{name: self._editor(name) for name in ("rename", "tags", "note")},
        }

    def do(self, name: str, runs: list[RunInfo]) -> None:
        """One action, if it can be done with these runs."""
        if possible(name, runs, self._busy()).enabled:
            self._deeds[name](runs)

    def open_menu(self, runs: list[RunInfo], place: QPoint) -> None:
        """The menu of these runs."""
        menu = RunsMenu(self._panel, runs, self._busy(), self._all_compared(runs))
        menu.chosen.connect(lambda name: self.do(name, runs))
        menu.popup(place)

    def _asker(self, name: str) -> Callable[[list[RunInfo]], None]:
        return lambda runs: self.asked.emit(name, runs[0])

    def _editor(self, name: str) -> Callable[[list[RunInfo]], None]:
        return lambda runs: self.editing.emit(name, runs[0])

    def _all_compared(self, runs: list[RunInfo]) -> bool:
        return all(self._compared.color(key_of(run)) is not None for run in runs)

    def _compare(self, runs: list[RunInfo]) -> None:
        on = not self._all_compared(runs)
        for run in runs:
            self._compared.choose(run, on)

    def _favourite(self, runs: list[RunInfo]) -> None:
        self._library.mark(runs, favourite=not all(run.favourite for run in runs))

    def _archive(self, runs: list[RunInfo]) -> None:
        self._library.mark(runs, archived=not all(run.archived for run in runs))

    def _trash(self, runs: list[RunInfo]) -> None:
        if confirm_trash(self._panel, runs):
            self._library.trash(runs)


def confirm_trash(parent: QWidget, runs: list[RunInfo]) -> bool:
    """Ask once, naming what goes; the trash gives it back."""
    box = QMessageBox(parent)
    box.setObjectName("runs.trash")
    box.setIcon(QMessageBox.Icon.NoIcon)
    box.setWindowTitle("Trash")
    what = f"“{title_of(runs[0])}”" if len(runs) == 1 else f"{len(runs)} runs"
    box.setText(f"Move {what} to the trash?")
    size = texts.size(sum(run.size for run in runs))
    box.setInformativeText(f"Checkpoints, curves and notes, {size}. The trash gives them back.")
    move = box.addButton("Move to the trash", QMessageBox.ButtonRole.DestructiveRole)
    box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
    box.exec()
    pressed = box.clickedButton()
    box.deleteLater()
    return pressed is move


def _reveal(runs: list[RunInfo]) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(runs[0].path)))


def _copy_paths(runs: list[RunInfo]) -> None:
    QGuiApplication.clipboard().setText("\n".join(str(run.path) for run in runs))
