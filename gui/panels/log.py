"""The Log tab: what happened, line by line, to be filtered and copied."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from gui.controls import flat, label
from gui.forms.entries import ChoiceBox
from gui.presenters.logs import LIMIT, Line, LogPresenter, passes
from gui.presenters.messages import Level
from gui.theme import Theme, monospace

_CHOICES = (
    ("info", "everything", "Every line"),
    ("warning", "warnings and errors", "What should be read"),
    ("error", "errors", "What went wrong"),
)


class LogPanel(QWidget):
    """Follows the end unless the user has scrolled up."""

    def __init__(self, theme: Theme, log: LogPresenter) -> None:
        super().__init__()
        self.setObjectName("log")
        self.setProperty("role", "content")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._theme = theme
        self._log = log
        self._least: Level = "info"
        self._follows = True
        self._text = QPlainTextEdit()
        self._text.setObjectName("log.text")
        self._text.setProperty("role", "log")
        self._text.setReadOnly(True)
        self._text.setFont(monospace())
        self._text.setMaximumBlockCount(LIMIT)
        self._text.setAccessibleName("Log")
        self._filter = ChoiceBox()
        self._filter.setObjectName("log.filter")
        self._filter.setAccessibleName("Lines to show")
        self._filter.setFixedWidth(184)
        self._filter.offer(_CHOICES)
        self._filter.edited.connect(self._on_filtered)
        copy = QPushButton("Copy all")
        copy.setObjectName("log.copy")
        copy.clicked.connect(self._on_copied)
        bar = QHBoxLayout()
        flat(bar, 8)
        bar.setContentsMargins(16, 8, 16, 8)
        bar.addWidget(label("Show", "secondary"))
        bar.addWidget(self._filter)
        bar.addStretch(1)
        bar.addWidget(copy)
        column = QVBoxLayout(self)
        flat(column)
        column.addLayout(bar)
        column.addWidget(self._text, 1)
        rows = self._text.verticalScrollBar()
        rows.rangeChanged.connect(self._on_grown)
        rows.valueChanged.connect(self._on_scrolled)
        log.added.connect(self._on_added)
        theme.changed.connect(self._rewrite)
        self._rewrite()

    def _on_added(self, line: Line) -> None:
        if passes(line, self._least):
            self._write(line)

    def _on_grown(self, _first: int, last: int) -> None:
        """Lines came, or there is room for fewer: a view at the end stays there."""
        if self._follows:
            self._text.verticalScrollBar().setValue(last)

    def _on_scrolled(self, place: int) -> None:
        self._follows = place >= self._text.verticalScrollBar().maximum() - 4

    def _on_filtered(self, least: Level) -> None:
        self._least = least
        self._rewrite()

    def _on_copied(self) -> None:
        lines = self._log.lines(self._least)
        QGuiApplication.clipboard().setText("\n".join(line.as_text() for line in lines))

    def _rewrite(self) -> None:
        self._text.clear()
        for line in self._log.lines(self._least):
            self._write(line)

    def _write(self, line: Line) -> None:
        cursor = QTextCursor(self._text.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        if not self._text.document().isEmpty():
            cursor.insertBlock()
        stamp, text = line.as_text()[:10], line.as_text()[10:]
        cursor.insertText(stamp, self._format("secondary"))
        role = line.level if line.level != "info" else "text"
        cursor.insertText(text, self._format(role))

    def _format(self, role: str) -> QTextCharFormat:
        made = QTextCharFormat()
        made.setForeground(QColor(str(getattr(self._theme.colors, role))))
        return made
