"""A long, growing curve as about two thousand points that still show every spike.

Of what is visible, whole buckets of a `Pyramid` are taken as they are, finer ones towards both
ends: the time that it takes hardly depends on the length.
"""

from __future__ import annotations

from math import log2

import numpy as np

from gui.plots.growing import FloatArray, Growing
from gui.plots.pyramid import BASE, Points, Pyramid, extremes, width_of

LIMIT = 2000
"""Points of one drawn curve, about: the newest ones, and some at both ends, may come to them."""

_WIDE = 8.0
"""A bucket that takes so many times the room of the usual one is drawn finer."""


class Envelope:
    """A growing curve of which a drawable number of points can be had for any x range.

    Values that are not finite are gaps. x is expected not to fall; where it does, the largest x
    so far stands in. With `along`, the x are those of another one, which gets its points first.
    """

    def __init__(self, along: Envelope | None = None) -> None:
        self._shared = along is not None
        self._x: Growing = along._x if along is not None else Growing()
        self._y = Growing()
        self._pyramid = Pyramid()

    def __len__(self) -> int:
        return len(self._y)

    @property
    def x(self) -> FloatArray:
        """All x so far; not a copy."""
        return self._x.view[: len(self._y)]

    @property
    def y(self) -> FloatArray:
        """All y so far; not a copy."""
        return self._y.view

    def append(self, x: FloatArray, y: FloatArray) -> None:
        """Add points at the end; their x are there already if they are another one's."""
        if not len(y):
            return
        if not self._shared:
            self._x.extend(self._rising(x))
        self._y.extend(y)
        self._pyramid.update(self.x, self.y)

    def _rising(self, x: FloatArray) -> FloatArray:
        last = self._x.view[-1] if len(self._x) else x[0]
        if x[0] >= last and (x[1:] >= x[:-1]).all():
            return x
        return np.asarray(np.maximum(np.maximum.accumulate(x), last))

    def clear(self) -> None:
        """Forget all points."""
        if not self._shared:
            self._x.clear()
        self._y.clear()
        self._pyramid.clear()

    def visible(self, low: float, high: float, limit: int = LIMIT) -> Points:
        """x and y of about `limit` points that look like all those in `low..high`.

        The smallest and the largest value of each stretch are kept, and one point beyond either
        end, so that the line goes on to the border.
        """
        x = self.x
        start = max(0, int(x.searchsorted(low, "left")) - 1)
        stop = min(len(x), int(x.searchsorted(high, "right")) + 1)
        if stop - start <= max(limit, 2):
            return x[start:stop], self.y[start:stop]
        width = 4
        while 2 * (stop - start) > limit * width:
            width *= 2
        pieces = self._pieces(start + 1, stop - 1, width)
        pieces = [self._raw(start, start + 1), *pieces, self._raw(stop - 1, stop)]
        return np.concatenate([p[0] for p in pieces]), np.concatenate([p[1] for p in pieces])

    def nearest(self, x: float) -> int | None:
        """The index of the point whose x is nearest, or None when there is none."""
        count = len(self)
        if not count:
            return None
        after = int(self.x.searchsorted(x, "left"))
        if after == 0 or after == count:
            return min(after, count - 1)
        return after if self.x[after] - x < x - self.x[after - 1] else after - 1

    def _raw(self, start: int, stop: int) -> Points:
        return self._x.view[start:stop], self._y.view[start:stop]

    def _pieces(self, start: int, stop: int, width: int) -> list[Points]:
        """The points to draw of `start:stop`, from left to right: of buckets `width` points wide
        where there are whole ones, of finer ones before and behind them."""
        if width < BASE:
            return self._made(start, stop, width)
        level = -1
        end = min(stop, self._pyramid.reach)
        left: list[Points] = []
        right = [self._raw(end, stop)] if end >= start else [self._raw(start, stop)]
        while width_of(level + 1) <= width:
            step = width_of(level + 1)
            first, last = -(-start // step) * step, end // step * step
            if first >= last:
                break
            if first > start:
                left.append(self._points(level, start, first))
            if last < end:
                right.append(self._points(level, last, end))
            start, end, level = first, last, level + 1
        if start < end:
            left += self._even(level, start, end)
        return left + right[::-1]

    def _points(self, level: int, start: int, stop: int) -> Points:
        return self._pyramid.points(level, start, stop) if level >= 0 else self._raw(start, stop)

    def _made(self, start: int, stop: int, width: int) -> list[Points]:
        """The same for buckets that are too small to be kept."""
        first, last = -(-start // width) * width, stop // width * width
        if first >= last:
            return [self._raw(start, stop)]
        made = extremes(*self._raw(first, last), width)
        return [self._raw(start, first), made, self._raw(last, stop)]

    def _even(self, level: int, start: int, stop: int) -> list[Points]:
        """Whole buckets of a level, those that are far wider than most in finer ones: where points
        are few, each of them is seen."""
        x, y = self._points(level, start, stop)
        end = self._x.view[stop if stop < len(self) else -1]
        spans = np.diff(x[::2], append=end)
        usual = (end - x[0]) / len(spans)
        if level < 0 or spans.max() <= _WIDE * usual:
            return [(x, y)]
        step, pieces, done = width_of(level), [], start
        for bucket in np.flatnonzero(spans > _WIDE * usual).tolist():  # not many: they are wide
            place = start + bucket * step
            finer = max(-1, level - int(log2(spans[bucket] / usual)))
            pieces += [self._points(level, done, place), self._points(finer, place, place + step)]
            done = place + step
        return [*pieces, self._points(level, done, stop)]
