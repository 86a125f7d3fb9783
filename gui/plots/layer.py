"""Paints everything inside the axes in one item: a frame costs a few Qt calls a curve.

While a curve grows at its end, only the strip in which it has grown is painted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QGraphicsRectItem, QStyleOptionGraphicsItem, QWidget

from gui.plots.curve import Curve
from gui.plots.frame import Frame
from gui.plots.readout import Reading, paint_readings
from gui.plots.shape import MARKER, Line, Shape, shape_of
from gui.plots.style import Dash, PlotStyle, small_font

_RING, _DOT = 9.0, 6.0
"""Pixels across: the best value, a value under the crosshair."""

_BESIDE = 8.0
"""So many pixels further than a point anything that is painted at it reaches."""


@dataclass(frozen=True)
class Marker:
    """Something that happened at an x: a checkpoint, a changed learning rate."""

    x: float
    label: str


@dataclass
class Scene:
    """What there is to paint besides the curves; all in values, not in pixels."""

    x_grid: list[float] = field(default_factory=list)
    y_grid: list[float] = field(default_factory=list)
    markers: list[Marker] = field(default_factory=list)
    best_line: Marker | None = None
    """The evaluation that the best checkpoint is of."""
    best_point: tuple[str, float, float] | None = None
    """Key of a curve, x and y of its best value."""
    crosshair: float | None = None
    readings: list[Reading] = field(default_factory=list)
    """The compared runs at the crosshair, for a table beside it; empty for none."""


@dataclass(frozen=True)
class _Marks:
    """The vertical lines with their labels, laid out for one frame."""

    key: tuple[Frame, list[Marker], Marker | None]
    lines: list[tuple[Dash, QLineF]]
    labels: list[tuple[QRectF, QPointF, str]]


class CurveLayer(QGraphicsRectItem):
    """The grid, the curves, and the marks over them. Set the frame, then `update()`.

    A rectangle, the whole inside of the axes: Qt knows its bounds without asking Python.
    """

    def __init__(self, style: PlotStyle) -> None:
        super().__init__()
        self.style = style
        self.scene_data = Scene()
        self.curves: list[Curve] = []
        self._frame = Frame()
        self._shapes: dict[Curve, tuple[int, Frame, Shape]] = {}
        self._marks: _Marks | None = None
        self.setRect(0, 0, 1, 1)
        self.setPen(Qt.PenStyle.NoPen)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)  # what is exposed

    @property
    def frame(self) -> Frame:
        """What is shown."""
        return self._frame

    def set_curves(self, curves: list[Curve]) -> None:
        """Draw these; the first is in front."""
        self.curves = curves
        self._shapes = {curve: held for curve, held in self._shapes.items() if curve in curves}
        self.update()

    def set_frame(self, frame: Frame) -> None:
        """Show something else, or in another size."""
        if frame == self._frame:
            return
        if (frame.width, frame.height) != (self._frame.width, self._frame.height):
            self.setRect(0, 0, frame.width, frame.height)
        self._frame = frame
        self.update()

    def refresh(self) -> None:
        """Paint what has changed of the curves since they were painted."""
        change = min((self._change(curve) for curve in self.curves if curve.shown), default=inf)
        frame, start = self._frame, max(0.0, change - _BESIDE)
        if start < frame.width:
            self.update(QRectF(start, 0.0, frame.width - start, frame.height))

    def _change(self, curve: Curve) -> float:
        held = self._shapes.get(curve)
        shape = self._shape(curve)
        if held is None or held[1] != self._frame:
            return -inf
        return inf if held[2] is shape else shape.changed_from(held[2])

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """All that is exposed, from the back to the front (override); the first curve is in
        front."""
        exposed = option.exposedRect
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self._paint_grid(painter)
        self._paint_marks(painter, exposed)
        if self.style.fine:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shapes = [(curve, self._shape(curve)) for curve in self.curves[::-1] if curve.shown]
        start = exposed.left() - _BESIDE
        for curve, shape in shapes:
            if shape.faint is not None:
                pen = self.style.faint_pen(curve.info.look)
                _draw_lines(painter, pen, self._part(shape.faint, start))
        for curve, shape in shapes:
            if shape.markers is None:
                _draw_lines(
                    painter, self.style.pen(curve.info.look), self._part(shape.strong, start)
                )
            elif shape.last_marker >= start:
                _draw_lines(painter, self.style.pen(curve.info.look), shape.strong.whole)
                self._draw_dots(painter, curve, shape.markers, MARKER)
        self._paint_ring(painter, exposed)
        self._paint_crosshair(painter)

    def _part(self, line: Line, start: float) -> list[QPolygonF]:
        """Of a line, what is exposed; a dashed one is always drawn from its beginning."""
        return line.whole if self.style.fine else line.beyond(start)

    def _shape(self, curve: Curve) -> Shape:
        held = self._shapes.get(curve)
        if held is None or held[0] != curve.version or held[1] != self._frame:
            held = (curve.version, self._frame, shape_of(curve, self._frame))
            self._shapes[curve] = held
        return held[2]

    # --- Behind and before the curves ---------------------------------------------------------

    def _paint_grid(self, painter: QPainter) -> None:
        frame = self._frame
        if not self.scene_data.y_grid:
            return
        scale = frame.height / frame.y.span
        heights = [int((frame.y.high - y) * scale) + 0.5 for y in self.scene_data.y_grid]
        painter.setPen(self.style.line("grid"))
        painter.drawLines([QLineF(0, y, frame.width, y) for y in heights])

    def _paint_marks(self, painter: QPainter, exposed: QRectF) -> None:
        scene = self.scene_data
        if not scene.markers and scene.best_line is None:
            return
        key = (self._frame, scene.markers, scene.best_line)
        if self._marks is None or self._marks.key != key:
            metrics = QFontMetricsF(small_font(painter.font(), 11))
            self._marks = _laid_out(self._frame, scene.markers, scene.best_line, metrics)
        low, high = exposed.left() - 1.0, exposed.right() + 1.0
        for dash, line in self._marks.lines:
            if low <= line.x1() <= high:
                painter.setPen(self.style.line("crosshair", dash))
                painter.drawLine(line)
        seen = [label for label in self._marks.labels if label[0].intersects(exposed)]
        if seen:
            painter.setFont(small_font(painter.font(), 11))
            painter.setPen(self.style.text())
        for _room, place, text in seen:
            painter.drawText(place, text)

    def _paint_ring(self, painter: QPainter, exposed: QRectF) -> None:
        if self.scene_data.best_point is None:
            return
        key, x, y = self.scene_data.best_point
        curve = next((c for c in self.curves if c.info.key == key and c.shown), None)
        if curve is None or x not in self._frame.x:
            return
        if not -_BESIDE <= self._frame.pixel_x(x) - exposed.left() <= exposed.width() + _BESIDE:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setBrush(QBrush(QColor(self.style.colors.surface)))
        painter.setPen(QPen(self.style.curve_color(curve.info.look), 1.5))
        for point in self._points(x, y):
            painter.drawEllipse(point, _RING / 2, _RING / 2)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_crosshair(self, painter: QPainter) -> None:
        x = self.scene_data.crosshair
        if x is None or x not in self._frame.x:
            return
        left = self._frame.pixel_x(x)
        painter.setPen(self.style.line("crosshair"))
        painter.drawLine(QLineF(left, 0, left, self._frame.height))
        for curve in self.curves:
            there = not curve.info.look.compared or curve.reaches(x, 0.0)
            if curve.shown and there and (point := curve.at(x)) is not None:
                self._draw_dots(painter, curve, QPolygonF(self._points(*point)), _DOT)
        if self.scene_data.readings:
            paint_readings(painter, self.style, self.scene_data.readings, left, self._frame)

    def _draw_dots(self, painter: QPainter, curve: Curve, dots: QPolygonF, size: float) -> None:
        color, cap = self.style.curve_color(curve.info.look), Qt.PenCapStyle.RoundCap
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(QPen(color, size, Qt.PenStyle.SolidLine, cap))
        painter.drawPoints(dots)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, self.style.fine)

    def _points(self, x: float, y: float) -> list[QPointF]:
        """The pixel of a value; none when it cannot be drawn."""
        left, top = self._frame.pixels(np.array([x]), np.array([y]))
        return [QPointF(left[0], top[0])] if np.isfinite(top[0]) else []


def _laid_out(
    frame: Frame, markers: list[Marker], best: Marker | None, metrics: QFontMetricsF
) -> _Marks:
    """The words stand beside the lines, in two rows; what has no room there is left out."""
    marks: list[tuple[Marker, Dash]] = [(mark, "dotted") for mark in markers]
    if best is not None:
        marks.append((best, "dashed"))
    marks = [(mark, dash) for mark, dash in marks if mark.x in frame.x]
    lefts = [(frame.pixel_x(mark.x), dash) for mark, dash in marks]
    lines = [(dash, QLineF(left, 0, left, frame.height)) for left, dash in lefts]
    labels, free = [], [0.0, 0.0]
    for mark in sorted((mark for mark, _dash in marks[::-1]), key=lambda mark: mark.x):
        left, width = frame.pixel_x(mark.x), metrics.horizontalAdvance(mark.label)
        start = left + 4 if left + 4 + width < frame.width else left - 4 - width
        row = next((row for row, end in enumerate(free) if start >= end), None)
        if mark.label and row is not None:
            top = row * metrics.height()
            place = QPointF(start, top + metrics.ascent() + 2)
            labels.append((QRectF(start, top, width, metrics.height() + 4), place, mark.label))
            free[row] = start + width + 8
    return _Marks((frame, list(markers), best), lines, labels)


def _draw_lines(painter: QPainter, pen: QPen, lines: list[QPolygonF]) -> None:
    if lines:
        painter.setPen(pen)
        for line in lines:
            painter.drawPolyline(line)
