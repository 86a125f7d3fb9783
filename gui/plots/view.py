"""The part of a plot that the mouse zooms and moves. It never chooses a range by itself."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGraphicsItem, QGraphicsWidget

_SMALLEST = 1e-9
"""The least span that can be zoomed to."""


class Native:
    """Mixed into an item of pyqtgraph: bounds, outline and painting are Qt's own again.

    Qt asks for them dozens of times in a frame, and whatever answers in Python waits for the
    interpreter's lock each time.
    """

    boundingRect = QGraphicsWidget.boundingRect  # noqa: N815  Qt's
    shape = QGraphicsItem.shape
    paint = QGraphicsWidget.paint

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.geometryChanged.disconnect(self._resetCachedProperties)  # type: ignore[attr-defined]


class PlainItem(Native, pg.PlotItem):  # type: ignore[misc]  # pyqtgraph has no types
    """pyqtgraph's axes round a view, without what is never shown: a title, a button, axes above
    and at the right. They take part in each resize and each paint."""

    def __init__(self, view: PlotView, axes: dict[str, pg.AxisItem]) -> None:
        super().__init__(viewBox=view, axisItems=axes, enableMenu=False)
        self.hideButtons()
        self.vb.sigStateChanged.disconnect(self.viewStateChanged)
        self.autoBtn.setParentItem(None)
        for name in self.axes.keys() - axes.keys():
            axis = self.axes.pop(name)["item"]
            axis.unlinkFromView()
            self._put_away(axis)
        self._put_away(self.titleLabel)

    def _put_away(self, item: QGraphicsWidget) -> None:
        self.layout.removeItem(item)
        item.setParentItem(None)  # type: ignore[arg-type]  # Qt takes it

    def resizeEvent(self, ev: Any) -> None:
        """There is no button to be placed (override)."""


class PlotView(Native, pg.ViewBox):  # type: ignore[misc]  # pyqtgraph has no types
    """pyqtgraph's view without auto-range, which costs a training most of its speed.

    Wheel: zoom x at the pointer (over the left axis: y). Drag: move. Shift and drag: zoom to a
    rectangle. Double click: ask for everything to be shown.
    """

    x_taken = Signal()
    """The user has set what x shows."""
    y_taken = Signal()
    """The user has set what y shows."""
    fit_requested = Signal()
    menu_requested = Signal(float, object)
    """The right button was pressed: the x there, and the QPoint on the screen."""

    def __init__(self) -> None:
        super().__init__(enableMenu=False, defaultPadding=0.0)
        self.y_is_free = True
        """Whether y follows the data; then a drag moves x alone."""
        self.disableAutoRange()
        self.borderRect.hide()
        self.setLimits(minXRange=_SMALLEST, minYRange=_SMALLEST)

    def resizeEvent(self, ev: Any) -> None:
        """Only say so (override): no range follows the size, no border is drawn."""
        self._viewPixelSizeCache = None
        self._matrixNeedsUpdate = True
        self.sigResized.emit(self)

    def prepareForPaint(self) -> None:
        """Nothing that is painted hangs on pyqtgraph's matrix (override), but for the rectangle to
        zoom to: whoever maps a place brings it up to date."""
        if self._rbScaleBox is not None:
            super().prepareForPaint()

    def wheelEvent(self, ev: Any, axis: int | None = None) -> None:
        """Zoom one axis (override)."""
        axis = 0 if axis is None else axis
        self._announce(axis)
        super().wheelEvent(ev, axis=axis)

    def mouseDragEvent(self, ev: Any, axis: int | None = None) -> None:
        """Move, or draw up a rectangle to zoom to (override)."""
        self.updateMatrix()  # pyqtgraph maps the mouse by it, and keeps it up to date in paints
        if axis is None and ev.button() == Qt.MouseButton.LeftButton:
            self._drag(ev)
            return
        for taken in (0, 1) if axis is None else (axis,):
            self._announce(taken)
        super().mouseDragEvent(ev, axis=axis)

    def _drag(self, ev: Any) -> None:
        if ev.isStart():
            shift = bool(ev.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.setMouseMode(self.RectMode if shift else self.PanMode)
        if self.state["mouseMode"] == self.RectMode:
            if ev.isFinish():
                self._announce(0)
                self._announce(1)
            super().mouseDragEvent(ev)
            return
        self._announce(0)
        super().mouseDragEvent(ev, axis=0 if self.y_is_free else None)

    def mouseClickEvent(self, ev: Any) -> None:
        """A double click asks to fit, the right button for a menu (override)."""
        if ev.double() and ev.button() == Qt.MouseButton.LeftButton:
            ev.accept()
            self.fit_requested.emit()
        elif ev.button() == Qt.MouseButton.RightButton:
            ev.accept()
            x = float(self.mapSceneToView(ev.scenePos()).x())
            self.menu_requested.emit(x, ev.screenPos().toPoint())

    def keyPressEvent(self, ev: Any) -> None:
        """pyqtgraph's zoom history is not ours (override): keys go on to the window."""
        ev.ignore()

    def _announce(self, axis: int) -> None:
        """Before the range changes, so that whoever follows it knows that it was the user."""
        self.updateMatrix()  # else pyqtgraph zooms about where the pointer was at the last paint
        (self.x_taken, self.y_taken)[axis].emit()
