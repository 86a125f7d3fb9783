"""Using the window as a person does: find a widget by its name, read it, press it."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QWidget

from gui.window import MainWindow
from tests.gui.fakes import FakeWorker, started


def widget(window: MainWindow, name: str) -> QWidget:
    found = window.findChild(QWidget, name)
    assert found is not None, name
    return found


def words(window: MainWindow, name: str) -> str:
    found = widget(window, name)
    assert isinstance(found, QLabel)
    return found.text()


def press(qtbot, window: MainWindow, name: str) -> None:
    qtbot.mouseClick(widget(window, name), Qt.MouseButton.LeftButton)


def answer_dialog(button: str, seen: list[str]) -> None:
    """Press a button of the dialog that is about to open."""

    def click() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        seen.append(box.objectName())
        next(b for b in box.buttons() if b.text() == button).click()

    QTimer.singleShot(0, click)


def run_training(qtbot, window: MainWindow, worker: FakeWorker) -> None:
    press(qtbot, window, "button.start")
    worker.tell(started())
