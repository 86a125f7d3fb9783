"""A few words on a tinted ground, with room for what can be done about them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gui.controls import flat, label, set_look, wrap_anywhere


class Note(QFrame):
    """Lines of words, each shown only while it says something, and buttons beside or below."""

    def __init__(self, name: str, level: str = "") -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("role", "note")
        set_look(self, "level", level)
        self._lines: dict[str, QLabel] = {}
        self._words, self._head = QVBoxLayout(), QHBoxLayout()
        flat(self._words, 4)
        flat(self._head, 8)
        self._head.addLayout(self._words, 1)
        self.buttons = QHBoxLayout()
        flat(self.buttons, 8)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(12, 6, 8, 6)
        self.column.setSpacing(4)
        self.column.addLayout(self._head)

    def add_beside(self, button: QWidget) -> None:
        """A button beside the words."""
        self._head.addWidget(button)

    def add_line(self, name: str, role: str = "") -> None:
        """A further line of words, found as `<name of the note>.<name>`."""
        line = label("", role, wrap=True)
        line.setObjectName(f"{self.objectName()}.{name}")
        wrap_anywhere(line)
        line.hide()
        self._lines[name] = line
        self._words.addWidget(line)

    def add_row(self, row: QLayout) -> None:
        """Something else between the lines."""
        self._words.addLayout(row)

    def add_button(self, button: QWidget) -> None:
        """A further button, in a row at the bottom."""
        if self.buttons.parent() is None:
            self.column.addLayout(self.buttons)
            self.buttons.addStretch(1)
        self.buttons.insertWidget(self.buttons.count() - 1, button)

    def say(self, name: str, text: str) -> None:
        """Let a line say this, or nothing."""
        line = self._lines[name]
        if line.text() != text:
            line.setText(text)
        line.setVisible(bool(text))


def link(text: str, name: str) -> QPushButton:
    """A quiet button for a note."""
    button = QPushButton(text)
    button.setObjectName(name)
    button.setProperty("role", "link")
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
