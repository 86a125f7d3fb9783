"""The dialog that shows what a folder or file was taken for, and who brings it up."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from engine.recipe import SECTIONS
from gui.controls import flat, hairline, label, wrap_anywhere
from gui.panels.notice import Notice
from gui.panels.proposed import ProposedView
from gui.presenters.messages import Messages
from gui.presenters.opendata import OpenData
from gui.theme import Theme

_SIZE = QSize(600, 620)
_KEEP = "Keep my architecture and training where they fit"
_START = "Start from the proposed recipe"


def _becomes(replaced: Sequence[str]) -> str:
    """What happens to the open recipe, in a sentence."""
    if not replaced:
        return "Your recipe stays as it is."
    *before, last = (f"the {section}" for section in replaced)
    listed = " and ".join(part for part in (", ".join(before), last) if part)
    rest = "" if len(replaced) == len(SECTIONS) else "; everything else stays"
    return f"This changes {listed} of your recipe{rest}. One undo takes it back."


class OpenDataDialog(QDialog):
    """Says what goes on, what went wrong, or what was found; `accepted` when it is to be used."""

    def __init__(self, window: QWidget, theme: Theme, presenter: OpenData) -> None:
        super().__init__(window)
        self.setObjectName("opendata")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Open data")
        self.resize(_SIZE)
        self._presenter = presenter
        self._path = label("", "secondary", wrap=True)
        self._path.setObjectName("opendata.path")
        self._path.setTextFormat(Qt.TextFormat.PlainText)
        self._path.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        wrap_anywhere(self._path)
        self._notice = Notice("opendata.notice")
        self._notice.cancelled.connect(self.reject)
        self._found = ProposedView(theme, presenter)
        self._keep, self._start = QRadioButton(_KEEP), QRadioButton(_START)
        self._becomes = label("", "secondary", wrap=True)
        self._use, self._cancel = QPushButton("Use this data"), QPushButton("Cancel")
        self._choice = self._make_choice()
        self._stack = QStackedLayout()
        self._build()
        presenter.changed.connect(self.refresh)
        presenter.draft.changed.connect(self._show_choice)
        self.refresh()

    # --- Making ----------------------------------------------------------------------------------

    def _make_choice(self) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        flat(column, 4)
        for name, button in (("keep", self._keep), ("start", self._start)):
            button.setObjectName(f"opendata.{name}")
            button.toggled.connect(self._show_choice)
            column.addWidget(button)
        self._becomes.setObjectName("opendata.becomes")
        self._becomes.setContentsMargins(24, 0, 0, 0)
        column.addWidget(self._becomes)
        (self._keep if self._presenter.keeps_by_default else self._start).setChecked(True)
        return made

    def _build(self) -> None:
        area = QScrollArea()
        area.setWidget(self._found)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._stack.addWidget(area)
        self._stack.addWidget(self._notice)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addWidget(self._path)
        column.addLayout(self._stack, 1)
        column.addWidget(hairline())
        column.addWidget(self._choice)
        column.addSpacing(8)
        column.addLayout(self._make_buttons())

    def _make_buttons(self) -> QHBoxLayout:
        self._use.setObjectName("opendata.use")
        self._use.setProperty("primary", True)
        self._use.setDefault(True)
        self._use.clicked.connect(self._on_use)
        self._cancel.setObjectName("opendata.cancel")
        self._cancel.setAutoDefault(False)
        self._cancel.clicked.connect(self.reject)
        row = QHBoxLayout()
        flat(row, 8)
        row.addStretch(1)
        row.addWidget(self._cancel)
        row.addWidget(self._use)
        return row

    # --- Showing ---------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show the presenter's state."""
        presenter = self._presenter
        self._path.setText(str(presenter.path))
        found, problem = presenter.status == "found", presenter.problem
        self._stack.setCurrentIndex(0 if found else 1)
        for part in (self._choice, self._use):
            part.setVisible(found)
        self._cancel.setVisible(presenter.status != "looking")
        self._cancel.setText("Cancel" if found else "Close")
        if presenter.status == "looking":
            self._notice.say_progress(f"Looking at {presenter.path.name}…", None)
        elif problem is not None:
            self._notice.say(problem.sentence, problem.hint)
        elif found:
            self._found.refresh()
            self._show_choice()
            self._use.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_choice(self) -> None:
        if self._presenter.status != "found":
            return
        self._becomes.setText(_becomes(self._presenter.replaced(self._keep.isChecked())))
        wrong = bool(self._presenter.draft.problems)
        self._use.setText("Use this data and mend it" if wrong else "Use this data")

    # --- What the user does ----------------------------------------------------------------------

    def _on_use(self) -> None:
        self._presenter.use(self._keep.isChecked())
        self.accept()

    def done(self, result: int) -> None:
        """Nothing is looked at any more (Qt override)."""
        self._presenter.close()
        super().done(result)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Undo is that of the options here."""
        if event.matches(QKeySequence.StandardKey.Undo):
            self._presenter.draft.undo()
        elif event.matches(QKeySequence.StandardKey.Redo):
            self._presenter.draft.redo()
        else:
            super().keyPressEvent(event)


class DataOpener(QObject):
    """Asks for a folder or file where none is given, and shows what it holds."""

    used = Signal()
    """The data is in the open recipe now."""

    def __init__(
        self, window: QWidget, theme: Theme, presenter: OpenData, messages: Messages
    ) -> None:
        super().__init__(window)
        self._window, self._theme = window, theme
        self._presenter, self._messages = presenter, messages

    def choose_folder(self) -> None:
        """Ask for a folder and look at it."""
        chosen = QFileDialog.getExistingDirectory(self._window, "Open a folder of data", _start())
        if chosen:
            self.open(Path(chosen))

    def choose_file(self) -> None:
        """Ask for a file and look at it."""
        chosen, _kind = QFileDialog.getOpenFileName(self._window, "Open a data file", _start())
        if chosen:
            self.open(Path(chosen))

    def open(self, path: Path) -> None:
        """Look at a path and show what was found. One dialog at a time."""
        for dialog in self._window.findChildren(OpenDataDialog):
            dialog.reject()
        self._presenter.look_at(path)
        dialog = OpenDataDialog(self._window, self._theme, self._presenter)
        dialog.accepted.connect(self._on_accepted)
        dialog.open()

    def _on_accepted(self) -> None:
        said = f"{self._presenter.path.name} is the data now; undo takes it back"
        self._messages.say(said, "good")
        self.used.emit()


def _start() -> str:
    return str(Path.home())
