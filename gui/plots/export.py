"""A widget as a picture file: PNG at twice the size, SVG as lines and text."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint
from PySide6.QtGui import QColor, QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

SCALE = 2.0
"""Pixels of a PNG to a pixel on the screen."""


def write_png(widget: QWidget, path: Path, ground: str) -> None:
    """Paint the widget, as it is now, on a `ground` colour into a PNG. Raises OSError."""
    image = QImage(widget.size() * SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(SCALE)
    image.fill(QColor(ground))
    widget.render(image, renderFlags=QWidget.RenderFlag.DrawChildren)
    buffer = _buffer()
    writer = QImageWriter(buffer, QByteArray(b"png"))
    if not writer.write(image):
        raise OSError(writer.errorString())
    _put(path, bytes(buffer.data().data()))


def write_svg(widget: QWidget, path: Path, ground: str) -> None:
    """Paint the widget, as it is now, on a `ground` colour into an SVG. Raises OSError."""
    buffer = _buffer()
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(widget.size())
    generator.setViewBox(widget.rect())
    painter = QPainter(generator)
    painter.fillRect(widget.rect(), QColor(ground))
    widget.render(painter, QPoint(), renderFlags=QWidget.RenderFlag.DrawChildren)
    painter.end()
    _put(path, bytes(buffer.data().data()))


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
