"""One of several, joined buttons: which way samples are looked at."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QWidget

from gui.controls import flat, set_look, show_in_place


class Segments(QWidget):
    """Named ways, of which one is chosen and some may be left out."""

    chosen = Signal(str)
    """The name of the way that was pressed."""

    def __init__(self, name: str, ways: dict[str, str]) -> None:
        super().__init__()
        self.setObjectName(name)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QToolButton] = {}
        row = QHBoxLayout(self)
        flat(row)
        for way, words in ways.items():
            button = QToolButton()
            button.setText(words)
            button.setObjectName(f"{name}.{way}")
            button.setProperty("role", "segment")
            button.setCheckable(True)
            button.clicked.connect(lambda _checked=False, way=way: self.chosen.emit(way))
            self._group.addButton(button)
            self._buttons[way] = button
            row.addWidget(button)

    def offer(self, ways: list[str]) -> None:
        """Show these ways only; nothing at all where there is no choice."""
        ways = [way for way in self._buttons if way in ways]
        for way, button in self._buttons.items():
            button.setVisible(way in ways)
        for way in ways:
            place = "first" if way == ways[0] else "last" if way == ways[-1] else "middle"
            set_look(self._buttons[way], "place", place)
        show_in_place(self, len(ways) > 1)

    def choose(self, way: str) -> None:
        """Mark this way as the chosen one, without a word."""
        self._buttons[way].setChecked(True)

    @property
    def way(self) -> str:
        """The chosen one, "" before any was."""
        return next((way for way, button in self._buttons.items() if button.isChecked()), "")
