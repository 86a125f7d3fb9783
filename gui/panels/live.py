"""The live tab: loss, the task's metric and the learning rate of a training, as they come."""

from __future__ import annotations

from math import nan
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from engine.runs.metriclog import MetricLog, MetricSource
from engine.training.channel import Channel
from gui.controls import flat, hairline, label
from gui.panels.live_controls import LiveControls
from gui.panels.live_export import CurveSaver
from gui.panels.live_marks import LiveMarks
from gui.plots.curve import CurveInfo
from gui.plots.plot import PlotInfo
from gui.plots.ranges import Course, Limits
from gui.plots.runs_legend import RunInLegend
from gui.plots.stack import PlotStack
from gui.plots.style import CurveLook, PlotStyle
from gui.plots.ticks import Ticks, linear_ticks
from gui.presenters.curve_layout import CurveSpec, PlotSpec
from gui.presenters.curves import CurvesPresenter
from gui.presenters.feeds import Compared, XAxis
from gui.theme import Theme

_EMPTY = "Curves appear here as soon as a training starts."
_WAITING = "Waiting for the first batch..."
_VALUES_EVERY = 4
"""Frames from one change of the written values to the next: figures that race cannot be read."""


class LivePanel(QWidget):
    """Shows a live training, a finished run or one of another process: any `MetricSource`.

    `refresh` is to be called some 20 times a second; it costs next to nothing when there is
    nothing new or the panel is not on the screen.
    """

    exported = Signal(object)
    """The Path of a file that was written."""
    failed = Signal(object)
    """A Problem: why a file could not be written."""
    settings_changed = Signal()
    """A choice was made that `settings` tells."""
    uncompared = Signal(str)
    """The key of a run that is not to be compared any more."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("live")
        self.setAccessibleName("Live plots")
        self.setProperty("role", "content")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.presenter = CurvesPresenter()
        self._theme = theme
        self._frame = 0
        self._values_due = False
        self._shown: tuple[PlotSpec, ...] = ()
        self._offered: list[tuple[str, str]] = []
        self._hidden_runs: set[str] = set()
        self.stack = PlotStack(PlotStyle(theme))
        self._marks = LiveMarks(self.stack, self.presenter)
        self.saver = CurveSaver(self.stack, theme, self)
        self.controls = LiveControls(theme)
        self._message = label(_EMPTY, "secondary")
        self._message.setObjectName("live.empty")
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pages = QStackedLayout()
        self._build()
        self._connect()
        self._show_choices()
        self.clear()

    def _build(self) -> None:
        column = self._column = QVBoxLayout(self)
        flat(column)
        column.addLayout(self._pages, 1)  # first: else a page would open as a window of its own
        self._pages.addWidget(self._message)
        self._pages.addWidget(self.stack)
        column.addWidget(hairline())
        column.addWidget(self.controls)

    def _connect(self) -> None:
        self.stack.hovered.connect(self._marks.show_place)
        self.stack.toggled.connect(self._on_curve_toggled)
        self.stack.runs.toggled.connect(self._on_run_toggled)
        self.stack.runs.removed.connect(self.uncompared)
        self.stack.taken.connect(lambda _taken: self.controls.show_fit(not self.stack.is_free))
        self.controls.x_axis_chosen.connect(self._on_x_axis_chosen)
        self.controls.log_toggled.connect(self._on_log_toggled)
        self.controls.smoothing_moved.connect(self._on_smoothing_moved)
        self.controls.extra_toggled.connect(self._on_extra_toggled)
        self.controls.fit_clicked.connect(self.stack.fit)
        self.controls.export_chosen.connect(self.export)
        self.saver.saved.connect(self.exported)
        self.saver.failed.connect(self.failed)
        self.saver.told.connect(self.controls.say)
        self._theme.changed.connect(self.stack.restyle)

    # --- What is shown ------------------------------------------------------------------------

    def set_channel(self, channel: Channel, main_metric: str) -> None:
        """Follow a training of this process; `main_metric` as in `Facts` (`accuracy`, `r2`)."""
        self.presenter.open(channel.log, main_metric, channel.progress)
        self._start()
        if self.stack.plots.keys() != {plot.family.key for plot in self.presenter.plots()}:
            self.stack.prepare([_plot_info(plot) for plot in self.presenter.plots()])

    def set_source(self, source: MetricSource, main_metric: str) -> None:
        """Show a finished run, or follow one of another process."""
        self.presenter.open(source, main_metric)
        self._start()

    def set_compared(self, runs: list[Compared]) -> None:
        """Lay the curves of these runs over those of the open one, which stays in front."""
        was_empty = self.presenter.empty
        self.presenter.set_compared(runs)
        self._hidden_runs &= self.presenter.compared.keys()
        self._name_runs()
        if self.presenter.empty:
            self._follow_layout()
        if was_empty or self.presenter.empty:
            self._start()
        self.refresh()
        self.stack.refresh(set(self.stack.plots))

    def clear(self) -> None:
        """Show no open run."""
        self.presenter.close()
        self._start()

    def mark_best(self, epoch: float, step: int, _value: float = nan) -> None:
        """Mark the evaluation at `step` as the one that the best checkpoint is of."""
        self.presenter.mark_best(epoch, step)
        self._marks.show_bests(self._shown)

    def add_marker(self, step: int, label: str) -> None:
        """Mark that something happened at a step, in every plot."""
        self.presenter.markers.append((step, label))
        self._marks.show_markers()

    def put_below(self, pane: QWidget) -> None:
        """Let something else that the training gives stand below the plots."""
        self._column.insertWidget(1, pane)

    def set_title(self, text: str) -> None:
        """What exported pictures are headed with: the recipe or run; empty for nothing."""
        self.saver.title = text
        self._name_runs()

    def export(self, kind: str, path: Path | None = None) -> None:
        """Write a `png`, `svg` or `csv`, asking where to; `exported` or `failed` tells the end."""
        chosen = path or self.saver.ask(kind)
        if chosen is not None and not self.presenter.empty:
            self.saver.save(kind, chosen, self.presenter.source or MetricLog())

    def settings(self) -> dict[str, Any]:
        """The choices made here, in plain values, for the next start."""
        return self.presenter.settings()

    def restore(self, settings: dict[str, Any]) -> None:
        """Take the choices that `settings` once gave."""
        self.presenter.restore(settings)
        self._show_choices()
        self._start()

    # --- Each frame ---------------------------------------------------------------------------

    def refresh(self) -> None:
        """Draw what is new since the last time."""
        if not self.isVisible() or self.presenter.empty:
            return
        self._frame += 1
        self._follow_layout()
        updates = self.presenter.poll(self._shown)
        curves = self.stack.curves()
        for update in updates:
            curve = curves[update.key]
            if update.restarted:
                curve.clear()
            curve.append(update.x, update.y)
        course = _course(self.presenter)
        ended = course != self.stack.course
        if updates or ended:
            self.stack.course = course
            self._draw({update.key for update in updates})
        if self._values_due and not (self.presenter.racing and self._frame % _VALUES_EVERY):
            self._values_due = False
            self.stack.show_values()

    def _draw(self, keys: set[str]) -> None:
        changed = {
            plot.family.key
            for plot in self._shown
            if any(curve.key in keys for curve in plot.curves)
        }
        self.stack.refresh(changed)
        if any(key.startswith("val_") for key in keys):
            self._marks.show_bests(self._shown)
        if self._pages.currentWidget() is not self.stack and keys:
            self._pages.setCurrentWidget(self.stack)
            self.controls.show_exportable(True, table=self.presenter.source is not None)
            self._marks.show_markers()
        self._values_due = True

    def _follow_layout(self) -> None:
        """Other plots or curves, once another metric is recorded or asked for."""
        plots = self.presenter.plots()
        if plots == self._shown:
            return
        self._shown = plots
        specs = [curve for plot in plots for curve in plot.curves]
        before = self.stack.curves()
        weights = {spec.key: self.presenter.weight(spec) for spec in specs}
        self.stack.set_layout([(_plot_info(p), _curve_infos(p)) for p in plots], weights)
        after = self.stack.curves()
        self.presenter.forget(key for key in after if after[key] is not before.get(key))
        _hide(self.stack, self.presenter.hidden, self._hidden_runs)
        self._marks.show(plots)
        offered = self.presenter.offered()
        if offered != self._offered:
            self._offered = offered
            self.controls.show_metrics(offered, self.presenter.extras)

    def _start(self) -> None:
        """Another training: the curves from scratch, the plots stay."""
        self._shown, self._offered = (), []
        self.stack.clear()
        self.stack.set_log(self.presenter.log)
        self._message.setText(_EMPTY if self.presenter.empty else _WAITING)
        self._pages.setCurrentWidget(self._message)
        self.controls.show_exportable(False)
        self.controls.say("")
        self.controls.show_metrics([], set())
        self._start_axis()

    def _start_axis(self) -> None:
        """The same over another x."""
        self.stack.course = _course(self.presenter)
        self.stack.set_x_ticks(_x_ticks(self.presenter.x_axis), self.presenter.x_axis)
        self.refresh()
        self._marks.show(self._shown)
        self.stack.fit()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what came while the panel was hidden (override)."""
        super().showEvent(event)
        self.refresh()

    def _name_runs(self) -> None:
        runs = [RunInLegend(r.key, r.title, r.color) for r in self.presenter.compared.values()]
        own = self.saver.title if self.presenter.source is not None else ""
        self.stack.set_runs(runs, own, self._hidden_runs)

    def _show_choices(self) -> None:
        presenter = self.presenter
        self.controls.show_choices(presenter.x_axis, presenter.log, presenter.smoothing)

    # --- What the user does -------------------------------------------------------------------

    def _on_curve_toggled(self, metric: str, shown: bool) -> None:
        (self.presenter.hidden.discard if shown else self.presenter.hidden.add)(metric)
        self.settings_changed.emit()

    def _on_run_toggled(self, key: str, shown: bool) -> None:
        (self._hidden_runs.discard if shown else self._hidden_runs.add)(key)
        self._name_runs()

    def _on_x_axis_chosen(self, axis: XAxis) -> None:
        if axis != self.presenter.x_axis:
            self.presenter.set_x_axis(axis)
            self._start_axis()
            self.settings_changed.emit()

    def _on_log_toggled(self, log: bool) -> None:
        self.presenter.log = log
        self.stack.set_log(log)
        self.settings_changed.emit()

    def _on_smoothing_moved(self, weight: float) -> None:
        self.presenter.smoothing = weight
        specs = (spec for plot in self._shown for spec in plot.curves)
        self.stack.set_smoothing({spec.key: self.presenter.weight(spec) for spec in specs})
        self.stack.show_values()
        self.settings_changed.emit()

    def _on_extra_toggled(self, base: str, on: bool) -> None:
        (self.presenter.extras.add if on else self.presenter.extras.discard)(base)
        self.refresh()
        self.settings_changed.emit()


def _hide(stack: PlotStack, hidden: set[str], hidden_runs: set[str]) -> None:
    for plot in stack.plots.values():
        for key in plot.curves.keys() & hidden:
            plot.set_shown(key, False)
        plot.set_runs_hidden(hidden_runs)


def _course(presenter: CurvesPresenter) -> Course:
    course = presenter.course()
    return Course(course.least, course.end, course.live)


def _x_ticks(axis: XAxis) -> Any:
    kind = "time" if axis == "time" else "number"

    def make(view: Limits, most: float) -> Ticks:
        return linear_ticks(view, most, kind, whole=axis == "step")  # type: ignore[arg-type]

    return make


def _plot_info(plot: PlotSpec) -> PlotInfo:
    family = plot.family
    return PlotInfo(family.key, family.title, family.format, family.can_log, plot.strip)


def _curve_infos(plot: PlotSpec) -> list[CurveInfo]:
    return [_curve_info(spec, plot) for spec in plot.curves]


def _curve_info(spec: CurveSpec, plot: PlotSpec) -> CurveInfo:
    look = CurveLook(spec.color, spec.measured, compared=bool(spec.run))
    return CurveInfo(spec.key, spec.label, look, plot.family.format, spec.run)
