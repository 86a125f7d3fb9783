"""Metrics while they are made: one growing array per metric, written by one thread, read by any.

A step costs the training one array write. The window polls `Series.since`, the writer appends
what is new to the run folder's `metrics.bin`. No lock: values are written before the count.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

POINT = np.dtype([("step", "<u4"), ("epoch", "<f8"), ("time", "<f8"), ("value", "<f8")])
"""One point of a curve: optimizer step, epochs done (fractional), seconds trained, value."""

Points = npt.NDArray[np.void]
"""A structured array of `POINT`."""


class Series:
    """The points of one metric, in the order in which they were made."""

    def __init__(self, capacity: int = 1024) -> None:
        self._points: Points = np.zeros(capacity, POINT)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def append(self, step: int, epoch: float, time: float, value: float) -> None:
        """Add one point (writing thread only)."""
        count = self._count
        if count == len(self._points):
            self._points = np.concatenate([self._points, np.zeros(count, POINT)])
        self._points[count] = (step, epoch, time, value)
        self._count = count + 1

    def extend(self, points: Points) -> None:
        """Add many points at once (writing thread only)."""
        needed = self._count + len(points)
        if needed > len(self._points):
            grown = np.zeros(max(needed, 2 * len(self._points)), POINT)
            grown[: self._count] = self._points[: self._count]
            self._points = grown
        self._points[self._count : needed] = points
        self._count = needed

    def truncate(self, count: int) -> None:
        """Forget the points beyond the first `count` (a run that goes back to a checkpoint)."""
        self._count = min(self._count, count)

    def since(self, start: int = 0) -> Points:
        """The points from index `start` on, as a view; safe from any thread."""
        count = self._count  # read before the array: the array in place holds at least so many
        return self._points[start:count]


class MetricSource(Protocol):
    """Where curves come from: a live training, a finished run, another process's run folder."""

    def names(self) -> tuple[str, ...]:
        """The metrics that have at least been announced, in order of appearance."""

    def series(self, name: str) -> Series:
        """The points of one metric; KeyError if it is not there."""


class MetricLog:
    """The metrics of a training in this process, by name: `train_loss`, `val_accuracy`, `lr`."""

    def __init__(self) -> None:
        self._series: dict[str, Series] = {}

    def names(self) -> tuple[str, ...]:
        """All metrics in order of appearance."""
        return tuple(self._series)

    def series(self, name: str) -> Series:
        """The points of one metric; KeyError if it is not there."""
        return self._series[name]

    def open(self, name: str) -> Series:
        """The series of that name, made if there is none (writing thread only)."""
        if name not in self._series:
            self._series = {**self._series, name: Series()}  # readers never see a dict change
        return self._series[name]

    def append(self, name: str, step: int, epoch: float, time: float, value: float) -> None:
        """Add one point to one metric (writing thread only)."""
        self.open(name).append(step, epoch, time, value)
