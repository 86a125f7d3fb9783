"""The loss by learning rate; a click takes a rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QSize, Qt, Signal

from gui.plots.style import CurveLook, PlotStyle

if TYPE_CHECKING:
    from engine.finders.learningrate import Curve

_ROOM = 1.5
"""Losses above so many times the first one are beyond the picture."""


class RatePlot(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """The smoothed loss over the rate's logarithm, the single losses faint beneath it."""

    taken = Signal(float)
    """A rate was clicked."""

    def __init__(self, style: PlotStyle) -> None:
        super().__init__(enableMenu=False, background=style.colors.surface)
        self._style = style
        self.setObjectName("find.plot")
        self.setAccessibleName("Loss by learning rate")
        self.hideButtons()
        self.setMouseEnabled(x=False, y=False)
        self.setLogMode(x=True, y=False)
        self.setLabel("bottom", "Learning rate")
        self.setLabel("left", "Loss")
        for side in ("bottom", "left"):
            self.getAxis(side).setPen(style.line("grid"))
            self.getAxis(side).setTextPen(style.text())
        self._mark = pg.InfiniteLine(pen=style.line("accent", "dashed"))
        self.scene().sigMouseClicked.connect(self._on_clicked)

    def sizeHint(self) -> QSize:
        """Small (override)."""
        return QSize(460, 260)

    def show_curve(self, curve: Curve) -> None:
        """Draw it in the place of what was there."""
        self.clear()
        rates = np.array(curve.rates)
        look = CurveLook(0, dashed=False)
        self.plot(rates, np.array(curve.losses), pen=self._style.faint_pen(look))
        self.plot(rates, np.array(curve.smoothed), pen=self._style.pen(look))
        self.addItem(self._mark, ignoreBounds=True)
        low, high = min(curve.losses), curve.smoothed[0]
        self.setYRange(low, max(high * _ROOM, low + 1e-9))
        self.show_rate(curve.suggestion)

    def show_rate(self, rate: float | None) -> None:
        """Mark a rate."""
        self._mark.setVisible(rate is not None)
        if rate is not None:
            self._mark.setPos(float(np.log10(rate)))

    def _on_clicked(self, event: object) -> None:
        if event.button() != Qt.MouseButton.LeftButton:  # type: ignore[attr-defined]
            return
        view = self.plotItem.vb
        place = event.scenePos()  # type: ignore[attr-defined]
        if view.sceneBoundingRect().contains(place):
            self.taken.emit(float(f"{10 ** view.mapSceneToView(place).x():.2g}"))
