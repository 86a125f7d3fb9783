"""Texts in figures: how long they are, where they are cut off, and the most frequent tokens."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from engine.views import TextView
from engine.wording import counted
from gui import texts
from gui.controls import flat, label
from gui.panels.look.header import Details
from gui.panels.look.painting import LEFT, RIGHT, draw_histogram, small_font
from gui.presenters import datafacts
from gui.theme import Theme

_HEIGHT = 132
_AXIS = 20
_ABOVE = 20
_FREQUENT = 12
_ROW = 20
_SIGNS = {
    "\n": "↵ line break",
    " ": "␣ space",
    "\t": "⇥ tab",
    "\N{REPLACEMENT CHARACTER}": datafacts.UNKNOWN_WORD,
}


class LengthsPlot(QWidget):
    """The histogram of lengths with a line at the length that the network sees."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("data.lengths")
        self._theme = theme
        self._view: TextView | None = None
        self.setMinimumHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def show_view(self, view: TextView) -> None:
        """Show these lengths."""
        self._view = view
        told = ", ".join(f"{name} {value}" for name, value in datafacts.text_numbers(view))
        self.setAccessibleName(f"Tokens a text: {told}")
        self.update()

    def sizeHint(self) -> QSize:
        """Twenty bins that can be told apart."""
        return QSize(320, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Bars, the limit, and the ends of the axis."""
        view = self._view
        if view is None or len(view.lengths.edges) < 2:
            return
        painter, colors = QPainter(self), self._theme.colors
        painter.setFont(small_font(painter))
        room = QRectF(0, _ABOVE, self.width(), self.height() - _AXIS - _ABOVE)
        draw_histogram(painter, view.lengths, room, QColor(colors.train))
        painter.setPen(QColor(colors.border))
        painter.drawLine(room.bottomLeft(), room.bottomRight())
        painter.setPen(QColor(colors.secondary))
        axis = QRectF(0, room.bottom(), self.width(), _AXIS)
        low, high = view.lengths.edges[0], view.lengths.edges[-1]
        painter.drawText(axis, LEFT, texts.whole(low))
        painter.drawText(axis, RIGHT, counted(high, "token"))
        if low <= view.length <= high and high > low:
            self._paint_limit(painter, room, (view.length - low) / (high - low))

    def _paint_limit(self, painter: QPainter, room: QRectF, share: float) -> None:
        assert self._view is not None
        colors, at = self._theme.colors, round(room.left() + share * (room.width() - 1)) + 0.5
        painter.setPen(QColor(colors.validation))
        painter.drawLine(QPointF(at, room.top()), QPointF(at, room.bottom()))
        words = f"cut off at {texts.whole(self._view.length)}"
        wide = painter.fontMetrics().horizontalAdvance(words) + 4
        left = min(max(0.0, at - wide / 2), self.width() - wide)
        painter.setPen(QColor(colors.secondary))
        painter.drawText(QRectF(left, 0, wide, _ABOVE), Qt.AlignmentFlag.AlignCenter, words)


class FrequentTokens(QWidget):
    """The most frequent tokens as bars."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("data.frequent")
        self._theme = theme
        self._frequent: tuple[tuple[str, int], ...] = ()
        theme.changed.connect(self.update)

    def show_view(self, view: TextView) -> None:
        """Show the first of them."""
        self._frequent = view.frequent[:_FREQUENT]
        told = ", ".join(f"{_spelled(text)} {count}" for text, count in self._frequent)
        self.setAccessibleName(f"Most frequent tokens: {told}")
        self.setFixedHeight(max(1, -(-len(self._frequent) // 2) * _ROW))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Two columns of token, bar and count."""
        painter, colors = QPainter(self), self._theme.colors
        painter.setFont(small_font(painter))
        metrics = painter.fontMetrics()
        rows, half = -(-len(self._frequent) // 2), self.width() / 2
        most = max((count for _, count in self._frequent), default=1)
        count_width = metrics.horizontalAdvance("0,000,000")
        for place, (text, count) in enumerate(self._frequent):
            column, row = divmod(place, max(1, rows))
            left, top = column * half, row * _ROW
            painter.setPen(QColor(colors.text))
            shown = metrics.elidedText(_spelled(text), Qt.TextElideMode.ElideRight, 88)
            painter.drawText(QRectF(left, top, 92, _ROW), LEFT, shown)
            room = half - 92 - count_width - 32
            wide = max(1.0, room * count / most)
            painter.fillRect(QRectF(left + 96, top + 6, wide, 8), QColor(colors.train))
            painter.setPen(QColor(colors.secondary))
            box = QRectF(left + half - count_width - 24, top, count_width, _ROW)
            painter.drawText(box, RIGHT, texts.whole(count))


def _spelled(text: str) -> str:
    return _SIGNS.get(text, text.replace("\n", "↵"))


class TextStatistics(QWidget):
    """Lengths at the left, figures at the right, the most frequent tokens below."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._lengths, self._frequent = LengthsPlot(theme), FrequentTokens(theme)
        self._numbers = Details("data.text.numbers")
        self._lengths_title = label("Tokens a text", "heading")
        row = QHBoxLayout()
        flat(row, 32)
        row.addWidget(self._lengths, 1)
        row.addWidget(self._numbers, 1, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        flat(column, 8)
        column.addWidget(self._lengths_title)
        column.addLayout(row)
        column.addWidget(label("Most frequent tokens", "heading"))
        column.addWidget(self._frequent)

    def show_view(self, view: TextView) -> None:
        """Show these. Texts that are all of one length have no histogram."""
        varied = datafacts.lengths_vary(view)
        self._lengths.setVisible(varied)
        self._lengths_title.setVisible(varied)
        self._lengths.show_view(view)
        self._frequent.show_view(view)
        self._numbers.show_details(datafacts.text_numbers(view))
