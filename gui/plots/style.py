"""What a plot needs to know of the theme's colours, and the pens made from them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from PySide6.QtGui import QColor, QFont, QPen

from gui.colors import Colors
from gui.theme import SMALL, Theme, figures

_FAINT = 0.30
"""How much of its colour a raw curve keeps beneath the smoothed one."""

Dash = Literal["solid", "dashed", "dotted"]

_PATTERNS: dict[Dash, list[float]] = {"dashed": [5.0, 4.0], "dotted": [1.0, 3.0]}


@dataclass(frozen=True)
class CurveLook:
    """How a curve is told apart: by its colour's number, and dashed with markers or solid.

    `compared` is a curve of a run that is laid over the open one: its number is the run's.
    """

    color: int
    dashed: bool
    compared: bool = False


class PlotStyle:
    """The theme's colours as pens, always those of now; all parts of a plot share one.

    Pens are one pixel wide at any scaling: wider ones cost far more.
    """

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self.fine = False
        """Smooth edges and lines that scale: for a picture file, too slow for the screen."""

    @property
    def colors(self) -> Colors:
        """The tokens of the theme that is on."""
        return self._theme.colors

    def curve_color(self, look: CurveLook) -> QColor:
        """The full colour of a curve; a negative number is for what is neither train nor val."""
        return QColor(self._name(look))

    def pen(self, look: CurveLook) -> QPen:
        """The pen of a curve: solid, or dashed for what is measured now and then."""
        return _pen(self._name(look), "dashed" if look.dashed else "solid", self.fine)

    def faint_pen(self, look: CurveLook) -> QPen:
        """The pen of the raw values beneath; opaque, because blending costs time."""
        return _faint_pen(self._name(look), self.colors.surface, self.fine)

    def line(self, role: str, dash: Dash = "solid") -> QPen:
        """A hairline in the colour of a token: `grid`, `crosshair`, `accent`."""
        return _pen(str(getattr(self.colors, role)), dash, self.fine)

    def _name(self, look: CurveLook) -> str:
        if look.compared:
            return self.colors.of_run(look.color)
        curves = self.colors.curves
        return curves[look.color % len(curves)] if look.color >= 0 else self.colors.secondary

    def text(self, role: str = "secondary") -> QPen:
        """The pen for text in the colour of a token."""
        return QPen(QColor(str(getattr(self.colors, role))))


@cache
def _pen(color: str, dash: Dash, fine: bool) -> QPen:
    """Pens are kept: making one takes several calls, and a frame needs half a dozen."""
    pen = QPen(QColor(color), 1.0)
    pen.setCosmetic(not fine)
    if dash in _PATTERNS:
        pen.setDashPattern(_PATTERNS[dash])
    return pen


@cache
def _faint_pen(color: str, ground: str, fine: bool) -> QPen:
    return _pen(mixed(QColor(color), QColor(ground), _FAINT).name(), "solid", fine)


def mixed(color: QColor, ground: QColor, part: float) -> QColor:
    """`part` of `color` over `ground`, as an opaque colour."""
    return QColor.fromRgbF(
        part * color.redF() + (1 - part) * ground.redF(),
        part * color.greenF() + (1 - part) * ground.greenF(),
        part * color.blueF() + (1 - part) * ground.blueF(),
    )


def small_font(font: QFont, pixels: int = SMALL) -> QFont:
    """A font for labels, with figures of one width so that changing numbers do not jump."""
    made = figures(font)
    made.setPixelSize(pixels)
    return made
