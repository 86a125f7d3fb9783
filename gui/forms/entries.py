"""The entries of a form: each a Qt widget that shows one value and says what was typed.

All have `edited` (the value as plain data, valid or not), `left` (editing is over),
`show_value` and `show_problem`. The wheel moves only what has the focus.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtGui import QFocusEvent, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QStyledItemDelegate,
    QWidget,
)

from gui import texts
from gui.controls import Switch, is_undo_or_redo, set_look
from gui.forms.filtering import MANY, NAMES, WORDS, make_filtering
from gui.forms.numbers import Typed, parse_list, show_list
from gui.forms.room import widest_text
from gui.theme import Theme


class Entry(Protocol):
    """What every entry has; each is also a QWidget."""

    @property
    def edited(self) -> SignalInstance:
        """Emitted with the new value at every change by the user."""

    @property
    def left(self) -> SignalInstance:
        """Emitted when the user has done editing."""

    def show_value(self, value: Any) -> None:
        """Show a value from outside; emits nothing."""

    def show_problem(self, wrong: bool) -> None:
        """Mark the value as wrong or right."""


class TextBox(QLineEdit):
    """A line of text; `empty` stands in grey where nothing is typed."""

    edited = Signal(object)
    left = Signal()

    def __init__(self, empty: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(empty)
        self.textEdited.connect(self._on_text_edited)
        self.editingFinished.connect(self.left)

    def show_value(self, value: Any) -> None:
        """Show a value from outside."""
        text = "" if value is None else str(value)
        if text != self.text():
            self.setText(text)

    def show_problem(self, wrong: bool) -> None:
        """A border in the error colour."""
        set_look(self, "problem", wrong)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Undo is the recipe's."""
        if is_undo_or_redo(event):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _on_text_edited(self, text: str) -> None:
        self.edited.emit(text)


class ListBox(TextBox):
    """A list written as `64, 32`."""

    def __init__(self, kind: str, empty: str = "", parent: QWidget | None = None) -> None:
        super().__init__(empty or "none", parent)
        self._kind = kind
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.editingFinished.connect(self._tidy)

    def show_value(self, value: Any) -> None:
        """Show a list from outside, unless it is already what the text says."""
        if self._parsed(self.text()) != value or not self.text():
            super().show_value(show_list(value))

    def _parsed(self, text: str) -> list[Typed]:
        return parse_list(text, self._kind)

    def _on_text_edited(self, text: str) -> None:
        self.edited.emit(self._parsed(text))

    def _tidy(self) -> None:
        super().show_value(show_list(self._parsed(self.text())))


class ChoiceBox(QComboBox):
    """One of a few values, each with a text and a tooltip."""

    edited = Signal(object)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        self.setItemDelegate(QStyledItemDelegate(self))  # the one that heeds the style sheet
        self.activated.connect(self._on_activated)

    def offer(self, choices: Sequence[tuple[Any, str, str]]) -> None:
        """The choices as (value, text, help); many can be found by typing a part of these."""
        self.clear()
        if len(choices) > MANY and not self.isEditable():
            make_filtering(self)
        for value, text, help_text in choices:
            self.addItem(text, value)
            at = self.count() - 1
            self.setItemData(at, help_text, Qt.ItemDataRole.ToolTipRole)
            self.setItemData(at, f"{text}\n{value}", NAMES)
            self.setItemData(at, help_text, WORDS)
        self.view().setMinimumWidth(widest_text(self) + 48)

    def find_by(self, words: Sequence[str]) -> None:
        """What else each value is found by, where its names do not fit what is typed."""
        for at, said in enumerate(words):
            self.setItemData(at, said, WORDS)

    def show_value(self, value: Any) -> None:
        """Show a value from outside."""
        if self.currentIndex() >= 0 and self.currentData() == value:
            return
        index = next((i for i in range(self.count()) if self.itemData(i) == value), -1)
        if index != self.currentIndex():
            self.setCurrentIndex(index)

    def show_problem(self, wrong: bool) -> None:
        """A border in the error colour."""
        set_look(self, "problem", wrong)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Without the focus, the wheel scrolls the panel."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Undo is the recipe's."""
        if is_undo_or_redo(event):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """What is typed takes the place of the text, unless a list has only closed meanwhile."""
        super().focusInEvent(event)
        line = self.lineEdit()
        if line is not None and event.reason() != Qt.FocusReason.PopupFocusReason:
            line.selectAll()

    def _on_activated(self, index: int) -> None:
        self.edited.emit(self.itemData(index))
        self.left.emit()


class OnOff(Switch):
    """A yes-or-no option."""

    edited = Signal(object)
    left = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.clicked.connect(self._on_clicked)

    def show_value(self, value: Any) -> None:
        """Show a value from outside."""
        self.setChecked(bool(value))

    def show_problem(self, wrong: bool) -> None:
        """A switch cannot be wrong by itself; the sentence below says what is."""

    def _on_clicked(self, on: bool) -> None:
        self.edited.emit(on)
        self.left.emit()


class NotesBox(QPlainTextEdit):
    """A few lines of text."""

    edited = Signal(object)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTabChangesFocus(True)
        self.setFixedHeight(64)
        self.setPlaceholderText("Anything worth remembering")
        self.textChanged.connect(self._on_text_changed)
        self._shown = ""

    def show_value(self, value: Any) -> None:
        """Show a text from outside."""
        text = "" if value is None else str(value)
        if text != self.toPlainText():
            self._shown = text
            self.setPlainText(text)

    def show_problem(self, wrong: bool) -> None:
        """A border in the error colour."""
        set_look(self, "problem", wrong)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Undo is the recipe's."""
        if is_undo_or_redo(event):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Editing is over."""
        super().focusOutEvent(event)
        self.left.emit()

    def _on_text_changed(self) -> None:
        text = self.toPlainText()
        if text != self._shown:
            self._shown = text
            self.edited.emit(text)


def choice_texts(values: Sequence[Any]) -> list[tuple[Any, str, str]]:
    """A declared choice's values with texts for people; many are names, shown as they are."""
    shown = str if len(values) > MANY else texts.title
    return [(value, shown(str(value)), "") for value in values]
