"""The row above the table of runs: filter, grouping, how many there are, what else is shown."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QToolButton, QWidget

from gui.controls import ElidedLabel, IconButton, flat
from gui.forms.entries import ChoiceBox
from gui.presenters.run_order import Grouping
from gui.theme import Theme

_GROUPINGS: tuple[tuple[Grouping, str, str], ...] = (
    ("none", "not grouped", "One line a run"),
    ("preset", "by preset", "Runs of the same preset below each other"),
    ("family", "by family", "Forks below the runs that they come from"),
)
_SETTLES_MS = 60
"""A filter is applied when no key was hit for so long: words are typed in one go."""


class FilterEdit(QLineEdit):
    """Words to look for; Down goes to the table, Escape empties it."""

    left = Signal()
    """Down was pressed: on to the table."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName("runs.filter")
        self.setPlaceholderText("Filter: name, dataset, tag, state…")
        self.setAccessibleName("Filter the runs")
        self.setClearButtonEnabled(True)
        self.setMinimumWidth(140)
        self.setMaximumWidth(360)
        self._glass = self.addAction(
            theme.icon("search", "secondary"), QLineEdit.ActionPosition.LeadingPosition
        )
        theme.changed.connect(self._on_theme_changed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that lead out of it (override)."""
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.left.emit()
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)

    def _on_theme_changed(self) -> None:
        self._glass.setIcon(self._theme.icon("search", "secondary"))


class RunsBar(QWidget):
    """Emits what the user wants; the panel does it."""

    filtered = Signal(str)
    grouped = Signal(object)
    archived_toggled = Signal(bool)
    refresh_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.filter = FilterEdit(theme)
        self._settle = QTimer(self, singleShot=True, interval=_SETTLES_MS)
        self._settle.timeout.connect(lambda: self.filtered.emit(self.filter.text()))
        self.filter.textChanged.connect(lambda _text: self._settle.start())
        self._groups = ChoiceBox()
        self._groups.setObjectName("runs.group")
        self._groups.setAccessibleName("Group the runs")
        self._groups.setFixedWidth(132)
        self._groups.offer(_GROUPINGS)
        self._groups.edited.connect(self.grouped)
        self._count = ElidedLabel("", "secondary")
        self._count.setObjectName("runs.count")
        self._more = IconButton(theme, "more", "Columns, archived runs", "flat")
        self._more.setObjectName("runs.more")
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._archived = QAction("Show archived runs", self, checkable=True)
        self._archived.setObjectName("runs.archived")
        self._archived.toggled.connect(self.archived_toggled)
        self.columns = QMenu("Columns", self)
        self._build()

    def _build(self) -> None:
        menu = QMenu(self._more)
        menu.addAction(self._archived)
        menu.addMenu(self.columns)
        again = QAction("Look again", menu)
        again.setObjectName("runs.refresh")
        again.triggered.connect(self.refresh_asked)
        menu.addAction(again)
        self._more.setMenu(menu)
        row = QHBoxLayout(self)
        flat(row, 8)
        row.setContentsMargins(16, 8, 16, 8)
        row.addWidget(self.filter, 3)
        row.addWidget(self._groups)
        row.addWidget(self._count, 2)
        row.addWidget(self._more)

    def show_choices(self, text: str, grouping: str, archived: bool) -> None:
        """Set the controls to what is chosen, without saying so."""
        for widget in (self.filter, self._archived):
            widget.blockSignals(True)
        self.filter.setText(text)
        self._archived.setChecked(archived)
        for widget in (self.filter, self._archived):
            widget.blockSignals(False)
        self._groups.show_value(grouping)

    def show_count(self, text: str) -> None:
        """How many runs there are."""
        self._count.set_whole(text)
