"""A grid of pictures, enlarged without smoothing; one of them can be chosen to be seen large."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from engine.views import Sample
from gui.panels.look.painting import CENTRE, as_image, draw_focus, draw_image, small_font
from gui.theme import Theme

_CELL = 72
_GAP = 12
_WORDS = 18
_EDGE = 4
"""Room around the grid for the ring of the chosen picture."""
_STEPS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1),
          Qt.Key.Key_Down: (0, 1)}  # fmt: skip


class ImageGrid(QWidget):
    """As many columns as fit; as high as its rows need."""

    chosen = Signal(int)
    """The place of the sample that was clicked, or reached with the arrow keys."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("data.images")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._theme = theme
        self._samples: list[Sample] = []
        self._images: list[QImage] = []
        self._current = -1
        theme.changed.connect(self.update)

    def show_samples(self, samples: tuple[Sample, ...], in_file: bool = False) -> None:
        """Show these images with their labels, as the network sees them or as in the file."""
        self._samples = [sample for sample in samples if sample.image is not None]
        self._images = [_picture(sample, in_file) for sample in self._samples]
        self._current = min(self._current, len(self._samples) - 1)
        labels = ", ".join(sample.label for sample in self._samples)
        self.setAccessibleName(f"{len(self._samples)} training samples: {labels}")
        self._fit()
        self.update()

    def choose(self, place: int) -> None:
        """Mark a sample, without a word."""
        self._current = place
        self.update()

    # --- Drawing ---------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Every image in its cell, its label below."""
        painter = QPainter(self)
        painter.setFont(small_font(painter))
        metrics, colors = painter.fontMetrics(), self._theme.colors
        for place, (image, sample) in enumerate(zip(self._images, self._samples, strict=True)):
            cell = self._cell(place)
            if not event.rect().intersects(cell.toAlignedRect()):
                continue
            draw_image(painter, image, QRectF(cell.left(), cell.top(), _CELL, _CELL))
            painter.setPen(QColor(colors.text if place == self._current else colors.secondary))
            words = sample.label.replace("\n", " ")
            shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, _CELL + _GAP - 4)
            room = QRectF(cell.left() - _GAP / 2, cell.top() + _CELL + 2, _CELL + _GAP, _WORDS)
            painter.drawText(room, CENTRE, shown)
            if place == self._current:
                self._paint_ring(painter, cell)

    def _paint_ring(self, painter: QPainter, cell: QRectF) -> None:
        ring = cell.adjusted(-4, -4, 4, 4 - _WORDS - 2)
        if self.hasFocus():
            draw_focus(painter, ring, self._theme.colors)
            return
        painter.setPen(QPen(QColor(self._theme.colors.secondary), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(ring.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)

    # --- Layout ----------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Some columns."""
        return QSize(4 * (_CELL + _GAP), self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another number of columns."""
        super().resizeEvent(event)
        self._fit()

    def _columns(self) -> int:
        return max(1, (self.width() - 2 * _EDGE + _GAP) // (_CELL + _GAP))

    def _cell(self, place: int) -> QRectF:
        row, column = divmod(place, self._columns())
        left, top = column * (_CELL + _GAP), row * (_CELL + _GAP + _WORDS)
        return QRectF(left + _EDGE, top + _EDGE, _CELL, _CELL + 2 + _WORDS)

    def _fit(self) -> None:
        rows = -(-len(self._images) // self._columns())
        self.setFixedHeight(max(1, rows * (_CELL + _GAP + _WORDS) + _EDGE))

    def _at(self, point: QPointF) -> int:
        """The place of the sample under a point, -1 beside them."""
        places = range(len(self._images))
        return next((place for place in places if self._cell(place).contains(point)), -1)

    # --- What the user does ----------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose what is clicked."""
        if (place := self._at(event.position())) >= 0:
            self._choose(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrow keys move, as far as there are samples."""
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None or not self._images:
            super().keyPressEvent(event)
            return
        place = self._current + step[0] + step[1] * self._columns()
        if self._current < 0:
            place = 0
        if 0 <= place < len(self._images):
            self._choose(place)

    def _choose(self, place: int) -> None:
        self.choose(place)
        sample = self._samples[place]
        self.setAccessibleDescription(f"chosen: {sample.label}, sample {sample.index}")
        self.chosen.emit(place)

    def event(self, event: QEvent) -> bool:
        """The tooltip tells the whole label and the file."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            place = self._at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self._tip(place), self)
            return True
        return super().event(event)

    def _tip(self, place: int) -> str:
        if place < 0:
            return ""
        sample = self._samples[place]
        file = sample.in_file.name if sample.in_file is not None else ""
        return "\n".join(line for line in (sample.label, file) if line)


def _picture(sample: Sample, in_file: bool) -> QImage:
    origin = sample.in_file.image if in_file and sample.in_file is not None else None
    pixels = origin if origin is not None else sample.image
    assert pixels is not None  # samples without an image are not shown here
    return as_image(pixels)
