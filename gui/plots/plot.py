"""One plot: a header line, curves, and limits of y that follow the data in coarse steps."""

from __future__ import annotations

from dataclasses import dataclass
from math import log10
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication, QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QGraphicsView, QVBoxLayout, QWidget

from gui.plots.axis import LabelAxis, room
from gui.plots.curve import Curve, CurveInfo
from gui.plots.frame import Frame
from gui.plots.layer import CurveLayer, Marker
from gui.plots.legend import Header
from gui.plots.ranges import UNIT, Limits, y_limits
from gui.plots.readout import Reading, readings
from gui.plots.style import PlotStyle
from gui.plots.text import FORMATTERS, Format, tick_texts
from gui.plots.ticks import Ticks, linear_ticks, log_ticks
from gui.plots.view import PlainItem, PlotView

_MARGIN_X, _MARGIN_Y = 0.008, 0.05
"""Room around the limits, in parts of them, so that no line runs along the border."""

_MODES = QGraphicsView.ViewportUpdateMode


@dataclass(frozen=True)
class PlotInfo:
    """What a plot is: its key, title, how values are written; a `strip` is low and quiet."""

    key: str
    title: str
    format: Format = "number"
    can_log: bool = False
    strip: bool = False


@dataclass(frozen=True)
class Best:
    """The best value of a measured curve: its key, where the value is, its epoch as written."""

    key: str
    x: float
    y: float
    epoch: str


class Canvas(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """pyqtgraph's widget; says where the mouse is."""

    hovered = Signal(object)
    """The x under the mouse as a float, None when it has left."""

    def __init__(self, view: PlotView, axes: dict[str, LabelAxis]) -> None:
        super().__init__(plotItem=PlainItem(view, axes))
        self._view = view
        self._resized = True
        self.setAntialiasing(False)
        self.setCacheMode(self.CacheModeFlag(0))  # a plain ground is quicker than a picture of it
        # Without this every repaint of the curves reaches two pixels into the axes beside them.
        self.setOptimizationFlag(self.OptimizationFlag.DontAdjustForAntialiasing)
        self.setMinimumHeight(48)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.plotItem.layout.setContentsMargins(8, 2, 24, 0)
        self.scene().sigMouseMoved.connect(self._on_mouse_moved)

    def sizeHint(self) -> QSize:
        """Modest (override): the layout gives what there is."""
        return QSize(320, 120)

    def resizeEvent(self, _event: QResizeEvent | None) -> None:
        """Lay out anew (override)."""
        if self.closed:
            return
        self._resized = True
        self.range = QRectF(self.rect())
        self.centralWidget.setGeometry(self.range)
        self.setSceneRect(self.range)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what is exposed (override): after a resize, everything."""
        if self._resized:
            self._resized = False
            self._forget_changes()
        super().paintEvent(event)

    def _forget_changes(self) -> None:
        """Let the scene look at once for what has changed. Later it would take all that is about
        to be painted for changed since, and have it painted a second time."""
        self.setViewportUpdateMode(_MODES.NoViewportUpdate)
        QCoreApplication.sendPostedEvents(self.scene(), QEvent.Type.MetaCall.value)
        self.setViewportUpdateMode(_MODES.MinimalViewportUpdate)

    def leaveEvent(self, event: QEvent) -> None:
        """The mouse is elsewhere (override)."""
        super().leaveEvent(event)
        self.hovered.emit(None)

    def _on_mouse_moved(self, place: QPointF) -> None:
        inside = self._view.sceneBoundingRect().contains(place)
        self.hovered.emit(float(self._view.mapSceneToView(place).x()) if inside else None)


class Plot(QWidget):
    """Curves of one kind of quantity over x. Its x range is set from outside."""

    hovered = Signal(object)
    """The x under the mouse as a float, None when it has left."""
    toggled = Signal(str, bool)
    """(key of a curve, whether it is to be shown)."""
    x_taken = Signal()
    """The user is about to set the range of x."""
    x_moved = Signal(object)
    """The range of x is another: the new Limits."""
    y_taken = Signal()
    fit_requested = Signal()
    menu_requested = Signal(float, object)
    """As of `PlotView`."""

    def __init__(self, info: PlotInfo, style: PlotStyle) -> None:
        super().__init__()
        self.info = info
        self.curves: dict[str, Curve] = {}
        self.titles: dict[str, str] = {}
        """What the runs are called, by their key; the open one's is empty."""
        self._style = style
        self._log = False
        self._limits: Limits | None = None
        self._empty = True
        self.setObjectName(f"plot.{info.key}")
        self.setAccessibleName(f"{info.title} plot")
        self.header = Header(info.title, style)
        self.view = PlotView()
        self._left = LabelAxis("left", self._y_ticks, style)
        self._bottom = LabelAxis("bottom", _no_ticks, style)
        self.canvas = Canvas(self.view, {"left": self._left, "bottom": self._bottom})
        self.layer = CurveLayer(style)
        self.layer.setParentItem(self.view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addWidget(self.canvas, 1)
        self._connect()
        self.restyle()

    def _connect(self) -> None:
        self.header.toggled.connect(self._on_toggled)
        self.canvas.hovered.connect(self.hovered)
        self.view.x_taken.connect(self.x_taken)
        self.view.y_taken.connect(self._on_y_taken)
        self.view.fit_requested.connect(self.fit_requested)
        self.view.menu_requested.connect(self.menu_requested)
        self.view.sigXRangeChanged.connect(self._on_x_range_changed)
        self.view.sigYRangeChanged.connect(self._on_geometry_changed)
        self.view.sigResized.connect(self._on_geometry_changed)

    # --- What is shown ------------------------------------------------------------------------

    @property
    def x_limits(self) -> Limits:
        """What x shows."""
        return Limits(*self.view.viewRange()[0])

    @property
    def y_is_free(self) -> bool:
        """Whether y follows the data, rather than what the user has set."""
        return bool(self.view.y_is_free)

    @property
    def log(self) -> bool:
        """Whether y is logarithmic."""
        return self._log

    def set_curves(self, infos: list[CurveInfo], weights: dict[str, float]) -> None:
        """Show these curves, in this order; those that stay keep their points."""
        held = self.curves
        self.curves = {
            info.key: held[info.key]
            if info.key in held and held[info.key].info == info
            else Curve(info, weights.get(info.key, 0.0))
            for info in infos
        }
        self.layer.set_curves(list(self.curves.values()))
        self.set_best(None)
        own = [info for info in infos if not info.run]
        self.header.set_curves(own, {key: curve.shown for key, curve in self.curves.items()})
        self.changed()

    def set_shown(self, key: str, shown: bool) -> None:
        """Hide or show one curve."""
        self.curves[key].shown = shown
        if key in self.header.entries:
            self.header.entries[key].setChecked(shown)
        self.changed()

    def set_runs_hidden(self, hidden: set[str]) -> None:
        """Hide the compared runs of these keys and show all others."""
        for curve in self.curves.values():
            if curve.info.run:
                curve.shown = curve.info.run not in hidden
        self.changed()

    def set_log(self, log: bool) -> None:
        """A logarithmic y, where the quantity can have one."""
        log = log and self.info.can_log
        if log != self._log:
            self._log = log
            self.free_y()

    def set_x_ticks(self, make: Any | None, name: str = "") -> None:
        """Label x below this plot and say what it counts; None for no labels."""
        self._bottom.set_ticks(make or _no_ticks)
        self._bottom.set_name(name if make else "")
        self.canvas.plotItem.showAxis("bottom", make is not None)

    def set_markers(self, markers: list[Marker]) -> None:
        """Mark what happened, by vertical lines."""
        self.layer.scene_data.markers = list(markers)
        self.layer.update()

    def restyle(self) -> None:
        """Draw everything anew in the theme's colours."""
        self.canvas.setBackground(self._style.colors.surface)
        self._left.redraw()
        self._bottom.redraw()
        self.layer.update()
        self.header.repaint_parts()

    # --- Limits -------------------------------------------------------------------------------

    def show_x(self, limits: Limits, exact: bool = False) -> None:
        """Show this range of x, with a small margin unless `exact`."""
        shown = limits if exact else limits.padded(_MARGIN_X)
        if shown != self.x_limits:
            self.view.setXRange(shown.low, shown.high, padding=0)

    def grown(self) -> None:
        """The curves have new points."""
        if self.y_is_free:
            self._follow_y()
        self.layer.refresh()

    def changed(self) -> None:
        """Other curves are shown, or they are other ones."""
        if self.y_is_free:
            self._follow_y()
        self.layer.update()

    def free_y(self) -> None:
        """Let y follow the data again, from scratch."""
        self.view.y_is_free = True
        self._limits = None
        self.changed()

    def _follow_y(self) -> None:
        x = self.x_limits
        extents = [
            extent
            for curve in self.curves.values()
            if curve.shown and (extent := curve.extent(x, self._log)) is not None
        ]
        if self._empty != (not extents):
            self._empty = not extents
            self._limits = None
        if extents:
            data = Limits(min(e.low for e in extents), max(e.high for e in extents))
            limits = y_limits(self._limits, data, self._log)
        else:
            limits = Limits(0.1, 1.0) if self._log else UNIT
        if limits != self._limits:
            self._limits = limits
            shown = self._scaled(limits).padded(_MARGIN_Y)
            self.view.setYRange(shown.low, shown.high, padding=0)
            self._on_geometry_changed()
            self._left.redraw()

    def _scaled(self, limits: Limits) -> Limits:
        return Limits(log10(limits.low), log10(limits.high)) if self._log else limits

    def _y_ticks(self, view: Limits, most: float) -> Ticks:
        if self._empty:
            return []
        if self._log:
            return log_ticks(view, most)
        if self.info.strip and self.y_is_free and self._limits is not None:
            ends = [self._limits.low, self._limits.high]
            return list(
                zip(ends, tick_texts(ends, self._limits.span, self.info.format), strict=True)
            )
        return linear_ticks(view, most, self.info.format)

    # --- Values and marks ---------------------------------------------------------------------

    def show_values(self, x: float | None) -> None:
        """Write the values at x in the legend; None for the newest ones."""
        for key, entry in self.header.entries.items():
            curve = self.curves[key]
            point = curve.last() if x is None else curve.at(x)
            entry.set_value(point[1] if point else None)

    def set_crosshair(self, x: float | None, named: bool = False) -> None:
        """Draw the crosshair there and write the values at it; `named`: of each compared run."""
        scene = self.layer.scene_data
        found: list[Reading] = []
        if named and x is not None:
            found = readings(self.curves.values(), self.titles, x, self.x_limits.span)
        if x != scene.crosshair or found != scene.readings:
            scene.crosshair, scene.readings = x, found
            self.layer.update()
            self.show_values(x)

    def set_best(self, best: Best | None) -> None:
        """Put a ring around the best value of this plot, and write it with its epoch."""
        self.layer.scene_data.best_point = (best.key, best.x, best.y) if best else None
        write = FORMATTERS[self.info.format]
        self.header.set_best(f"best {write(best.y)}, epoch {best.epoch}" if best else "")
        self.layer.update()

    def set_best_line(self, line: Marker | None) -> None:
        """Mark, by a vertical line, the evaluation that the best checkpoint is of."""
        self.layer.scene_data.best_line = line
        self.layer.update()

    # --- What the header and pyqtgraph tell -----------------------------------------------------

    def _on_toggled(self, key: str, shown: bool) -> None:
        if self.curves[key].shown != shown:
            self.set_shown(key, shown)
            self.toggled.emit(key, shown)

    def _on_y_taken(self) -> None:
        self.view.y_is_free = False
        self.y_taken.emit()

    def _on_x_range_changed(self, _view: object, limits: tuple[float, float]) -> None:
        self._on_geometry_changed()
        if self.y_is_free:
            self._follow_y()
        self.x_moved.emit(Limits(*limits))

    def _on_geometry_changed(self, *_args: object) -> None:
        x, y = (Limits(*ends) for ends in self.view.viewRange())
        rect = self.view.rect()
        frame = Frame(x, y, max(1.0, rect.width()), max(1.0, rect.height()), self._log)
        ticks = self._y_ticks(y, room("left", frame.height))
        self.layer.scene_data.y_grid = [place for place, _label in ticks]
        self.layer.set_frame(frame)


def _no_ticks(_view: Limits, _most: float) -> Ticks:
    return []
