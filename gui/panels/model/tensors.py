"""The tensors of a box one below another: name, shape, what is known of the numbers, histogram."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gui import texts
from gui.controls import discard, flat, label, wrap_anywhere
from gui.presenters.boxwords import TensorWords
from gui.theme import TINY, Theme, figures

BARS, WORDS = 30, 15
"""Pixels of a histogram's bars, and of the numbers below its ends."""
_WIDEST = 320


class TensorList(QWidget):
    """Shows nothing where a box has no tensors."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._theme = theme
        self._shown: tuple[Sequence[TensorWords], str] = ((), "")
        self._source = label("", "secondary", wrap=True)
        self._source.setObjectName(f"{name}.source")
        self._rows = QVBoxLayout()
        flat(self._rows, 8)
        column = QVBoxLayout(self)
        flat(column, 8)
        column.addWidget(self._source)
        column.addLayout(self._rows)

    def show_tensors(self, tensors: Sequence[TensorWords], source: str) -> None:
        """These, in the order in which they are used; `source` says where the numbers are from."""
        if (tensors, source) == self._shown:
            return
        self._shown = tensors, source
        while (item := self._rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                discard(widget)
        self._source.setText(f"Numbers: {texts.breakable(source)}" if source else "")
        for words in tensors:
            self._rows.addWidget(self._row(words))
        self.setVisible(bool(tensors))

    def _row(self, words: TensorWords) -> QWidget:
        row = QWidget()
        column = QVBoxLayout(row)
        flat(column, 2)
        head = QHBoxLayout()
        flat(head, 8)
        head.addWidget(_selectable(words.name), 1)
        head.addWidget(label(words.shape, "secondary"))
        column.addLayout(head)
        if words.numbers:
            column.addWidget(_selectable(words.numbers, "secondary"))
        if words.bars and words.ends is not None:
            column.addWidget(Histogram(self._theme, words.name, words.bars, words.ends))
        return row


class Histogram(QWidget):
    """How many numbers of a tensor are how large; its least and greatest number below."""

    def __init__(
        self, theme: Theme, name: str, bars: tuple[int, ...], ends: tuple[str, str]
    ) -> None:
        super().__init__()
        self._theme, self._bars, self._ends = theme, bars, ends
        self.setFixedHeight(BARS + WORDS)
        self.setMaximumWidth(_WIDEST)
        self.setAccessibleName(f"Histogram of {name}: {', '.join(ends)}")
        self.setToolTip(f"How many numbers of {name} are how large")
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Bars on a line; the highest fills the height, none that counts is lower than a pixel."""
        painter, colors = QPainter(self), self._theme.colors
        most, wide = max(self._bars), self.width() / len(self._bars)
        for number, count in enumerate(self._bars):
            if count:
                high = max(1.0, (BARS - 1) * count / most)
                place = QRectF(number * wide, BARS - 1 - high, max(wide - 1, 1.0), high)
                painter.fillRect(place, QColor(colors.accent))
        painter.fillRect(QRectF(0, BARS - 1, self.width(), 1), QColor(colors.border))
        font = figures(self.font())
        font.setPixelSize(TINY)
        painter.setFont(font)
        painter.setPen(QColor(colors.secondary))
        room = QRectF(0, BARS, self.width(), WORDS)
        sides = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        for end, side in zip(self._ends, sides, strict=True):
            painter.drawText(room, side, end)


def _selectable(text: str, role: str = "") -> QLabel:
    made = label(texts.breakable(text), role, wrap=True)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    wrap_anywhere(made)
    return made
