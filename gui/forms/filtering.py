"""Choices of many values: found by typing a part of their text, name or help."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QComboBox, QCompleter, QLineEdit

MANY = 15
"""A choice with more values than this is looked for by typing."""
SHOWN = 12
"""Rows of a list that opens; the others are scrolled to."""
NAMES, WORDS = Qt.ItemDataRole.UserRole + 1, Qt.ItemDataRole.UserRole + 2
"""What an item is found by: its text and its name in files; and, where that finds none, what is
said about it."""


class FilterLine(QLineEdit):
    """What is typed into a box; a click on it shows all that there is."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The text is selected, so that what is typed takes its place."""
        super().mouseReleaseEvent(event)
        completer = self.completer()
        if not self.hasSelectedText() and completer is not None:
            self.selectAll()
            completer.setCompletionPrefix("")
            completer.complete()


class _Offers(QCompleter):
    """Offers below a box what fits the typed text, whatever the case."""

    def __init__(self, box: QComboBox) -> None:
        super().__init__(box.model(), box)
        self._box = box
        self.setFilterMode(Qt.MatchFlag.MatchContains)
        self.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.setCompletionRole(NAMES)
        dress(self)

    def look_for(self, typed: str) -> None:
        """Look through what is said about the values only where no name fits."""
        role = NAMES if _fitting(self._box, typed, NAMES) else WORDS
        if role != self.completionRole():
            self.setCompletionRole(role)

    def pathFromIndex(self, index: QModelIndex | QPersistentModelIndex) -> str:
        """The text of what is chosen, not what it was found by (Qt override)."""
        return str(index.data())


def make_filtering(box: QComboBox) -> None:
    """Let a part of a text be typed into a combo box; only a listed value is ever taken."""
    line = FilterLine()
    box.setEditable(True)
    box.setLineEdit(line)
    box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    box.setMaxVisibleItems(SHOWN)
    offers = _Offers(box)
    box.setCompleter(offers)
    line.textEdited.connect(offers.look_for)
    line.editingFinished.connect(lambda: _take_or_leave(box))


def dress(completer: QCompleter) -> None:
    """The list that opens looks like those of combo boxes."""
    popup = completer.popup()
    assert popup is not None  # it is made when it is first asked for
    popup.setProperty("role", "offers")
    completer.setMaxVisibleItems(SHOWN)


def _fitting(box: QComboBox, typed: str, role: int) -> list[int]:
    """Where a typed text is a part of what items are found by."""
    wanted = typed.casefold()
    return [at for at in range(box.count()) if wanted in str(box.itemData(at, role)).casefold()]


def _called(box: QComboBox, typed: str) -> list[int]:
    """Where an item's text, or its name in files, is the typed one."""
    wanted = typed.casefold()
    return [
        at
        for at in range(box.count())
        if wanted in (box.itemText(at).casefold(), str(box.itemData(at)).casefold())
    ]


def _take_or_leave(box: QComboBox) -> None:
    """What is called so is taken, or else the only value that fits; otherwise all stays as it
    was."""
    typed, now = box.currentText(), box.itemText(box.currentIndex())
    if typed == now or _about_to_choose(box.completer()):
        return
    fitting = _called(box, typed) or _fitting(box, typed, NAMES) or _fitting(box, typed, WORDS)
    if typed and len(fitting) == 1:
        box.setCurrentIndex(fitting[0])
        box.activated.emit(fitting[0])
    else:
        box.setEditText(now)


def _about_to_choose(completer: QCompleter | None) -> bool:
    """Whether Enter chose a row of the list, which is told only after the editing is over."""
    popup = completer.popup() if completer is not None else None
    return popup is not None and popup.isVisible() and popup.selectionModel().hasSelection()
