"""Plots that are made before they are needed: three at once would hold up the window."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, QTimer

from gui.plots.plot import Plot, PlotInfo
from gui.plots.style import PlotStyle


class Spares(QObject):
    """Makes plots one at a time, while nothing else is to be done."""

    def __init__(self, style: PlotStyle, parent: QObject) -> None:
        super().__init__(parent)
        self._style = style
        self._wanted: list[PlotInfo] = []
        self._made: dict[PlotInfo, Plot] = {}
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._on_due)

    def want(self, infos: Iterable[PlotInfo]) -> None:
        """These will be taken soon; what was made for others is thrown away."""
        self._wanted = list(infos)
        for info in self._made.keys() - set(self._wanted):
            self._made.pop(info).deleteLater()
        self._timer.start()

    def take(self, info: PlotInfo) -> Plot:
        """The plot of that description, made now if it was not."""
        self._wanted = [wanted for wanted in self._wanted if wanted != info]
        made = self._made.pop(info, None)
        if made is None:
            return Plot(info, self._style)
        made.restyle()  # the theme may be another by now
        return made

    def _on_due(self) -> None:
        missing = [info for info in self._wanted if info not in self._made]
        if missing:
            self._made[missing[0]] = Plot(missing[0], self._style)
        else:
            self._timer.stop()
