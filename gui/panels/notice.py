"""A sentence in the middle of an empty panel."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QProgressBar, QPushButton, QVBoxLayout, QWidget

from gui.controls import flat, label

_MOST_HINT = 600


class Notice(QWidget):
    """What there is to say, how far it is, and what can be done about it."""

    cancelled = Signal()
    """What goes on is to be stopped."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._sentence = label("", wrap=True)
        self._sentence.setObjectName(f"{name}.sentence")
        self._hint = label("", "secondary", wrap=True)
        self._hint.setObjectName(f"{name}.hint")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 1000)
        self._bar.setFixedWidth(320)
        self._bar.setAccessibleName("Progress")
        self._bar.setObjectName(f"{name}.bar")
        self.button, self._cancel = QPushButton(), QPushButton("Cancel")
        self.button.setObjectName(f"{name}.button")
        self._cancel.setObjectName(f"{name}.cancel")
        self._cancel.clicked.connect(self.cancelled)
        column = QVBoxLayout(self)
        flat(column, 8)
        column.setContentsMargins(32, 32, 32, 32)
        column.addStretch(2)
        for words in (self._sentence, self._hint):
            words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(words)
        self._more = label("", "secondary", wrap=True)
        self._more.setObjectName(f"{name}.more")
        self._more.setTextFormat(Qt.TextFormat.PlainText)
        self._more.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._more.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._more.hide()
        column.addWidget(self._more)
        column.addSpacing(8)
        for part in (self._bar, self.button, self._cancel):
            part.hide()
            column.addWidget(part, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def say(self, sentence: str, hint: str = "", button: str = "") -> None:
        """Say this, and offer a button if it has a text."""
        self._sentence.setText(sentence)
        self._hint.setText(hint[:_MOST_HINT])
        self._hint.setVisible(bool(hint))
        self.button.setText(button)
        self.button.setVisible(bool(button))
        self._bar.hide()
        self._cancel.hide()
        self.say_more(())

    def say_more(self, lines: Sequence[str]) -> None:
        """Say what else is known, below."""
        self._more.setText("\n".join(lines))
        self._more.setVisible(bool(lines))

    def say_progress(self, sentence: str, fraction: float | None) -> None:
        """Say what goes on, with a bar where it is known how far it is, and a way out."""
        self.say(sentence)
        self._bar.setVisible(fraction is not None)
        self._bar.setValue(round(1000 * (fraction or 0.0)))
        self._cancel.show()
