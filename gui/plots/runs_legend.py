"""The line above all plots while runs are compared: whose curves are in which colour."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from gui.controls import discard
from gui.plots.curve import CurveInfo
from gui.plots.legend import LegendEntry
from gui.plots.style import CurveLook, PlotStyle

_ROW, _LEFT, _SPACING = 26, 10, 4
_WIDEST = 260
_DOT = 8.0
_CROSS = 20


@dataclass(frozen=True)
class RunInLegend:
    """One run: its key (empty for the open one), its title and the number of its colour."""

    key: str
    title: str
    color: int


class RunEntry(LegendEntry):
    """One compared run: a dot in its colour and its title. Click to hide or show its curves.

    The open run has two dots, one a split; its curves are switched in the plots' own legends.
    """

    def __init__(self, run: RunInLegend, style: PlotStyle) -> None:
        look = CurveLook(run.color, False, compared=bool(run.key))
        super().__init__(CurveInfo(run.key, run.title, look), style)
        self.setObjectName(f"run.{run.title}")
        self.setToolTip(f"{run.title}\nHide or show its curves" if run.key else "The open run")
        self.setAccessibleName(f"Curves of {run.title}")
        self.setCheckable(bool(run.key))
        self.setEnabled(bool(run.key))

    def isChecked(self) -> bool:
        """The open run is always on (override)."""
        return not self.info.key or super().isChecked()

    def sizeHint(self) -> QSize:
        """Room for the whole title (override)."""
        return super().sizeHint() + QSize(8, 0)

    def _paint_sample(self, painter: QPainter, on: bool) -> None:
        colors, look = self._style.colors, self.info.look
        if self.info.key:
            dots = [(17.0, self._style.curve_color(look).name() if on else colors.disabled)]
        else:
            dots = [(12.0, colors.train), (20.0, colors.validation)]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for left, color in dots:
            painter.setBrush(QBrush(QColor(color)))
            painter.drawEllipse(QPointF(left, self.height() / 2), _DOT / 2, _DOT / 2)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


class Cross(QAbstractButton):
    """Takes a run off the plots."""

    def __init__(self, run: RunInLegend, style: PlotStyle) -> None:
        super().__init__()
        self._style = style
        self.setObjectName(f"run.remove.{run.title}")
        self.setToolTip(f"Take {run.title} off the plots")
        self.setAccessibleName(f"Take {run.title} off the plots")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFixedSize(_CROSS, _CROSS)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A small cross, on a ground when it is meant (override)."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        meant = self.underMouse() or self.hasFocus()
        if meant:
            edge = self._style.line("accent") if self.hasFocus() else Qt.PenStyle.NoPen
            painter.setPen(edge)
            painter.setBrush(QPen(self._style.colors.hover).brush())
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setPen(self._style.text("text" if meant else "secondary"))
        low, high = 6.5, _CROSS - 6.5
        painter.drawLines([QLineF(low, low, high, high), QLineF(low, high, high, low)])
        painter.end()


class RunsLegend(QWidget):
    """The compared runs beside each other, in as many rows as they need; hidden without any."""

    toggled = Signal(str, bool)
    """(key of a run, whether its curves are to be shown)."""
    removed = Signal(str)
    """The key of a run that is not to be compared any more."""

    def __init__(self, style: PlotStyle) -> None:
        super().__init__()
        self.setObjectName("runs.legend")
        self.setAccessibleName("Compared runs")
        self._style = style
        self._runs: list[RunInLegend] = []
        self._entries: list[tuple[RunEntry, Cross | None]] = []
        self.hide()

    def show_runs(self, runs: list[RunInLegend], hidden: set[str]) -> None:
        """Name these; `hidden` are the keys of those that are switched off."""
        if runs != self._runs:
            for pair in self._entries:
                for part in filter(None, pair):
                    discard(part)
            self._runs = list(runs)
            self._entries = [self._make(run) for run in runs]
        for run, (entry, _cross) in zip(self._runs, self._entries, strict=True):
            if run.key:
                entry.setChecked(run.key not in hidden)
        self.setVisible(bool(runs))
        self._arrange()

    def repaint_parts(self) -> None:
        """Paint anew, in the colours that the theme has now."""
        for pair in self._entries:
            for part in filter(None, pair):
                part.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many in a row as there is room for (override)."""
        super().resizeEvent(event)
        self._arrange()

    def sizeHint(self) -> QSize:
        """Any width (override)."""
        return QSize(0, _ROW)

    def _make(self, run: RunInLegend) -> tuple[RunEntry, Cross | None]:
        entry = RunEntry(run, self._style)
        entry.setParent(self)
        entry.show()
        if not run.key:
            return entry, None
        cross = Cross(run, self._style)
        cross.setParent(self)
        cross.show()
        entry.toggled.connect(lambda on, key=run.key: self.toggled.emit(key, on))
        entry.toggled.connect(self._arrange)  # "hidden" needs room
        cross.clicked.connect(lambda _checked=False, key=run.key: self.removed.emit(key))
        return entry, cross

    def _arrange(self) -> None:
        left, top = _LEFT, 0
        for entry, cross in self._entries:
            width = min(entry.sizeHint().width(), _WIDEST)
            tail = _CROSS if cross is not None else 0
            if left > _LEFT and left + width + tail > self.width() - _LEFT:
                left, top = _LEFT, top + _ROW
            entry.setGeometry(left, top + 1, width, _ROW - 2)
            if cross is not None:
                cross.move(left + width - 4, top + (_ROW - _CROSS) // 2)
            left += width + tail + _SPACING
        if self._entries:
            self.setFixedHeight(top + _ROW)
