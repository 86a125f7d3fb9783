"""How many samples of each class the splits hold, as bars; of very many classes the extremes."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.views import DataView
from engine.wording import counted
from gui import texts
from gui.controls import flat, label
from gui.panels.look.painting import LEFT, RIGHT, small_font
from gui.panels.note import link
from gui.presenters.datafacts import SPLITS
from gui.theme import Theme

_ROW = 20
_LEGEND = 26
_BAR = 10
_NAME = 160
_MOST, _LARGEST = 24, 16
"""Classes that are shown at once; of more of them the largest, and the smallest for the rest."""


class CountBars(QWidget):
    """One row a class; its bar is divided into the splits. Paints only what is in sight."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("data.counts")
        self._theme = theme
        self._view: DataView | None = None
        self._rows: list[int] = []
        """The places of the classes in the order of the rows; -1 is what lies between."""
        self._totals: list[int] = []
        self._most = 1
        theme.changed.connect(self.update)

    def show_view(self, view: DataView, rows: list[int]) -> None:
        """Show the counts of these classes."""
        self._view, self._rows, self._totals = view, rows, totals(view)
        self._most = max(*self._totals, 1)
        self.setFixedHeight(_LEGEND + len(rows) * _ROW)
        names = view.facts.targets
        told = [f"{names[i]} {self._totals[i]}" for i in rows if i >= 0]
        self.setAccessibleName("Samples by class: " + ", ".join(told))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The legend, then one row a class."""
        if self._view is None:
            return
        painter = QPainter(self)
        painter.setFont(small_font(painter))
        self._paint_legend(painter)
        first = max(0, (event.rect().top() - _LEGEND) // _ROW)
        last = min(len(self._rows), (event.rect().bottom() - _LEGEND) // _ROW + 1)
        names, metrics = self._view.facts.targets, painter.fontMetrics()
        shown = [names[i] for i in self._rows if i >= 0]
        name_width = min(_NAME, 12 + max((metrics.horizontalAdvance(n) for n in shown), default=0))
        for row in range(first, last):
            self._paint_row(painter, row, name_width)

    def _paint_row(self, painter: QPainter, row: int, name_width: int) -> None:
        assert self._view is not None
        colors, metrics, place = self._theme.colors, painter.fontMetrics(), self._rows[row]
        top = _LEGEND + row * _ROW
        if place < 0:
            between = len(self._totals) - len(self._rows) + 1
            painter.setPen(QColor(colors.secondary))
            words = f"{counted(between, 'class')} in between"
            painter.drawText(QRectF(0, top, self.width(), _ROW), LEFT, words)
            return
        number_width = metrics.horizontalAdvance("0,000,000")
        painter.setPen(QColor(colors.text))
        name = self._view.facts.targets[place].replace("\n", "↵")
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, name_width - 8)
        painter.drawText(QRectF(0, top, name_width, _ROW), LEFT, shown)
        room = self.width() - name_width - number_width - 16
        width = room * self._totals[place] / self._most
        self._paint_bar(painter, name_width, top, width, place)
        painter.setPen(QColor(colors.secondary))
        box = QRectF(self.width() - number_width, top, number_width, _ROW)
        painter.drawText(box, RIGHT, texts.whole(self._totals[place]))

    def _paint_bar(
        self, painter: QPainter, left: float, top: float, width: float, place: int
    ) -> None:
        assert self._view is not None
        total = self._totals[place] or 1
        for split, color in self._split_colors().items():
            counts = self._view.counts.get(split)
            part = width * counts[place] / total if counts else 0.0
            if part > 0:
                bar = QRectF(left, top + (_ROW - _BAR) / 2, max(1.0, part - 1), _BAR)
                painter.fillRect(bar, color)
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
            painter.drawText(QRectF(left + 16, 0, width + 4, 20), LEFT, words)
            left += width + 40

    def _split_colors(self) -> dict[str, QColor]:
        colors = self._theme.colors
        return {
            "train": QColor(colors.train),
            "val": QColor(colors.validation),
            "test": QColor(colors.test),
        }


class ClassCounts(QWidget):
    """The bars under their title; of very many classes the rest on request."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._view: DataView | None = None
        self._bars = CountBars(theme)
        self._all = link("", "data.counts.all")
        self._all.setCheckable(True)
        self._all.toggled.connect(self._show)
        head = QHBoxLayout()
        flat(head, 8)
        head.addWidget(label("Samples by class", "heading"))
        head.addWidget(self._all)
        head.addStretch(1)
        column = QVBoxLayout(self)
        flat(column, 4)
        column.addLayout(head)
        column.addWidget(self._bars)

    def show_view(self, view: DataView) -> None:
        """Show these counts."""
        self._view = view
        self._show()

    def _show(self) -> None:
        if self._view is None:
            return
        count = len(self._view.facts.targets)
        rows = list(range(count))
        if count > _MOST and not self._all.isChecked():
            rows = extremes(totals(self._view))
        self._all.setVisible(count > _MOST)
        whole = self._all.isChecked()
        self._all.setText("Largest and smallest" if whole else f"All {texts.whole(count)}")
        self._bars.show_view(self._view, rows)


def totals(view: DataView) -> list[int]:
    """Samples of each class in all splits together."""
    counts = [split for split in view.counts.values() if split]
    return [sum(column) for column in zip(*counts, strict=True)]


def extremes(counts: list[int]) -> list[int]:
    """The places of the largest and the smallest classes, -1 for those in between."""
    order = sorted(range(len(counts)), key=lambda place: -counts[place])
    return [*order[:_LARGEST], -1, *order[_LARGEST - _MOST :]]
