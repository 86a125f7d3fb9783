"""The selected run below the table: its recipe in a few lines, its figures, its note."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from engine.runs.info import RunInfo
from gui import texts
from gui.controls import ElidedLabel, discard, flat, label
from gui.presenters import naming
from gui.presenters import run_texts as say
from gui.presenters.run_details import COLUMNS, RunDetails, Sheet, measured

_NOTE_HEIGHT = 76
_SECTION_WIDTH = 96
_TITLE_LENGTH = 32


class NoteEdit(QPlainTextEdit):
    """A note; what was typed is told when the entry is left, or at Ctrl+Enter."""

    written = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._held = ""
        self.setObjectName("runs.note")
        self.setAccessibleName("Note")
        self.setPlaceholderText("A note on this run")
        self.setTabChangesFocus(True)
        self.setFixedHeight(_NOTE_HEIGHT)

    def show_note(self, text: str) -> None:
        """Show what is written on the run; not over what is being typed."""
        if text != self._held:
            self._held = text
            self.setPlainText(text)

    def tell(self) -> None:
        """Say what has been typed, if anything."""
        typed = self.toPlainText().strip()
        if typed != self._held:
            self._held = typed
            self.written.emit(typed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Enter is done; Escape takes back (override)."""
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and control:
            self.tell()
        elif event.key() == Qt.Key.Key_Escape:
            self.setPlainText(self._held)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The entry is left (override)."""
        super().focusOutEvent(event)
        self.tell()


class RunDetailsView(QScrollArea):
    """Shows one run; says what is typed into its note."""

    noted = Signal(object, str)
    """(a RunInfo, its new note)."""

    def __init__(self, details: RunDetails) -> None:
        super().__init__()
        self.setObjectName("runs.details")
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._details = details
        self._run: RunInfo | None = None
        self._shown: Sheet | None = None
        self._figured: list[tuple[str, dict[str, str]]] = []
        self._title = label("", "heading")
        self._folder, self._about = ElidedLabel("", "secondary"), ElidedLabel("", "secondary")
        self._title.setObjectName("runs.details.title")
        self._about.setObjectName("runs.details.about")
        self.note = NoteEdit()
        self._recipe, self._figures = QGridLayout(), QGridLayout()
        self._inner = QWidget()
        self._build()
        self.note.written.connect(self._on_written)
        details.changed.connect(self._show_sheet)

    def _build(self) -> None:
        for grid in (self._recipe, self._figures):
            flat(grid, 4)
            grid.setHorizontalSpacing(16)
        self._recipe.setColumnMinimumWidth(0, _SECTION_WIDTH)
        self._recipe.setColumnStretch(1, 1)
        left, right = QVBoxLayout(), QVBoxLayout()
        for column in (left, right):
            flat(column, 4)
        head = QHBoxLayout()
        flat(head, 12)
        head.addWidget(self._title)
        head.addWidget(self._folder, 1)
        left.addLayout(head)
        left.addWidget(self._about)
        left.addSpacing(4)
        left.addLayout(self._recipe)
        left.addStretch(1)
        right.addLayout(self._figures)
        right.addSpacing(4)
        right.addWidget(self.note)
        right.addStretch(1)
        row = QHBoxLayout(self._inner)
        row.setContentsMargins(16, 4, 16, 12)
        row.setSpacing(24)
        row.addLayout(left, 3)
        row.addLayout(right, 2)
        self.setWidget(self._inner)

    def show_run(self, run: RunInfo | None) -> None:
        """Show this run, or that none is selected."""
        if self._run is not None and (run is None or say.key_of(run) != say.key_of(self._run)):
            self.note.tell()
        self._run = run
        self._details.show_run(run)
        self._inner.setVisible(run is not None)
        if run is None:
            return
        self._title.setText(texts.shortened(say.title_of(run), _TITLE_LENGTH))
        self._folder.set_whole(run.name)
        self._about.set_whole(_about(run))
        self.note.show_note(run.note)
        figures = measured(run)
        if figures != self._figured:
            self._figured = figures
            _fill_figures(self._figures, figures)
        self._show_sheet()

    def _show_sheet(self) -> None:
        """Only when it is another one: making labels anew every second would be seen."""
        sheet = self._details.sheet
        if sheet is self._shown:
            return
        self._shown = sheet
        _empty(self._recipe)
        if sheet is None:
            return
        if sheet.problem:
            words = label(
                f"Its recipe cannot be read: {naming.spoken(sheet.problem)}", "secondary", True
            )
            self._recipe.addWidget(words, 0, 0, 1, 2)
        for row, (section, line) in enumerate(sheet.lines):
            self._recipe.addWidget(label(section, "secondary"), row, 0)
            self._recipe.addWidget(ElidedLabel(line), row, 1)

    def _on_written(self, text: str) -> None:
        if self._run is not None:
            self.noted.emit(self._run, text)


def _about(run: RunInfo) -> str:
    parts = (
        say.state_of(run), say.moment_of(run), texts.duration(run.seconds) if run.seconds else "",
        texts.size(run.size) if run.size else "", _origin(run),
    )  # fmt: skip
    return " · ".join(part for part in parts if part)


def _origin(run: RunInfo) -> str:
    parent = say.parent_text(run)
    return f"forked from {parent}" if run.parent_kind == "fork" else parent


def _fill_figures(grid: QGridLayout, rows: list[tuple[str, dict[str, str]]]) -> None:
    _empty(grid)
    used = [column for column in COLUMNS if any(column in values for _name, values in rows)]
    grid.setColumnStretch(0, 1)
    for place, column in enumerate(used, start=1):
        grid.addWidget(_figure(column, "secondary"), 0, place)
    for row, (name, values) in enumerate(rows, start=1):
        grid.addWidget(label(name, "secondary", wrap=True), row, 0)
        for place, column in enumerate(used, start=1):
            grid.addWidget(_figure(values.get(column, "")), row, place)


def _figure(text: str, role: str = "") -> QLabel:
    made = label(text, role)
    made.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return made


def _empty(grid: QGridLayout) -> None:
    while (item := grid.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            discard(widget)
