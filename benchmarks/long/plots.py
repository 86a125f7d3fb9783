"""Twenty curves of a million points in one plot: first draw, pan, zoom, smoothing.

All of it with real widgets: arrays go in, and a thing is over when the frame has been painted.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.contenders.base import Task, Values

if TYPE_CHECKING:
    from gui.plots.growing import FloatArray
    from gui.plots.plot import Plot

CURVES, POINTS, MOVES = 20, 1_000_000, 60
WEIGHT = 0.9
SIZE = (1200, 700)


def run(task: Task) -> Values:
    """Everything that one does with long curves."""
    from gui import app as gui_app  # before the rest of Qt
    from gui.plots.smoothing import Smoother

    gui_app.application()
    curves, points, moves = (4, 50_000, 10) if task.quick else (CURVES, POINTS, MOVES)
    x, data = np.arange(float(points)), [_values(points, seed) for seed in range(curves)]
    plot = _plot(curves)
    draw = _timed(lambda: _fill(plot, x, data), _paint)
    port = plot.canvas.viewport()

    def slowest(move: Callable[[int], object]) -> Values:
        """Of 95 of 100 frames while something is moved."""
        times = [_timed(lambda n=n: move(n), port.repaint) for n in range(moves)]  # type: ignore[misc]
        return {key: float(np.percentile([each[key] for each in times], 95)) for key in times[0]}

    pan = slowest(lambda n: plot.view.translateBy(x=_way(n) * 5e3))
    zoom = slowest(lambda n: plot.view.scaleBy(x=0.9 if _way(n) > 0 else 1 / 0.9))
    one = [_timed(lambda: Smoother(WEIGHT).extend(data[0]), lambda: None) for _ in range(7)]
    every = _timed(lambda: _smooth_all(plot), _paint)
    return {
        "first_draw_s": draw["wall"],
        "first_draw_cpu_s": draw["cpu"],
        "pan_fps": 1 / pan["wall"],
        "pan_cpu_ms": 1000 * pan["cpu"],
        "zoom_fps": 1 / zoom["wall"],
        "zoom_cpu_ms": 1000 * zoom["cpu"],
        "smooth_one_ms": 1000 * float(np.median([each["wall"] for each in one])),
        "smooth_one_cpu_ms": 1000 * float(np.median([each["cpu"] for each in one])),
        "smooth_all_ms": 1000 * every["wall"],
        "smooth_all_cpu_ms": 1000 * every["cpu"],
    }


def _values(count: int, seed: int) -> FloatArray:
    """A noisy curve that falls."""
    steps, noise = np.arange(count) / count, np.random.default_rng(seed).normal(0, 0.2, count)
    return np.asarray(0.1 + 2 * np.exp(-6 * steps) * np.exp(noise))


def _plot(curves: int) -> Plot:
    """An empty plot on the screen with so many curves."""
    from PySide6.QtWidgets import QApplication

    from gui.plots.curve import CurveInfo
    from gui.plots.plot import Plot, PlotInfo
    from gui.plots.style import CurveLook, PlotStyle
    from gui.theme import Theme

    app = QApplication.instance()
    assert isinstance(app, QApplication)
    plot = Plot(PlotInfo("loss", "Loss"), PlotStyle(Theme(app)))
    plot.set_curves(
        [CurveInfo(str(key), str(key), CurveLook(key % 6, False)) for key in range(curves)], {}
    )
    plot.resize(*SIZE)
    plot.show()
    _paint()
    return plot


def _fill(plot: Plot, x: FloatArray, data: list[FloatArray]) -> None:
    from gui.plots.ranges import Limits

    for curve, y in zip(plot.curves.values(), data, strict=True):
        curve.append(x, y)
    plot.show_x(Limits(0.0, float(len(x))))
    plot.changed()


def _way(number: int) -> int:
    """Ten times forward, ten times back."""
    return 1 if number % 20 < 10 else -1


def _timed(act: Callable[[], object], paint: Callable[[], object]) -> Values:
    """Seconds until what that changes has been painted, and the processor's time in them."""
    start, cpu = time.perf_counter(), time.thread_time()
    act()
    paint()
    return {"wall": time.perf_counter() - start, "cpu": time.thread_time() - cpu}


def _paint() -> None:
    """Let everything that waits be painted, without the pause that Qt makes between frames."""
    from PySide6.QtWidgets import QApplication

    for _ in range(3):
        for top in QApplication.topLevelWidgets():
            top.repaint()
        QApplication.processEvents()


def _smooth_all(plot: Plot) -> None:
    """The slider is moved."""
    for curve in plot.curves.values():
        curve.set_smoothing(WEIGHT)
    plot.changed()
