"""The menu of the selected runs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from engine.runs.info import RunInfo
from gui.presenters.run_actions import ACTIONS, RunAction, possible, title


class RunsMenu(QMenu):
    """Says which action was chosen; one that cannot be done says why."""

    chosen = Signal(str)
    """The name of an action."""

    def __init__(
        self, parent: QWidget, runs: Sequence[RunInfo], busy: bool, compared: bool
    ) -> None:
        super().__init__(parent)
        self.setObjectName("runs.menu")
        self.setToolTipsVisible(True)
        self.aboutToHide.connect(self.deleteLater)
        for group in ACTIONS:
            self.addSeparator()
            for action in group:
                self.addAction(self._make(action, runs, busy, compared))

    def _make(
        self, action: RunAction, runs: Sequence[RunInfo], busy: bool, compared: bool
    ) -> QAction:
        allowed = possible(action.name, runs, busy)
        made = QAction(title(action, runs, compared), self)
        made.setObjectName(f"runs.{action.name}")
        made.setEnabled(allowed.enabled)
        made.setToolTip(allowed.why and f"{allowed.why}.")
        if action.keys:  # shown alone: the table itself obeys them
            shown = QKeySequence(action.keys).toString(QKeySequence.SequenceFormat.NativeText)
            made.setText(f"{made.text()}\t{shown}")
        made.triggered.connect(lambda _checked=False: self.chosen.emit(action.name))
        return made
