"""A million points from the disk: our run folder, and TensorBoard's event file beside it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from benchmarks.contenders.base import Task, Values

if TYPE_CHECKING:
    from engine.runs.metriclog import MetricLog

POINTS, QUICK = 1_000_000, 20_000
METRICS = 4


def run(task: Task) -> Values:
    """Read a run folder, then show it in the live plots."""
    from benchmarks.long.runfolder import write_points
    from engine.runs.metricreader import read_metrics

    write_points(task.work_dir, QUICK if task.quick else POINTS, METRICS)
    start = time.perf_counter()
    log = read_metrics(task.work_dir)
    read = time.perf_counter() - start
    return {"read_s": read, "shown_s": _shown(log), "points": float(_count(log))}


def tensorboard(task: Task) -> Values:
    """The same points by TensorBoard's `EventAccumulator`, all of them kept."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    from benchmarks.long.eventfile import write_events
    from benchmarks.long.runfolder import write_points
    from engine.runs.metricreader import read_metrics

    write_points(task.work_dir, QUICK if task.quick else POINTS, METRICS)
    log = read_metrics(task.work_dir)
    path = task.work_dir / "events.out.tfevents.0.here"
    write_events(path, {name: log.series(name).since() for name in log.names()})
    start = time.perf_counter()
    accumulator = EventAccumulator(str(path), size_guidance={"scalars": 0})
    accumulator.Reload()
    found = {tag: accumulator.Scalars(tag) for tag in accumulator.Tags()["scalars"]}
    seconds = time.perf_counter() - start
    count = sum(map(len, found.values()))
    if count != _count(log):
        raise RuntimeError(f"{count} of {_count(log)} points came")
    return {"read_s": seconds, "points": float(count)}


def _count(log: MetricLog) -> int:
    return sum(len(log.series(name)) for name in log.names())


def _shown(log: MetricLog) -> float:
    """Seconds until the live plots have painted it."""
    from gui import app as gui_app  # before the rest of Qt
    from gui.panels.live import LivePanel
    from gui.theme import Theme

    panel = LivePanel(Theme(gui_app.application()))
    panel.resize(1200, 800)
    panel.show()
    panel.grab()
    start = time.perf_counter()
    panel.set_source(log, "accuracy")
    panel.refresh()
    panel.grab()
    return time.perf_counter() - start
