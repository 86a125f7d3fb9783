"""What a frame of the live plots costs, beside pyqtgraph's own curves.

`python -m benchmarks.plots` prints a table and writes results/plots.json. Times are CPU time of
the window's thread, medians of frames that take turns. Calls are those into Qt, each of which
gives up and takes back the interpreter lock that the training needs too.
"""

from __future__ import annotations

import cProfile
import json
import os
import pstats
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import cycle
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).resolve().parent / "results"
CURVES, POINTS, PER_FRAME, SIZE = 4, 1000, 20, (1200, 800)


@dataclass(frozen=True)
class Row:
    """One measured thing; `ratio` is its time in those of the first of its group."""

    group: str
    name: str
    milliseconds: float
    ratio: float
    qt_calls: float | None = None


def main() -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    import pydantic  # noqa: F401  before PySide6
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication([])
    rows = _frames(app.processEvents)
    show(rows)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "plots.json").write_text(json.dumps([asdict(row) for row in rows], indent=1))


def show(rows: list[Row]) -> None:
    table = Table(title="Plots", title_justify="left")
    for head, justify in (("", "left"), ("", "left"), ("CPU ms", "right"), ("ratio", "right"),
                          ("Qt calls", "right")):  # fmt: skip
        table.add_column(head, justify=justify)  # type: ignore[arg-type]
    for row in rows:
        calls = f"{row.qt_calls:.0f}" if row.qt_calls is not None else ""
        table.add_row(row.group, row.name, f"{row.milliseconds:.2f}", f"{row.ratio:.2f}", calls)
    Console().print(table)


# --- Frames -----------------------------------------------------------------------------------


def _frames(process: Callable[[], None]) -> list[Row]:
    contenders = {
        "pyqtgraph, auto-range": _pyqtgraph(auto_range=True),
        "pyqtgraph, fixed ranges": _pyqtgraph(auto_range=False),
        "our plot": _our_plot(),
        "the live panel (3 plots)": _live_panel(),
    }
    times: dict[str, list[float]] = {name: [] for name in contenders}
    process()
    for _turn in range(80):
        for name, step in contenders.items():
            start = time.thread_time()
            step()
            process()
            times[name].append(1e3 * (time.thread_time() - start))
    found = {name: statistics.median(values[10:]) for name, values in times.items()}
    group = f"frame, {CURVES} curves of {POINTS} points"
    first = next(iter(found.values()))
    return [
        Row(group, name, value, value / first, _qt_calls(contenders[name], process))
        for name, value in found.items()
    ]


def _qt_calls(step: Callable[[], None], process: Callable[[], None], frames: int = 20) -> float:
    profile = cProfile.Profile()
    profile.enable()
    for _frame in range(frames):
        step()
        process()
    profile.disable()
    stats = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    calls = sum(int(entry[1]) for (_f, _l, name), entry in stats.items() if "PySide6" in name)
    return calls / frames


def _values(count: int, seed: int = 0) -> np.ndarray:
    steps = np.arange(count) / count
    noise = np.random.default_rng(seed).normal(0, 0.2, count)
    return np.asarray(0.1 + 2 * np.exp(-6 * steps) * np.exp(noise))


def _pyqtgraph(auto_range: bool) -> Callable[[], None]:
    """As one would write it first: `setData` on four curves at every frame."""
    import pyqtgraph as pg

    widget = pg.PlotWidget()
    widget.resize(*SIZE)
    curves = [widget.plot(pen=pg.mkPen(number, width=1)) for number in range(CURVES)]
    if not auto_range:
        widget.setRange(xRange=(0, POINTS), yRange=(0, 4), disableAutoRange=True)
    widget.show()
    x = np.arange(float(POINTS))
    data = cycle([_values(POINTS, seed) for seed in range(10)])

    def step() -> None:
        assert widget.isVisible()  # and stays alive as long as this function does
        for curve in curves:
            curve.setData(x, next(data), skipFiniteCheck=True)

    return step


def _our_plot() -> Callable[[], None]:
    """Four long curves that grow, thinned to as many points as those of pyqtgraph."""
    from PySide6.QtWidgets import QApplication

    from gui.plots.curve import CurveInfo
    from gui.plots.plot import Plot, PlotInfo
    from gui.plots.ranges import Limits
    from gui.plots.style import CurveLook, PlotStyle
    from gui.theme import Theme

    app = QApplication.instance()
    assert isinstance(app, QApplication)
    plot = Plot(PlotInfo("loss", "Loss"), PlotStyle(Theme(app)))
    plot.set_curves(
        [CurveInfo(str(key), str(key), CurveLook(key, False)) for key in range(CURVES)], {}
    )
    plot.resize(*SIZE)
    plot.show()
    count = 20 * POINTS
    for number, curve in enumerate(plot.curves.values()):
        curve.append(np.arange(float(count)), _values(count, number))
    plot.show_x(Limits(0.0, 1.5 * count))

    def step() -> None:
        for curve in plot.curves.values():
            start = len(curve)
            curve.append(np.arange(start, start + PER_FRAME, dtype=float), np.full(PER_FRAME, 0.1))
        plot.changed()

    return step


def _live_panel() -> Callable[[], None]:
    """The panel as it is in the window, smoothing on: six lines in three plots."""
    from PySide6.QtWidgets import QApplication

    from engine.training.channel import Channel
    from gui.panels.live import LivePanel
    from gui.theme import Theme

    app = QApplication.instance()
    assert isinstance(app, QApplication)
    panel, channel = LivePanel(Theme(app)), Channel()
    channel.progress.phase, channel.progress.total_steps = "training", 30 * POINTS
    panel.resize(*SIZE)
    panel.show()
    panel.set_channel(channel, "accuracy")
    values = _values(30 * POINTS)
    recorded = iter(range(1, 30 * POINTS))

    def record(count: int) -> None:
        for _number in range(count):
            step = next(recorded)
            for name in ("train_loss", "train_accuracy", "lr"):
                channel.log.append(name, step, step / 1000, step * 0.01, values[step])
            if step % 1000 == 0:
                for name in ("val_loss", "val_accuracy"):
                    channel.log.append(name, step, step / 1000, step * 0.01, values[step])

    record(20 * POINTS)
    panel.refresh()

    def step() -> None:
        record(PER_FRAME)
        panel.refresh()

    return step


if __name__ == "__main__":
    main()
