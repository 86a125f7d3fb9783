"""The labels beside a plot. No line, no ticks: the grid is drawn with the curves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsRectItem

from gui.plots.ranges import Limits
from gui.plots.style import PlotStyle, small_font
from gui.plots.ticks import Ticks
from gui.plots.view import Native

WIDTH = 80
"""Pixels for the labels on the left; the same for all plots, so that their x axes line up."""

HEIGHT = 22
"""Pixels for the labels below."""

NAME_HEIGHT = 15
"""Pixels more for the name of what is counted there."""

_APART, _OVER = 4, 24
"""Pixels left free towards the curves, and pixels that the last label may stand out."""

_SPACE_X, _SPACE_Y = 96.0, 34.0
"""Pixels from one tick to the next, at least."""

TickMaker = Callable[[Limits, float], Ticks]
"""From what the axis shows, and the most ticks there is room for, to the ticks."""


def room(orientation: str, length: float) -> float:
    """How many ticks an axis of this length in pixels has room for."""
    return max(2.0, length / (_SPACE_Y if orientation == "left" else _SPACE_X))


class _Labels(QGraphicsRectItem):
    """What is painted of an axis. Of a rectangle Qt knows the bounds without asking Python."""

    def __init__(self, axis: LabelAxis) -> None:
        super().__init__()
        self.setPen(Qt.PenStyle.NoPen)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._axis = axis

    def paint(self, painter: QPainter, *args: Any) -> None:
        """What is recorded (override)."""
        self._axis.paint_labels(painter, *args)


class LabelAxis(Native, pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """pyqtgraph's axis with our ticks: `left` or `bottom`, its text recorded once a change."""

    def __init__(self, orientation: str, make_ticks: TickMaker, style: PlotStyle) -> None:
        self._make_ticks = make_ticks
        self._style = style
        self._name = ""
        self.range = [0.0, 1.0]
        self._labels = _Labels(self)
        super().__init__(orientation, pen=None, tickPen=None)
        self._labels.setParentItem(self)
        self.enableAutoSIPrefix(False)
        self.setStyle(tickLength=0)
        if orientation == "left":
            self.setWidth(WIDTH)
        else:
            self.setHeight(HEIGHT)

    def set_ticks(self, make_ticks: TickMaker) -> None:
        """Label from now on with these ticks."""
        self._make_ticks = make_ticks
        self.redraw()

    def set_name(self, name: str) -> None:
        """Say what the bottom axis counts, small, at the right below its labels."""
        self._name = name
        self.setHeight(HEIGHT + (NAME_HEIGHT if name else 0))
        self.redraw()

    def redraw(self) -> None:
        """Draw the labels anew at the next paint."""
        self.picture = None
        self._labels.update()

    def setRange(self, mn: float, mx: float) -> None:
        """Label this range (override): pyqtgraph sets it again at each resize."""
        if [mn, mx] != self.range:
            super().setRange(mn, mx)
            self.redraw()

    def resizeEvent(self, _ev: Any = None) -> None:
        """Note the size (override)."""
        size = self.size()
        bounds = QRectF(0, 0, size.width(), size.height())
        # Some pixels off the curves: else each repaint of those would repaint the labels too.
        apart = (0, -8, -_APART, 8) if self.orientation == "left" else (-8, _APART, _OVER, 0)
        self._labels.setRect(bounds.adjusted(*apart))
        self.redraw()

    def paint_labels(self, painter: QPainter, *args: Any) -> None:
        """Paint them at the place of the axis."""
        pg.AxisItem.paint(self, painter, *args)

    def generateDrawSpecs(self, p: QPainter) -> Any:
        """Where each label stands (override); all of them on the axis, none half outside."""
        p.setFont(small_font(p.font()))
        bounds: QRectF = self.mapRectFromParent(self.geometry())
        left = self.orientation == "left"
        length = bounds.height() if left else bounds.width()
        view = Limits(*self.range)
        if length < 1 or not view.span > 0:
            return None
        texts = []
        for value, label in self._make_ticks(view, room(self.orientation, length)):
            part = (value - view.low) / view.span
            place = _beside(bounds, part) if left else _below(bounds, part, p, label)
            flags = Qt.AlignmentFlag.AlignRight if left else Qt.AlignmentFlag.AlignHCenter
            texts.append((place, flags | Qt.AlignmentFlag.AlignVCenter, label))
        if self._name:
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            texts.append((_under(bounds), flags, self._name))
        nothing = (pg.mkPen(None), QPointF(), QPointF())
        return nothing, [], texts

    def drawPicture(self, p: QPainter, axisSpec: Any, tickSpecs: Any, textSpecs: Any) -> None:  # noqa: N803
        """Only the labels (override)."""
        p.setPen(self._style.text())
        for place, flags, label in textSpecs:
            p.drawText(place, int(flags), label)


def _beside(bounds: QRectF, part: float) -> QRectF:
    height = 16.0
    middle = bounds.bottom() - part * bounds.height()
    top = min(max(middle - height / 2, bounds.top() - 2), bounds.bottom() + 2 - height)
    return QRectF(bounds.left(), top, bounds.width() - 8, height)


def _below(bounds: QRectF, part: float, p: QPainter, label: str) -> QRectF:
    width = p.fontMetrics().horizontalAdvance(label) + 4.0
    middle = bounds.left() + part * bounds.width()
    left = min(max(middle - width / 2, bounds.left() - 8), bounds.right() + _OVER - width)
    return QRectF(left, bounds.top() + 3, width, HEIGHT - 3)


def _under(bounds: QRectF) -> QRectF:
    return QRectF(bounds.left(), bounds.top() + HEIGHT - 2, bounds.width(), NAME_HEIGHT)
