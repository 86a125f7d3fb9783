"""The real window with a recipe in it, step by step from the outside: open, start, wait, close."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from benchmarks.contenders.base import Task

if TYPE_CHECKING:
    from PySide6.QtCore import QEventLoop
    from PySide6.QtWidgets import QWidget

    from engine.recipe import Recipe
    from gui.desk import Desk
    from gui.panels.live import LivePanel
    from gui.window import MainWindow

ENDLESS = 100_000_000
"""Steps of a training that is stopped when enough was seen of it."""
PATIENCE = 60.0
"""Seconds after which something that was waited for will not come any more."""


class Opened:
    """The window and what is in it. Waiting runs its event loop."""

    def __init__(self, window: MainWindow) -> None:
        from gui.desk import Desk

        desk = window.findChild(Desk)
        assert isinstance(desk, Desk)
        self.window = window
        self.desk: Desk = desk

    @property
    def live(self) -> LivePanel:
        """The live plots, which may be made only when they are wanted."""
        from gui.panels.live import LivePanel

        found = self.window.findChild(LivePanel)
        assert isinstance(found, LivePanel)
        return found

    def field(self, name: str) -> QWidget:
        """The form's field of that name, in sight. Raises LookupError if there is none."""
        from PySide6.QtWidgets import QWidget

        from gui.panels.recipe import RecipePanel

        panel = self.window.findChild(RecipePanel)
        assert isinstance(panel, RecipePanel)
        panel.show_field(name)
        found = self.window.findChild(QWidget, name)
        if not isinstance(found, QWidget):
            raise LookupError(f"There is no field {name}")
        return found

    def wait(self, seconds: float) -> None:
        """Let the window live for so long."""
        from PySide6.QtCore import QTimer

        loop = _loop()
        QTimer.singleShot(round(1000 * seconds), loop.quit)
        loop.exec()

    def wait_for(self, what: str, condition: Callable[[], bool]) -> None:
        """Until that holds, looked at every 20 ms. Raises TimeoutError if it never does."""
        end = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError(f"waited {PATIENCE:.0f} s in vain for {what}")
            self.wait(0.02)

    def start(self, batches: int) -> None:
        """Press Start once torch is there, and wait until so many batches are learnt."""
        self.wait_for("torch", lambda: self.desk.training.ready)
        self.window.actions_["start"].trigger()
        self.wait_for("batches", lambda: self.done >= batches)

    @property
    def done(self) -> int:
        """Batches learnt so far. Raises RuntimeError if the training has ended."""
        ended, channel = self.desk.training.ended, self.desk.training.channel
        if ended is not None:
            raise RuntimeError(f"The training in the window has ended: {ended}")
        return channel.progress.done if channel is not None else 0

    def stop(self) -> None:
        """End the training."""
        self.desk.training.stop()
        self.wait_for("the end", lambda: not self.desk.training.active)


@contextmanager
def opened(task: Task, recipe: Recipe) -> Iterator[Opened]:
    """The window with this recipe, painted; its threads load torch. Its data is the task's."""
    from engine import paths
    from gui import app as gui_app  # before the rest of Qt

    if not paths.data_dir().exists():
        paths.home().mkdir(parents=True, exist_ok=True)
        paths.data_dir().symlink_to(task.data_dir, target_is_directory=True)
    recipe_file = task.work_dir / "recipe.yaml"
    recipe_file.write_text(recipe.to_yaml(), encoding="utf-8")

    from gui.garbage import collected_here

    window = gui_app.make_window(gui_app.application(), str(recipe_file))
    seen: list[bool] = []
    window.painted.connect(lambda: seen.append(True))
    window.show()
    with collected_here(window.imported):
        found = Opened(window)
        found.wait_for("the first paint", lambda: bool(seen))
        yield found
    window.hide()  # closing would ask about the changed recipe; the process is about to end


def _loop() -> QEventLoop:
    from PySide6.QtCore import QEventLoop

    return QEventLoop()
