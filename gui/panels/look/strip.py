"""One picture large: as it is in the file, as the network receives it, and augmented copies."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from engine.views import Sample
from gui import texts
from gui.controls import ElidedLabel, flat
from gui.panels.look.painting import LEFT, as_image, draw_image, small_font
from gui.theme import Theme

_SIDE, _SMALLEST = 128, 64
_GAP = 12
_WORDS = 20


@dataclass(frozen=True)
class Shown:
    """One picture with what is said below it."""

    image: QImage
    words: str


class PictureRow(QWidget):
    """Pictures of one size side by side."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("data.large")
        self._theme = theme
        self._pictures: list[Shown] = []
        self._side = _SIDE
        self.setFixedHeight(_SIDE + _WORDS)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_pictures(self, pictures: list[Shown]) -> None:
        """Show these, from the left."""
        self._pictures = pictures
        self.setAccessibleName(", ".join(picture.words for picture in pictures))
        self._fit()
        self.update()

    def sizeHint(self) -> QSize:
        """All of them."""
        return QSize(len(self._pictures) * (_SIDE + _GAP), self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, all of them become smaller."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = (self.width() + _GAP) // max(1, len(self._pictures)) - _GAP
        self._side = min(_SIDE, max(_SMALLEST, room))
        self.setFixedHeight(self._side + _WORDS)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Each picture on a quiet ground, so that its border is seen."""
        painter = QPainter(self)
        painter.setFont(small_font(painter))
        colors, metrics = self._theme.colors, painter.fontMetrics()
        side = self._side
        for place, picture in enumerate(self._pictures):
            left = place * (side + _GAP)
            room = QRectF(left, 0, side, side)
            painter.fillRect(room, QColor(colors.hover))
            draw_image(painter, picture.image, room)
            painter.setPen(QColor(colors.secondary))
            words = metrics.elidedText(picture.words, Qt.TextElideMode.ElideRight, side)
            painter.drawText(QRectF(left, side, side, _WORDS), LEFT, words)


class SampleStrip(QWidget):
    """The chosen sample in all its looks, its file named above."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("data.strip")
        self._words = ElidedLabel("", "secondary")
        self._words.setObjectName("data.strip.words")
        self._pictures = PictureRow(theme)
        column = QVBoxLayout(self)
        flat(column, 4)
        column.addWidget(self._words)
        column.addWidget(self._pictures)

    def show_sample(self, sample: Sample, first_epoch: int) -> None:
        """Show one picture in all its looks. The copies are those of epochs from `first_epoch`."""
        assert sample.image is not None  # only pictures come here
        origin = sample.in_file
        pictures = []
        if origin is not None and origin.image is not None:
            width, height = origin.size
            pictures.append(Shown(as_image(origin.image), f"file {width}×{height}"))
        height, width = sample.image.shape[:2]
        pictures.append(Shown(as_image(sample.image), f"network {width}×{height}"))
        for turn, copy in enumerate(sample.augmented):
            if copy.image is not None:
                epoch = texts.whole(first_epoch + turn + 1)
                pictures.append(Shown(as_image(copy.image), f"epoch {epoch}"))
        file = f", {origin.name}" if origin is not None and origin.name else ""
        self._words.set_whole(f"{sample.label}, training sample {texts.whole(sample.index)}{file}")
        self._pictures.show_pictures(pictures)
