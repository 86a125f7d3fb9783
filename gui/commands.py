"""The command palette: every action and preset by a few letters of its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

WIDTH, HEIGHT = 520, 400
_KEYS_TO_LIST = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


@dataclass(frozen=True)
class Entry:
    """One line: its text, what stands behind it in grey, and what it does."""

    text: str
    note: str
    run: Callable[[], None]
    why_not: str = ""


def matches(entry: Entry, typed: str) -> bool:
    """Whether every word typed begins a word of the entry."""
    words = entry.text.lower().replace("-", " ").replace("_", " ").split()
    return all(any(word.startswith(part) for word in words) for part in typed.lower().split())


class CommandPalette(QDialog):
    """A list that narrows while typing; Enter runs the marked line."""

    def __init__(self, window: QWidget, entries: list[Entry]) -> None:
        super().__init__(window, Qt.WindowType.Popup)
        self.setObjectName("commands")
        self._entries = entries
        self._field = QLineEdit()
        self._field.setObjectName("commands.field")
        self._field.setPlaceholderText("Type a command or a preset")
        self._field.setAccessibleName("Command")
        self._field.textEdited.connect(self._narrow)
        self._field.installEventFilter(self)
        self._list = QListWidget()
        self._list.setObjectName("commands.list")
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.itemClicked.connect(self._run)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        column.addWidget(self._field)
        column.addWidget(self._list)
        self.resize(WIDTH, HEIGHT)
        self._narrow("")

    def open_over(self, window: QWidget) -> None:
        """Show at the top of the window, in the middle."""
        left = (window.width() - self.width()) // 2
        self.move(window.mapToGlobal(QPoint(left, 56)))
        self.show()
        self._field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows move the mark while the text has the focus; Enter runs."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in _KEYS_TO_LIST:
                self._list.event(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run(self._list.currentItem())
                return True
        return super().eventFilter(watched, event)

    def _narrow(self, typed: str) -> None:
        self._list.clear()
        for entry in self._entries:
            if matches(entry, typed):
                note = f"   {entry.note}" if entry.note else ""
                item = QListWidgetItem(f"{entry.text}{note}")
                item.setData(Qt.ItemDataRole.UserRole, entry)
                item.setToolTip(entry.why_not)
                if entry.why_not:
                    item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
                self._list.addItem(item)
        self._list.setCurrentRow(0)

    def _run(self, item: QListWidgetItem | None) -> None:
        entry = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        if isinstance(entry, Entry) and not entry.why_not:
            self.close()
            entry.run()
