"""The small pop-up that asks for how many epochs more a finished run is to be trained."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QWidget

from gui.controls import label
from gui.forms.numberbox import NumberBox
from gui.forms.numbers import Bounds, WholeNumbers

USUAL = 5
_MOST = 1_000_000


class ExtendPopup(QDialog):
    """`Train [5] more epochs [Train]`; goes away when something else is pressed."""

    chosen = Signal(int)
    """So many epochs more."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, Qt.WindowType.Popup)
        self.setObjectName("extend")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._number = NumberBox(WholeNumbers(Bounds(ge=1, le=_MOST)), "epochs")
        self._number.setObjectName("extend.epochs")
        self._number.setAccessibleName("Epochs more")
        self._number.show_value(USUAL)
        self._number.edited.connect(self._on_edited)
        self._train = QPushButton("Train")
        self._train.setObjectName("extend.train")
        self._train.setProperty("primary", True)
        self._train.clicked.connect(self._on_train)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(8)
        for part in (label("Train"), self._number, label("more"), self._train):
            row.addWidget(part)

    def open_at(self, place: QPoint) -> None:
        """Show with its upper left corner there, on the screen's coordinates."""
        self.move(place)
        self.show()
        self._number.setFocus()
        self._number.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter trains (override)."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._train.click()
        else:
            super().keyPressEvent(event)

    def _epochs(self) -> int | None:
        value = self._number.value()
        return value if isinstance(value, int) and 1 <= value <= _MOST else None

    def _on_edited(self) -> None:
        usable = self._epochs() is not None
        self._number.show_problem(not usable)
        self._train.setEnabled(usable)
        self._train.setToolTip("" if usable else "A whole number of epochs, at least one")

    def _on_train(self) -> None:
        epochs = self._epochs()
        if epochs is not None:
            self.close()
            self.chosen.emit(epochs)
