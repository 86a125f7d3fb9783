"""Choices of many values: found by typing a part of their text."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QComboBox, QCompleter, QLineEdit

MANY = 15
"""A choice with more values than this is looked for by typing."""
SHOWN = 12
"""Rows of a list that opens; the others are scrolled to."""


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


def make_filtering(box: QComboBox) -> None:
    """Let a part of a text be typed into a combo box; only a listed value is ever taken."""
    line = FilterLine()
    box.setEditable(True)
    box.setLineEdit(line)
    box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    box.setMaxVisibleItems(SHOWN)
    _offer(box)
    line.editingFinished.connect(lambda: _take_or_leave(box))


def _offer(box: QComboBox) -> None:
    """Offer below a box what contains the typed text, whatever the case."""
    completer = QCompleter(box.model(), box)
    completer.setFilterMode(Qt.MatchFlag.MatchContains)
    completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
    dress(completer)
    box.setCompleter(completer)


def dress(completer: QCompleter) -> None:
    """The list that opens looks like those of combo boxes."""
    popup = completer.popup()
    assert popup is not None  # it is made when it is first asked for
    popup.setProperty("role", "offers")
    completer.setMaxVisibleItems(SHOWN)


def _take_or_leave(box: QComboBox) -> None:
    """The only value that fits what was typed is taken; otherwise all stays as it was."""
    typed, now = box.currentText(), box.itemText(box.currentIndex())
    if typed == now or _about_to_choose(box.completer()):
        return
    texts = [box.itemText(index).casefold() for index in range(box.count())]
    fitting = [index for index, text in enumerate(texts) if typed.casefold() in text]
    if typed and len(fitting) == 1:
        box.setCurrentIndex(fitting[0])
        box.activated.emit(fitting[0])
    else:
        box.setEditText(now)


def _about_to_choose(completer: QCompleter | None) -> bool:
    """Whether Enter chose a row of the list, which is told only after the editing is over."""
    popup = completer.popup() if completer is not None else None
    return popup is not None and popup.isVisible() and popup.selectionModel().hasSelection()
