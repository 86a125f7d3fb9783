"""The pane below the table of runs: the selected one in detail, or what sets the compared apart."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui.controls import ElidedLabel, IconButton, flat, hairline
from gui.panels.compare import CompareView
from gui.panels.run_details import RunDetailsView
from gui.theme import Theme

DETAILS, DIFFERENCES = 0, 1


class RunsPane(QWidget):
    """Two pages under one line of buttons; folded, the line alone is left."""

    cleared = Signal()
    """Nothing is to be compared any more."""
    folded_changed = Signal()

    def __init__(self, theme: Theme, details: RunDetailsView, compare: CompareView) -> None:
        super().__init__()
        self.setObjectName("runs.pane")
        self._theme = theme
        self._compare = compare
        self._head, self._pages = QWidget(), QStackedWidget()
        self._buttons: list[QToolButton] = []
        self._chosen = ElidedLabel("", "secondary")
        self._chosen.setObjectName("runs.compared")
        self._clear = QPushButton("Untick all")
        self._copy = QToolButton()
        self._fold = IconButton(theme, "chevron-down", "Fold the details away")
        self._build(details, compare)
        self.show_compared(0)

    def _build(self, details: QWidget, compare: QWidget) -> None:
        group = QButtonGroup(self)
        head = QHBoxLayout(self._head)
        flat(head)
        head.setContentsMargins(16, 6, 16, 6)
        for page, (text, widget) in enumerate((("Details", details), ("Differences", compare))):
            self._pages.addWidget(widget)
            button = _segment(text, "first" if page == 0 else "last")
            button.clicked.connect(lambda _checked=False, page=page: self.show_page(page))
            group.addButton(button)
            head.addWidget(button)
            self._buttons.append(button)
        head.addSpacing(12)
        head.addWidget(self._chosen, 1)
        head.addWidget(self._clear)
        head.addWidget(self._copy)
        head.addSpacing(8)
        head.addWidget(self._fold)
        self._clear.setProperty("role", "link")
        self._clear.setObjectName("runs.untick")
        self._clear.clicked.connect(self.cleared)
        self._fold.setObjectName("runs.fold")
        self._fold.clicked.connect(lambda: self.set_folded(not self.folded))
        self._make_copy()
        column = QVBoxLayout(self)
        flat(column)
        column.addWidget(hairline())
        column.addWidget(self._head)
        column.addWidget(self._pages, 1)

    def _make_copy(self) -> None:
        self._copy.setText("Copy")
        self._copy.setObjectName("compare.copy")
        self._copy.setToolTip("Copy the table")
        self._copy.setProperty("role", "link")
        self._copy.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self._copy)
        for kind, text in (("text", "As text"), ("csv", "As CSV")):
            action = QAction(text, menu)
            action.setObjectName(f"compare.copy.{kind}")
            action.triggered.connect(lambda _checked=False, kind=kind: self._compare.copy(kind))
            menu.addAction(action)
        self._copy.setMenu(menu)

    # --- Showing -----------------------------------------------------------------------------

    @property
    def page(self) -> int:
        """DETAILS or DIFFERENCES."""
        return self._pages.currentIndex()

    @property
    def folded(self) -> bool:
        """Whether only the line of buttons is shown."""
        return self._pages.isHidden()

    @property
    def line_height(self) -> int:
        """Pixels of the line of buttons, with the hairline above it."""
        return self._head.sizeHint().height() + 1

    def show_page(self, page: int) -> None:
        """Bring a page to the front."""
        self._pages.setCurrentIndex(page)
        self._buttons[page].setChecked(True)
        self._copy.setVisible(page == DIFFERENCES and self._buttons[DIFFERENCES].isEnabled())
        if self.folded:
            self.set_folded(False)

    def show_compared(self, count: int) -> None:
        """How many runs are compared; from two on there are differences."""
        words = {0: "", 1: "1 run compared; tick another one to see what differs"}
        self._chosen.set_whole(words.get(count, f"{count} runs compared"))
        self._clear.setVisible(count > 0)
        differ = self._buttons[DIFFERENCES]
        differ.setEnabled(count > 1)
        differ.setToolTip("" if count > 1 else "Tick two runs or more to see what sets them apart")
        self._copy.setVisible(self.page == DIFFERENCES and count > 1)

    def set_folded(self, folded: bool) -> None:
        """Leave the line of buttons alone, or show the page again."""
        self._pages.setHidden(folded)
        self._fold.setIcon(
            self._theme.icon("chevron-up" if folded else "chevron-down", "secondary")
        )
        self._fold.setToolTip("Show the details" if folded else "Fold the details away")
        self.folded_changed.emit()


def _segment(text: str, place: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setObjectName(f"runs.page.{text.lower()}")
    button.setProperty("role", "segment")
    button.setProperty("place", place)
    button.setCheckable(True)
    button.setChecked(place == "first")
    return button
