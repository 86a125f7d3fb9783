"""How long after its process began something is there: the painted window, or the imports.

`python -m benchmarks.first_paint window|imports|qt` prints {"seconds": ...}, counted from
the birth of the process. `qt` opens an empty window: what no program of this kind can avoid.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from benchmarks.harness import STARTED

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from gui.window import MainWindow


def since_birth() -> float:
    """Seconds since the harness started this process."""
    return time.monotonic() - float(os.environ[STARTED])


def imports() -> float:
    """What a program that imports everything first makes its user wait for."""
    from engine import torchsetup as torchsetup  # isort: skip
    import lightning as lightning
    import torch as torch
    import torchvision as torchvision

    return since_birth()


def qt() -> float:
    """An empty window: what every program with one makes its user wait for."""
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QApplication, QMainWindow

    app = QApplication([])
    seen: list[float] = []

    def on_painted() -> None:
        seen.append(since_birth())
        app.quit()

    class Empty(QMainWindow):
        def paintEvent(self, event: QPaintEvent) -> None:
            super().paintEvent(event)
            QTimer.singleShot(0, on_painted)

    window = Empty()
    window.show()
    app.exec()
    return seen[0]


def window() -> float:
    """The program as `main.py gui` opens it, until its window has been painted."""
    from gui import qtsetup as qtsetup  # isort: skip
    from PySide6.QtCore import QCoreApplication

    from gui import app as gui_app

    seen: list[float] = []
    make_window = gui_app.make_window

    def watched(app: QApplication, argument: str | None) -> MainWindow:
        made = make_window(app, argument)
        made.painted.connect(on_painted)
        return made

    def on_painted() -> None:
        seen.append(since_birth())
        QCoreApplication.quit()

    gui_app.make_window = watched
    sys.argv = ["main.py", "gui"]
    import main as front_door

    front_door.main()
    return seen[0]


MOMENTS: dict[str, Callable[[], float]] = {"imports": imports, "qt": qt, "window": window}


def main() -> None:
    print(json.dumps({"seconds": MOMENTS[sys.argv[1]]()}), flush=True)
    os._exit(0)  # the window's threads are still importing torch: nobody waits for them


if __name__ == "__main__":
    main()
