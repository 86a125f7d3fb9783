"""A long, growing curve as at most a thousand points that still show every spike.

`Pyramid` knows, for buckets of 16, 128, 1024, ... points, where the smallest or largest stands;
`Envelope` uses two of them to thin what is visible in a time that hardly depends on the length.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gui.plots.growing import BoolArray, FloatArray, Growing, IntArray

LIMIT = 1000
"""Points of one drawn curve, at most."""

_BASE = 16
_FACTOR = 8
_CANDIDATES = 8192
"""Points from which the drawn ones are chosen, about: enough to place each to the pixel."""


class Pyramid:
    """Where the smallest finite value of each bucket of a growing array stands, level by level.

    With `sign` -1 it is the largest. Level k has buckets of 16 * 8**k points.
    """

    def __init__(self, sign: float = 1.0) -> None:
        self._sign = sign
        self._levels: list[Growing] = []

    def clear(self) -> None:
        """Forget everything."""
        self._levels.clear()

    def update(self, values: FloatArray) -> None:
        """Take in what was appended to `values`; only buckets that became full are computed."""
        level, width = 0, _BASE
        while full := len(values) // width:
            if level == len(self._levels):
                self._levels.append(Growing(np.int64))
            done = len(self._levels[level])
            if full > done:
                self._levels[level].extend(self._pick(values, level, done, full))
            level, width = level + 1, width * _FACTOR

    def level_for(self, count: int) -> int:
        """The finest level on which `count` points are few enough; -1 is the points themselves."""
        level = -1
        while level + 1 < len(self._levels) and 2 * count > _CANDIDATES * width_of(level):
            level += 1
        return level

    def places(self, level: int, first: int, last: int) -> IntArray:
        """Indices into the values, one for each of the buckets `first:last` of a level."""
        return self._levels[level].view[first:last]

    def _pick(self, values: FloatArray, level: int, done: int, full: int) -> IntArray:
        if level == 0:
            found = np.arange(done * _BASE, full * _BASE).reshape(-1, _BASE)
        else:
            found = self.places(level - 1, done * _FACTOR, full * _FACTOR).reshape(-1, _FACTOR)
        candidates = values[found] * self._sign
        candidates[~np.isfinite(candidates)] = np.inf
        return np.asarray(found[np.arange(full - done), candidates.argmin(axis=1)])


def width_of(level: int) -> int:
    """How many points a bucket of a level has."""
    return _BASE * _FACTOR**level if level >= 0 else 1


@dataclass(frozen=True)
class _Settled:
    """The part of a thinned curve that points to come cannot change any more.

    `kept` are the indices of the drawn points of all buckets below `bucket`; what belongs to
    that bucket and the later ones is found from index `resume` on.
    """

    key: tuple[float, float, int, int, int]
    """Low, high, buckets, first index, level of the pyramid."""
    kept: IntArray
    bucket: int
    resume: int


class Envelope:
    """A growing curve of which a drawable number of points can be had for any x range.

    Values that are not finite are gaps. x is expected not to fall; where it does, the largest x
    so far stands in.
    """

    def __init__(self) -> None:
        self._x = Growing()
        self._y = Growing()
        self._lowest = Pyramid()
        self._highest = Pyramid(sign=-1.0)
        self._settled: _Settled | None = None

    def __len__(self) -> int:
        return len(self._x)

    @property
    def x(self) -> FloatArray:
        """All x so far; not a copy."""
        return self._x.view

    @property
    def y(self) -> FloatArray:
        """All y so far; not a copy."""
        return self._y.view

    def append(self, x: FloatArray, y: FloatArray) -> None:
        """Add points at the end."""
        if not len(x):
            return
        rising = np.maximum.accumulate(x)
        if len(self._x):
            rising = np.maximum(rising, self._x.view[-1])
        self._x.extend(rising)
        self._y.extend(y)
        for pyramid in (self._lowest, self._highest):
            pyramid.update(self.y)

    def clear(self) -> None:
        """Forget all points."""
        self._x.clear()
        self._y.clear()
        self._lowest.clear()
        self._highest.clear()
        self._settled = None

    def visible(
        self, low: float, high: float, limit: int = LIMIT, band: bool = False
    ) -> tuple[FloatArray, FloatArray]:
        """x and y of at most `limit` points that look like all those in `low..high`.

        The first, smallest, largest and last of each stretch are kept; for a `band`, of which
        only the height is seen, the smallest and largest of twice as many stretches. One point
        beyond either end is among them, so that the line goes on to the border. While the range
        stays and the curve grows, only the newest stretches are thinned again.
        """
        start = max(0, int(self.x.searchsorted(low, "left")) - 1)
        stop = min(len(self), int(self.x.searchsorted(high, "right")) + 1)
        if stop - start <= limit:
            return self.x[start:stop], self.y[start:stop]
        buckets = (limit - 2) // (2 if band else 4)
        kept = self._thinned(low, high, (start, stop), buckets, band)
        return self.x[kept], self.y[kept]

    def nearest(self, x: float) -> int | None:
        """The index of the point whose x is nearest, or None when there is none."""
        count = len(self)
        if not count:
            return None
        after = int(self.x.searchsorted(x, "left"))
        if after == 0 or after == count:
            return min(after, count - 1)
        return after if self.x[after] - x < x - self.x[after - 1] else after - 1

    def _thinned(
        self, low: float, high: float, span: tuple[int, int], buckets: int, band: bool
    ) -> IntArray:
        """The indices of the points to draw."""
        start, stop = span
        level = self._lowest.level_for(stop - start)
        key = (low, high, buckets, start, level)
        held = self._settled
        if held is None or held.key != key:
            held = _Settled(key, np.empty(0, np.int64), 0, start)
        chosen = self._candidates(held.resume, stop, level)
        bucket = _buckets(self.x[chosen], low, high, buckets)
        if held.bucket:
            begin = int(bucket.searchsorted(held.bucket))
            chosen, bucket = chosen[begin:], bucket[begin:]
        keep = _extremes(self.y[chosen], bucket)
        if not band:
            keep |= _ends(bucket)
        kept = np.concatenate([held.kept, chosen[keep]])
        self._settled = self._settle(held, kept, chosen, bucket)
        return _with_ends(kept, start, stop - 1)

    def _settle(
        self, held: _Settled, kept: IntArray, chosen: IntArray, bucket: IntArray
    ) -> _Settled:
        """Remember all buckets before that of the last point in a full bucket of the pyramid."""
        low, high, buckets, start, level = held.key
        width = width_of(level)
        full = (len(self) // width) * width
        if full <= start:
            return held
        reached = int(_buckets(self.x[full - 1 : full], low, high, buckets)[0])
        settled = min(reached, int(bucket[-1]))
        if settled <= held.bucket:
            return held
        first = int(chosen[int(bucket.searchsorted(settled))])
        resume = first // width * width  # the same has to be chosen from: whole buckets
        below = int(kept.searchsorted(first))
        return _Settled(held.key, kept[:below], settled, resume if resume >= start else first)

    def _candidates(self, start: int, stop: int, level: int) -> IntArray:
        """Indices within `start:stop`, in order, among them every extreme that can matter."""
        width = width_of(level)
        first, last = -(-start // width), stop // width
        if level < 0 or last <= first:
            return np.arange(start, stop)
        both = [side.places(level, first, last) for side in (self._lowest, self._highest)]
        pairs = np.sort(np.array(both), axis=0).T
        head, tail = np.arange(start, first * width), np.arange(last * width, stop)
        return np.concatenate([head, pairs.ravel(), tail])


def _buckets(x: FloatArray, low: float, high: float, count: int) -> IntArray:
    """The number of each point's bucket, by where it stands in `low..high`; never falling."""
    places = (x - low) * (count / (high - low))
    return np.minimum(np.maximum(places, 0.0), count - 1.0).astype(np.int64)


def _extremes(y: FloatArray, bucket: IntArray) -> BoolArray:
    """Which point is the first lowest or first highest finite one of its bucket.

    In a bucket without any it is the first one, so that the gap shows.
    """
    starts = _changes(bucket)
    number = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(y)))
    finite = np.isfinite(y)
    keep = np.zeros(len(y), bool)
    for values, reduce in (
        (np.where(finite, y, np.inf), np.minimum),
        (np.where(finite, y, -np.inf), np.maximum),
    ):
        hits = (values == reduce.reduceat(values, starts)[number]).nonzero()[0]
        keep[hits[_changes(number[hits])]] = True
    return keep


def _ends(bucket: IntArray) -> BoolArray:
    """Which point is the first or last of its bucket."""
    other = bucket[1:] != bucket[:-1]
    keep = np.ones(len(bucket), bool)
    keep[1:-1] = other[1:] | other[:-1]
    return keep


def _with_ends(kept: IntArray, first: int, last: int) -> IntArray:
    """The same with the first and the last of all; a pyramid may have others to offer."""
    missing = [[end] for end, held in ((first, kept[0]), (last, kept[-1])) if end != held]
    return np.sort(np.concatenate([kept, *missing])) if missing else kept


def _changes(numbers: IntArray) -> IntArray:
    """Where another number begins, the first place included."""
    begins = np.empty(len(numbers), bool)
    begins[:1] = True
    np.not_equal(numbers[1:], numbers[:-1], out=begins[1:])
    return begins.nonzero()[0]
