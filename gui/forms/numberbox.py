"""The entry of a number: with its unit, steps of a fitting size, and room for anything typed."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QWidget

from engine.wording import unit_of
from gui.controls import is_undo_or_redo, label, set_look
from gui.forms.numbers import Numbers, Typed


class NumberBox(QAbstractSpinBox):
    """A number with its unit; arrows, Page keys and (focused) wheel step it.

    Takes any text: what is wrong is said beside the field, not silently swallowed.
    """

    edited = Signal(object)
    left = Signal()

    def __init__(self, numbers: Numbers, unit: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._numbers = numbers
        self._units = unit
        self._enabled: QAbstractSpinBox.StepEnabledFlag | None = None
        self._unit = label(unit, "unit")
        self._unit.setParent(self.lineEdit())
        self._unit.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.lineEdit().textEdited.connect(self._on_text_edited)
        self.lineEdit().textChanged.connect(self._on_text_changed)
        self.editingFinished.connect(self._on_editing_finished)

    def value(self) -> Typed:
        """The number shown, or the text when it is none."""
        return self._numbers.parse(self.lineEdit().text())

    def setValue(self, value: Typed) -> None:
        """Change the value as a user does."""
        self.show_value(value)
        self.edited.emit(self.value())

    def show_value(self, value: Any) -> None:
        """Show a value from outside, unless it is already what the text says."""
        if value != self.value() or type(value) is str:
            text = self._numbers.show(value)
            if text != self.lineEdit().text():
                self.lineEdit().setText(text)

    def show_problem(self, wrong: bool) -> None:
        """A border in the error colour."""
        set_look(self, "problem", wrong)

    def stepBy(self, steps: int) -> None:
        """Arrow keys and buttons (1 step), Page keys (10), wheel."""
        self.setValue(self._numbers.step(self.value(), steps))
        self.lineEdit().selectAll()

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        """Both ways, except where a bound is reached. Known while the text stays: Qt asks whenever
        it paints."""
        if self._enabled is None:
            self._enabled = self._find_enabled()
        return self._enabled

    def _find_enabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        value, flags = self.value(), QAbstractSpinBox.StepEnabledFlag
        found = flags.StepNone
        if self._numbers.step(value, 1) != value:
            found |= flags.StepUpEnabled
        if self._numbers.step(value, -1) != value:
            found |= flags.StepDownEnabled
        return found

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Everything may be typed."""
        return QValidator.State.Acceptable, text, position

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

    def sizeHint(self) -> QSize:
        """Room for six digits and the unit."""
        widest = self._unit.fontMetrics().horizontalAdvance(self._units)
        width = self.fontMetrics().horizontalAdvance("0" * 6) + widest
        return QSize(width + 48, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """The same: numbers are never cut."""
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the unit at the right end of the entry."""
        super().resizeEvent(event)
        self._place_unit()

    def _on_text_changed(self) -> None:
        self._enabled = None
        self._show_unit()

    def _show_unit(self) -> None:
        """`1 epoch`, `2 epochs`."""
        unit = unit_of(self._units, self.value())
        if unit != self._unit.text():
            self._unit.setText(unit)
            self._place_unit()

    def _place_unit(self) -> None:
        line, width = self.lineEdit(), self._unit.sizeHint().width()
        has_unit = bool(self._unit.text())
        line.setTextMargins(0, 0, width + 4 if has_unit else 0, 0)
        self._unit.setGeometry(line.width() - width - 1, 0, width, line.height())

    def _on_text_edited(self, text: str) -> None:
        self.edited.emit(self._numbers.parse(text))

    def _on_editing_finished(self) -> None:
        value = self.value()
        self.lineEdit().setText(self._numbers.show(value))
        self.left.emit()
