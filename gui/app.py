"""Opens the window: the application, the theme, the settings, and the end by signal."""

from __future__ import annotations

from gui import qtsetup as qtsetup  # isort: skip
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from PySide6.QtCore import QSettings, QSocketNotifier
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from engine import collector, paths
from engine.presets import STARTER
from gui import icons
from gui.desk import Desk
from gui.garbage import collected_here
from gui.theme import Theme
from gui.window import MainWindow

NAME = "Trainboard"
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def run(argument: str | None) -> int:
    """Open the dashboard on a preset, a run or the starter preset; the exit status.

    What cannot be opened is said in the window, which then shows the starter preset.
    """
    with collector.at_rest():
        app = application()
        window = make_window(app, argument)
        window.show()
    with collected_here(window.imported), _ended_by_signals(lambda: window.leave("save")):
        return app.exec()


def application() -> QApplication:
    """The one QApplication, named and with its icon."""
    found = QApplication.instance()
    app = found if isinstance(found, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("trainboard")
    app.setApplicationDisplayName(NAME)
    app.setDesktopFileName("trainboard")
    app.setWindowIcon(_logo())
    return app


def make_window(app: QApplication, argument: str | None) -> MainWindow:
    """The window with everything behind it; threads start after its first paint."""
    settings = QSettings(str(paths.home() / "settings.ini"), QSettings.Format.IniFormat)
    theme = Theme(app, settings)
    desk = Desk()
    theme.setParent(app)
    desk.presets.open(STARTER)
    window = MainWindow(theme, desk, settings)
    desk.setParent(window)
    if argument is not None:
        desk.open(argument)
    window.painted.connect(desk.start_threads)
    return window


def _logo() -> QIcon:
    return icons.icon("logo", "#0B63CE", "#0B63CE")


@contextmanager
def _ended_by_signals(leave: Callable[[], None]) -> Iterator[None]:
    """Ctrl-C and a polite kill stop the training, keep its state and close the window.

    Python's handlers run only between two bytecodes, of which there are none while Qt waits:
    the signal's number therefore comes through a socket that Qt listens to.
    """
    reading, writing = socket.socketpair()
    reading.setblocking(False)
    writing.setblocking(False)
    notifier = QSocketNotifier(reading.fileno(), QSocketNotifier.Type.Read)

    def on_signal() -> None:
        reading.recv(64)
        leave()

    notifier.activated.connect(on_signal)
    former = signal.set_wakeup_fd(writing.fileno(), warn_on_full_buffer=False)
    handlers = {number: signal.signal(number, _noted) for number in _SIGNALS}
    try:
        yield
    finally:
        notifier.setEnabled(False)
        signal.set_wakeup_fd(former)
        for number, handler in handlers.items():
            signal.signal(number, handler)
        reading.close()
        writing.close()


def _noted(_number: int, _frame: FrameType | None) -> None:
    """The wake-up socket has it already."""
