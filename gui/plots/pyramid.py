"""A growing curve at ever coarser resolutions, each of which still shows every spike.

Buckets of 16, 32, 64, ... points are represented by two of them: where the smallest and where the
largest finite value stands. A bucket is computed once, from the two finer ones it is made of.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from gui.plots.growing import FloatArray, Growing, IntArray

BASE = 16
"""Points of the smallest buckets that are kept."""

LAG = 128
"""New points are taken in so many at a time: a few at once would cost as much."""

Points = tuple[FloatArray, FloatArray]


@dataclass
class Level:
    """Two points of each bucket, in the order in which they stand in the curve."""

    x: Growing = field(default_factory=Growing)
    y: Growing = field(default_factory=Growing)

    def points(self, first: int, last: int) -> Points:
        """Those of the buckets `first:last`."""
        return self.x.view[2 * first : 2 * last], self.y.view[2 * first : 2 * last]


class Pyramid:
    """The levels of one curve; level k has buckets of `width_of(k)` points."""

    def __init__(self) -> None:
        self.levels: list[Level] = []
        self.reach = 0
        """How many points from the first on have been taken in."""

    def clear(self) -> None:
        """Forget everything."""
        self.levels.clear()
        self.reach = 0

    def update(self, x: FloatArray, y: FloatArray) -> None:
        """Take in what was appended to these; only buckets that became full are computed."""
        if len(y) - self.reach < LAG:
            return
        taken, full = self.reach, len(y) // BASE * BASE
        new = extremes(x[taken:full], y[taken:full], BASE)
        self.reach = full
        number = 0
        while len(new[0]):
            if number == len(self.levels):
                self.levels.append(Level())
            level = self.levels[number]
            level.x.extend(new[0])
            level.y.extend(new[1])
            number += 1
            done = len(self.levels[number].x) // 2 if number < len(self.levels) else 0
            pairs = level.points(2 * done, len(level.x) // 4 * 2)
            new = extremes(*pairs, 4)

    def points(self, level: int, start: int, stop: int) -> Points:
        """Two points of each bucket of `start:stop`, which are whole buckets of that level."""
        width = width_of(level)
        return self.levels[level].points(start // width, stop // width)


def width_of(level: int) -> int:
    """How many points a bucket of a level has."""
    return BASE << level


def extremes(x: FloatArray, y: FloatArray, width: int) -> Points:
    """Of each `width` points the one with the smallest finite value and the one with the largest,
    the earlier one first; where none is finite, the first of them twice."""
    rows = y.reshape(-1, width)
    with np.errstate(invalid="ignore", over="ignore"):
        finite_sum = np.isfinite(rows.sum())
    if finite_sum:  # then each of them is, and no array was made to find out
        lowest, highest = rows.argmin(axis=1), rows.argmax(axis=1)
    else:
        finite = np.isfinite(rows)
        lowest = np.where(finite, rows, np.inf).argmin(axis=1)
        highest = np.where(finite, rows, -np.inf).argmax(axis=1)
    places: IntArray = np.empty((len(rows), 2), np.int64)
    np.minimum(lowest, highest, out=places[:, 0])
    np.maximum(lowest, highest, out=places[:, 1])
    places += np.arange(0, len(y), width)[:, None]
    chosen = places.ravel()
    return x[chosen], y[chosen]
