"""What is new of one curve since it was last drawn, and of which run it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from engine.runs.metriclog import MetricSource, Points, Series

XAxis = Literal["step", "epoch", "time"]
X_AXES: tuple[XAxis, ...] = get_args(XAxis)

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Compared:
    """A run that is laid over the open one.

    `color` is the number that the run keeps; `main` its main metric (`accuracy`), as far as known.
    """

    key: str
    title: str
    source: MetricSource
    color: int
    main: str = ""


@dataclass(frozen=True)
class Update:
    """What is new of one curve; `restarted` if its earlier points do not hold any more."""

    key: str
    x: FloatArray
    y: FloatArray
    restarted: bool


class Feed:
    """How far one curve has been read; notices when a training went back to a checkpoint."""

    def __init__(self, key: str) -> None:
        self.key = key
        self._read = 0
        self._last = b""

    def poll(self, series: Series, axis: XAxis) -> Update | None:
        """What has been added since the last time, or everything if the past has changed."""
        restarted = self._read == 0 or not self._still_holds(series)
        points = series.since(0 if restarted else self._read)
        if not len(points) and not (restarted and self._read):
            return None
        self._read = (0 if restarted else self._read) + len(points)
        self._last = points[-1:].tobytes()
        return Update(self.key, _column(points, axis), _column(points, "value"), restarted)

    def _still_holds(self, series: Series) -> bool:
        return series.since(self._read - 1)[:1].tobytes() == self._last


def _column(points: Points, name: str) -> FloatArray:
    return np.ascontiguousarray(points[name], dtype=np.float64)
