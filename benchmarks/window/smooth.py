"""The window while the training uses all cores: how late a timer is, how long frames take."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.contenders.base import Task, Values
from benchmarks.long.runfolder import long_run
from benchmarks.window.opened import ENDLESS, Opened, opened

if TYPE_CHECKING:
    from benchmarks.window.frames import Frame

POINTS = 1_000_000
WATCHED_S, INPUTS = 10.0, 120
REACH = 120
"""Pixels that the splitter is dragged to either side."""


def run(task: Task) -> Values:
    """A timer alone at first; then somebody types, drags and moves a long curve."""
    from engine import paths

    seconds, inputs, points = (1.0, 12, 50_000) if task.quick else (WATCHED_S, INPUTS, POINTS)
    long_run(paths.runs_dir(), points)
    from benchmarks.window.ticks import Ticks
    from gui.window import USUAL

    with opened(task, task.about.recipe(ENDLESS, task.threads)) as window:
        window.window.resize(USUAL)  # the screen of the test platform is smaller than any real one
        window.start(task.warm_up)
        window.wait(1.0)
        ticks = Ticks()
        window.wait(seconds)
        answer = ticks.end()
        for name, times in _hands(window, inputs):
            answer |= _of(name, times)
        window.stop()
    return answer


def _of(name: str, frames: list[Frame]) -> Values:
    """Median, 95th percentile and longest of frame times, and the median of the work in them."""
    if not frames:
        raise RuntimeError(f"Nothing was painted: {name}")
    times = [frame.wall for frame in frames]
    return {
        f"{name}_p50_ms": float(np.median(times)),
        f"{name}_p95_ms": float(np.percentile(times, 95)),
        f"{name}_max_ms": max(times),
        f"{name}_cpu_ms": float(np.median([frame.cpu for frame in frames])),
        f"{name}_frames": float(len(times)),
    }


def _hands(window: Opened, count: int) -> Iterator[tuple[str, list[Frame]]]:
    """What is done, and how long its frames took."""
    yield "typing", _typing(window, count)
    yield "splitter", _splitter(window, count)
    yield "pan", _pan(window, count)


def _typing(window: Opened, count: int) -> list[Frame]:
    """A name, then a number that the training depends on."""
    from benchmarks.window import hands
    from benchmarks.window.frames import frame_times

    recipe = window.desk.recipe
    name = window.field("name")
    frames = frame_times(name, hands.typing(name, count), lambda: str(recipe.get("name")))
    size = window.field("training.batch_size")
    digits = hands.digits(size, count // 2)
    return frames + frame_times(size, digits, lambda: str(recipe.get("training.batch_size")))


def _splitter(window: Opened, count: int) -> list[Frame]:
    """The border between the recipe and the plots."""
    from PySide6.QtWidgets import QSplitter

    from benchmarks.window import hands
    from benchmarks.window.frames import frame_times

    split = window.window.findChild(QSplitter, "split")
    assert split is not None
    plots = split.widget(1)
    assert plots is not None
    ends: Any = split.getRange(1)  # beyond them a splitter does not move
    least, most = ends
    middle, reach = (least + most) // 2, min(REACH, (most - least) // 2)
    split.setSizes([middle, split.width() - middle])
    window.wait(0.5)
    handle = split.handle(1)
    start = handle.rect().center()
    drag = hands.dragging(handle, start, hands.to_and_fro(start, reach, 6, count))
    return frame_times(plots, drag, lambda: tuple(split.sizes()))


def _pan(window: Opened, count: int) -> list[Frame]:
    """A drag across the loss plot with a run of a million points laid over the training."""
    from benchmarks.window import hands
    from benchmarks.window.frames import frame_times

    desk, live = window.desk, window.live
    desk.library.load()
    window.wait_for("the run", lambda: any(_is_long(run.path) for run in desk.library.runs))
    run = next(run for run in desk.library.runs if _is_long(run.path))
    desk.compared.choose(run)
    curves = live.stack.curves
    window.wait_for("its curve", lambda: any(c.info.run and len(c) for c in curves().values()))
    window.wait(1.0)
    plot = live.stack.plots["loss"]
    port = plot.canvas.viewport()
    start = port.rect().center()
    places = hands.to_and_fro(start, 200, 8, count)
    return frame_times(port, hands.dragging(port, start, places), lambda: plot.x_limits)


def _is_long(path: Path) -> bool:
    return path.name.endswith("long")
