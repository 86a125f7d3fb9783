"""What the crosshair says when several runs are compared: each run by name, with its values there.

A small table beside the crosshair, in the plot under the mouse.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QPainter, QPen

from gui.plots.curve import Curve
from gui.plots.frame import Frame
from gui.plots.style import CurveLook, PlotStyle, small_font
from gui.plots.text import FORMATTERS

_SLACK = 0.05
"""A run is said to be there this far beyond its end, in parts of what is shown."""

_PAD, _GAP, _DOT, _INDENT, _ROW = 8.0, 10.0, 7.0, 13.0, 17.0
_TITLE, _AWAY = 180.0, 12.0
_FIGURES = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_WORDS = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


@dataclass
class Reading:
    """One run at the crosshair: its look, its title and its values by the word of the curve."""

    look: CurveLook
    title: str
    values: dict[str, str] = field(default_factory=dict)


def readings(
    curves: Iterable[Curve], titles: dict[str, str], x: float, span: float
) -> list[Reading]:
    """The runs with values at x, in the order of their curves; none unless one is compared."""
    found: dict[str, Reading] = {}
    for curve in curves:
        info = curve.info
        if not curve.shown or not curve.reaches(x, _SLACK * span):
            continue
        reading = found.setdefault(info.run, Reading(info.look, titles.get(info.run, "this run")))
        point = curve.at(x)
        if point is not None:
            reading.values[info.label] = FORMATTERS[info.format](point[1])
    return list(found.values()) if any(found) else []


def paint_readings(
    painter: QPainter, style: PlotStyle, found: list[Reading], left: float, frame: Frame
) -> None:
    """The table beside the crosshair (`left` in pixels), where there is more room.

    Of runs for which the plot is too low only the number is told; a very low one has no table.
    """
    painter.setFont(small_font(painter.font(), 11))
    table = _Table(found, painter.fontMetrics(), frame.height - _PAD)
    if not table.rows:
        return
    right = left + _AWAY + table.width <= frame.width or left < frame.width / 2
    start = left + _AWAY if right else left - _AWAY - table.width
    table.paint(painter, style, QRectF(start, _PAD / 2, table.width, table.height))


class _Table:
    """The runs that fit into a height, and the widths of the columns."""

    def __init__(self, found: list[Reading], metrics: QFontMetrics, height: float) -> None:
        self.columns = list(dict.fromkeys(word for reading in found for word in reading.values))
        self.headed = any(self.columns)  # a single nameless column needs no word above it
        fit = int((height - _PAD) // _ROW) - self.headed
        shown = len(found) if len(found) <= fit else fit - 1
        self.rows = found[: max(0, shown)]
        self.more = f"and {len(found) - shown} more" if shown < len(found) else ""
        self.widths = [self._width(metrics, word) for word in self.columns]
        names = [*(row.title for row in self.rows), self.more]
        self.title = min(_TITLE, max(metrics.horizontalAdvance(name) for name in names) + 2.0)

    def _width(self, metrics: QFontMetrics, word: str) -> float:
        written = [word, *(row.values.get(word, "") for row in self.rows)]
        return float(max(metrics.horizontalAdvance(text) for text in written))

    @property
    def width(self) -> float:
        """Pixels across."""
        return 2 * _PAD + _INDENT + self.title + sum(_GAP + width for width in self.widths)

    @property
    def height(self) -> float:
        """Pixels from top to bottom."""
        return _PAD + _ROW * (len(self.rows) + self.headed + bool(self.more))

    def paint(self, painter: QPainter, style: PlotStyle, ground: QRectF) -> None:
        """The table in its place."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(QPen(QColor(style.colors.border)))
        painter.setBrush(QBrush(QColor(style.colors.surface)))
        painter.drawRoundedRect(ground.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        line = QRectF(
            ground.left() + _PAD, ground.top() + _PAD / 2, ground.width() - 2 * _PAD, _ROW
        )
        if self.headed:
            painter.setPen(style.text())
            self._paint_cells(painter, line, self.columns)
            line.translate(0, _ROW)
        for row in self.rows:
            self._paint_row(painter, style, row, line)
            line.translate(0, _ROW)
        if self.more:
            painter.setPen(style.text())
            painter.drawText(line.translated(_INDENT, 0), _WORDS, self.more)

    def _paint_row(self, painter: QPainter, style: PlotStyle, row: Reading, line: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(style.curve_color(row.look)))
        middle = QPointF(line.left() + _DOT / 2, line.center().y())
        painter.drawEllipse(middle, _DOT / 2, _DOT / 2)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(style.colors.text)))
        mode = Qt.TextElideMode.ElideMiddle
        title = painter.fontMetrics().elidedText(row.title, mode, int(self.title))
        painter.drawText(line.translated(_INDENT, 0), _WORDS, title)
        self._paint_cells(painter, line, [row.values.get(word, "") for word in self.columns])

    def _paint_cells(self, painter: QPainter, line: QRectF, cells: list[str]) -> None:
        """Figures flush to the right, column by column from the right."""
        right = line.right()
        for width, text in zip(reversed(self.widths), reversed(cells), strict=True):
            place = QRectF(right - width, line.top(), width, line.height())
            painter.drawText(place, _FIGURES, text)
            right -= width + _GAP
