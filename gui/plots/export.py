"""A widget as a picture file: PNG at twice the size, SVG as lines and text."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QImageWriter, QPaintDevice, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from gui.plots.style import small_font

SCALE = 2.0
"""Pixels of a PNG to a pixel on the screen."""


_TITLE_HEIGHT, _TITLE_LEFT, _TITLE_PIXELS = 36, 16, 15
"""Pixels that a title adds on top, its distance from the left, the size of its letters."""


@dataclass(frozen=True)
class Paper:
    """What a widget is painted on: a ground and the ink of the title; no title if empty."""

    ground: str
    ink: str
    title: str = ""

    @property
    def top(self) -> int:
        """Pixels above the widget."""
        return _TITLE_HEIGHT if self.title else 0


def write_png(widget: QWidget, path: Path, paper: Paper) -> None:
    """Paint the widget, as it is now, below the title into a PNG. Raises OSError."""
    image = QImage(_size(widget, paper) * SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(SCALE)
    _paint(image, widget, paper)
    buffer = _buffer()
    writer = QImageWriter(buffer, QByteArray(b"png"))
    if not writer.write(image):
        raise OSError(writer.errorString())
    _put(path, bytes(buffer.data().data()))


def write_svg(widget: QWidget, path: Path, paper: Paper) -> None:
    """Paint the widget, as it is now, below the title into an SVG. Raises OSError."""
    buffer, size = _buffer(), _size(widget, paper)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(size)
    generator.setViewBox(QRect(QPoint(), size))
    generator.setTitle(paper.title)
    _paint(generator, widget, paper)
    _put(path, bytes(buffer.data().data()))


def _size(widget: QWidget, paper: Paper) -> QSize:
    return widget.size() + QSize(0, paper.top)


def _paint(device: QPaintDevice, widget: QWidget, paper: Paper) -> None:
    painter = QPainter(device)
    painter.fillRect(QRect(QPoint(), _size(widget, paper)), QColor(paper.ground))
    if paper.title:
        font = small_font(widget.font(), _TITLE_PIXELS)
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(paper.ink))
        place = QRect(_TITLE_LEFT, 4, widget.width() - 2 * _TITLE_LEFT, _TITLE_HEIGHT - 4)
        mode = Qt.TextElideMode.ElideRight
        title = painter.fontMetrics().elidedText(paper.title, mode, place.width())
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(place, int(flags), title)
    widget.render(painter, QPoint(0, paper.top), renderFlags=QWidget.RenderFlag.DrawChildren)
    painter.end()


def _buffer() -> QBuffer:
    buffer = QBuffer()  # given an array of ours, it would not keep it alive
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer


def _put(path: Path, content: bytes) -> None:
    """Write a whole file or none."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
