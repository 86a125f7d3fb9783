"""The icon family in `resources/icons`: stroked SVGs on a 24 grid, tinted for the theme."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from engine import paths

_PIXELS = (16, 20, 24, 25, 30, 32, 40, 48, 60)
"""16 and 20 px at 100, 125, 150, 200 and 300 % scaling: no icon is ever blurred by resizing."""


@cache
def source(name: str) -> str:
    """The SVG text of an icon, stroked in `currentColor`."""
    folder = paths.bundled("resources") / "icons"
    return (folder / f"{name}.svg").read_text(encoding="utf-8")


def tinted(name: str, color: str) -> str:
    """The SVG text of an icon in one colour."""
    return source(name).replace("currentColor", color)


def pixmap(name: str, color: str, pixels: int) -> QPixmap:
    """An icon as a square of device pixels."""
    return _drawn(_renderer(name, color), pixels)


def _renderer(name: str, color: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(tinted(name, color).encode()))


def _drawn(renderer: QSvgRenderer, pixels: int) -> QPixmap:
    picture = QPixmap(pixels, pixels)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    renderer.render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    return picture


def icon(name: str, color: str, disabled: str) -> QIcon:
    """An icon for every size that the window uses, with its disabled look."""
    made = QIcon()
    plain, pale = _renderer(name, color), _renderer(name, disabled)
    for pixels in _PIXELS:
        normal = _drawn(plain, pixels)
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):  # Qt would tint the selected one
            made.addPixmap(normal, mode)
        made.addPixmap(_drawn(pale, pixels), QIcon.Mode.Disabled)
    return made


def write_tinted(name: str, color: str, folder: Path) -> Path:
    """An icon as a file in one colour, for the style sheet, which can only name files."""
    path = folder / f"{name}-{color.lstrip('#')}.svg"
    path.write_text(tinted(name, color), encoding="utf-8")
    return path
