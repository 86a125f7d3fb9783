"""What the dataset is: its title, sizes and values in three lines, the rest behind a fold."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from engine.views import DataView
from gui.controls import ElidedLabel, flat, label, never_taller, wrap_anywhere
from gui.panels.note import link
from gui.presenters import datafacts, declared
from gui.theme import Theme

_NAMES = 128


class Fold(QToolButton):
    """A title with a chevron that opens and folds what is below it."""

    def __init__(self, theme: Theme, text: str, name: str) -> None:
        super().__init__()
        self._theme = theme
        self.setText(text)
        self.setObjectName(name)
        self.setProperty("role", "disclosure")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCheckable(True)
        self.toggled.connect(self._show)
        theme.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        icon = "chevron-down" if self.isChecked() else "chevron-right"
        self.setIcon(self._theme.icon(icon, "secondary"))
        self.setAccessibleName(f"{self.text()}, {'open' if self.isChecked() else 'folded'}")


class Details(QWidget):
    """Names and values in two columns; values can be selected and copied."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._grid = QGridLayout(self)
        flat(self._grid, 4)
        self._grid.setHorizontalSpacing(16)
        self._grid.setColumnMinimumWidth(0, _NAMES)
        self._grid.setColumnStretch(1, 1)
        self._rows: list[tuple[QLabel, QLabel]] = []

    def show_details(self, details: tuple[datafacts.Detail, ...]) -> None:
        """Show these; rows are kept and reused."""
        while len(self._rows) < len(details):
            self._add_row()
        for row, (name, value) in enumerate(self._rows):
            used = row < len(details)
            name.setVisible(used)
            value.setVisible(used)
            if used:
                name.setText(details[row][0])
                value.setText(details[row][1])

    def _add_row(self) -> None:
        name, value = label("", "secondary"), label("", wrap=True)
        wrap_anywhere(value)
        value.setTextFormat(Qt.TextFormat.PlainText)
        value.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        name.setAlignment(Qt.AlignmentFlag.AlignTop)
        row = len(self._rows)
        self._grid.addWidget(name, row, 0)
        self._grid.addWidget(value, row, 1)
        self._rows.append((name, value))


class Header(QWidget):
    """Compact; `Details` opens the rest."""

    copied = Signal(str)
    """The whole fingerprint was put on the clipboard."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("data.header")
        never_taller(self)
        self._title = label("", "title", wrap=True)
        self._title.setObjectName("data.title")
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._values = label("", "secondary", wrap=True)
        self._normalisation = label("", "secondary", wrap=True)
        self._licence = ElidedLabel("", "secondary")
        for line in (self._values, self._normalisation, self._licence):
            line.setTextFormat(Qt.TextFormat.PlainText)
        self._fingerprint = ""
        self._copy = link("", "data.fingerprint")
        self._copy.clicked.connect(self._on_copy_clicked)
        self._fold = Fold(theme, "Details", "data.details.fold")
        self._details = Details("data.details")
        self._details.hide()
        self._fold.toggled.connect(self._details.setVisible)
        head = QHBoxLayout()
        flat(head, 8)
        head.addWidget(self._title, 1)
        head.addWidget(self._fold, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        flat(column, 4)
        column.addLayout(head)
        column.addWidget(self._values)
        second = QHBoxLayout()
        flat(second, 8)
        second.addWidget(self._normalisation, 1)
        second.addWidget(self._copy, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(second)
        column.addWidget(self._licence)
        column.addWidget(self._details)

    def show_view(self, view: DataView, fingerprint: str) -> None:
        """Show this dataset; its fingerprint as soon as it is known."""
        self._title.setText(declared.facts_line(view.facts))
        licence = f"Licence: {view.facts.licence}" if view.facts.licence else ""
        sizes = f"{datafacts.sizes_line(view)}; {datafacts.values_line(view)}".removesuffix("; ")
        self._values.setText(sizes)
        self._normalisation.setText(datafacts.normalisation_line(view))
        self._licence.set_whole(licence)
        self._licence.setVisible(bool(licence))
        self._fingerprint = view.fingerprint or fingerprint
        self._copy.setVisible(bool(self._fingerprint))
        self._copy.setText(f"SHA-256 {datafacts.short(self._fingerprint)}…")
        self._copy.setToolTip(f"Fingerprint of the content, click to copy\n{self._fingerprint}")
        self._copy.setAccessibleName("Copy the fingerprint of the data")
        self._details.show_details(datafacts.details(view, self._fingerprint))

    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self._fingerprint)
        self.copied.emit(self._fingerprint)
