"""What there is to read about the box of a graph that is chosen."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gui import texts
from gui.controls import discard, flat, label, wrap_anywhere
from gui.panels.model.tensors import TensorList
from gui.presenters.modelgraph import GraphPresenter
from gui.theme import Theme, monospace

WIDTH = 300


class Details(QScrollArea):
    """Heading, named facts, tensors with their numbers, and the source code of the forward."""

    def __init__(self, theme: Theme, presenter: GraphPresenter, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._presenter = presenter
        self._heading = label("", "heading", wrap=True)
        self._heading.setObjectName(f"{name}.heading")
        self._facts = QGridLayout()
        flat(self._facts, 8)
        self._facts.setColumnStretch(1, 1)
        self._tensors = TensorList(theme, f"{name}.tensors")
        self._place = label("", "secondary", wrap=True)
        self._place.setObjectName(f"{name}.place")
        self._code = QPlainTextEdit()
        self._code.setObjectName(f"{name}.code")
        self._code.setAccessibleName("Source code of the forward")
        self._code.setReadOnly(True)
        self._code.setFont(monospace())
        self._code.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._code.setTabChangesFocus(True)
        self._code.setMinimumHeight(160)
        inner = QWidget()
        inner.setProperty("role", "content")
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addWidget(self._heading)
        column.addLayout(self._facts)
        column.addWidget(self._tensors)
        column.addSpacing(4)
        column.addWidget(self._place)
        column.addWidget(self._code, 1)
        column.addStretch(0)
        self._column = column
        self.setWidget(inner)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumWidth(220)
        presenter.chosen_changed.connect(self.refresh)
        presenter.changed.connect(self.refresh)
        presenter.weights_changed.connect(self._show_tensors)
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Somebody reads: numbers are wanted."""
        super().showEvent(event)
        self._presenter.look(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody does."""
        super().hideEvent(event)
        self._presenter.look(False)

    def refresh(self) -> None:
        """Tell of what is chosen now."""
        self._presenter.look(self.isVisible())
        about = self._presenter.about()
        self._tensors.show_tensors(about.tensors, about.source)
        self._heading.setText(texts.breakable(about.heading))
        self._clear()
        for row, (name, value) in enumerate(about.facts):
            self._facts.addWidget(label(name, "secondary"), row, 0, Qt.AlignmentFlag.AlignTop)
            self._facts.addWidget(_value(value), row, 1)
        self._place.setText(f"Code of its forward, {about.place}" if about.place else "")
        self._place.setVisible(bool(about.code))
        self._code.setVisible(bool(about.code))
        self._code.setPlainText(about.code)
        self._column.setStretch(self._column.count() - 1, 0 if about.code else 1)

    def _show_tensors(self) -> None:
        about = self._presenter.about()
        self._tensors.show_tensors(about.tensors, about.source)

    def _clear(self) -> None:
        while (item := self._facts.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                discard(widget)


def _value(text: str) -> QLabel:
    made = label(texts.breakable(text), wrap=True)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    made.setAlignment(Qt.AlignmentFlag.AlignTop)
    wrap_anywhere(made)
    return made
