"""The whole course of one channel, with the rows of each split shaded and some windows marked."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.views import DataView, SeriesLine, SeriesPart
from engine.wording import counted
from gui.panels.look.painting import LEFT, RIGHT, small_font
from gui.panels.look.windows import some_windows
from gui.presenters.datafacts import SPLITS, value_of
from gui.theme import Theme

_HEIGHT = 244
_ABOVE, _BELOW = 24, 52
_MARK, _LANES = 3, 5
_TINT = 26
"""How much of a split's colour its ground takes, of 255."""
_BREAK = 4
"""Mean distances of two points over which no line is drawn: nothing is known in between."""


class SeriesPlot(QWidget):
    """One channel over all rows; thinned points, so that a long series is drawn at once."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("data.series")
        self._theme = theme
        self._view: DataView | None = None
        self._line: SeriesLine | None = None
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_channel(self, view: DataView, channel: int) -> None:
        """Show one channel of the series of this view."""
        assert view.series is not None
        self._view, self._line = view, view.series.lines[channel]
        parts = ", ".join(_told(part) for part in view.series.parts)
        self.setAccessibleName(f"{self._line.name} over {view.series.rows:,} rows: {parts}")
        self.update()

    def sizeHint(self) -> QSize:
        """A wide plot."""
        return QSize(480, _HEIGHT)

    # --- Drawing ---------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Grounds of the splits, the curve, then the windows below."""
        if self._view is None or self._line is None or self._view.series is None:
            return
        painter = QPainter(self)
        painter.setFont(small_font(painter))
        values = self._line.values
        low = float(values.min()) if len(values) else 0.0
        high = float(values.max()) if len(values) else 1.0
        left = self._axis_width(painter, low, high)
        room = QRectF(left, _ABOVE, self.width() - left, self.height() - _ABOVE - _BELOW)
        for part in self._view.series.parts:
            self._paint_part(painter, part, room)
        painter.setPen(QColor(self._theme.colors.secondary))
        for value, top in ((high, room.top() - 10), (low, room.bottom() - 10)):
            painter.drawText(QRectF(0, top, left - 6, 20), RIGHT, value_of(value))
        self._paint_curve(painter, room, low, high)
        self._paint_windows(painter, room)

    def _axis_width(self, painter: QPainter, low: float, high: float) -> float:
        metrics = painter.fontMetrics()
        return 10 + max(metrics.horizontalAdvance(value_of(v)) for v in (low, high))

    def _at(self, row: float, room: QRectF) -> float:
        assert self._view is not None
        assert self._view.series is not None
        return room.left() + room.width() * row / max(1, self._view.series.rows)

    def _paint_part(self, painter: QPainter, part: SeriesPart, room: QRectF) -> None:
        colors = self._theme.colors
        name = {"val": "validation"}.get(part.name, part.name)
        color = QColor(str(getattr(colors, name, colors.secondary)))
        left, right = self._at(part.start, room), self._at(part.stop, room)
        tint = QColor(color)
        tint.setAlpha(_TINT)
        painter.fillRect(QRectF(left, room.top(), right - left, room.height()), tint)
        painter.fillRect(QRectF(left, room.top() - 2, right - left - 1, 2), color)
        painter.setPen(QColor(colors.text))
        metrics, mode = painter.fontMetrics(), Qt.TextElideMode.ElideRight
        words = metrics.elidedText(SPLITS.get(part.name, part.name), mode, int(right - left - 8))
        painter.drawText(QRectF(left + 4, 0, right - left, _ABOVE - 4), LEFT, words)
        painter.setPen(QColor(colors.secondary))
        when, width = part.first or f"row {part.start:,}", int(right - left - 8)
        if metrics.horizontalAdvance(when) > width:
            when = metrics.elidedText(when.split(" ")[0], mode, width)  # the day alone
        painter.drawText(QRectF(left + 4, self.height() - 22, right - left, 20), LEFT, when)

    def _paint_curve(self, painter: QPainter, room: QRectF, low: float, high: float) -> None:
        assert self._line is not None
        rows, values = self._line.rows, self._line.values
        if not len(rows):
            return
        scale = room.height() / (high - low) if high > low else 0.0
        apart = _BREAK * max(1.0, float(np.diff(rows).mean()) if len(rows) > 1 else 1.0)
        painter.setPen(QColor(self._theme.colors.text))
        run: list[QPointF] = []
        before = int(rows[0])
        for row, value in zip(rows.tolist(), values.tolist(), strict=True):
            if row - before > apart:
                painter.drawPolyline(QPolygonF(run))
                run = []
            run.append(QPointF(self._at(row, room), room.bottom() - (value - low) * scale))
            before = row
        painter.drawPolyline(QPolygonF(run))

    def _paint_windows(self, painter: QPainter, room: QRectF) -> None:
        """Where the windows below lie: what the network sees, and what it is to tell. Those that
        overlap lie in lanes of their own, as far as there are any."""
        assert self._view is not None
        assert self._view.series is not None
        colors, series = self._theme.colors, self._view.series
        ends = [-1.0] * _LANES
        for sample in some_windows(self._view):
            assert sample.window is not None  # these have one
            start = sample.window.start
            left, middle = self._at(start, room), self._at(start + series.window, room)
            right = max(middle, self._at(start + series.window + series.horizon, room)) + 1
            lane = next((lane for lane, end in enumerate(ends) if end < left), None)
            if lane is None:
                continue
            ends[lane] = right
            top = room.bottom() + 5 + lane * (_MARK + 1)
            seen = QRectF(left, top, max(1.0, middle - left), _MARK)
            painter.fillRect(seen, QColor(colors.train))
            if series.horizon:
                painter.fillRect(QRectF(middle, top, right - middle, _MARK),
                                 QColor(colors.validation))  # fmt: skip


def _told(part: SeriesPart) -> str:
    span = f" from {part.first} to {part.last}" if part.first else ""
    return f"{SPLITS.get(part.name, part.name)} {counted(part.stop - part.start, 'row')}{span}"
