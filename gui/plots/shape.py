"""A curve in pixels: its lines as polygons, whole or from some pixel on, and where markers go."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import ceil, inf, log2

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPolygonF

from gui.plots.curve import Curve
from gui.plots.frame import Frame, polygons
from gui.plots.growing import FloatArray

MARKER = 5.0
"""Pixels across of a measured value."""

_SPACING = 9.0
"""Markers nearer to each other than this are left out; the line stays."""


@dataclass
class Line:
    """The points of one line, and how wide the picture is, in pixels."""

    left: FloatArray
    top: FloatArray
    width: float

    @cached_property
    def whole(self) -> list[QPolygonF]:
        """All of it, one polygon for each stretch without a gap."""
        return polygons(self.left, self.top, self.width)

    def beyond(self, pixel: float) -> list[QPolygonF]:
        """What stands to the right of a pixel, and the point before that."""
        start = int(self.left.searchsorted(pixel)) - 1
        if start <= 0:
            return self.whole
        return polygons(self.left[start:], self.top[start:], self.width)

    def changed_from(self, before: Line) -> float:
        """The pixel from which on it is another line; infinite if it is the same."""
        common = min(len(self.left), len(before.left))
        top, was = self.top[:common], before.top[:common]
        other = (top != was) & ~(np.isnan(top) & np.isnan(was))
        other |= self.left[:common] != before.left[:common]
        same = int(other.argmax()) if common and other.any() else common
        if same == len(self.left) == len(before.left):
            return inf
        return float(self.left[same - 1]) if same else -inf


@dataclass
class Shape:
    """A curve in pixels, for one frame; markers from left to right."""

    strong: Line
    faint: Line | None
    markers: QPolygonF | None
    last_marker: float = -inf

    def changed_from(self, before: Shape) -> float:
        """The pixel from which on it has to be painted again; infinite for not at all."""
        change = self.strong.changed_from(before.strong)
        if self.faint is not None and before.faint is not None:
            change = min(change, self.faint.changed_from(before.faint))
        return change


def shape_of(curve: Curve, frame: Frame) -> Shape:
    """What is drawn of a curve."""
    strong, raw = curve.drawn(frame.x)
    line = Line(*frame.pixels(*strong), frame.width)
    faint = Line(*frame.pixels(*raw), frame.width) if raw is not None else None
    if not curve.info.look.dashed:
        return Shape(line, faint, None)
    marked = _spaced(line)
    points = [QPointF(x, y) for x, y in zip(line.left[marked], line.top[marked], strict=True)]
    return Shape(line, faint, QPolygonF(points), points[-1].x() if points else -inf)


def _spaced(line: Line) -> list[int]:
    """Where markers go: at the points, as far as they do not run into each other."""
    left = line.left
    inside = np.isfinite(line.top) & (left >= -MARKER) & (left <= line.width + MARKER)
    usable = np.flatnonzero(inside)
    crowding = len(usable) * _SPACING / max(line.width, 1.0)
    every = 2 ** max(0, ceil(log2(max(crowding, 1.0))))  # doubles: markers do not wander
    return [int(place) for place in np.union1d(usable[::every], usable[-1:])]
