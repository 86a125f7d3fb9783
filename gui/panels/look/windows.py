"""Single windows of a series, small beside each other: what is seen, with its augmented copies in
grey, and what is to be told."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QWidget

from engine.views import DataView, Floats, Sample
from engine.wording import counted
from gui.panels.look.painting import LEFT, small_font
from gui.theme import Theme

_WIDTH, _WIDEST, _HEIGHT, _GAP = 208, 320, 84, 16
_WORDS = 20
_MOST = 12
Values = npt.NDArray[np.float32]


def some_windows(view: DataView) -> list[Sample]:
    """A dozen of the samples at most, evenly spread."""
    found = [sample for sample in view.samples if sample.window is not None]
    return found[:: max(1, -(-len(found) // _MOST))]


class WindowGrid(QWidget):
    """As many in a row as fit."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("data.windows")
        self._theme = theme
        self._samples: list[Sample] = []
        self._channel, self._target = 0, -1
        theme.changed.connect(self.update)

    def show_channel(self, view: DataView, name: str) -> None:
        """Show the windows of one channel; a channel that is told goes on into its target."""
        self._samples = some_windows(view)
        facts = view.facts
        lines = [line.name for line in view.series.lines] if view.series else []
        names = list(facts.features) or lines
        self._channel = names.index(name) if name in names else -1
        targets = [line.name for line in view.series.lines if line.target] if view.series else []
        self._target = targets.index(name) if name in targets else -1
        self.setAccessibleName(f"{counted(len(self._samples), 'window')} of {name}")
        self._fit()
        self.update()

    def sizeHint(self) -> QSize:
        """Some of them."""
        return QSize(2 * _WIDTH, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another number in a row."""
        super().resizeEvent(event)
        self._fit()

    def _columns(self) -> int:
        return max(1, (self.width() + _GAP) // (_WIDTH + _GAP))

    def _fit(self) -> None:
        rows = -(-len(self._samples) // self._columns())
        self.setFixedHeight(max(1, rows * (_HEIGHT + _WORDS + _GAP)))

    # --- Drawing ---------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Each window with its first time stamp below."""
        painter = QPainter(self)
        painter.setFont(small_font(painter))
        columns = self._columns()
        width = min(_WIDEST, (self.width() + _GAP) // columns - _GAP)
        for place, sample in enumerate(self._samples):
            row, column = divmod(place, self._columns())
            left, top = column * (width + _GAP), row * (_HEIGHT + _WORDS + _GAP)
            room = QRectF(left, top, width, _HEIGHT)
            if event.rect().intersects(room.adjusted(0, 0, 0, _WORDS).toAlignedRect()):
                self._paint_window(painter, sample, room)

    def _paint_window(self, painter: QPainter, sample: Sample, room: QRectF) -> None:
        window, colors = sample.window, self._theme.colors
        assert window is not None  # only samples of series are kept
        painter.fillRect(room, QColor(colors.window))
        seen, told = self._values(window.values, window.target)
        steps = len(window.values) + len(window.target)
        copies = [self._seen(copy.values) for copy in sample.augmented if copy.values is not None]
        both = np.concatenate([seen, told, *copies])
        if len(both):
            scale = _Scale(room, steps, float(np.nanmin(both)), float(np.nanmax(both)))
            for copy in copies:
                self._paint_line(painter, scale.line(copy, 0), colors.border)
            self._paint_line(painter, scale.line(seen, 0), colors.train)
            joined = np.concatenate([seen[-1:], told])
            first = len(window.values) - min(1, len(seen))
            if len(told):
                self._paint_line(painter, scale.line(joined, first), colors.validation)
        if len(window.target):
            border = room.left() + room.width() * len(window.values) / steps
            painter.setPen(QPen(QColor(colors.border), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(border, room.top()), QPointF(border, room.bottom()))
        painter.setPen(QColor(colors.secondary))
        when = window.times[0] if window.times else f"row {window.start:,}"
        label = f"{sample.label}, {when}" if not len(window.target) and sample.label else when
        words = QRectF(room.left(), room.bottom(), room.width(), _WORDS)
        elided = painter.fontMetrics().elidedText(
            label, Qt.TextElideMode.ElideRight, int(room.width())
        )
        painter.drawText(words, LEFT, elided)

    def _values(self, values: Floats, target: Floats) -> tuple[Values, Values]:
        """What is seen of the channel, and how it goes on."""
        place, none = self._target, np.zeros(0, np.float32)
        return self._seen(values), target[:, place] if 0 <= place < target.shape[1] else none

    def _seen(self, values: Floats) -> Values:
        place = self._channel
        return values[:, place] if 0 <= place < values.shape[1] else np.zeros(0, np.float32)

    def _paint_line(self, painter: QPainter, points: QPolygonF, color: str) -> None:
        painter.setPen(QColor(color))
        painter.drawPolyline(points)


class _Scale:
    """Steps and values to places in a window's room."""

    def __init__(self, room: QRectF, steps: int, low: float, high: float) -> None:
        self._room = room.adjusted(4, 6, -4, -6)
        self._step = self._room.width() / max(1, steps - 1)
        self._low = low
        self._scale = self._room.height() / (high - low) if high > low else 0.0

    def line(self, values: Values, first: int) -> QPolygonF:
        """The points of values (N,) from step `first` on."""
        return QPolygonF([
            QPointF(self._room.left() + (first + place) * self._step,
                    self._room.bottom() - (value - self._low) * self._scale)
            for place, value in enumerate(values.tolist())
        ])  # fmt: skip
