"""Small drawings that the parts of the Data tab share: pictures, histograms, empty ground."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPen

from engine.views import Histogram, Pixels
from gui.colors import Colors
from gui.theme import SMALL, figures

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTRE = Qt.AlignmentFlag.AlignCenter
_SMOOTH_FROM = 96
"""Pictures of so many pixels a side are shrunk smoothly; smaller ones keep their pixels."""


def small_font(painter: QPainter) -> QFont:
    """Secondary text, with figures of one width."""
    font = figures(painter.font())
    font.setPixelSize(SMALL)
    return font


def as_image(pixels: Pixels) -> QImage:
    """An image (H, W) or (H, W, 3), bytes of its own."""
    whole = np.ascontiguousarray(pixels)
    height, width = whole.shape[:2]
    grey = whole.ndim == 2
    kind = QImage.Format.Format_Grayscale8 if grey else QImage.Format.Format_RGB888
    return QImage(whole.data, width, height, width * (1 if grey else 3), kind).copy()


def fitted(image: QImage, room: QRectF) -> QRectF:
    """The image's shape, as large as the room allows, in its middle."""
    scale = min(room.width() / max(1, image.width()), room.height() / max(1, image.height()))
    width, height = image.width() * scale, image.height() * scale
    return QRectF(room.center() - QPointF(width / 2, height / 2), room.center() +
                  QPointF(width / 2, height / 2))  # fmt: skip


def draw_image(painter: QPainter, image: QImage, room: QRectF) -> None:
    """Enlarged without smoothing, so that each pixel is seen; shrunk with it."""
    place = fitted(image, room)
    shrunk = image.width() > place.width() and max(image.width(), image.height()) > _SMOOTH_FROM
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, shrunk)
    painter.drawImage(place, image)


def draw_histogram(
    painter: QPainter, histogram: Histogram, room: QRectF, color: QColor, gap: float = 1.0
) -> None:
    """Bars from the bottom; a bin that has anything in it is seen."""
    most = max(histogram.counts, default=0)
    if not most:
        return
    width = room.width() / len(histogram.counts)
    for place, count in enumerate(histogram.counts):
        if count:
            height = max(1.0, room.height() * count / most)
            left = room.left() + place * width
            bar = QRectF(left, room.bottom() - height, max(1.0, width - gap), height)
            painter.fillRect(bar, color)


def draw_focus(painter: QPainter, room: QRectF, colors: Colors) -> None:
    """The ring of what the keyboard is on."""
    painter.setPen(QPen(QColor(colors.accent), 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(room.adjusted(1, 1, -1, -1), 4, 4)
