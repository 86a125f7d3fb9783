"""`make screenshots`: the pictures in README and docs, taken from the real program while it trains.

Each picture is the window itself, drawn offscreen, with a real training behind it.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from PySide6.QtCore import QDeadlineTimer, QEventLoop, QObject  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from engine.model.folding import Box  # noqa: E402
from engine.recipe import Recipe  # noqa: E402, F401  pydantic before PySide6
from gui.app import application, make_window  # noqa: E402
from gui.desk import Desk  # noqa: E402
from gui.panels.model.panel import ModelPanel  # noqa: E402
from gui.panels.workspace import Workspace  # noqa: E402
from gui.presenters.training import State, TrainingPresenter  # noqa: E402
from gui.theme import Theme  # noqa: E402
from gui.window import MainWindow  # noqa: E402

T = TypeVar("T", bound=QObject)

IMAGES = ROOT / "docs" / "images"
SIZES = {"": (1280, 800), "-wide": (1920, 1080)}
OWN_DATA = {
    "photos": "photos_cnn", "table": "cars_mlp", "texts": "spam_text",
    "series": "temperature_forecast",
}  # fmt: skip
"""The kinds of people's own data, and the preset whose data is shown of each."""
STEP = 260
"""Optimizer step at which the pictures of a running training are taken."""


def main() -> None:
    """Take every picture: the first one while the training runs, the others while it is held."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        os.environ["TRAINBOARD_HOME"] = home
        app = application()
        window = make_window(app, "digits_cnn")
        theme, desk, workspace = (_child(app, window, kind) for kind in (Theme, Desk, Workspace))
        theme.set_mode("light")
        window.resize(*SIZES[""])
        window.show()
        _train_to(desk.training, STEP)
        _take(window, "window-light")
        desk.training.toggle_pause()
        _wait(lambda: desk.training.state is State.PAUSED)
        for suffix, size in SIZES.items():
            for mode in ("light", "dark"):
                theme.set_mode(mode)
                window.resize(*size)
                _wait(lambda: False, 800)
                _take(window, f"paused{suffix}-{mode}")
        window.resize(*SIZES[""])
        for panel in ("Data", "Model"):
            workspace.bring(panel)
            _wait(lambda: False, 1500)
            _take(window, f"{panel.lower()}-dark")
        _take_graphs(window, desk)
        window.leave("discard")
        _wait(lambda: not window.isVisible())
        for kind, preset in OWN_DATA.items():
            _take_data(app, kind, preset)


def _take_graphs(window: MainWindow, desk: Desk) -> None:
    """The Model tab's graphs, with an operation chosen in each."""
    panel = window.findChild(ModelPanel)
    assert panel is not None
    for way, graph, node in (("graph", desk.forward_graph, 5), ("loss", desk.loss_graph, 8)):
        panel.look_at(way)
        _wait(lambda graph=graph: graph.preview.status in ("shown", "failed"))
        graph.choose(Box(node=node))
        _wait(lambda: False, 500)
        _take(window, f"model-{way}-dark")


def _take_data(app: QApplication, kind: str, preset: str) -> None:
    """The Data tab of a preset, once its samples are shown and checked."""
    window = make_window(app, preset)
    _child(app, window, Theme).set_mode("light")
    desk, workspace = _child(app, window, Desk), _child(app, window, Workspace)
    window.resize(*SIZES[""])
    window.show()
    workspace.bring("Data")
    _wait(lambda: desk.data.status in ("shown", "failed"))
    _wait(lambda: False, 4000)
    _take(window, f"data-{kind}")
    window.leave("discard")
    _wait(lambda: not window.isVisible())


def _child(app: QApplication, window: MainWindow, kind: type[T]) -> T:
    """The one object of a kind that belongs to the window, the newest of the program's."""
    found = window.findChild(kind) or app.findChildren(kind)[-1]
    assert isinstance(found, kind)
    return found


def _train_to(training: TrainingPresenter, step: int) -> None:
    """Start, and go on until `step`."""
    training.start()
    _wait(lambda: training.channel is not None and training.channel.progress.step >= step)


def _take(window: MainWindow, name: str) -> None:
    path = IMAGES / f"{name}.png"
    window.grab().save(str(path))
    print(path.relative_to(ROOT))


def _wait(until: Callable[[], bool], milliseconds: int = 120_000) -> None:
    """Run the event loop until something is so, or the time is over."""
    deadline = QDeadlineTimer(milliseconds)
    while not until() and not deadline.hasExpired():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)


if __name__ == "__main__":
    main()
