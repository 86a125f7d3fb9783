"""The progress strip: one line that says where the training is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QWidget

from gui.controls import flat, label, set_look
from gui.presenters.progress import ProgressView

HEIGHT = 36


class _Figure(QLabel):
    """A figure that never gets narrower, so that its neighbours stand still."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("role", "secondary")

    def show_text(self, text: str) -> None:
        """Show a figure; an empty one gives its room back."""
        if text == self.text():
            return
        self.setText(text)
        self.setVisible(bool(text))
        width = self.fontMetrics().horizontalAdvance(text) + 2
        self.setMinimumWidth(max(self.minimumWidth(), width) if text else 0)


class ProgressStrip(QWidget):
    """Shows what the presenter gives; nothing moves but what the training moves."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("progress")
        self.setProperty("role", "bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self._shown: ProgressView | None = None
        self._what = label("", "heading")
        self._what.setObjectName("progress.what")
        self._bar = QProgressBar()
        self._bar.setObjectName("progress.bar")
        self._bar.setAccessibleName("Progress of the training")
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(200)
        self._figures = {
            name: _Figure(f"progress.{name}") for name in ("percent", "batch", "speed", "time")
        }
        self._state = label("", "heading")
        self._state.setObjectName("progress.state")
        row = QHBoxLayout(self)
        flat(row, 16)
        row.setContentsMargins(16, 0, 16, 0)
        row.addWidget(self._what)
        row.addWidget(self._bar)
        for figure in self._figures.values():
            row.addWidget(figure)
        row.addStretch(1)
        row.addWidget(self._state)
        self.show_progress(ProgressView())

    def show_progress(self, view: ProgressView) -> None:
        """Show these figures; costs nothing when they are the same."""
        if view == self._shown:
            return
        self._shown = view
        self._what.setText(view.what)
        self._what.setVisible(bool(view.what))
        self._bar.setVisible(view.fraction is not None)
        self._bar.setValue(round(1000 * (view.fraction or 0.0)))
        for name, figure in self._figures.items():
            figure.show_text(str(getattr(view, name)))

    def show_state(self, word: str, level: str) -> None:
        """The state in a word, in the colour of its level."""
        self._state.setText(word)
        set_look(self._state, "level", level)
        set_look(self._bar, "level", level)
