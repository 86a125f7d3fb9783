"""What a language model writes while it trains, below its curves."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from engine.runs.samples import WrittenSample
from gui.controls import IconButton, flat, hairline, label
from gui.presenters.samples import SamplesPresenter
from gui.theme import Theme, figures

_LINES = 5
_BELOW = 8
"""Pixels below the last line, as in the style sheet."""
_WAITING = "The first sample comes after the first validation."
_TOLD_APART = "In grey italics what was given, then what the network wrote"


class SamplePane(QWidget):
    """The newest sample or an older one; out of sight for runs that write none."""

    def __init__(self, theme: Theme, presenter: SamplesPresenter) -> None:
        super().__init__()
        self.setObjectName("samples")
        self._theme = theme
        self._presenter = presenter
        self._written: tuple[WrittenSample | None, str] | None = None
        self._when = label("", "secondary")
        self._when.setObjectName("samples.when")
        self._place = label("", "secondary")
        self._place.setObjectName("samples.place")
        for words in (self._when, self._place):
            words.setFont(figures(words.font()))
        self._older = self._button("arrow-left", "older", "The sample before", -1)
        self._newer = self._button("arrow-right", "newer", "The sample after", 1)
        self._text = self._make_text()
        self._build()
        presenter.changed.connect(self.refresh)
        theme.changed.connect(self.refresh)
        self.refresh()

    # --- Making ------------------------------------------------------------------------------

    def _button(self, icon: str, name: str, tip: str, by: int) -> IconButton:
        made = IconButton(self._theme, icon, tip)
        made.setObjectName(f"samples.{name}")
        made.clicked.connect(lambda: self._presenter.step(by))
        return made

    def _make_text(self) -> QPlainTextEdit:
        made = QPlainTextEdit()
        made.setObjectName("samples.text")
        made.setProperty("role", "sample")
        made.setReadOnly(True)
        made.setAccessibleName("Sample of the language model")
        made.setPlaceholderText(_WAITING)
        made.document().setDocumentMargin(0)
        made.ensurePolished()
        made.setFixedHeight(made.fontMetrics().lineSpacing() * _LINES + _BELOW)
        made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        return made

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(16, 4, 12, 0)
        head.setSpacing(8)
        title = label("Sample", "heading")
        title.setToolTip(_TOLD_APART)
        head.addWidget(title)
        head.addWidget(self._when)
        head.addStretch(1)
        head.addWidget(self._place)
        head.addWidget(self._older)
        head.addWidget(self._newer)
        column = QVBoxLayout(self)
        flat(column)
        column.addWidget(hairline())
        column.addLayout(head)
        column.addWidget(self._text)

    # --- Showing -----------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show the presenter's state."""
        presenter = self._presenter
        self.setVisible(presenter.expected)
        number, count = presenter.place
        self._when.setText(presenter.when)
        self._place.setText(f"{number} of {count}" if count > 1 else "")
        self._older.setEnabled(number > 1)
        self._newer.setEnabled(number < count)
        now = (presenter.shown, self._theme.colors.text)
        if now != self._written:
            self._written = now
            self._write(presenter.shown)

    def _write(self, sample: WrittenSample | None) -> None:
        """The prompt and what was written after it, as plain text whatever it holds."""
        self._text.clear()
        if sample is None:
            return
        cursor = QTextCursor(self._text.document())
        given, written = sample.text[: sample.prompt], sample.text[sample.prompt :]
        cursor.insertText(given, self._format("secondary", italic=True))
        cursor.insertText(written, self._format("text"))
        self._text.moveCursor(QTextCursor.MoveOperation.Start)
        self._show_from(len(given))

    def _show_from(self, place: int) -> None:
        """Of what was given, only the last line has to be in sight."""
        cursor = QTextCursor(self._text.document())
        cursor.setPosition(place)
        lines = self._text.cursorRect(cursor).top() // self._text.fontMetrics().lineSpacing()
        self._text.verticalScrollBar().setValue(max(0, lines - 1))

    def _format(self, role: str, italic: bool = False) -> QTextCharFormat:
        made = QTextCharFormat()
        made.setForeground(QColor(str(getattr(self._theme.colors, role))))
        made.setFontItalic(italic)
        return made
