"""How many samples of each class the splits hold, as bars."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from engine.views import DataView
from gui import texts
from gui.theme import SMALL, Theme, figures

_ROW = 20
_LEGEND = 26
_BAR = 10
SPLITS = {"train": "train", "val": "validation", "test": "test"}


class ClassCounts(QWidget):
    """One row a class; its bar is divided into the splits."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("data.counts")
        self._theme = theme
        self._view: DataView | None = None
        theme.changed.connect(self.update)

    def show_view(self, view: DataView) -> None:
        """Show these counts."""
        self._view = view
        rows = len(view.facts.targets)
        self.setFixedHeight(_LEGEND + rows * _ROW)
        told = [
            f"{name} {sum(counts[i] for counts in view.counts.values())}"
            for i, name in enumerate(view.facts.targets)
        ]
        self.setAccessibleName("Samples by class: " + ", ".join(told))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The legend, then one row a class."""
        if self._view is None:
            return
        painter = QPainter(self)
        font = figures(painter.font())
        font.setPixelSize(SMALL)
        painter.setFont(font)
        self._paint_legend(painter)
        names, counts = self._view.facts.targets, self._view.counts
        metrics = painter.fontMetrics()
        name_width = min(140, 12 + max((metrics.horizontalAdvance(n) for n in names), default=0))
        number_width = metrics.horizontalAdvance("000,000")
        totals = [sum(split[i] for split in counts.values()) for i in range(len(names))]
        room = self.width() - name_width - number_width - 16
        for i, name in enumerate(names):
            top = _LEGEND + i * _ROW
            painter.setPen(QColor(self._theme.colors.text))
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, name_width - 8)
            painter.drawText(QRectF(0, top, name_width, _ROW), _LEFT, shown)
            self._paint_bar(painter, name_width, top, room * totals[i] / max(*totals, 1), i)
            painter.setPen(QColor(self._theme.colors.secondary))
            box = QRectF(self.width() - number_width, top, number_width, _ROW)
            painter.drawText(box, _RIGHT, texts.whole(totals[i]))

    def _paint_bar(
        self, painter: QPainter, left: float, top: float, width: float, index: int
    ) -> None:
        assert self._view is not None
        counts = self._view.counts
        total = sum(split[index] for split in counts.values()) or 1
        for split, color in self._split_colors().items():
            part = width * counts.get(split, (0,) * (index + 1))[index] / total
            painter.fillRect(QRectF(left, top + (_ROW - _BAR) / 2, max(0.0, part - 1), _BAR), color)
            left += part

    def _paint_legend(self, painter: QPainter) -> None:
        assert self._view is not None
        left = 0.0
        for split, color in self._split_colors().items():
            if split not in self._view.sizes:
                continue
            painter.fillRect(QRectF(left, 5, 10, 10), color)
            words = f"{SPLITS[split]} {texts.whole(self._view.sizes[split])}"
            painter.setPen(QColor(self._theme.colors.secondary))
            width = painter.fontMetrics().horizontalAdvance(words)
            painter.drawText(QRectF(left + 16, 0, width + 4, 20), _LEFT, words)
            left += width + 40

    def _split_colors(self) -> dict[str, QColor]:
        colors = self._theme.colors
        return {
            "train": QColor(colors.train),
            "val": QColor(colors.validation),
            "test": QColor(colors.test),
        }


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
