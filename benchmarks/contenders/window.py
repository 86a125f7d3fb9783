"""Our engine in the real window, its live plots in sight, and how late its events come."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.contenders.base import Speed, Task
from benchmarks.contenders.headless import speed_of

if TYPE_CHECKING:
    from gui.desk import Desk

TICK_MS = 10


def run(task: Task) -> Speed:
    """Open the recipe, press Start, watch a timer until the training has ended."""
    os.environ["TRAINBOARD_HOME"] = str(task.data_dir.parent)
    from engine import paths

    if paths.data_dir() != task.data_dir:
        raise ValueError(f"The window looks for data in {paths.data_dir()}, not {task.data_dir}")
    recipe_file = task.work_dir / "recipe.yaml"
    recipe_file.write_text(task.recipe.to_yaml(), encoding="utf-8")

    from PySide6.QtCore import QTimer

    from engine.training.events import Ended
    from gui import app as gui_app
    from gui.desk import Desk

    app = gui_app.application()
    window = gui_app.make_window(app, str(recipe_file))
    desk = window.findChild(Desk)
    assert isinstance(desk, Desk)
    desk.training.happened.connect(
        lambda event: isinstance(event, Ended) and QTimer.singleShot(0, app.quit)
    )
    ticks = _Ticks(lambda: _after_warm_up(desk, task.warm_up))
    window.painted.connect(lambda: window.actions_["start"].trigger())
    window.show()
    app.exec()
    ticks.stop()
    ended, channel = desk.training.ended, desk.training.channel
    window.close()
    if ended is None or channel is None or ended.result.status != "finished":
        raise RuntimeError(f"The training in the window did not finish: {ended}")
    return Speed(speed_of(channel, task.warm_up), ticks.lateness())


def _after_warm_up(desk: Desk, warm_up: int) -> bool:
    channel = desk.training.channel
    if channel is None:
        return False
    return channel.progress.phase == "training" and channel.progress.done > warm_up


class _Ticks:
    """A timer on the window's thread that notes how late it was, while `when` holds."""

    def __init__(self, when: Callable[[], bool]) -> None:
        from PySide6.QtCore import Qt, QTimer

        self._when = when
        self._late: list[float] = []
        self._last = 0.0
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_tick)
        self._timer.start(TICK_MS)

    def _on_tick(self) -> None:
        now = time.perf_counter()
        if self._last and self._when():
            self._late.append(max(0.0, 1000 * (now - self._last) - TICK_MS))
        self._last = now

    def stop(self) -> None:
        """No more ticks: the application is about to end."""
        self._timer.stop()

    def lateness(self) -> dict[str, float]:
        """Milliseconds: median, 99th percentile, longest."""
        late = np.array(self._late or [0.0])
        return {
            "late_p50_ms": float(np.median(late)),
            "late_p99_ms": float(np.percentile(late, 99)),
            "late_max_ms": float(late.max()),
            "ticks": float(len(self._late)),
        }
