"""Plots above each other over one x axis: linked ranges, one crosshair, one fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.plots.curve import Curve, CurveInfo
from gui.plots.layer import Marker
from gui.plots.plot import Best, Plot, PlotInfo
from gui.plots.ranges import Course, Limits, x_limits
from gui.plots.runs_legend import RunInLegend, RunsLegend
from gui.plots.spares import Spares
from gui.plots.style import PlotStyle
from gui.plots.ticks import Ticks

_STRIP_HEIGHT = 118
_HOVER_MS = 25
"""The crosshair follows the mouse at most so often."""

_CALM_MS = 120
"""Curves that were smoothed roughly are finished once nothing was moved for so long."""

Layout = list[tuple[PlotInfo, list[CurveInfo]]]


class PlotStack(QWidget):
    """A column of plots. Feed the curves of `curve(key)`, then `refresh` the plots concerned."""

    hovered = Signal(object)
    """The x of the point nearest to the mouse as a float; None when the mouse has left."""
    toggled = Signal(str, bool)
    """(key of a curve, whether it is to be shown)."""
    taken = Signal(bool)
    """The user has set a range (True), or everything follows the data again (False)."""
    menu_requested = Signal(float, object)
    """The right button was pressed in a plot: the x there, and the QPoint on the screen."""

    def __init__(self, style: PlotStyle) -> None:
        super().__init__()
        self.plots: dict[str, Plot] = {}
        self.course = Course()
        self._style = style
        self._spares = Spares(style, self)
        self._x_limits: Limits | None = None
        self._x_is_free = True
        self._linking = False
        self._log = False
        self._make_ticks: Callable[[Limits, float], Ticks] | None = None
        self._x_name = ""
        self.runs = RunsLegend(style)
        """The compared runs, above all plots."""
        self._titles: dict[str, str] = {}
        self._hover_x: float | None = None
        self._hover_plot: Plot | None = None
        self._hover_timer = QTimer(self, singleShot=True, interval=_HOVER_MS)
        self._hover_timer.timeout.connect(self._on_hover_due)
        self._settle_timer = QTimer(self, singleShot=True)
        self._settle_timer.timeout.connect(self._on_settle_due)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 4, 0, 0)
        self._layout.setSpacing(4)
        self._layout.addWidget(self.runs)

    # --- Contents -----------------------------------------------------------------------------

    def prepare(self, infos: list[PlotInfo]) -> None:
        """Plots like these will be shown soon: those that are missing are made meanwhile."""
        held = {plot.info for plot in self.plots.values()}
        self._spares.want(info for info in infos if info not in held)

    def set_layout(self, layout: Layout, weights: dict[str, float]) -> None:
        """Show these plots with these curves; what stays keeps its points and its range."""
        wanted = {info.key: info for info, _curves in layout}
        for key in [key for key, plot in self.plots.items() if wanted.get(key) != plot.info]:
            plot = self.plots.pop(key)
            self._layout.removeWidget(plot)
            plot.hide()
            plot.deleteLater()
        for place, (info, curves) in enumerate(layout, start=1):  # below the compared runs
            plot = self.plots.get(info.key) or self._make_plot(info)
            self._layout.insertWidget(place, plot, 0 if info.strip else 1)
            plot.titles = self._titles
            plot.set_curves(curves, weights)
        self.plots = {info.key: self.plots[info.key] for info, _curves in layout}
        self._label_lowest()

    def set_runs(self, runs: list[RunInLegend], own: str, hidden: set[str]) -> None:
        """Name the compared runs, and the open one as `own`; `hidden` are switched off."""
        self._titles = {"": own or "this run", **{run.key: run.title for run in runs}}
        open_ = [RunInLegend("", own, 0)] if runs and own else []
        self.runs.show_runs([*open_, *runs], hidden)
        for plot in self.plots.values():
            plot.titles = self._titles
            plot.set_runs_hidden(hidden)

    def clear(self) -> None:
        """Forget all points and marks; the plots stay."""
        self.hover(None)
        self.set_bests({}, None)
        self.set_markers([])
        for curve in self.curves().values():
            curve.clear()

    def curves(self) -> dict[str, Curve]:
        """All curves by their key."""
        return {key: curve for plot in self.plots.values() for key, curve in plot.curves.items()}

    def set_x_ticks(self, make_ticks: Callable[[Limits, float], Ticks], name: str = "") -> None:
        """How x is labelled from now on, and what it counts."""
        self._make_ticks, self._x_name = make_ticks, name
        self._label_lowest()

    def set_log(self, log: bool) -> None:
        """A logarithmic y where the quantity can have one."""
        self._log = log
        for plot in self.plots.values():
            plot.set_log(log)

    def set_markers(self, markers: list[Marker]) -> None:
        """Mark what happened: a line in every plot, the words in the uppermost."""
        for place, plot in enumerate(self.plots.values()):
            plot.set_markers(markers if place == 0 else [Marker(m.x, "") for m in markers])

    def set_bests(self, bests: dict[str, Best], checkpoint: float | None) -> None:
        """Mark the best value of each plot, by the plot's key; no mark for the others.

        The best checkpoint's x is a line in every plot, with the word in the uppermost.
        """
        for place, (key, plot) in enumerate(self.plots.items()):
            plot.set_best(bests.get(key))
            line = None if checkpoint is None else Marker(checkpoint, "" if place else "best")
            plot.set_best_line(line)

    def restyle(self) -> None:
        """Draw everything anew in the theme's colours."""
        for plot in self.plots.values():
            plot.restyle()
        self.runs.repaint_parts()

    @contextmanager
    def finely(self) -> Iterator[None]:
        """Inside, everything is painted for a picture file: smooth, and without the crosshair."""
        self.hover(None)
        for curve in self.curves().values():
            curve.settle()
        self._style.fine = True
        try:
            yield
        finally:
            self._style.fine = False

    # --- Ranges -------------------------------------------------------------------------------

    @property
    def is_free(self) -> bool:
        """Whether all ranges follow the data."""
        return self._x_is_free and all(plot.y_is_free for plot in self.plots.values())

    def refresh(self, changed: set[str]) -> None:
        """Draw what has changed: keys of plots of which a curve has new points."""
        if self._x_is_free:
            self._follow_x()
        for key in changed & self.plots.keys():
            self.plots[key].grown()
        if self._rough() is not None and not self._settle_timer.isActive():
            self._settle_timer.start(_CALM_MS)

    def set_smoothing(self, weights: dict[str, float]) -> None:
        """Smooth the curves by these weights; very long ones roughly at first."""
        curves = self.curves()
        for key, weight in weights.items():
            curves[key].set_smoothing(weight)
        self._settle_timer.stop()
        self.refresh(set(self.plots))

    def _rough(self) -> tuple[Plot, Curve] | None:
        """A curve that is still to be smoothed point by point, those in sight first."""
        found = [
            (plot, curve)
            for plot in self.plots.values()
            for curve in plot.curves.values()
            if curve.rough
        ]
        return min(found, key=lambda each: not each[1].shown, default=None)

    def _on_settle_due(self) -> None:
        """One curve at a time, so that the window stays free between two."""
        found = self._rough()
        if found is not None:
            plot, curve = found
            curve.settle()
            plot.grown()
            plot.show_values(plot.layer.scene_data.crosshair)
            self._settle_timer.start(0)

    def show_values(self) -> None:
        """Write the newest values in the legends, or those at the crosshair."""
        for plot in self.plots.values():
            plot.show_values(plot.layer.scene_data.crosshair)

    def fit(self) -> None:
        """Show everything, and follow the data again."""
        self._x_is_free, self._x_limits = True, None
        self._follow_x()
        for plot in self.plots.values():
            plot.free_y()
        self.taken.emit(False)

    def _follow_x(self) -> None:
        ends = [e for curve in self.curves().values() if (e := curve.ends()) is not None]
        if not ends:
            limits = Limits(0.0, self.course.least)
        else:
            data = Limits(min(e.low for e in ends), max(e.high for e in ends))
            limits = x_limits(self._x_limits, data, self.course)
        if limits != self._x_limits:
            self._x_limits = limits
            self._link(lambda plot: plot.show_x(limits))

    def _link(self, show: Callable[[Plot], None]) -> None:
        """Set the range of x of all plots, deaf to what they say of it."""
        self._linking = True
        for plot in self.plots.values():
            show(plot)
        self._linking = False

    def _on_x_taken(self) -> None:
        self._x_is_free = False
        self.taken.emit(True)

    def _on_y_taken(self) -> None:
        self.taken.emit(True)

    def _on_x_moved(self, limits: Limits) -> None:
        if not self._linking:
            self._link(lambda plot: plot.show_x(limits, exact=True))
            if self._settle_timer.isActive():
                self._settle_timer.start(_CALM_MS)

    # --- Crosshair ----------------------------------------------------------------------------

    def hover(self, x: float | None) -> None:
        """Put the crosshair on the points nearest to x; None takes it away."""
        snapped = None if x is None else self._snapped(x)
        for plot in self.plots.values():
            plot.set_crosshair(snapped, named=plot is self._hover_plot)
        self.hovered.emit(snapped)

    def _snapped(self, x: float) -> float | None:
        curves = [curve for curve in self.curves().values() if curve.shown and len(curve)]
        if not curves:
            return None
        point = max(curves, key=len).at(x)
        return None if point is None else point[0]

    def _on_hovered(self, plot: Plot, x: float | None) -> None:
        self._hover_plot, self._hover_x = plot, x
        if not self._hover_timer.isActive():
            self._hover_timer.start()

    def _on_hover_due(self) -> None:
        self.hover(self._hover_x)

    # --- Making -------------------------------------------------------------------------------

    def _make_plot(self, info: PlotInfo) -> Plot:
        plot = self.plots[info.key] = self._spares.take(info)
        if info.strip:
            plot.setFixedHeight(_STRIP_HEIGHT)
        plot.set_log(self._log)
        other = next((held for held in self.plots.values() if held is not plot), None)
        if other is not None:
            plot.show_x(other.x_limits, exact=True)
        elif self._x_limits is not None:  # decided on before there was a plot to show it
            plot.show_x(self._x_limits)
        plot.hovered.connect(lambda x: self._on_hovered(plot, x))
        plot.toggled.connect(self.toggled)
        plot.x_taken.connect(self._on_x_taken)
        plot.y_taken.connect(self._on_y_taken)
        plot.x_moved.connect(self._on_x_moved)
        plot.fit_requested.connect(self.fit)
        plot.menu_requested.connect(self.menu_requested)
        return plot

    def _label_lowest(self) -> None:
        for place, plot in enumerate(self.plots.values(), start=1):
            lowest = place == len(self.plots)
            plot.set_x_ticks(self._make_ticks if lowest else None, self._x_name)
