"""How fast a step is seen: the first one after Start, and all that follow."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.contenders.base import Task, Values
from benchmarks.window.opened import ENDLESS, Opened, opened

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

CURVE, PLOT = "train_loss", "loss"
WATCHED_S = 8.0


class Sight:
    """When each step was made, and when a frame was over that has its point in the curve."""

    def __init__(self, window: Opened) -> None:
        self._window = window
        self.made: list[float] = []
        self.seen: list[float] = []
        self._watched: QWidget | None = None

    def note_steps(self) -> None:
        """Note every step of whatever torch optimizer, on the thread that makes it."""
        from torch.optim.optimizer import register_optimizer_step_post_hook

        def note(*_args: Any) -> None:
            self.made.append(time.perf_counter())

        register_optimizer_step_post_hook(note)

    def watch(self) -> bool:
        """Note every frame of the loss plot, once it is there; whether it is."""
        from benchmarks.window.frames import Painted

        plot = self._window.live.stack.plots.get(PLOT)
        if plot is not None and self._watched is None:
            self._watched = plot.canvas.viewport()
            Painted(self._watched, self._on_painted)
        return self._watched is not None

    def _on_painted(self) -> None:
        curve = self._window.live.stack.curves().get(CURVE)
        if curve is not None:
            new = len(curve) - len(self.seen)
            self.seen += [time.perf_counter()] * new

    def latencies(self) -> Any:
        """Milliseconds from each step to the screen."""
        count = min(len(self.seen), len(self.made))
        return 1000 * (np.array(self.seen[:count]) - np.array(self.made[:count]))


def run(task: Task) -> Values:
    """Start, and watch the loss curve."""
    with opened(task, task.about.recipe(ENDLESS, task.threads)) as window:
        window.wait_for("torch", lambda: window.desk.training.ready)
        window.wait(1.0)
        sight = Sight(window)
        sight.note_steps()
        start = time.perf_counter()
        window.window.actions_["start"].trigger()
        window.wait_for("the plot", sight.watch)
        window.wait_for("a point", lambda: bool(sight.seen))
        window.wait(1.0 if task.quick else WATCHED_S)
        late = sight.latencies()
        first = sight.seen[0] - start
        window.stop()
    steady = late[len(late) // 10 :]  # the first frames build the plots
    return {
        "first_point_s": first,
        "pixel_p50_ms": float(np.median(steady)),
        "pixel_p95_ms": float(np.percentile(steady, 95)),
        "pixel_max_ms": float(steady.max()),
        "steps_seen": float(len(late)),
    }
