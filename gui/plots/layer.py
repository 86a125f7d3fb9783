"""Paints everything inside the axes in one item: a frame costs a few Qt calls a curve."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil, log2

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from gui.plots.curve import Curve
from gui.plots.frame import Frame, polygons
from gui.plots.growing import FloatArray
from gui.plots.readout import Reading, paint_readings
from gui.plots.style import Dash, PlotStyle, small_font

_MARKER, _RING, _DOT = 5.0, 9.0, 6.0
"""Pixels across: a measured value, the best one, a value under the crosshair."""

_MARKER_SPACING = 9.0
"""Markers nearer to each other than this are left out; the line stays."""


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
class Shape:
    """A curve in pixels, for one frame."""

    strong: list[QPolygonF]
    faint: list[QPolygonF]
    markers: QPolygonF | None


class CurveLayer(QGraphicsItem):
    """The grid, the curves, and the marks over them. Set the frame, then `update()`."""

    def __init__(self, style: PlotStyle) -> None:
        super().__init__()
        self.style = style
        self.scene_data = Scene()
        self.curves: list[Curve] = []
        self._frame = Frame()
        self._bounds = QRectF(0, 0, 1, 1)
        self._shapes: dict[Curve, tuple[int, Frame, Shape]] = {}

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
            self.prepareGeometryChange()
            self._bounds = QRectF(0, 0, frame.width, frame.height)
        self._frame = frame
        self.update()

    def boundingRect(self) -> QRectF:
        """The whole inside of the axes (override)."""
        return self._bounds

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Everything, from the back to the front (override); the first curve is in front."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self._paint_grid(painter)
        self._paint_marks(painter)
        if self.style.fine:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shapes = [(curve, self._shape(curve)) for curve in self.curves[::-1] if curve.shown]
        for curve, shape in shapes:
            _draw_lines(painter, self.style.faint_pen(curve.info.look), shape.faint)
        for curve, shape in shapes:
            _draw_lines(painter, self.style.pen(curve.info.look), shape.strong)
            if shape.markers is not None:
                self._draw_dots(painter, curve, shape.markers, _MARKER)
        self._paint_ring(painter)
        self._paint_crosshair(painter)

    def _shape(self, curve: Curve) -> Shape:
        held = self._shapes.get(curve)
        if held is None or held[0] != curve.version or held[1] != self._frame:
            held = (curve.version, self._frame, _shape_of(curve, self._frame))
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

    def _paint_marks(self, painter: QPainter) -> None:
        scene = self.scene_data
        marks: list[tuple[Marker, Dash]] = [(mark, "dotted") for mark in scene.markers]
        if scene.best_line is not None:
            marks.append((scene.best_line, "dashed"))
        marks = [(mark, dash) for mark, dash in marks if mark.x in self._frame.x]
        for mark, dash in marks:
            left = self._frame.pixel_x(mark.x)
            painter.setPen(self.style.line("crosshair", dash))
            painter.drawLine(QLineF(left, 0, left, self._frame.height))
        if marks:
            self._paint_labels(painter, [mark for mark, _dash in marks[::-1]])

    def _paint_labels(self, painter: QPainter, marks: list[Marker]) -> None:
        """The words beside the lines, in two rows; what has no room there is left out."""
        painter.setFont(small_font(painter.font(), 11))
        painter.setPen(self.style.text())
        metrics, free = painter.fontMetrics(), [0.0, 0.0]
        for mark in sorted(marks, key=lambda mark: mark.x):
            left = self._frame.pixel_x(mark.x)
            width = metrics.horizontalAdvance(mark.label)
            start = left + 4 if left + 4 + width < self._frame.width else left - 4 - width
            row = next((row for row, end in enumerate(free) if start >= end), None)
            if mark.label and row is not None:
                top = metrics.ascent() + 2 + row * metrics.height()
                painter.drawText(QPointF(start, top), mark.label)
                free[row] = start + width + 8

    def _paint_ring(self, painter: QPainter) -> None:
        if self.scene_data.best_point is None:
            return
        key, x, y = self.scene_data.best_point
        curve = next((c for c in self.curves if c.info.key == key and c.shown), None)
        if curve is None or x not in self._frame.x:
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


def _shape_of(curve: Curve, frame: Frame) -> Shape:
    strong, raw = curve.drawn(frame.x)
    left, top = frame.pixels(*strong)
    faint = polygons(*frame.pixels(*raw), frame.width) if raw is not None else []
    markers = _spaced(left, top, frame.width) if curve.info.look.dashed else None
    return Shape(polygons(left, top, frame.width), faint, markers)


def _spaced(left: FloatArray, top: FloatArray, width: float) -> QPolygonF:
    """Where markers go: at the points, as far as they do not run into each other."""
    usable = np.flatnonzero(np.isfinite(top) & (left >= -_MARKER) & (left <= width + _MARKER))
    crowding = len(usable) * _MARKER_SPACING / max(width, 1.0)
    every = 2 ** max(0, ceil(log2(max(crowding, 1.0))))  # doubles: markers do not wander
    chosen = np.union1d(usable[::every], usable[-1:])
    return QPolygonF([QPointF(left[i], top[i]) for i in chosen.tolist()])


def _draw_lines(painter: QPainter, pen: QPen, lines: list[QPolygonF]) -> None:
    if lines:
        painter.setPen(pen)
        for line in lines:
            painter.drawPolyline(line)
