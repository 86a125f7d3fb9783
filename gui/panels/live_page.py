"""The page of the live plots, which makes them when they are first wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.controls import flat
from gui.presenters.feeds import Compared
from gui.presenters.samples import SamplesPresenter
from gui.theme import Theme

if TYPE_CHECKING:
    from gui.panels.live import LivePanel


class LivePage(QWidget):
    """Stands where the plots will: what draws them takes long to import, and no window needs it
    before something is trained or opened."""

    made = Signal(object)
    """The LivePanel is there now."""

    def __init__(self, theme: Theme, samples: SamplesPresenter) -> None:
        super().__init__()
        self._theme = theme
        self._samples = samples
        self._panel: LivePanel | None = None
        self._settings: dict[str, Any] = {}
        self._column = QVBoxLayout(self)
        flat(self._column)

    @property
    def panel(self) -> LivePanel:
        """The plots; made now, if nobody has wanted them before."""
        if self._panel is None:
            self._panel = self._make()
            self.made.emit(self._panel)
        return self._panel

    def _make(self) -> LivePanel:
        from gui.panels.live import LivePanel
        from gui.panels.samples import SamplePane

        panel = LivePanel(self._theme, self)
        panel.put_below(SamplePane(self._theme, self._samples))
        panel.restore(self._settings)
        self._column.addWidget(panel)
        return panel

    def compares(self) -> bool:
        """Whether there are curves of other runs to be seen."""
        panel = self._panel
        return panel is not None and not panel.presenter.empty and bool(panel.presenter.compared)

    def set_compared(self, runs: list[Compared]) -> None:
        """Lay the curves of these runs over those of the open one."""
        if runs or self._panel is not None:
            self.panel.set_compared(runs)

    def refresh(self) -> None:
        """Draw what is new, if there is anything to draw it on."""
        if self._panel is not None:
            self._panel.refresh()

    def settings(self) -> dict[str, Any]:
        """The choices made in the plots, in plain values, for the next start."""
        return self._settings if self._panel is None else self._panel.settings()

    def restore(self, settings: dict[str, Any]) -> None:
        """Take the choices that `settings` once gave. TypeError when they are of no use at all."""
        self._settings = dict(settings)
        if self._panel is not None:
            self._panel.restore(self._settings)

    def showEvent(self, event: QShowEvent) -> None:
        """Now they are wanted (override)."""
        super().showEvent(event)
        assert self.panel is not None
