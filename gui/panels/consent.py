"""The dialog that shows a person's own code before it may run, and who brings it up."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from engine.consent import Code, NotAllowed
from gui.controls import label, wrap_anywhere
from gui.presenters.consent import ConsentPresenter
from gui.theme import monospace

_SIZE = QSize(760, 560)
_ABOUT = (
    "This file is a program. It can do on this machine whatever you can do, and so can what it "
    "imports. Allow it only if you know what it does or trust who wrote it. A changed file is "
    "asked about again."
)


class ConsentDialog(QDialog):
    """The file's text, path and hash; `accepted` when it is allowed, which is never the default."""

    def __init__(self, window: QWidget, code: Code) -> None:
        super().__init__(window)
        self.setObjectName("consent")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"Run {code.path.name}?")
        self.resize(_SIZE)
        text = QPlainTextEdit(code.text)
        text.setObjectName("consent.text")
        text.setAccessibleName("The file's text")
        text.setReadOnly(True)
        text.setFont(monospace())
        text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addWidget(label(_ABOUT, wrap=True))
        for name, words in (("path", str(code.path)), ("sha256", f"SHA-256 {code.sha256}")):
            line = label(words, "secondary", wrap=True)
            line.setObjectName(f"consent.{name}")
            line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            wrap_anywhere(line)
            column.addWidget(line)
        column.addWidget(text, 1)
        column.addLayout(self._buttons())

    def _buttons(self) -> QHBoxLayout:
        allow, refuse = QPushButton("Allow this file"), QPushButton("Do not run")
        allow.setObjectName("consent.allow")
        refuse.setObjectName("consent.refuse")
        allow.setAutoDefault(False)
        refuse.setProperty("primary", True)
        refuse.setDefault(True)
        allow.clicked.connect(self.accept)
        refuse.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(allow)
        row.addWidget(refuse)
        refuse.setFocus()
        return row


class Consents(QObject):
    """Asks about one file after the other, and goes on when all of them are allowed."""

    def __init__(self, window: QWidget, presenter: ConsentPresenter) -> None:
        super().__init__(window)
        self._window = window
        self._presenter = presenter

    def ask(self, then: Callable[[], None] | None = None) -> None:
        """Ask about the files of the open recipe; `then` is done when none waits."""
        self.ask_about(self._presenter.waiting, then)

    def ask_about(
        self, files: Sequence[NotAllowed], then: Callable[[], None] | None = None
    ) -> None:
        """Ask about these files; `then` is done when all were allowed, or there is none."""
        if not files:
            if then is not None:
                then()
            return
        code = self._presenter.look(files[0])
        if code is None:
            return

        def on_accepted() -> None:
            if self._presenter.allow(code):
                self.ask_about(files[1:], then)

        dialog = ConsentDialog(self._window, code)
        dialog.accepted.connect(on_accepted)
        dialog.open()
