"""The command palette: every action, preset and option by a few letters of its name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

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

from engine.presets import Preset
from gui import texts
from gui.actions import Actions, shown_keys
from gui.panels.recipe import RecipePanel

WIDTH, HEIGHT = 520, 400
_KEYS_TO_LIST = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


@dataclass(frozen=True)
class Entry:
    """One line: its text, what stands behind it in grey, and what it does.

    `name` is what it is called in files, `about` what is said about it.
    """

    text: str
    note: str
    run: Callable[[], None]
    why_not: str = ""
    name: str = ""
    about: str = ""


def matching(entries: list[Entry], typed: str) -> list[Entry]:
    """Those with words that begin with all that is typed: in their names, or, where no names
    have them, in what is said about them."""
    parts = _words(typed)
    named = [each for each in entries if _begin(parts, _words(f"{each.text} {each.name}"))]
    return named or [
        each for each in entries if _begin(parts, _words(f"{each.text} {each.note} {each.about}"))
    ]


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def _begin(parts: list[str], words: list[str]) -> bool:
    return all(any(word.startswith(part) for word in words) for part in parts)


def action_entries(actions: Actions) -> list[Entry]:
    """Every action that is listed, with its keys."""
    return [
        Entry(
            action.text(),
            shown_keys(spec),
            action.trigger,
            "" if action.isEnabled() else action.toolTip(),
            about=spec.tip,
        )
        for spec, action in actions.all()
        if spec.listed
    ]


def preset_entries(presets: Iterable[Preset], open_: Callable[[str], None]) -> list[Entry]:
    """Every preset, to be opened."""
    return [
        Entry(
            preset.title,
            "preset",
            partial(open_, str(preset.path)),
            preset.problem,
            preset.name,
            preset.description,
        )
        for preset in presets
    ]


def field_entries(panel: RecipePanel) -> list[Entry]:
    """Every option in the form, to be shown."""
    found = []
    for path, about in panel.places().items():
        text = texts.place(path)
        show = partial(panel.show_field, path)
        found.append(Entry(f"{text[:1].upper()}{text[1:]}", "option", show, name=path, about=about))
    return found


class CommandPalette(QDialog):
    """A list that narrows while typing; Enter runs the marked line."""

    def __init__(self, window: QWidget, entries: list[Entry]) -> None:
        super().__init__(window, Qt.WindowType.Popup)
        self.setObjectName("commands")
        self._entries = entries
        self._field = QLineEdit()
        self._field.setObjectName("commands.field")
        self._field.setPlaceholderText("Type a command, a preset or an option")
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
        for entry in matching(self._entries, typed):
            note = f"   {entry.note}" if entry.note else ""
            item = QListWidgetItem(f"{entry.text}{note}")
            item.setData(Qt.ItemDataRole.UserRole, entry)
            item.setToolTip(entry.why_not or entry.about)
            if entry.why_not:
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
            self._list.addItem(item)
        self._list.setCurrentRow(0)

    def _run(self, item: QListWidgetItem | None) -> None:
        entry = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        if isinstance(entry, Entry) and not entry.why_not:
            self.close()
            entry.run()
