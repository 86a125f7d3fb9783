"""From values to pixels: where a plot looks, and points as polygons that Qt draws in one call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from pyqtgraph.functions import create_qpolygonf, ndarray_from_qpolygonf
from PySide6.QtGui import QPolygonF

from gui.plots.growing import FloatArray
from gui.plots.ranges import UNIT, Limits

_FAR = 1e7
"""Pixels beyond which a coordinate is cut off; far outside of any screen."""

_LOWEST = 1e-300
"""Stands for zero and below on a logarithmic axis: a line that leaves through the bottom."""


@dataclass(frozen=True)
class Frame:
    """What a plot shows: limits of both axes (`y` as logarithms if `log`), size in pixels."""

    x: Limits = UNIT
    y: Limits = UNIT
    width: float = 1.0
    height: float = 1.0
    log: bool = False

    def pixel_x(self, x: float) -> float:
        """Where a value of x stands, from the left."""
        return (x - self.x.low) * self.width / self.x.span

    def value_x(self, pixel: float) -> float:
        """The value of x at a pixel."""
        return self.x.low + pixel * self.x.span / self.width

    def pixels(self, x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Where points stand, from the top left; what cannot be drawn becomes nan."""
        if self.log:
            y = np.log10(np.where(y > 0, y, np.where(np.isfinite(y), _LOWEST, np.nan)))
        left = (x - self.x.low) * (self.width / self.x.span)
        top = (self.y.high - y) * (self.height / self.y.span)
        top[~np.isfinite(y)] = np.nan
        return left, np.clip(top, -_FAR, _FAR)


def polygons(left: FloatArray, top: FloatArray, width: float) -> list[QPolygonF]:
    """The line through the points as polygons, one for each stretch without a gap.

    Ends far outside `0..width` are drawn in to the border, where they are on the line.
    """
    if np.isfinite(top).all():
        return [_polygon(left, top, width)] if len(top) else []
    return [_polygon(left[part], top[part], width) for part in _stretches(np.isfinite(top))]


def _stretches(finite: Any) -> Iterator[slice]:
    edges = np.flatnonzero(np.diff(finite, prepend=False, append=False))
    for start, stop in edges.reshape(-1, 2).tolist():
        yield slice(start, stop)


def _polygon(left: FloatArray, top: FloatArray, width: float) -> QPolygonF:
    if len(left) == 1:  # a line needs two ends: a lone point is a short dash
        left, top = np.array([left[0] - 1.0, left[0] + 1.0]), np.repeat(top, 2)
    polygon = create_qpolygonf(len(left))
    memory = ndarray_from_qpolygonf(polygon)
    memory[:, 0], memory[:, 1] = left, top
    _draw_in(memory, 0, 1, -1.0)
    _draw_in(memory, -1, -2, width + 1.0)
    return polygon  # type: ignore[no-any-return]


def _draw_in(memory: Any, end: int, inner: int, border: float) -> None:
    """Move an end that lies beyond the border along its line to the border."""
    (x, y), (inner_x, inner_y) = memory[end], memory[inner]
    outside = x < border if end == 0 else x > border
    if outside and inner_x != x:
        memory[end] = border, y + (border - x) * (inner_y - y) / (inner_x - x)
