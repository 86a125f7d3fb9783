"""The centre: tabs, in one group on a small window and two side by side on a wide one."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import QSplitter, QTabWidget, QVBoxLayout, QWidget

from gui.controls import flat

WIDE = 1240
"""From this width of the centre on, the first tab has a group of its own."""

SHARE = 0.6
"""What the first group takes of the width unless it has been moved."""


class Workspace(QWidget):
    """Holds panels under titles. The first one is the hero: wide windows never hide it."""

    current_changed = Signal()
    """Another panel has come into sight."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("workspace")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._panels: dict[str, QWidget] = {}
        self._left, self._right = QTabWidget(), QTabWidget()
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setObjectName("workspace.split")
        self._split.setHandleWidth(1)
        self._split.setChildrenCollapsible(False)
        for group, name in ((self._left, "tabs"), (self._right, "tabs.right")):
            group.setObjectName(name)
            group.setDocumentMode(True)
            group.tabBar().setExpanding(False)
            group.tabBar().setDrawBase(False)
            group.currentChanged.connect(self._on_current_changed)
            self._split.addWidget(group)
        self._split.setStretchFactor(0, 3)
        self._split.setStretchFactor(1, 2)
        self._split.splitterMoved.connect(self._on_divided)
        self._share = SHARE
        self._right.hide()
        column = QVBoxLayout(self)
        flat(column)
        column.addWidget(self._split)

    def add(self, title: str, panel: QWidget) -> None:
        """A further tab."""
        self._panels[title] = panel
        self._left.addTab(panel, QIcon(), title)

    def bring(self, title: str) -> None:
        """Bring a panel to the front."""
        for group in (self._left, self._right):
            index = group.indexOf(self._panels[title])
            if index >= 0:
                group.setCurrentIndex(index)
                self._panels[title].setFocus()

    def in_sight(self, title: str) -> bool:
        """Whether a panel is the front one of its group."""
        panel = self._panels[title]
        return panel in (self._left.currentWidget(), self._right.currentWidget())

    @property
    def current(self) -> str:
        """The title of the tab that the single or the right group shows."""
        shown = (self._right if self.split else self._left).currentWidget()
        return next((title for title, panel in self._panels.items() if panel is shown), "")

    @property
    def split(self) -> bool:
        """Whether there are two groups."""
        return self._right.count() > 0

    @property
    def share(self) -> float:
        """The part of the width that the first group takes when there are two."""
        return self._share

    @share.setter
    def share(self, share: float) -> None:
        self._share = min(max(share, 0.2), 0.8)
        self._divide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Split or join the groups at the threshold."""
        super().resizeEvent(event)
        wide = self.width() >= WIDE
        if wide != self.split and self._panels:
            self._arrange(wide)

    def _arrange(self, wide: bool) -> None:
        shown = self.current
        first, *others = self._panels.items()
        target = self._right if wide else self._left
        for title, panel in others:
            target.addTab(panel, title)
        self._right.setVisible(wide)
        if wide:
            self._divide()
            self._left.setCurrentWidget(first[1])
        if shown and shown != first[0]:
            target.setCurrentWidget(self._panels[shown])
        self.current_changed.emit()

    def _divide(self) -> None:
        if self.split:
            left = round(self.width() * self._share)
            self._split.setSizes([left, self.width() - left])

    def _on_divided(self) -> None:
        self._share = self._split.sizes()[0] / max(1, sum(self._split.sizes()))

    def _on_current_changed(self, _index: int) -> None:
        self.current_changed.emit()
